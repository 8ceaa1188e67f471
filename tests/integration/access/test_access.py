"""Who may see which case, and why: granted, ended, excluded, expired; each bites on the next request."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from access import can
from access.models import Access, Address, Case, Exclusion, cases_open_to
from partnership.models import Membership
from partnership.permissions import Permission as P
from partnership.roles import GRANTS, CaseRole, Role
from referrals.models import Referral
from tests.client import Visitor
from tests.factories import Memberships, person_with, situations
from tests.moments import london
from trail.models import save

NOW = london("2026-12-11 14:00")  # where the clock of the tests stands
EARLIER = london("2026-12-11 13:30")


pytestmark = pytest.mark.begins_with("screened")


def sees(person, referral):
    return Visitor(person).get(referral).status_code == 200


def exclude(person, referral, *, until_at=None, from_at=EARLIER):
    row = Exclusion(case=referral.case, user=person, reason="Named in the case", from_at=from_at, until_at=until_at)
    return save(row, by=None, on=EARLIER)


@pytest.fixture
def referral(cast):
    return situations.screened(cast)


def test_the_business_team_sees_what_was_received_and_agencies_what_is_theirs(cast, referral):
    assert [sees(person, referral) for person in (cast.business_manager, cast.coordinator)] == [True, True]
    assert [sees(person, referral) for person in (cast.referrer, cast.approver)] == [True, True]
    nobody = (cast.other_referrer, cast.other_lead, cast.agency_lead, cast.panel_la, cast.partner_la, cast.school)
    assert [person.full_name for person in nobody if sees(person, referral)] == []


def test_nobody_sees_a_draft_but_its_referrer(cast):
    draft = situations.draft(cast)
    everybody = [
        person for person in vars(cast).values() if getattr(person, "email", "") and hasattr(person, "full_name")
    ]
    assert [person.full_name for person in everybody if person.is_active and sees(person, draft)] == [
        cast.referrer.full_name
    ]


def test_a_standing_role_brings_nothing_in_a_case_that_was_never_sent(cast):
    draft = situations.empty(cast)
    assert can.permissions_on(cast.business_manager, draft, moment=NOW) == frozenset()
    assert can.can(cast.referrer, P.VIEW_REFERRAL, draft, moment=NOW)


def test_access_to_one_case_is_none_to_another(cast, referral):
    other = situations.empty(cast, side=cast.theirs)
    assert can.permissions_on(cast.referrer, referral, moment=NOW)
    assert can.permissions_on(cast.referrer, other, moment=NOW) == frozenset()


def test_the_business_team_sees_that_a_referral_waits_the_agency_and_its_age_alone(cast):
    waiting = situations.with_approver(cast)
    text = Visitor(cast.business_manager).text(reverse("referrals"))
    assert "Harrowmere General Hospital, sent for approval" in text
    assert waiting.reference not in text
    assert "sent for approval" not in Visitor(cast.other_lead).text(reverse("referrals"))


def test_a_grant_bites_on_the_next_request_and_so_does_its_end(cast, referral):
    visitor = Visitor(cast.scrutineer)
    assert visitor.get(referral).status_code == 404
    can.grant(case=referral.case, user=cast.scrutineer, role=CaseRole.PANEL_MEMBER, reason="Asked", on=EARLIER, by=None)
    assert visitor.get(referral).status_code == 200
    can.end(
        case=referral.case, user=cast.scrutineer, role=CaseRole.PANEL_MEMBER, reason="Not any more", on=NOW, by=None
    )
    assert visitor.get(referral).status_code == 404


def test_an_exclusion_beats_every_access_and_every_role(cast, referral):
    for person in (cast.business_manager, cast.referrer, cast.la_notifier):
        visitor = Visitor(person)
        assert visitor.get(referral).status_code == 200
        row = exclude(person, referral)
        assert visitor.get(referral).status_code == 404
        assert can.permissions_on(person, referral, moment=NOW) == frozenset()
        row.until_at = NOW
        save(row, by=None, on=NOW)
        assert visitor.get(referral).status_code == 200


def test_access_and_exclusion_hold_from_their_moment_until_before_their_last(cast, referral, clock):
    can.grant(
        case=referral.case,
        user=cast.reviewer,
        role=CaseRole.CHAIR,
        reason="Chairs",
        on=NOW,
        by=None,
        until_at=NOW + timedelta(hours=1),
    )
    visible = {}
    for minutes in (-1, 0, 59, 60):
        moment = NOW + timedelta(minutes=minutes)
        visible[minutes] = cases_open_to(cast.reviewer, P.VIEW_REFERRAL, moment=moment).exists()
    assert visible == {-1: False, 0: True, 59: True, 60: False}


def test_an_expired_access_is_refused_on_the_page(cast, referral, clock):
    until = NOW + timedelta(minutes=10)
    can.grant(
        case=referral.case,
        user=cast.reviewer,
        role=CaseRole.CHAIR,
        reason="Chairs",
        on=EARLIER,
        by=None,
        until_at=until,
    )
    visitor = Visitor(cast.reviewer)
    assert visitor.get(referral).status_code == 200
    clock.move_to(until)
    assert visitor.get(referral).status_code == 404


def test_an_agencys_access_is_its_safeguarding_leads_and_nobody_elses(cast, referral):
    can.grant(case=referral.case, agency=cast.trust, role=CaseRole.PANEL_MEMBER, reason="Asked", on=EARLIER, by=None)
    assert sees(cast.other_lead, referral)
    assert not sees(cast.other_referrer, referral), "belongs to the agency, is not its lead"
    membership = Membership.objects.get(user=cast.other_lead)
    membership.until_on = date(2026, 12, 10)
    save(membership, by=None, on=NOW)
    assert not sees(cast.other_lead, referral)


def test_a_role_ends_with_its_last_day(cast, referral):
    last_day = Membership.objects.get(user=cast.coordinator)
    last_day.until_on = date(2026, 12, 11)
    save(last_day, by=None, on=EARLIER)
    assert sees(cast.coordinator, referral)
    last_day.until_on = date(2026, 12, 10)
    save(last_day, by=None, on=EARLIER)
    assert not sees(cast.coordinator, referral)


def test_a_deactivated_person_is_out_at_once(cast, referral):
    visitor = Visitor(cast.business_manager)
    assert visitor.get(referral).status_code == 200
    cast.business_manager.is_active = False
    save(cast.business_manager, by=cast.administrator, on=NOW)
    answer = visitor.get(referral)
    assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)
    assert not can.can(cast.business_manager, P.VIEW_REFERRAL, referral, moment=NOW)
    assert can.can(cast.business_manager, P.KEY_IN_REFERRAL, moment=NOW) is False


def test_a_restricted_case_is_closed_to_standing_roles(cast, referral):
    referral.case.restricted = True
    save(referral.case, by=cast.business_manager, on=EARLIER)
    assert not sees(cast.business_manager, referral)
    assert not can.can(cast.business_manager, P.VIEW_REFERRAL, referral, moment=NOW)
    assert sees(cast.referrer, referral), "who was named stays"
    assert cast.business_manager not in can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)
    can.grant(
        case=referral.case,
        user=cast.coordinator,
        role=Role.BUSINESS_COORDINATOR,
        reason="Holds it",
        on=EARLIER,
        by=None,
    )
    assert sees(cast.coordinator, referral)
    assert Visitor(cast.coordinator).get(reverse("screen", args=[referral.reference])).status_code == 200


def test_of_a_restricted_case_the_business_manager_is_who_holds_this_very_case(cast):
    """Neither who holds another case, nor who has some other part in this one."""
    case, other = (situations.restricted(cast, side=side).case for side in (cast.ours, cast.theirs))
    can.end(case=other, role=CaseRole.HOLDER, on=EARLIER, by=None, reason="Handed over")
    manager = {"role": Role.BUSINESS_MANAGER, "moment": NOW}
    assert set(can.people_with(case, **manager)) == {cast.business_manager}
    assert set(can.people_with(other, **manager)) == set()
    can.grant(case=other, role=CaseRole.CHAIR, reason="Chairs", on=EARLIER, by=None, user=cast.business_manager)
    assert set(can.people_with(other, **manager)) == set()


def test_a_record_brings_its_case_along_and_a_case_needs_no_other(cast, referral, rf, django_assert_num_queries):
    request = rf.get("/")
    request.user = cast.business_manager
    for queryset, reference in ((Referral.objects, referral.reference), (Case.objects, referral.case.reference)):
        found = can.get_visible_or_404(queryset, request, reference, what="a page")
        with django_assert_num_queries(0):
            assert found.case.reference == referral.case.reference


def test_to_hold_a_case_opens_it_to_who_stands_in_a_role_for_it_alone(cast):
    referral = situations.restricted(cast)
    for person in (cast.coordinator, cast.school):
        can.grant(case=referral.case, role=CaseRole.HOLDER, reason="Holds it", on=EARLIER, by=None, user=person)
    shown = [person for person in (cast.coordinator, cast.school) if referral in open_to(person)]
    assert shown == [cast.coordinator]


def open_to(person):
    return Referral.objects.visible_to(person, moment=NOW)


def test_access_held_already_is_not_written_twice(cast, referral):
    def ask():
        return can.grant(
            case=referral.case, user=cast.reviewer, role=CaseRole.CHAIR, reason="Chairs", on=EARLIER, by=None
        )

    assert ask() == ask()
    assert Access.objects.filter(user=cast.reviewer).count() == 1


def test_access_held_in_another_way_is_given_beside_it(cast, referral):
    other = situations.empty(cast, side=cast.theirs)
    chairs = {"case": referral.case, "user": cast.reviewer, "role": CaseRole.CHAIR, "until_at": None}
    asked = {"case": referral.case, "agency": cast.trust, "role": CaseRole.ASKED_AGENCY}
    ways = (
        chairs,
        chairs | {"role": CaseRole.PACK_READER},
        chairs | {"user": cast.scrutineer},
        chairs | {"case": other.case},
        chairs | {"until_at": NOW + timedelta(days=9)},
        asked,
        asked | {"agency": cast.housing},
    )
    given = [can.grant(**way, reason="Needed", on=EARLIER, by=None) for way in ways]
    assert len({access.pk for access in given}) == len(ways)


def test_the_database_refuses_access_of_nobody_of_two_or_twice(cast, referral):
    both = {"user": cast.reviewer, "agency": cast.trust}
    for whose in ({}, both, {"user": cast.referrer}):
        row = Access(case=referral.case, role=CaseRole.REFERRER, reason="x", from_at=NOW, **whose)
        with pytest.raises(IntegrityError), transaction.atomic():
            save(row, by=None, on=NOW)


def test_who_holds_a_role_is_asked_of_access_standing_or_in_the_case(cast, referral):
    assert set(can.people_with(referral.case, Role.BUSINESS_MANAGER, moment=NOW)) == {cast.business_manager}
    assert set(can.people_with(referral.case, CaseRole.NOTIFIER, moment=NOW)) == {cast.la_notifier}
    can.grant(case=referral.case, agency=cast.housing, role=CaseRole.ASKED_AGENCY, reason="Asked", on=NOW, by=None)
    leads = {cast.agency_lead, cast.second_lead}
    assert set(can.people_with(referral.case, CaseRole.ASKED_AGENCY, moment=NOW)) == leads
    can.grant(case=referral.case, agency=cast.trust, role=CaseRole.PACK_READER, reason="Reads", on=NOW, by=None)
    assert set(can.people_with(referral.case, CaseRole.PACK_READER, moment=NOW)) == {cast.other_lead}
    exclude(cast.agency_lead, referral)
    assert set(can.people_with(referral.case, CaseRole.ASKED_AGENCY, moment=NOW)) == {cast.second_lead}
    other = situations.empty(cast, side=cast.theirs)
    assert set(can.people_with(other.case, CaseRole.ASKED_AGENCY, moment=NOW)) == set()
    exclude(cast.second_lead, other)
    assert set(can.people_with(referral.case, CaseRole.ASKED_AGENCY, moment=NOW)) == {cast.second_lead}


def test_one_person_in_two_roles_has_what_both_bring(cast, referral):
    both = person_with("Bea Twohats", Role.MANAGER, Role.BUSINESS_COORDINATOR, agency=cast.unit)
    granted = can.permissions_on(both, referral, moment=NOW)
    assert granted == GRANTS[Role.MANAGER] | GRANTS[Role.BUSINESS_COORDINATOR]
    referring = person_with("Ben Twohats", Role.MANAGER, Role.REFERRER, agency=cast.trust)
    assert can.can(referring, P.OPEN_REFERRAL, moment=NOW)


def test_one_case_and_all_cases_answer_alike(cast, referral):
    """The rule stands twice, for one case and as a condition of lists: they must never differ."""
    others = [situations.draft(cast), situations.with_panel(cast, side=cast.theirs), situations.never_sent(cast)]
    exclude(cast.coordinator, referral)
    Memberships(user=cast.school, agency=cast.unit, role=Role.BUSINESS_MANAGER, until_on=date(2026, 12, 10))
    people = [person for person in vars(cast).values() if hasattr(person, "full_name") and person.is_active]
    for person in people:
        open_to = {each: set(cases_open_to(person, each, moment=NOW).values_list("pk", flat=True)) for each in P}
        for record in (referral, *others):
            alone = can.permissions_on(person, record, moment=NOW)
            listed = {permission for permission, cases in open_to.items() if record.case_id in cases}
            assert listed == alone, (person.full_name, record.reference)


def test_what_is_not_yours_looks_like_what_does_not_exist(cast, referral):
    visitor = Visitor(cast.other_lead)
    theirs, nothing = visitor.get(referral), visitor.get("/referrals/RF-2026-999/")
    assert theirs.status_code == nothing.status_code == 404
    told = [
        re.sub(r'value="\w{64}"', "", answer.content.decode()).replace(reference, "")
        for answer, reference in ((theirs, referral.reference), (nothing, "RF-2026-999"))
    ]
    assert told[0] == told[1]


def test_a_confidential_address_is_the_business_units_alone(cast):
    refuge = {"text": "Refuge on Heron Row", "postcode": "OL99 9ZZ", "confidential": True}
    referral = situations.with_panel(cast, children=[{"home_address": refuge}])
    for person in (cast.business_manager, cast.coordinator):
        assert "Heron Row" in Visitor(person).text(referral)
    for person in (cast.referrer, cast.approver, cast.panel_la, cast.la_notifier):
        page = Visitor(person).get(referral).content.decode()
        assert "Heron Row" not in page
        assert "OL99" not in page
        assert "Address withheld" in page


def test_an_address_says_itself_only_through_who_may_read_it():
    secret = Address(text="Refuge on Heron Row", postcode="OL99 9ZZ", confidential=True)
    open_one = Address(text=" 4 Mill Lane ", postcode="OL1 1AA")
    assert (str(secret), secret.shown_to(False)) == ("Address withheld", "Address withheld")
    assert secret.shown_to(True) == "Refuge on Heron Row\nOL99 9ZZ"
    assert open_one.shown_to(False) == "4 Mill Lane\nOL1 1AA"
    assert Address(postcode="OL1 1AA").shown_to(False) == "OL1 1AA"


def test_a_list_holds_what_is_open_to_its_reader(cast, referral):
    theirs = situations.received(cast, side=cast.theirs)
    draft = situations.draft(cast)
    found = {
        person: set(Referral.objects.visible_to(person, moment=NOW))
        for person in (cast.business_manager, cast.referrer, cast.other_referrer, cast.agency_lead)
    }
    assert found == {
        cast.business_manager: {referral, theirs},
        cast.referrer: {referral, draft},
        cast.other_referrer: {theirs},
        cast.agency_lead: set(),
    }


def test_a_closed_case_has_its_date_and_an_open_one_none(cast, referral):
    for stage, closed_on in ((Case.Stage.CLOSED, None), (Case.Stage.REFERRAL, date(2026, 12, 11))):
        referral.case.stage, referral.case.closed_on = stage, closed_on
        with pytest.raises(IntegrityError, match="closed_case_has_its_date"), transaction.atomic():
            save(referral.case, by=None, on=NOW)
