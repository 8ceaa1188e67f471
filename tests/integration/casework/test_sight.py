"""Who may see a case: restricted cases, people kept out of one, emergency access (domain.md, section 2)."""

from datetime import timedelta
from functools import partial

import pytest

from access import can
from access.models import Access, Exclusion
from appointments import workflow
from casework import sight
from casework.models import NameMatch
from casework.workflow import CannotProceed, NotAllowed, WrongState
from notifications.models import Notice
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from referrals.models import Referral
from tests.at_once import at_once
from tests.client import Visitor, problems
from tests.factories import person_with, situations
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import Event, Reading, save

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def case(referral):
    return referral.case


def restrict(cast, case, **options):
    return sight.restrict_case(case, by=cast.business_manager, on=NOW, reason="A colleague’s child", **options)


def test_a_restricted_case_is_its_holders_and_whoever_has_a_part_in_it(cast, referral, case):
    page = f"/cases/{case.reference}/restrict/"
    went_to = Visitor(cast.business_manager).must_send(page, reason="A colleague’s child")
    assert went_to == case.get_absolute_url()
    assert Visitor(cast.business_manager).get(referral).status_code == 200
    assert Visitor(cast.panel_la).get(referral).status_code == 200
    assert Visitor(cast.referrer).get(referral).status_code == 200
    assert Visitor(cast.coordinator).get(referral).status_code == 404
    assert referral.reference not in Visitor(cast.coordinator).text("/referrals/")
    assert referral.reference in Visitor(cast.business_manager).text("/referrals/")


def test_what_waits_for_the_business_team_in_a_restricted_case_waits_for_its_holder(cast, case):
    both = {cast.business_manager, cast.coordinator}
    assert set(can.business_team(case, moment=NOW)) == both
    case = restrict(cast, case)
    assert set(can.business_team(case, moment=NOW)) == {cast.business_manager}
    case = sight.add_holder(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="Holiday")
    assert set(can.business_team(case, moment=NOW)) == both
    assert set(can.people_with(case, Role.BUSINESS_COORDINATOR, moment=NOW)) == {cast.coordinator}
    assert P.SCREEN_REFERRAL in can.permissions_on(cast.coordinator, case, moment=NOW)
    assert P.MANAGE_ACCESS not in can.permissions_on(cast.coordinator, case, moment=NOW)


def test_others_can_hold_it_from_the_start_and_when_it_is_lifted_all_see_it(cast, case):
    case = restrict(cast, case, holders=[cast.coordinator])
    held = Access.objects.in_force(NOW).filter(case=case, role=CaseRole.HOLDER)
    assert {row.user for row in held} == {cast.business_manager, cast.coordinator}
    with pytest.raises(WrongState):
        restrict(cast, case)
    case = sight.lift_restriction(case, by=cast.business_manager, on=NOW + timedelta(minutes=1), reason="Over")
    assert not case.restricted
    assert not held.filter(until_at=None).exists()
    with pytest.raises(WrongState):
        sight.lift_restriction(case, by=cast.business_manager, on=NOW, reason="Again")
    with pytest.raises(WrongState):
        sight.add_holder(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="x")
    verbs = Event.objects.filter(reference=case.reference).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["restrict_case", "lift_restriction"]


def test_who_holds_a_case_holds_nothing_without_a_standing_role(cast, case):
    restrict(cast, case, holders=[cast.manager])
    assert can.permissions_on(cast.manager, case, moment=NOW) == {P.VIEW_BOARD}
    restricted = Referral.objects.visible_to(cast.manager, moment=NOW)
    assert not restricted.filter(case=case).exists()


def test_a_business_manager_is_kept_out_only_once_another_holds_the_case(cast, case):
    """Another business manager: a co-ordinator could neither lift the restriction nor let anybody else in."""
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    case = restrict(cast, case)
    sight.add_holder(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="Holiday")
    with pytest.raises(CannotProceed, match="Another business manager must hold the case first"):
        sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.business_manager, reason="A neighbour")
    sight.add_holder(case, by=cast.business_manager, on=NOW, person=second, reason="A neighbour")
    went_to = Visitor(cast.business_manager).must_send(
        f"/cases/{case.reference}/keep-out/", person=str(cast.business_manager.pk), reason="A neighbour"
    )
    assert went_to == "/"
    assert Visitor(cast.business_manager).get(case).status_code == 404
    assert Visitor(second).get(case).status_code == 200


def test_the_other_business_managers_are_told_that_a_case_is_restricted(cast, case):
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    out = person_with("Ines Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    named = person_with("Nadia Thorpe", Role.BUSINESS_MANAGER, agency=cast.unit)
    match = NameMatch(case=case, user=named, kind="family", reference="R", words="sibling", found_at=NOW)
    save(match, by=None, on=NOW)
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=out, reason="A neighbour")
    restrict(cast, case)
    told = Notice.objects.filter(kind="casework.restricted")
    assert [notice.user for notice in told] == [second]


def test_who_may_be_named_in_a_case_does_not_restrict_it_to_themselves(cast, case):
    named = NameMatch(case=case, user=cast.business_manager, kind="family", reference="R", words="sibling")
    named.found_at = NOW
    save(named, by=None, on=NOW)
    with pytest.raises(CannotProceed, match="A colleague has to restrict this case"):
        restrict(cast, case)
    assert not Access.objects.filter(case=case, role=CaseRole.HOLDER).exists()
    second = person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)
    with pytest.raises(CannotProceed, match="A colleague has to do this"):
        sight.keep_out(case, by=cast.business_manager, on=NOW, person=second, reason="x")
    named.settled_at, named.settled_by, named.settled_why = NOW, cast.administrator, "Another person"
    save(named, by=None, on=NOW)
    assert restrict(cast, case).restricted


def test_who_is_kept_out_or_cannot_sign_in_is_not_said_to_see_the_case(cast, case):
    page = Visitor(cast.business_manager)
    text = page.text(case)
    assert cast.panel_la.full_name in text
    assert cast.panel_icb.full_name in text
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.panel_la, reason="Chairs the school")
    workflow.let_sign_in(cast.panel_icb, by=cast.business_manager, on=NOW, may=False, reason="Left")
    text = page.text(case)
    assert text.count(cast.panel_la.full_name) == 1  # among those kept out
    assert cast.panel_icb.full_name not in text


def test_an_agency_sees_a_case_through_its_leads_and_they_are_named(cast, case):
    can.grant(case=case, role=CaseRole.ASKED_AGENCY, agency=cast.housing, reason="Asked", on=NOW, by=None)
    can.grant(case=case, role=CaseRole.ASKED_AGENCY, agency=cast.primary, reason="Asked", on=NOW, by=None)
    text = Visitor(cast.business_manager).text(case)
    assert "Larkspur Homes Lena Hollis Lucas Ambry " in text
    assert "Foxglove Primary School Nobody yet " in text


@pytest.mark.django_db(transaction=True)
def test_ten_who_keep_the_same_person_out_at_once_do_it_once(cast_committed):
    """Each came to the page a moment apart; who is first in the database is not who came first."""
    cast = cast_committed
    case = situations.with_panel(cast).case

    def keep_out(milliseconds):
        on = NOW + timedelta(milliseconds=milliseconds)
        return sight.keep_out(case, by=cast.business_manager, on=on, person=cast.panel_la, reason="Named")

    outcomes = at_once(*(partial(keep_out, milliseconds) for milliseconds in range(10)))
    assert sum(isinstance(each, CannotProceed) for each in outcomes) == 9, outcomes
    assert Exclusion.objects.filter(case=case, user=cast.panel_la).count() == 1


def test_who_is_kept_out_sees_nothing_until_they_are_let_back_in(cast, referral, case):
    page = Visitor(cast.business_manager)
    page.must_send(f"/cases/{case.reference}/keep-out/", person=str(cast.panel_la.pk), reason="Chairs the school")
    assert Visitor(cast.panel_la).get(referral).status_code == 404
    assert "Chairs the school" in page.text(case)
    assert "Chairs the school" not in Visitor(cast.coordinator).text(case)
    assert "Chairs the school" not in Visitor(cast.coordinator).text(f"/cases/{case.reference}/timeline/")
    with pytest.raises(CannotProceed, match="kept out of this case already"):
        sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.panel_la, reason="x")
    page.must_send(f"/cases/{case.reference}/let-in/", person=str(cast.panel_la.pk), reason="Another school")
    assert Visitor(cast.panel_la).get(referral).status_code == 200
    with pytest.raises(CannotProceed, match="is not kept out"):
        sight.let_back_in(case, by=cast.business_manager, on=NOW, person=cast.panel_la, reason="x")


def test_a_case_is_not_restricted_to_somebody_who_is_kept_out_of_it(cast, case):
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="A neighbour")
    page = Visitor(cast.business_manager).read(f"/cases/{case.reference}/restrict/")
    assert cast.coordinator.full_name not in page.select_one("main").get_text()
    with pytest.raises(CannotProceed) as refused:
        restrict(cast, case, holders=[cast.coordinator])
    assert refused.value.problems == [("holders", "Colm Ferris is kept out of this case")]
    case.refresh_from_db()
    assert not case.restricted


def test_nobody_holds_a_case_that_they_are_kept_out_of(cast, case):
    case = restrict(cast, case)
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="A neighbour")
    with pytest.raises(CannotProceed, match="is kept out"):
        sight.add_holder(case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="x")


# Emergency access


def take(person, case, **answers):
    return Visitor(person).send(
        "/emergency-access/", **({"reference": case.reference, "reason": "At the door"} | answers)
    )


def test_the_business_team_is_who_stands_in_it_today_and_may_sign_in(cast, case):
    assert list(sight.team(NOW)) == [cast.coordinator, cast.business_manager]
    cast.coordinator.is_active = False
    save(cast.coordinator, by=None, on=NOW)
    assert list(sight.team(NOW)) == [cast.business_manager]
    assert list(sight.team(NOW - timedelta(days=4000))) == []


def test_who_may_no_longer_sign_in_is_nobody_to_choose(cast):
    assert cast.school in sight.everybody()
    cast.school.is_active = False
    save(cast.school, by=None, on=NOW)
    assert cast.school not in sight.everybody()


def test_who_is_kept_out_of_another_case_may_still_read_this_one_in_an_emergency(cast, case):
    other = situations.with_panel(cast, side=cast.theirs).case
    sight.keep_out(other, by=cast.business_manager, on=NOW, person=cast.partner_icb, reason="Named in it")
    assert sight.take_emergency_access(case.reference, by=cast.partner_icb, on=NOW, reason="The police ask") == case


def test_being_kept_out_of_one_case_is_no_matter_in_another(cast, case):
    other = situations.with_panel(cast, side=cast.theirs).case
    by = {"by": cast.business_manager, "on": NOW}
    sight.keep_out(other, person=cast.coordinator, reason="Named in the other case", **by)
    sight.keep_out(case, person=cast.school, reason="Named in this case", **by)
    # Somebody else is kept out of this case, and they of another: neither counts here.
    with pytest.raises(CannotProceed, match="is not kept out"):
        sight.let_back_in(case, person=cast.coordinator, reason="Another person", **by)
    case = restrict(cast, case)
    case = sight.add_holder(case, person=cast.coordinator, reason="Holiday", **by)
    assert set(can.business_team(case, moment=NOW)) == {cast.business_manager, cast.coordinator}
    sight.keep_out(case, person=cast.coordinator, reason="Named in this case too", **by)
    assert [row.user for row in sight.kept_out(case, moment=NOW)] == [cast.coordinator, cast.school]
    sight.let_back_in(case, person=cast.coordinator, reason="Another person", **by)
    assert [row.user for row in sight.kept_out(case, moment=NOW)] == [cast.school]
    assert [row.user for row in sight.kept_out(other, moment=NOW)] == [cast.coordinator]


def test_in_an_emergency_a_partner_reads_a_case_for_an_hour(cast, referral, case, clock):
    assert Visitor(cast.partner_icb).get(referral).status_code == 404
    answer = take(cast.partner_icb, case, reference=f" {case.reference.lower()} ")
    assert answer["Location"] == f"/cases/{case.reference}/timeline/"
    visitor = Visitor(cast.partner_icb)
    assert visitor.get(referral).status_code == 200
    assert "Emergency access taken" in visitor.text(f"/cases/{case.reference}/timeline/")
    assert visitor.get(f"/referrals/{referral.reference}/screen/").status_code == 403
    clock.move_to(NOW + timedelta(minutes=59))
    assert Visitor(cast.partner_icb).get(referral).status_code == 200
    clock.move_to(NOW + timedelta(minutes=60))
    assert Visitor(cast.partner_icb).get(referral).status_code == 404


def test_the_partners_and_who_runs_the_case_are_told_at_once_without_the_reason(cast, case):
    take(cast.partner_icb, case, reason="MRK reason")
    mails = Notice.objects.filter(kind="casework.emergency_access")
    assert {mail.user for mail in mails} == {
        *(cast.partner_la, cast.partner_police, cast.deputy),
        *(cast.business_manager, cast.coordinator),
    }
    for mail in mails:
        assert case.reference in mail.subject
        assert cast.partner_icb.full_name in mail.body
        assert "11 December 2026 at 3pm" in mail.body
        assert "MRK" not in mail.subject + mail.body
    assert Event.objects.get(verb="emergency_access").words == "MRK reason"
    assert case.reference in Visitor(cast.partner_la).text("/emergency-access/")
    assert "Emergency access" in Visitor(cast.business_manager).text(case)


def test_who_is_kept_out_of_the_case_is_told_nothing_of_it(cast, case):
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.partner_la, reason="Named in it")
    take(cast.partner_icb, case)
    assert not Notice.objects.filter(kind="casework.emergency_access", user=cast.partner_la).exists()
    assert case.reference not in Visitor(cast.partner_la).text("/emergency-access/")
    assert case.reference in Visitor(cast.partner_police).text("/emergency-access/")


def test_a_restricted_case_opens_to_the_team_in_an_emergency_and_says_so(cast, referral, case):
    case = restrict(cast, case)
    assert take(cast.coordinator, case).status_code == 302
    assert Visitor(cast.coordinator).get(referral).status_code == 200
    assert Visitor(cast.coordinator).get(f"/referrals/{referral.reference}/screen/").status_code == 403


@pytest.mark.parametrize("hidden", ["kept out", "never sent", "unknown"])
def test_what_cannot_be_opened_in_an_emergency_looks_as_if_it_did_not_exist(cast, case, hidden):
    reference = case.reference
    if hidden == "kept out":
        sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.partner_icb, reason="Named in it")
    elif hidden == "never sent":
        reference = situations.draft(cast).case.reference
    else:
        reference = "C-2026-999"
    answer = take(cast.partner_icb, case, reference=reference)
    assert problems(answer) == [("No case has this reference", "#id_reference")]
    assert not Access.objects.filter(role=CaseRole.EMERGENCY).exists()
    refused = Reading.objects.filter(by=cast.partner_icb, what="emergency-access").get()
    assert (refused.reference, refused.allowed, refused.case) == (reference, False, "")


def test_it_is_for_those_who_may_and_need_it(cast, case):
    assert problems(take(cast.business_manager, case)) == [("You can see this case already", "#id_reference")]
    assert problems(take(cast.partner_icb, case, reason="")) == [("Enter the reason", "#id_reason")]
    assert Visitor(cast.manager).get("/emergency-access/").status_code == 403
    with pytest.raises(NotAllowed):
        sight.take_emergency_access(case.reference, by=cast.school, on=NOW, reason="Curious")


def test_pressed_twice_it_is_taken_once(cast, case):
    visitor = Visitor(cast.partner_icb)
    values = visitor.form("/emergency-access/") | {"reference": case.reference, "reason": "At the door"}
    assert {visitor.post("/emergency-access/", values).status_code for _ in range(2)} == {302}
    assert Access.objects.filter(role=CaseRole.EMERGENCY).count() == 1
    assert Event.objects.filter(verb="emergency_access").count() == 1


@pytest.mark.parametrize("page", ["/emergency-access/", "/cases/{}/restrict/", "/cases/{}/keep-out/"])
def test_giving_and_taking_sight_asks_for_a_fresh_second_factor_and_keeps_what_was_typed(cast, case, clock, page):
    path = page.format(case.reference)
    visitor = Visitor(cast.business_manager)
    values = visitor.form(path) | {"reason": "Typed before"}
    clock.move_to(NOW + timedelta(minutes=6))
    for answer in (visitor.get(path), visitor.post(path, values)):
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/2fa/reauthenticate/")
    sign_in(visitor.client, cast.business_manager)
    assert "Typed before" in visitor.get(path).content.decode()
    assert not Event.objects.filter(verb__in=["restrict_case", "keep_out", "emergency_access"]).exists()


def test_a_reason_that_is_too_long_is_said_beside_the_field(cast, case):
    answer = Visitor(cast.business_manager).send(
        f"/cases/{case.reference}/keep-out/", person=str(cast.panel_la.pk), reason="x" * 301
    )
    assert [where for _, where in problems(answer)] == ["#id_reason"]
