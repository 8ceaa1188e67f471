"""Somebody leaves: everything that waits for them by name goes to a named person in the same step, or it is refused."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections

from access import can
from access.models import Access, Exclusion
from appointments import leaving, workflow
from casework import handover, sight
from casework.workflow import CannotProceed, NotAllowed
from deadlines import clock as engine
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment, Membership, Partner
from partnership.roles import CaseRole, Role
from rapid_reviews import queries as review_queries
from rapid_reviews import workflow as review_workflow
from rapid_reviews.workflow.gathering import name_member
from tests.client import Visitor, problems, words
from tests.factories import cover, person_with, rapid_reviews, reports, situations
from tests.factories.people import Appointments, Memberships
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import Event, save

NOW = london("2026-12-11 14:00")
TODAY = date(2026, 12, 11)
OTHERWISE = leaving.OTHERWISE


def items(person, *, by):
    return {item.kind: item for item in leaving.items_for(person, by=by, moment=NOW)}


def leave(cast, person, takes=(), *, by=None, **more):
    """This will let a person leave; `takes` by the kind of item: {kind: who}."""
    by = by or cast.business_manager
    known = leaving.items_for(person, by=by, moment=NOW)
    chosen = {item.key: dict(takes)[item.kind] for item in known if item.kind in dict(takes)}
    return leaving.leave(person, by=by, on=NOW, reason="Another post", takes=chosen, **more)


def at(cast, agency, *roles):
    return person_with("Vera Standish", *roles, agency=agency)


def nothing_is_left(person):
    assert not Deadline.objects.open().filter(user=person).exists()
    assert not Access.objects.in_force(NOW).filter(user=person).exists()
    assert not Membership.objects.in_force(TODAY).filter(user=person).exists()
    assert not Appointment.objects.in_force(TODAY).filter(user=person).exists()


# The step itself


def test_who_has_nothing_open_leaves_and_is_told(cast):
    page = f"/people/{cast.manager.pk}/leave/"
    visitor = Visitor(cast.business_manager)
    assert visitor.must_send(page, reason="Retired") == f"/people/{cast.manager.pk}/"
    nothing_is_left(cast.manager)
    assert [mail.user for mail in Notice.objects.all()] == [cast.manager]
    event = Event.objects.get(verb="leave")
    assert (event.by, event.words) == (cast.business_manager, "Mona Archer: Retired")
    ended = Membership.objects.get(user=cast.manager)
    assert (ended.until_on, ended.history.first().history_change_reason) == (TODAY - timedelta(days=1), "Retired")
    assert "left already" in words(visitor.send(page, reason="Again"))


def test_an_approver_hands_a_referral_to_another_senior_manager_of_the_agency(cast):
    vera = at(cast, cast.hospital, Role.APPROVER)
    referral = situations.with_approver(cast)
    item = items(cast.approver, by=cast.business_manager)["approver"]
    assert (item.reference, item.people, item.otherwise) == (referral.reference, [vera], "")
    page = f"/people/{cast.approver.pk}/leave/"
    visitor = Visitor(cast.business_manager)
    text = visitor.text(page)
    assert f"Approver of the referral, {referral.reference}" in text
    assert "Select who takes this over" in words(visitor.send(page, reason="Left"))
    visitor.must_send(page, reason="Left", **{item.key: str(vera.pk)})
    referral.refresh_from_db()
    assert referral.approver == vera
    waiting = Deadline.objects.open().get(reference=referral.reference, rule=rules.APPROVAL.code)
    assert waiting.user == vera
    assert waiting.history.order_by("-history_id").first().history_change_reason == "Alder Prentice has left"
    granted = Access.objects.in_force(NOW).get(case=referral.case, role=CaseRole.APPROVER)
    assert (granted.user, granted.reason) == (vera, "Took over from Alder Prentice")
    ended = Access.objects.get(user=cast.approver)
    assert ended.until_at == NOW
    assert ended.history.order_by("-history_id").first().history_change_reason == "Alder Prentice has left"
    event = Event.objects.get(verb="handed_over")
    assert (event.reference, event.case) == (referral.reference, referral.case.reference)
    assert event.words == "Approver of the referral: Alder Prentice to Vera Standish"
    nothing_is_left(cast.approver)
    told = {mail.user: mail.body for mail in Notice.objects.filter(kind__startswith="appointments.")}
    assert told.keys() == {cast.approver, vera}
    assert f"Approver of the referral, {referral.reference}" in told[vera]
    assert Visitor(vera).must_send(f"/referrals/{referral.reference}/approve/")


def test_it_is_refused_as_a_whole_with_what_is_missing_beside_each(cast):
    vera = at(cast, cast.hospital, Role.APPROVER)
    first, second = situations.with_approver(cast), situations.with_approver(cast)
    keys = [item.key for item in leaving.items_for(cast.approver, by=cast.business_manager, moment=NOW)]
    page = f"/people/{cast.approver.pk}/leave/"
    answer = Visitor(cast.business_manager).send(page, reason="Left", **{keys[0]: str(vera.pk)})
    assert problems(answer) == [
        (f"Select who takes this over: Approver of the referral, {second.reference}", f"#id_{keys[1]}")
    ]
    assert cast.approver.standing(TODAY)
    first.refresh_from_db()
    assert first.approver == cast.approver
    assert not Event.objects.filter(verb__in=["leave", "handed_over"]).exists()


def test_where_nobody_may_take_it_over_it_says_what_to_do_first(cast):
    situations.with_approver(cast)
    page = f"/people/{cast.approver.pk}/leave/"
    visitor = Visitor(cast.business_manager)
    assert "Give somebody of the agency the role first" in visitor.text(page)
    with pytest.raises(CannotProceed, match="Nobody may take this over yet"):
        leave(cast, cast.approver)
    with pytest.raises(CannotProceed, match="Nobody may take this over yet"):
        leave(cast, cast.approver, {"approver": cast.other_approver})
    with pytest.raises(CannotProceed, match="Nobody may take this over yet"):
        leave(cast, cast.approver, {"approver": OTHERWISE})


def test_one_person_takes_all_that_is_not_chosen(cast):
    vera = at(cast, cast.hospital, Role.APPROVER, Role.REFERRER)
    situations.with_approver(cast)
    situations.with_approver(cast)
    page = f"/people/{cast.approver.pk}/leave/"
    Visitor(cast.business_manager).must_send(page, reason="Left", everything=str(vera.pk))
    assert Deadline.objects.open().filter(user=vera, rule=rules.APPROVAL.code).count() == 2
    assert Notice.objects.filter(kind="appointments.handed_over").count() == 1, "one e-mail for both"


def test_an_appointment_and_another_way_are_chosen_one_by_one(cast):
    situations.with_panel(cast)
    vera = at(cast, cast.police, Role.PANEL_MEMBER)
    with pytest.raises(CannotProceed, match="Select who takes this over: Virtual Panel member, Police"):
        leave(cast, cast.panel_police, everything=vera, authority="Chief constable")
    rapid_reviews.chair_appointed(cast, side=cast.theirs)
    with pytest.raises(CannotProceed, match="Select who takes this over: Chair and author"):
        leave(cast, cast.reviewer, everything=cast.scrutineer)


def test_nobody_does_it_to_themselves_and_nobody_takes_over_what_they_hand_out(cast):
    with pytest.raises(CannotProceed, match="their own account or roles"):
        leave(cast, cast.business_manager)
    for person in (cast.coordinator, cast.agency_lead):
        with pytest.raises(NotAllowed):
            leaving.leave(cast.manager, by=person, on=NOW, reason="x", takes={})
    situations.with_approver(cast)
    both = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    Memberships(user=both, agency=cast.hospital, role=Role.APPROVER)
    assert items(cast.approver, by=cast.business_manager)["approver"].people == [both]
    assert items(cast.approver, by=both)["approver"].people == []


def test_only_an_administrator_lets_one_leave(cast):
    with pytest.raises(CannotProceed, match="Only an administrator"):
        leave(cast, cast.administrator)


def test_the_last_business_manager_stays(cast):
    with pytest.raises(CannotProceed, match="the only business manager"):
        leave(cast, cast.business_manager, by=cast.administrator)
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    leave(cast, cast.business_manager, by=second)
    assert cast.business_manager.standing(TODAY) == []


def test_the_last_role_is_not_ended_while_something_waits(cast):
    situations.with_approver(cast)
    role = Membership.objects.get(user=cast.approver)
    page = f"/people/{cast.approver.pk}/roles/{role.pk}/end/"
    visitor = Visitor(cast.business_manager)
    assert "let them leave and hand it over" in words(visitor.send(page, reason="Left"))
    workflow.give_role(cast.approver, by=cast.business_manager, on=NOW, agency=cast.hospital, role="manager")
    visitor.must_send(page, reason="Another post")


def test_of_a_case_that_is_not_theirs_nobody_learns_who_works_in_it(cast):
    """It goes to who may take it over there, and who manages the case looks whether that is right."""
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    heir = person_with("Ines Standish", Role.LA_NOTIFIER, agency=cast.council)
    referral = situations.rapid_review_decided(cast)
    save(Exclusion(case=referral.case, user=second, reason="Named", from_at=NOW), by=None, on=NOW)
    visitor = Visitor(second)
    page = f"/people/{cast.la_notifier.pk}/"
    assert referral.case.reference in Visitor(cast.business_manager).text(f"{page}leave/")
    for each in (page, f"{page}leave/"):
        assert referral.case.reference not in visitor.text(each)
    visitor.must_send(f"{page}leave/", reason="Another post")
    nothing_is_left(cast.la_notifier)
    assert Access.objects.in_force(NOW).filter(case=referral.case, user=heir, role=CaseRole.NOTIFIER).exists()
    told = Notice.objects.get(kind="appointments.went_by_itself")
    assert told.user == cast.business_manager
    assert f"{referral.case.reference}: Ines Standish takes it over" in told.body


def test_who_may_not_see_a_restricted_case_does_not_see_its_reference_either(cast):
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    case = situations.restricted(cast).case
    elsewhere = situations.with_panel(cast, side=cast.theirs).case
    can.grant(case=elsewhere, role=CaseRole.SIGNATORY, user=second, reason="Signs", on=NOW, by=None)
    for visitor in (Visitor(second), Visitor(cast.administrator)):
        for page in ("", "leave/"):
            assert case.reference not in visitor.text(f"/people/{cast.business_manager.pk}/{page}")
    leaving.leave(cast.business_manager, by=cast.administrator, on=NOW, reason="Left", takes={})
    assert list(sight.managers_of(case, moment=NOW)) == [second]


def test_where_nobody_may_take_over_what_is_not_theirs_to_see_a_colleague_has_to_do_it(cast):
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    referral = situations.with_approver(cast)
    save(Exclusion(case=referral.case, user=second, reason="Named", from_at=NOW), by=None, on=NOW)
    with pytest.raises(CannotProceed, match="A colleague has to do this"):
        leaving.leave(cast.approver, by=second, on=NOW, reason="x", takes={})


def test_who_is_kept_out_of_a_case_takes_nothing_over_in_it(cast):
    vera = at(cast, cast.hospital, Role.APPROVER)
    referral = situations.with_approver(cast)
    save(Exclusion(case=referral.case, user=vera, reason="Named", from_at=NOW), by=None, on=NOW)
    assert items(cast.approver, by=cast.business_manager)["approver"].people == []


def test_it_asks_for_a_fresh_factor_keeps_what_was_typed_and_happens_once(cast, clock):
    vera = at(cast, cast.hospital, Role.APPROVER)
    situations.with_approver(cast)
    visitor, page = Visitor(cast.business_manager), f"/people/{cast.approver.pk}/leave/"
    key = items(cast.approver, by=cast.business_manager)["approver"].key
    values = visitor.form(page) | {"reason": "Another post", key: str(vera.pk)}
    clock.move_to(NOW + timedelta(minutes=6))
    for answer in (visitor.get(page), visitor.post(page, values)):
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    sign_in(visitor.client, cast.business_manager)
    assert f'value="{vera.pk}" selected' in visitor.get(page).content.decode()
    assert {visitor.post(page, values)["Location"] for _ in range(2)} == {f"/people/{cast.approver.pk}/"}
    assert Event.objects.filter(verb="leave").count() == 1
    assert Notice.objects.filter(kind="appointments.handed_over").count() == 1


def test_what_comes_up_in_another_case_meanwhile_is_looked_at_again(cast, monkeypatch):
    situations.with_approver(cast)
    vera, look = at(cast, cast.hospital, Role.APPROVER), handover.items_of
    key = items(cast.approver, by=cast.business_manager)["approver"].key
    looks = iter([True])

    def found(person, *, moment):
        return [] if next(looks, False) else look(person, moment=moment)  # at first there is nothing yet

    monkeypatch.setattr(handover, "items_of", found)
    with pytest.raises(CannotProceed, match="look again"):
        leaving.leave(cast.approver, by=cast.business_manager, on=NOW, reason="x", takes={key: vera})


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_ten_who_press_at_once_let_somebody_leave_once(cast_committed):
    cast = cast_committed
    vera = at(cast, cast.hospital, Role.APPROVER)
    referral = situations.with_approver(cast)
    key = items(cast.approver, by=cast.business_manager)["approver"].key
    done = []

    def press():
        try:
            leaving.leave(cast.approver, by=cast.business_manager, on=NOW, reason="Left", takes={key: vera})
            done.append(True)
        except CannotProceed as refused:
            done.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, done)) == ["This person has left already"] * 9 + ["True"]
    assert Event.objects.filter(verb="handed_over").count() == 1
    assert Access.objects.in_force(NOW).filter(case=referral.case, user=vera).count() == 1


# What each app has to hand over


def test_a_draft_goes_to_somebody_of_the_agency_who_then_stands_for_it(cast):
    vera = at(cast, cast.hospital, Role.REFERRER)
    referral = situations.returned(cast)
    item = items(cast.referrer, by=cast.business_manager)["referrer"]
    assert item.people == [vera], "not the approver, nor another agency's"
    assert item.otherwise == ""
    leave(cast, cast.referrer, {"referrer": vera})
    assert Deadline.objects.open().get(reference=referral.reference).user == vera
    nothing_is_left(cast.referrer)
    assert Visitor(vera).get(referral).status_code == 200
    assert Visitor(cast.referrer).get(referral).status_code == 404
    from referrals import workflow as step

    referral = step.submit(referral, by=vera, on=NOW, approver=cast.approver)
    step.return_to_referrer(referral, by=cast.approver, on=NOW, reason="Say since when")
    assert Notice.objects.filter(kind="referrals.returned").order_by("-pk").first().user == vera
    referral.refresh_from_db()
    assert referral.opened_by == cast.referrer, "who opened it stays on record"


def test_a_question_to_the_referrer_waits_for_who_took_over(cast):
    vera = at(cast, cast.hospital, Role.REFERRER)
    referral = situations.more_information(cast)
    leave(cast, cast.referrer, {"referrer": vera})
    assert "Answer the business unit’s questions" in Visitor(vera).text("/")
    Visitor(vera).must_send(f"/referrals/{referral.reference}/answer/", answer="Since March")


def test_a_referral_the_partnership_has_may_be_left_as_it_is_but_not_unseen(cast):
    referral = situations.screened(cast)
    page = f"/people/{cast.referrer.pk}/leave/"
    answer = Visitor(cast.business_manager).send(page, reason="Left")
    assert f"Select who takes this over: Referrer, {referral.reference}" in words(answer)
    leave(cast, cast.referrer, {"referrer": OTHERWISE})
    assert Visitor(cast.referrer).get(referral).status_code == 404
    event = Event.objects.get(verb="not_taken_over")
    assert event.words.startswith("Referrer: Rhea Castellan. The partnership has the referral")


def test_an_approval_that_was_given_waits_for_nobody(cast):
    situations.screened(cast)
    assert items(cast.approver, by=cast.business_manager) == {}
    leave(cast, cast.approver)
    nothing_is_left(cast.approver)


def test_the_local_authoritys_notifier(cast):
    referral = situations.with_panel(cast)
    assert items(cast.la_notifier, by=cast.business_manager)["notifier"].people == []
    vera = at(cast, cast.council, Role.LA_NOTIFIER)
    item = items(cast.la_notifier, by=cast.business_manager)["notifier"]
    assert (item.people, item.otherwise) == ([vera], "")
    can.grant(case=referral.case, role=CaseRole.NOTIFIER, user=vera, reason="As well", on=NOW, by=None)
    item = items(cast.la_notifier, by=cast.business_manager)["notifier"]
    assert item.otherwise == "Vera Standish notifies in this case as well"
    leave(cast, cast.la_notifier, {"notifier": OTHERWISE})
    assert Visitor(vera).get(f"/referrals/{referral.reference}/decide-notification/").status_code == 200


def test_the_virtual_panel_goes_on_with_who_follows_and_their_alternates(cast):
    vera = at(cast, cast.police, Role.PANEL_MEMBER)
    referral = situations.with_panel(cast)
    found = items(cast.panel_police, by=cast.business_manager)
    assert found.keys() == {"appointment"}, "what waits for a view follows the register"
    with pytest.raises(CannotProceed, match="who gives the authority"):
        leave(cast, cast.panel_police, {"appointment": vera})
    leave(cast, cast.panel_police, {"appointment": vera}, authority="Chief constable")
    row = Appointment.objects.get(user=vera)
    assert (row.kind, row.partner, row.from_on, row.authority) == ("virtual_panel", "police", TODAY, "Chief constable")
    assert Appointment.objects.get(kind="alternate").for_user == vera
    waiting = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    assert vera in [each.user for each in waiting]
    nothing_is_left(cast.panel_police)
    situations.give_view(referral, by=vera, on=NOW)


def test_an_alternate_who_follows_the_member_is_no_alternate_any_more(cast):
    leave(cast, cast.panel_police, {"appointment": cast.alternate}, authority="Chief constable")
    held = Appointment.objects.in_force(TODAY).filter(user=cast.alternate)
    assert [row.kind for row in held] == ["virtual_panel"]


def test_a_delegation_is_left_to_the_register_and_ends_with_its_deputies(cast, quick_pdf):
    review = reports.report_locked(cast)
    item = items(cast.partner_icb, by=cast.business_manager)["appointment"]
    assert item.otherwise.startswith("A new delegation is entered in the register")
    leave(cast, cast.partner_icb, {"appointment": OTHERWISE})
    assert cast.deputy not in [row.user for row in review_queries.signatories(TODAY)]
    assert not Deadline.objects.open().filter(rule=rules.SIGN_OFF.code, user__in=[cast.partner_icb, cast.deputy])
    assert Visitor(cast.deputy).get(f"/rapid-reviews/{review.reference}/sign-off/").status_code == 404
    nothing_is_left(cast.partner_icb)


def test_a_delegation_handed_on_is_asked_to_sign_at_once(cast, quick_pdf):
    review = reports.report_locked(cast)
    reports.sign(review, by=cast.partner_la, on=NOW)
    leave(cast, cast.partner_icb, {"appointment": cast.deputy}, authority="Chief executive")
    assert cast.deputy in [row.user for row in review_queries.signatories(TODAY)]
    assert [row.signed_by for row in review_queries.signatures_in_force(review)] == [cast.partner_la]
    assert Visitor(cast.deputy).get(f"/rapid-reviews/{review.reference}/sign-off/").status_code == 200


def test_a_deputy_may_be_followed_or_not(cast):
    assert items(cast.deputy, by=cast.business_manager)["appointment"].otherwise == "It ends with them"
    assert cast.partner_icb not in items(cast.deputy, by=cast.business_manager)["appointment"].people
    leave(cast, cast.deputy, {"appointment": OTHERWISE})
    assert cast.deputy not in [row.user for row in review_queries.signatories(TODAY)]
    assert cast.partner_icb in [row.user for row in review_queries.signatories(TODAY)]


def test_who_is_a_deputy_already_does_not_follow_as_one(cast):
    Appointments(user=cast.panel_icb, partner=Partner.ICB, kind=Appointment.Kind.DEPUTY, for_user=cast.partner_icb)
    with pytest.raises(CannotProceed, match=f"{cast.panel_icb} is Deputy .*already") as refused:
        leave(cast, cast.deputy, {"appointment": cast.panel_icb}, authority="Chief executive")
    [(beside, _)] = refused.value.problems
    assert beside == items(cast.deputy, by=cast.business_manager)["appointment"].key
    assert Appointment.objects.in_force(TODAY).filter(user=cast.deputy).exists()


def test_a_summarys_author_is_followed_by_another_lead_of_the_agency(cast):
    summary = rapid_reviews.summary_filled_in(cast)
    found = items(cast.agency_lead, by=cast.business_manager)
    assert found.keys() == {"author"}
    assert found["author"].people == [cast.second_lead]
    leave(cast, cast.agency_lead, {"author": cast.second_lead})
    summary.refresh_from_db()
    assert summary.author == cast.second_lead
    nothing_is_left(cast.agency_lead)


def test_who_wrote_a_summary_is_not_followed_by_its_approver(cast):
    vera = at(cast, cast.housing, Role.MANAGER)
    summary = rapid_reviews.summary_with_approver(cast)
    assert items(cast.agency_lead, by=cast.business_manager)["author"].people == [vera]
    leave(cast, cast.agency_lead, {"author": vera})
    summary.refresh_from_db()
    assert summary.author == vera
    assert vera.leads(TODAY) == [cast.housing.pk], "who is no lead becomes one by it"


def test_a_summarys_approver_is_followed_by_somebody_who_did_not_write_it(cast):
    summary = rapid_reviews.summary_with_approver(cast)
    vera = at(cast, cast.housing, Role.APPROVER)
    item = items(cast.second_lead, by=cast.business_manager)["summary_approver"]
    assert item.people == [vera]
    leave(cast, cast.second_lead, {"summary_approver": vera})
    assert Deadline.objects.open().get(rule=rules.SUMMARY_APPROVED.code).user == vera
    review_workflow.approve_summary(summary, by=vera, on=NOW)


def test_the_only_lead_of_an_agency_that_is_asked_for_something(cast):
    vera = at(cast, cast.trust, Role.MANAGER)
    rapid_reviews.review_gathering(cast)
    found = items(cast.other_lead, by=cast.business_manager)
    assert found.keys() == {"lead"}
    assert vera in found["lead"].people
    leave(cast, cast.other_lead, {"lead": vera})
    assert vera.leads(TODAY) == [cast.trust.pk]
    assert "Return the single agency summary" in Visitor(vera).text("/")


def test_who_is_a_lead_already_is_made_none_twice(cast):
    rapid_reviews.summary_filled_in(cast, side=cast.theirs)
    vera = at(cast, cast.trust, Role.MANAGER)
    assert items(cast.other_lead, by=cast.business_manager).keys() == {"author", "lead"}
    leave(cast, cast.other_lead, {"author": vera, "lead": vera})
    assert vera.leads(TODAY) == [cast.trust.pk]


def test_a_seat_on_the_rapid_review_panel_with_the_comment_that_is_asked(cast, quick_pdf):
    vera = at(cast, cast.housing, Role.AGENCY_LEAD)
    review = review_workflow.issue_draft(reports.report_written(cast), by=cast.reviewer, on=NOW)
    found = items(cast.agency_lead, by=cast.business_manager)
    assert found["panel_member"].otherwise == ""
    assert found["panel_member"].people == [cast.second_lead, vera]
    leave(cast, cast.agency_lead, {"panel_member": vera})
    mine = Deadline.objects.open().get(rule=rules.PANEL_COMMENTS.code, user=vera)
    assert mine.key == str(vera.pk)
    nothing_is_left(cast.agency_lead)
    review_workflow.comment(review, by=vera, on=NOW, agrees=True)
    assert not Deadline.objects.open().filter(user=vera).exists()


def test_of_two_members_of_an_agency_one_may_stay_alone(cast, quick_pdf):
    review = reports.with_members(cast)
    name_member(review, cast.second_lead, by=cast.coordinator, on=NOW)
    item = items(cast.agency_lead, by=cast.business_manager)["panel_member"]
    assert (item.people, item.otherwise) == ([], "Lucas Ambry stays a member for Larkspur Homes")
    leave(cast, cast.agency_lead, {"panel_member": OTHERWISE})
    nothing_is_left(cast.agency_lead)
    members = {member.user for member in review.members.filter(until_at=None)}
    assert cast.second_lead in members
    assert cast.agency_lead not in members


def test_a_member_of_no_agency_is_followed_by_who_stands_beside_them(cast, quick_pdf):
    review = reports.with_members(cast)
    lone = person_with("Lone Member", agency=cast.trust)
    name_member(review, lone, by=cast.coordinator, on=NOW)
    workflow.give_role(lone, by=cast.business_manager, on=NOW, agency=cast.primary, role="school")
    assert items(lone, by=cast.business_manager)["panel_member"].people == [cast.school]


def test_who_approved_an_earlier_text_may_write_on_and_somebody_else_approves(cast):
    summary = rapid_reviews.summary_with_approver(cast)
    author, approver = summary.author, summary.approver
    review_workflow.return_to_author(summary, by=approver, on=NOW, reason="Say since when")
    leave(cast, author, {"author": approver})
    summary.refresh_from_db()
    assert (summary.author, summary.approver) == (approver, None)


def test_what_somebody_said_of_the_draft_stays_when_they_leave(cast, quick_pdf):
    review = reports.with_members(cast)
    commented = next(comment.member for comment in review.comments.all() if not comment.agrees)
    said = dict.fromkeys(items(commented, by=cast.business_manager), OTHERWISE)
    vera = at(cast, commented.memberships.get().agency, Role.AGENCY_LEAD)
    takes = {
        kind: vera if items(commented, by=cast.business_manager)[kind].people else way for kind, way in said.items()
    }
    leave(cast, commented, takes, authority="The director of the agency")  # it may be who sits on the Virtual Panel
    replies = {member.user: comments for member, comments in review_queries.replies_of_members(review)}
    assert [comment.member for comment in replies[commented]] == [commented]
    assert replies[vera] == []


def test_with_the_report_at_the_partners_a_seat_may_stay_empty(cast, quick_pdf):
    reports.report_locked(cast)
    found = items(cast.other_lead, by=cast.business_manager)
    assert found["panel_member"].otherwise == "The report is with the partners: nobody new is needed"


def test_a_chair_is_not_handed_on_but_appointed_anew(cast, quick_pdf):
    review = reports.with_members(cast)
    found = items(cast.reviewer, by=cast.business_manager)
    assert found.keys() == {"chair"}
    assert found["chair"].people == []
    page = f"/people/{cast.reviewer.pk}/leave/"
    visitor = Visitor(cast.business_manager)
    assert "Another chair is appointed: the business manager is asked to" in visitor.text(page)
    assert "Select who takes this over: Chair and author" in words(visitor.send(page, reason="Ill"))
    visitor.must_send(page, reason="Ill", **{found["chair"].key: OTHERWISE})
    review.refresh_from_db()
    assert (review.chair, review.chair_declared_at) == (None, None)
    assert Visitor(cast.reviewer).get(review).status_code == 404
    nothing_is_left(cast.reviewer)
    assert "Appoint another chair: the one before has left" in Visitor(cast.business_manager).text("/")
    review = review_workflow.appoint_chair(
        review, by=cast.business_manager, on=NOW, chair=cast.scrutineer, skills="Many reviews"
    )
    assert "Appoint another chair" not in Visitor(cast.business_manager).text("/")
    cover_page = dict(review_queries.content(review)["cover"])
    assert cover_page["Chair and author"] == "Silas Greenhow (before: Rowan Beck)"


def test_a_chair_who_had_not_declared_yet(cast):
    review = rapid_reviews.chair_appointed(cast)
    leave(cast, cast.reviewer, {"chair": OTHERWISE})
    declared = Deadline.objects.get(reference=review.reference, key="declaration")
    assert declared.stopped_at == NOW


def test_the_chair_of_a_report_that_was_sent(cast, quick_pdf):
    review = reports.submitted(cast)
    assert items(cast.reviewer, by=cast.business_manager)["chair"].otherwise.startswith("The report was sent")
    leave(cast, cast.reviewer, {"chair": OTHERWISE})
    assert not Deadline.objects.open().filter(reference=review.reference, key="chair").exists()


def held_by(person):
    return {item.kind: item for item in handover.items_of(person, moment=NOW)}["holder"]


def test_a_restricted_case_is_held_by_another_business_manager(cast):
    """A co-ordinator could neither lift the restriction nor let anybody else in."""
    referral = situations.restricted(cast)
    by = {"by": cast.business_manager, "on": NOW}
    sight.add_holder(referral.case, person=cast.coordinator, reason="Holiday", **by)
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    assert (held_by(cast.business_manager).people, held_by(cast.business_manager).otherwise) == ([second], "")
    assert held_by(cast.coordinator).otherwise == "Held by Maya Underwood as well"
    third = person_with("Ines Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    sight.add_holder(referral.case, person=third, reason="Holiday", **by)
    leave(cast, cast.business_manager, {"holder": second}, by=third)
    assert Visitor(second).get(referral).status_code == 200


def test_cover_that_was_taken_goes_to_somebody_else_and_that_was_given_ends(cast):
    vera = at(cast, cast.housing, Role.MANAGER)
    third = person_with("Wim Standish", Role.MANAGER, agency=cast.housing)
    cover(vera, cast.agency_lead, agency=cast.housing, until_on=date(2026, 12, 20))
    cover(third, vera, agency=cast.housing, from_on=date(2027, 1, 1), until_on=date(2027, 1, 9))
    item = items(vera, by=cast.business_manager)["cover"]
    assert item.people == [cast.second_lead, third]
    leave(cast, vera, {"cover": third})
    assert set(third.covers(TODAY)) == {cast.agency_lead.pk}
    row = Appointment.objects.get(user=third, for_user=cast.agency_lead)
    assert (row.from_on, row.until_on) == (TODAY, date(2026, 12, 20))
    assert not Appointment.objects.in_force(date(2027, 1, 1)).filter(for_user=vera).exists()
    assert Notice.objects.filter(kind="appointments.cover_given", user=cast.agency_lead).count() == 1
    leave(cast, third, {"cover": OTHERWISE})
    assert Notice.objects.filter(kind="appointments.cover_ended", user=cast.agency_lead).count() == 1
    assert not Appointment.objects.covers(TODAY).exists()


def test_what_no_app_names_but_waits_by_name_is_handed_over_too(cast):
    referral = situations.screened(cast)
    engine.start(
        rules.WAITING,
        case=referral.case,
        reference=referral.reference,
        user=cast.manager,
        counts_from=NOW,
        on=NOW,
        by=None,
        label="Read the draft plan",
        key=str(cast.manager.pk),
    )
    item = items(cast.manager, by=cast.business_manager)["deadline"]
    assert str(item) == f"Read the draft plan, {referral.reference}"
    assert cast.panel_la in item.people
    assert cast.agency_lead not in item.people
    leave(cast, cast.manager, {"deadline": cast.panel_la})
    waiting = Deadline.objects.open().get(label="Read the draft plan")
    assert (waiting.user, waiting.key) == (cast.panel_la, str(cast.panel_la.pk))


def test_what_waits_for_the_successor_already_waits_for_them_once(cast):
    referral = situations.screened(cast)
    for person in (cast.manager, cast.panel_la):
        engine.start(
            rules.WAITING,
            case=referral.case,
            reference=referral.reference,
            user=person,
            counts_from=NOW,
            on=NOW,
            by=None,
            key=str(person.pk),
        )
    leave(cast, cast.manager, {"deadline": cast.panel_la})
    rows = Deadline.objects.filter(reference=referral.reference, rule=rules.WAITING.code)
    assert rows.open().get().user == cast.panel_la
    assert rows.exclude(stopped_at=None).get().stop_reason == "Mona Archer has left"


def test_the_cast_leaves_one_after_another_and_nothing_is_left_behind(cast, quick_pdf):
    """Whoever leaves in the middle of a review: by hand or otherwise, nothing waits for somebody who is gone."""
    reports.with_members(cast)
    situations.with_panel(cast, side=cast.theirs)
    by = cast.administrator
    stay = {cast.business_manager, cast.administrator}
    people = [one for one in vars(cast).values() if hasattr(one, "full_name") and one.is_active and one not in stay]
    able = (Role.AGENCY_LEAD, Role.APPROVER, Role.REFERRER, Role.LA_NOTIFIER)
    agencies = [each for each in vars(cast).values() if hasattr(each, "escalation_email") and each != cast.unit]
    for number, agency in enumerate(agencies):
        person_with(f"Standing By {number}", *able, agency=agency)
    for person in people:
        takes = {}
        for item in leaving.items_for(person, by=by, moment=NOW):
            assert item.people or item.otherwise, f"{person}: {item}"
            takes[item.key] = OTHERWISE if item.otherwise else item.people[0]
        leaving.leave(person, by=by, on=NOW, reason="Left", takes=takes, authority="The partner")
        nothing_is_left(person)
    assert handover.items_of(cast.manager, moment=NOW) == []


def test_a_holder_who_is_kept_out_holds_no_case_for_who_leaves(cast):
    """Kept out after they came to hold it: the last one who sees the case cannot leave it to them."""
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    restricted = situations.restricted(cast)
    by = {"by": cast.business_manager, "on": NOW}
    sight.add_holder(restricted.case, person=second, reason="Holiday", **by)
    assert held_by(cast.business_manager).otherwise == "Held by Vera Standish as well"
    sight.keep_out(restricted.case, person=second, reason="A neighbour", **by)
    assert held_by(cast.business_manager).otherwise == ""
