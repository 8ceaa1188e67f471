"""Whom a date waits for in a restricted case, who may know of one, and what was in time."""

from datetime import timedelta

import pytest

from access.can import grant
from deadlines import clock as engine
from deadlines import rules
from deadlines.models import Deadline
from partnership.roles import CaseRole, Role
from tests.client import Visitor
from tests.integration.deadlines.conftest import LONG_AGO, open_case, person
from tests.moments import london

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2026-12-14 10:00")]
NOW = london("2026-12-14 10:00")


def test_in_a_restricted_case_a_standing_roles_work_waits_for_who_holds_it_alone(start, manager, unit):
    case = open_case("RF-2026-007", restricted=True)
    start(rules.SCREENING, case)
    other = person("vera.other", agency=unit, role=Role.BUSINESS_MANAGER)
    grant(case=case, role=CaseRole.HOLDER, user=manager, reason="Holds it", on=LONG_AGO, by=None)
    grant(case=case, role=CaseRole.EMERGENCY, user=other, reason="Emergency", on=LONG_AGO, by=None)
    assert Deadline.objects.waiting_for(manager, moment=NOW).exists()
    assert not Deadline.objects.waiting_for(other, moment=NOW).exists()


def test_who_reads_the_rapid_review_but_not_the_timeline_may_know_its_dates(start, case, trust):
    reader = person("rita.reader", agency=trust, role=Role.PANEL_MEMBER)
    date = start(rules.REPORT_NATIONAL, case)
    assert not Deadline.objects.visible_to(reader, moment=NOW).exists()
    grant(case=case, role=CaseRole.PACK_READER, user=reader, reason="Reads the pack", on=LONG_AGO, by=None)
    assert list(Deadline.objects.visible_to(reader, moment=NOW)) == [date]


@pytest.mark.parametrize(("late", "in_time"), [(0, True), (1, False)])
def test_done_at_the_due_moment_is_in_time_a_second_later_is_late(start, case, manager, late, in_time):
    due = start(rules.SCREENING, case).due_at + timedelta(seconds=late)
    (met,) = engine.meet(rules.SCREENING, reference=case.reference, on=due, by=manager)
    assert met.was_in_time is in_time


def test_the_day_of_the_rapid_review_stands_wherever_one_is_named(start, manager):
    review = open_case("RF-2026-001", stage="rapid_review")
    other = open_case("RF-2026-002")
    start(rules.REPORT_LOCAL, review)  # Day 0 is Friday 11 December
    start(rules.MEETING, review, user=manager)
    start(rules.SCREENING, other)
    visitor = Visitor(manager)
    cells = [row.select("td")[-1].get_text(" ", strip=True) for row in visitor.read("/").select("tbody tr")]
    assert ["Day 1 of 15" in cell for cell in cells] == [False, True, True]
    stages = {row.select("th, td")[1].get_text(strip=True) for row in visitor.read("/board/").select("tbody tr")}
    assert stages == {"Rapid review, Day 1 of 15", "Referral"}
