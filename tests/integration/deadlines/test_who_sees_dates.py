"""Whom a date waits for in a restricted case, who may know of one, and what was in time."""

from datetime import timedelta

import pytest

from access.can import grant
from deadlines import clock as engine
from deadlines import rules
from deadlines.models import Deadline
from partnership.roles import CaseRole, Role
from tests.integration.deadlines.conftest import LONG_AGO, open_case, person
from tests.moments import london

pytestmark = pytest.mark.django_db
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
