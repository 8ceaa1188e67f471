"""What somebody sees and may do who covers for a colleague: what waits for that person by name, and no more."""

from datetime import date

import pytest

from access import can
from access.models import Exclusion, cases_open_to
from casework import sight
from casework.workflow import CannotProceed
from deadlines import queries, rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment, Membership
from partnership.permissions import Permission as P
from partnership.roles import GRANTS, LENT, CaseRole, Role
from rapid_reviews import workflow as review_workflow
from rapid_reviews.models import AgencySummary
from referrals import workflow
from tests.client import Visitor
from tests.factories import Memberships, cover, person_with, rapid_reviews, situations
from tests.moments import london
from trail.models import Event, save

NOW = london("2026-12-11 14:00")
TODAY = date(2026, 12, 11)


def at_hospital(cast, *roles):
    return person_with("Vera Standish", *(roles or [Role.MANAGER]), agency=cast.hospital)


def sees(person, record):
    return Visitor(person).get(record).status_code == 200


def keep_out(person, case):
    return save(Exclusion(case=case, user=person, reason="Named in it", from_at=NOW), by=None, on=NOW)


# What is lent


def test_a_role_in_a_case_is_lent_whole_and_nothing_lent_gives_or_takes_rights():
    for role, lent in LENT.items():
        assert lent <= GRANTS[role]
        assert not lent & {P.MANAGE_ACCESS, P.MANAGE_PEOPLE, P.EMERGENCY_ACCESS, P.CONFIGURE}
        assert not lent & {P.SIGN_OFF, P.GIVE_PANEL_VIEW, P.DECLARE_NO_CONFLICT}
        # `access.models.reached` asks what a role grants, also of rows that are lent.
        assert role not in CaseRole or lent == GRANTS[role]
    assert not LENT.keys() & {CaseRole.HOLDER, CaseRole.EMERGENCY, CaseRole.SIGNATORY, CaseRole.PANEL_MEMBER}
    assert not LENT.keys() & {CaseRole.CHAIR, Role.ADMINISTRATOR, Role.DELEGATED_PARTNER, Role.PANEL_MEMBER}


def test_who_covers_for_the_approver_reads_and_approves_in_their_own_name(cast):
    vera = at_hospital(cast)
    referral = situations.with_approver(cast)
    assert not sees(vera, referral)
    cover(vera, cast.approver, agency=cast.hospital)
    visitor = Visitor(vera)
    assert "Approve the referral, or return it" in visitor.text("/")
    assert f"(for {cast.approver})" in visitor.text("/")
    visitor.must_send(f"/referrals/{referral.reference}/approve/")
    referral.refresh_from_db()
    assert (referral.status, referral.approved_by) == ("received", vera)
    event = Event.objects.get(reference=referral.reference, verb="approve")
    assert (event.by, event.acting_for) == (vera, cast.approver)
    assert f"{vera} for {cast.approver}" in Visitor(cast.business_manager).text(
        f"/cases/{referral.case.reference}/timeline/"
    )


def test_it_begins_with_its_first_day_and_ends_with_its_last(cast, clock):
    vera, referral = at_hospital(cast), situations.with_approver(cast)
    cover(vera, cast.approver, agency=cast.hospital, from_on=date(2026, 12, 12), until_on=date(2026, 12, 14))
    seen = {}
    for day in ("2026-12-11 23:59", "2026-12-12 00:00", "2026-12-14 23:59", "2026-12-15 00:00"):
        clock.move_to(london(day))
        seen[day] = sees(vera, referral)
    assert list(seen.values()) == [False, True, True, False]


@pytest.mark.parametrize("left", ["approver", "vera"])
def test_it_counts_while_both_belong_to_the_agency(cast, left):
    vera, referral = at_hospital(cast), situations.with_approver(cast)
    cover(vera, cast.approver, agency=cast.hospital)
    ended = Membership.objects.get(user={"approver": cast.approver, "vera": vera}[left])
    ended.until_on = date(2026, 12, 10)
    save(ended, by=None, on=NOW)
    assert not sees(vera, referral)
    assert vera not in can.people_with(referral.case, CaseRole.APPROVER, moment=NOW)
    assert not Appointment.objects.covers(TODAY).exists()


def test_who_may_no_longer_sign_in_lends_nothing(cast):
    trust = cast.trust
    cover(cast.other_referrer, cast.other_lead, agency=trust)
    day = TODAY
    assert cast.other_lead.pk in cast.other_referrer.covers(day)
    cast.other_lead.is_active = False
    save(cast.other_lead, by=None, on=NOW)
    assert cast.other_referrer.covers(day) == {}
    assert not Appointment.objects.covers(day).exists()


def test_who_is_covered_for_keeps_all_they_have(cast):
    referral = situations.with_approver(cast)
    cover(at_hospital(cast), cast.approver, agency=cast.hospital)
    workflow.approve(referral, by=cast.approver, on=NOW)
    assert Event.objects.get(reference=referral.reference, verb="approve").acting_for is None


def test_nobody_approves_as_cover_what_they_referred_or_sent(cast):
    vera, referral = at_hospital(cast), situations.with_approver(cast)
    cover(cast.referrer, cast.approver, agency=cast.hospital)
    cover(vera, cast.approver, agency=cast.hospital)
    cover(vera, cast.referrer, agency=cast.hospital)
    for person in (cast.referrer, vera):
        with pytest.raises(CannotProceed, match="somebody who did not refer it"):
            workflow.approve(referral, by=person, on=NOW)
    cover(cast.approver, cast.referrer, agency=cast.hospital)
    assert workflow.approve(referral, by=cast.approver, on=NOW).status == "received", "it was theirs to approve before"


@pytest.mark.begins_with("")
def test_who_covers_is_told_and_reminded_as_well_and_both_get_it_once(cast):
    vera = at_hospital(cast)
    cover(vera, cast.approver, agency=cast.hospital)
    referral = situations.with_approver(cast)
    mails = Notice.objects.filter(kind="referrals.approval_needed")
    assert {mail.user for mail in mails} == {cast.approver, vera}
    assert "because you cover for a colleague" in mails.get(user=vera).body
    assert "cover" not in mails.get(user=cast.approver).body
    deadline = Deadline.objects.get(reference=referral.reference, rule=rules.APPROVAL.code)
    assert set(queries.people_waited_for(deadline, moment=NOW)) == {cast.approver, vera}
    assert set(queries.people_waited_for(deadline, moment=NOW, cover=False)) == {cast.approver}


# Against recusal


def test_who_covers_and_is_kept_out_of_a_case_stays_out(cast):
    vera, referral = at_hospital(cast), situations.with_approver(cast)
    cover(vera, cast.approver, agency=cast.hospital)
    keep_out(vera, referral.case)
    assert not sees(vera, referral)
    deadline = Deadline.objects.get(reference=referral.reference, rule=rules.APPROVAL.code)
    assert set(queries.people_waited_for(deadline, moment=NOW)) == {cast.approver}
    assert not Deadline.objects.waiting_for(vera, moment=NOW).exists()


def test_nobody_lends_what_they_are_kept_from_and_their_recusal_is_theirs_alone(cast):
    vera, referral = at_hospital(cast), situations.with_approver(cast)
    cover(vera, cast.approver, agency=cast.hospital)
    keep_out(cast.approver, referral.case)
    assert not sees(vera, referral)
    assert not Deadline.objects.waiting_for(vera, moment=NOW).exists()
    deadline = Deadline.objects.get(reference=referral.reference, rule=rules.APPROVAL.code)
    assert not queries.people_waited_for(deadline, moment=NOW).exists()
    cover(vera, cast.referrer, agency=cast.hospital)
    assert sees(vera, referral), "through the referrer, who is kept from nothing"
    assert can.permissions_on(vera, referral, moment=NOW) == GRANTS[CaseRole.REFERRER]


# An agency's lead and approver


@pytest.fixture
def at_housing(cast):
    return person_with("Vera Standish", Role.MANAGER, agency=cast.housing)


def test_who_covers_for_a_safeguarding_lead_writes_for_the_agency(cast, at_housing):
    summary = rapid_reviews.summary_asked(cast)
    assert not sees(at_housing, summary)
    cover(at_housing, cast.agency_lead, agency=cast.housing)
    visitor = Visitor(at_housing)
    assert "Return the single agency summary" in visitor.text("/")
    assert visitor.read(summary)
    summary = rapid_reviews.fill_in(summary, by=at_housing, on=NOW)
    assert summary.author == at_housing
    assert set(can.people_with(summary.case, CaseRole.ASKED_AGENCY, moment=NOW)) >= {at_housing, cast.agency_lead}
    deadline = Deadline.objects.open().get(reference=summary.reference, rule=rules.SUMMARY_RETURNED.code)
    assert set(queries.people_waited_for(deadline, moment=NOW)) == {cast.agency_lead, cast.second_lead, at_housing}
    keep_out(cast.agency_lead, summary.case)
    assert set(queries.people_waited_for(deadline, moment=NOW)) == {cast.second_lead}
    assert not sees(at_housing, summary)


@pytest.mark.begins_with("")
def test_what_the_agency_is_asked_for_is_told_to_who_covers_for_its_lead(cast, at_housing):
    cover(at_housing, cast.agency_lead, agency=cast.housing)
    rapid_reviews.summary_asked(cast)
    asked = Notice.objects.filter(kind="rapid_reviews.summary_asked", user__in=[at_housing, cast.agency_lead])
    assert {mail.user for mail in asked} == {at_housing, cast.agency_lead}


def test_nor_is_it_told_to_who_covers_for_a_colleague_of_the_lead(cast):
    manager = person_with("Noor Sable", Role.MANAGER, agency=cast.housing)
    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.housing)
    cover(vera, manager, agency=cast.housing)
    summary = rapid_reviews.summary_asked(cast)
    asked = can.people_with(summary.case, CaseRole.ASKED_AGENCY, moment=NOW)
    assert set(asked) == {cast.agency_lead, cast.second_lead, cast.other_lead}


def test_a_summary_is_approved_by_cover_but_not_by_who_wrote_it(cast, at_housing):
    summary = rapid_reviews.summary_with_approver(cast)
    cover(at_housing, cast.second_lead, agency=cast.housing)
    cover(cast.agency_lead, cast.second_lead, agency=cast.housing)
    assert P.APPROVE_SUMMARY not in can.permissions_on(cast.agency_lead, summary, moment=NOW), "they wrote it"
    assert list(AgencySummary.objects.own(at_housing, moment=NOW)) == [summary], "not the other agency's"
    assert AgencySummary.objects.filter(review=summary.review).count() == 2
    summary = review_workflow.approve_summary(summary, by=at_housing, on=NOW)
    assert (summary.status, summary.approver_name) == ("returned", at_housing.full_name)
    assert summary.approver == cast.second_lead, "who was asked keeps sight of it"
    assert Event.objects.get(reference=summary.reference, verb="approve_summary").acting_for == cast.second_lead
    keep_out(cast.second_lead, summary.case)
    assert not AgencySummary.objects.own(at_housing, moment=NOW)


def test_another_agencys_summary_is_not_lent(cast, at_housing):
    summary = rapid_reviews.summary_asked(cast)
    cover(at_housing, cast.agency_lead, agency=cast.housing)
    theirs = AgencySummary.objects.get(review=summary.review, agency=cast.trust)
    assert not sees(at_housing, theirs)
    assert P.RETURN_SUMMARY not in can.permissions_on(at_housing, theirs, moment=NOW)


# The rapid review panel


def test_who_covers_for_a_panel_member_reads_the_pack_and_comments_for_them(cast, at_housing, quick_pdf):
    from tests.factories import reports

    review = review_workflow.issue_draft(reports.report_written(cast), by=cast.reviewer, on=NOW)
    member = review.members.filter(user=cast.agency_lead, until_at=None).first()
    assert member, "Larkspur Homes' lead is on the panel"
    assert not sees(at_housing, review)
    cover(at_housing, cast.agency_lead, agency=cast.housing)
    visitor = Visitor(at_housing)
    assert "Agree the draft report or comment on it" in visitor.text("/")
    visitor.must_send(f"/rapid-reviews/{review.reference}/comment/", answer="comment", text="The dates differ")
    comment = review.comments.get(member=at_housing)
    assert (comment.member, comment.acting_for) == (at_housing, cast.agency_lead)
    mine = Deadline.objects.get(reference=review.reference, rule="panel_comments", key=str(cast.agency_lead.pk))
    assert mine.met_at == NOW
    said = Visitor(cast.business_manager).text(f"/rapid-reviews/{review.reference}/comments/")
    assert f"{at_housing} for {cast.agency_lead}" in said
    assert "The dates differ" in visitor.text(f"/rapid-reviews/{review.reference}/comment/")


# What takes an appointment


def test_cover_is_no_way_into_the_virtual_panel(cast):
    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.icb)
    cover(vera, cast.panel_icb, agency=cast.icb)
    referral = situations.with_panel(cast)
    assert not sees(vera, referral)
    assert referral.reference not in Visitor(vera).text("/")
    assert not Notice.objects.filter(user=vera).exists()
    assert vera not in can.people_with(referral.case, CaseRole.PANEL_MEMBER, moment=NOW)


def test_cover_is_no_way_to_sign_nor_to_chair(cast, quick_pdf):
    from tests.factories import reports

    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.icb)
    cover(vera, cast.partner_icb, agency=cast.icb)
    cover(cast.scrutineer, cast.reviewer, agency=cast.reviews)  # as nobody can name it (appointments.cover)
    review = reports.report_locked(cast)
    assert not sees(vera, review)
    assert review.reference not in Visitor(vera).text("/")
    assert not Notice.objects.filter(user=vera).exists()
    granted = can.permissions_on(cast.scrutineer, review, moment=NOW)
    assert not granted & {P.EDIT_REPORT, P.CLOSE_COMMENTS, P.DECLARE_NO_CONFLICT, P.SIGN_OFF}


# The business team


def test_the_business_team_covers_among_itself_without_the_right_to_give_rights(cast):
    referral = situations.screened(cast)
    assert P.WAIVE_APPROVAL not in can.permissions_on(cast.coordinator, referral, moment=NOW)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    granted = can.permissions_on(cast.coordinator, referral, moment=NOW)
    assert {P.WAIVE_APPROVAL, P.READ_TRAIL} <= granted
    assert not granted & {P.MANAGE_ACCESS, P.MANAGE_PEOPLE}
    assert can.can(cast.coordinator, P.READ_TRAIL, moment=NOW)
    assert not can.can(cast.coordinator, P.MANAGE_PEOPLE, moment=NOW)
    assert Visitor(cast.coordinator).get("/people/").status_code == 403
    assert cast.coordinator in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)
    assert cast.coordinator in can.people_with(None, Role.BUSINESS_MANAGER, moment=NOW)
    assert cast.coordinator not in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW, cover=False)


def test_somebody_of_the_unit_who_is_not_of_the_team_is_lent_nothing_of_it(cast):
    referral = situations.screened(cast)
    cover(cast.administrator, cast.business_manager, agency=cast.unit)
    assert not sees(cast.administrator, referral)
    assert cast.administrator not in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)


def test_of_the_unit_too_everybody_lends_the_roles_they_hold_and_no_other(cast):
    referral = situations.screened(cast)
    cover(cast.coordinator, person_with("Noor Sable", Role.MANAGER, agency=cast.unit), agency=cast.unit)
    assert cast.coordinator not in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)
    assert not can.covers_in(referral.case, moment=NOW)


def test_a_restricted_case_is_not_lent(cast):
    referral = situations.restricted(cast)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    assert not sees(cast.coordinator, referral)
    another = situations.restricted(cast, side=cast.theirs)
    sight.add_holder(another.case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="Leave")
    part = CaseRole.SUMMARY_APPROVER  # a part in the case that opens nothing of it
    can.grant(case=referral.case, role=part, user=cast.coordinator, reason="", on=NOW, by=cast.business_manager)
    assert not sees(cast.coordinator, referral)
    assert set(can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)) == {cast.business_manager}
    assert not can.covers_in(referral.case, moment=NOW)
    sight.add_holder(referral.case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="Leave")
    assert P.WAIVE_APPROVAL in can.permissions_on(cast.coordinator, referral, moment=NOW)
    assert cast.coordinator in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)


def test_a_manager_who_is_kept_out_of_a_case_lends_nothing_in_it(cast):
    referral = situations.screened(cast)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    keep_out(cast.business_manager, referral.case)
    assert P.WAIVE_APPROVAL not in can.permissions_on(cast.coordinator, referral, moment=NOW)
    assert cast.coordinator not in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)
    assert sees(cast.coordinator, referral), "by their own role"


def test_a_case_that_was_not_sent_is_lent_by_who_has_a_part_in_it_alone(cast):
    draft, vera = situations.draft(cast), at_hospital(cast)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    assert not sees(cast.coordinator, draft)
    assert cast.coordinator not in can.people_with(draft.case, Role.BUSINESS_MANAGER, moment=NOW)
    cover(vera, cast.referrer, agency=cast.hospital)
    assert sees(vera, draft)
    assert vera in can.people_with(draft.case, CaseRole.REFERRER, moment=NOW)


def test_a_standing_role_of_an_agency_is_lent_and_one_that_takes_an_appointment_is_not(cast):
    referral = situations.screened(cast)
    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.council)
    cover(vera, cast.la_notifier, agency=cast.council)
    cover(vera, cast.partner_la, agency=cast.council)
    assert set(can.people_with(referral.case, Role.LA_NOTIFIER, moment=NOW)) == {cast.la_notifier, vera}
    assert vera not in can.people_with(None, Role.DELEGATED_PARTNER, moment=NOW)
    assert can.can(vera, P.OPEN_REFERRAL, moment=NOW)


# In all of it


def test_one_case_and_all_cases_answer_alike_also_by_cover(cast):
    """The rule stands twice, for one case and as a condition of lists: they must never differ."""
    vera = at_hospital(cast)
    referral, draft = situations.screened(cast), situations.draft(cast)
    others = [draft, situations.restricted(cast, side=cast.theirs), situations.never_sent(cast)]
    cover(vera, cast.approver, agency=cast.hospital)
    cover(vera, cast.referrer, agency=cast.hospital)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    cover(cast.school, cast.la_notifier, agency=cast.council)
    Memberships(user=cast.school, agency=cast.council, role=Role.SCHOOL)
    keep_out(cast.approver, referral.case)
    for person in (vera, cast.coordinator, cast.school, cast.approver):
        open_to = {each: set(cases_open_to(person, each, moment=NOW).values_list("pk", flat=True)) for each in P}
        for record in (referral, *others):
            alone = can.permissions_on(person, record, moment=NOW)
            listed = {permission for permission, cases in open_to.items() if record.case_id in cases}
            assert listed == alone, (person.full_name, record.reference)


def test_who_can_see_a_case_and_why_says_who_covers(cast):
    vera, referral = at_hospital(cast), situations.screened(cast)
    cover(vera, cast.approver, agency=cast.hospital, until_on=date(2026, 12, 20))
    cover(cast.scrutineer, cast.reviewer, agency=cast.reviews)
    text = Visitor(cast.business_manager).text(referral.case)
    assert f"{vera} for {cast.approver}, until 20 December 2026" in text
    assert "By cover" in text
    assert str(cast.scrutineer) not in text


def test_every_cover_that_opens_a_case_is_said_and_no_other(cast, at_housing):
    case = rapid_reviews.summary_asked(cast).case
    elsewhere = situations.with_approver(cast, side=cast.theirs).case
    at_trust = person_with("Noor Sable", Role.MANAGER, agency=cast.trust)
    cover(at_housing, cast.agency_lead, agency=cast.housing)
    cover(cast.business_manager, cast.coordinator, agency=cast.unit)
    cover(at_trust, cast.other_approver, agency=cast.trust)

    def said(case):
        return [(row.user, row.for_user) for row in can.covers_in(case, moment=NOW)]

    assert said(case) == [(cast.business_manager, cast.coordinator), (at_housing, cast.agency_lead)]
    assert said(elsewhere) == [(at_trust, cast.other_approver)]
    for person in (at_housing, cast.agency_lead):
        keep_out(person, elsewhere)
    keep_out(cast.coordinator, case)
    assert said(case) == [(at_housing, cast.agency_lead)]
    keep_out(at_housing, case)
    assert said(case) == []


def test_cover_for_the_chair_opens_nothing_and_before_it_is_sent_the_team_lends_nothing(cast):
    review = rapid_reviews.review_gathering(cast)
    cover(cast.scrutineer, cast.reviewer, agency=cast.reviews)
    assert not can.covers_in(review.case, moment=NOW)
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    assert [row.user for row in can.covers_in(review.case, moment=NOW)] == [cast.coordinator]
    assert not can.covers_in(situations.draft(cast, side=cast.theirs).case, moment=NOW)


def test_who_may_no_longer_sign_in_sees_no_case_by_cover(cast):
    vera, referral = at_hospital(cast), situations.screened(cast)
    cover(vera, cast.approver, agency=cast.hospital)
    assert [row.user for row in can.covers_in(referral.case, moment=NOW)] == [vera]
    vera.is_active = False
    save(vera, by=cast.administrator, on=NOW)
    assert not can.covers_in(referral.case, moment=NOW)


def test_a_lead_of_another_agency_lends_nothing_of_what_this_one_is_asked(cast, at_housing):
    lead = person_with("Noor Sable", Role.REFERRER, agency=cast.housing)
    Memberships(user=lead, agency=cast.trust, role=Role.AGENCY_LEAD)
    cover(at_housing, lead, agency=cast.housing)
    summary = rapid_reviews.summary_asked(cast)
    assert at_housing not in can.people_with(summary.case, CaseRole.ASKED_AGENCY, moment=NOW)
    assert not sees(at_housing, summary)


def test_a_notifiers_cover_sends_the_notification_in_their_own_name(cast):
    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.council)
    cover(vera, cast.la_notifier, agency=cast.council)
    referral = situations.with_panel(cast)
    page = f"/referrals/{referral.reference}/record-notification/"
    Visitor(vera).must_send(page, sent_at=london("2026-12-11 13:00"), sin_reference="SIN-7", sent_by=str(vera.pk))
    assert referral.sin.sent_by == vera
    event = Event.objects.get(reference=referral.reference, verb="record_notification")
    assert event.acting_for == cast.la_notifier
