"""Who holds a restricted case when its holder is stopped, who manages one, and through whom an agency sees it."""

import pytest

from access import can
from access.models import Access
from casework import sight
from casework.models import NameMatch
from casework.workflow import CannotProceed
from notifications.models import Notice
from partnership.roles import CaseRole, Role
from tests.client import Visitor
from tests.factories import person_with, situations
from tests.factories.people import cover
from tests.moments import london
from trail.models import Event, save

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def case(cast):
    return situations.with_panel(cast).case


@pytest.fixture
def vera(cast):
    return person_with("Vera Standish", Role.BUSINESS_MANAGER, agency=cast.unit)


def another_case(cast):
    return situations.with_panel(cast, side=cast.theirs).case


def match(case, person, **values):
    given = {"kind": "family", "reference": "R", "words": "sibling", "found_at": NOW} | values
    return save(NameMatch(case=case, user=person, **given), by=None, on=NOW)


def restricted(case, by):
    return sight.restrict_case(case, by=by, on=NOW, reason="A colleague’s child")


def test_who_stopped_the_holder_holds_it_only_if_nobody_else_can(cast, case, vera):
    holder = person_with("Noor Sable", Role.BUSINESS_MANAGER, agency=cast.unit)
    case = restricted(case, holder)
    holder.is_active = False
    save(holder, by=None, on=NOW)
    sight.hold_instead(holder, by=cast.business_manager, on=NOW)
    assert set(sight.managers_of(case, moment=NOW)) == {vera}
    event = Event.objects.get(case=case.reference, verb="handed_over")
    assert event.by == cast.business_manager
    assert event.words == "Holder of the restricted case: Noor Sable to Vera Standish"


def test_the_partners_themselves_are_told_who_holds_it_from_then_on(cast, case, vera):
    stands_in = person_with("Stella Hartwig", Role.PANEL_MEMBER, agency=cast.council)
    cover(stands_in, cast.partner_la, agency=cast.council)
    case = restricted(case, vera)
    vera.is_active = False
    save(vera, by=None, on=NOW)
    sight.hold_instead(vera, by=cast.administrator, on=NOW)
    told = {notice.user for notice in Notice.objects.filter(kind="casework.held_instead")}
    assert cast.partner_la in told
    assert stands_in not in told


def test_who_covers_for_a_business_manager_manages_no_case_by_it(cast, case):
    cover(cast.coordinator, cast.business_manager, agency=cast.unit)
    assert set(sight.managers_of(case, moment=NOW)) == {cast.business_manager}


def test_who_is_let_in_is_said_of_this_case_alone(cast, case):
    other = another_case(cast)
    can.grant(case=other, role=CaseRole.CHAIR, user=cast.scrutineer, reason="Chairs", on=NOW, by=None)
    rows = sight.let_in(case, moment=NOW)
    assert {row.case for row in rows} == {case}
    assert cast.scrutineer in {row.user for row in sight.let_in(other, moment=NOW)}


def test_the_leads_through_whom_an_agency_sees_a_case_are_those_who_do(cast, case):
    gone = person_with("Gordon Frome", Role.AGENCY_LEAD, agency=cast.housing, is_active=False)
    out = person_with("Olive Frome", Role.AGENCY_LEAD, agency=cast.housing)
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=out, reason="A neighbour")
    can.grant(case=case, role=CaseRole.ASKED_AGENCY, agency=cast.housing, reason="Asked", on=NOW, by=None)
    rows = list(Access.objects.in_force(NOW).filter(case=case))
    assert any(row.user_id for row in rows)
    (names,) = sight.leads_among(rows, case, moment=NOW).values()
    assert names
    assert gone.full_name not in names
    assert out.full_name not in names


def test_only_an_open_match_among_the_family_of_this_case_stands_in_the_way(cast, case):
    by = cast.business_manager
    match(another_case(cast), by)
    match(case, by, kind="professional", words="social worker")
    match(case, by, gone_at=NOW)
    assert restricted(case, by).restricted


def test_who_was_let_back_in_can_be_kept_out_again(cast, case):
    given = {"by": cast.business_manager, "on": NOW, "person": cast.school, "reason": "Named"}
    sight.keep_out(case, **given)
    sight.let_back_in(case, **given)
    sight.keep_out(case, **given)
    with pytest.raises(CannotProceed, match="kept out of this case already"):
        sight.keep_out(case, **given)


def test_why_somebody_took_emergency_access_is_read_by_the_partners(cast, case):
    sight.take_emergency_access(case.reference, by=cast.partner_la, on=NOW, reason="A hospital asks tonight")
    assert "A hospital asks tonight" in Visitor(cast.partner_police).text("/emergency-access/")
