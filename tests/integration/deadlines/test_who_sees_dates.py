"""Whom a date waits for in a restricted case, who may know of one, and what was in time."""

from datetime import timedelta

import pytest

from access.can import grant, people_with
from access.models import Exclusion
from deadlines import calendar_changes, queries, rules
from deadlines import clock as engine
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.roles import CaseRole, Role
from tests.client import Visitor
from tests.integration.deadlines.conftest import LONG_AGO, open_case, person
from tests.moments import london
from trail.models import save

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


def test_asked_for_many_dates_at_once_the_people_are_the_same_as_for_each(start, manager, lead, trust, unit, partner):
    """Also in a case that is restricted, that was not sent yet, or that somebody is kept out of."""
    cases = [open_case(f"RF-2026-00{number}") for number in range(1, 4)]
    cases += [open_case("RF-2026-007", restricted=True), open_case("RF-2026-008", stage="being_referred")]
    person("vera.other", agency=unit, role=Role.BUSINESS_MANAGER)
    grant(case=cases[3], role=CaseRole.HOLDER, user=manager, reason="Holds it", on=LONG_AGO, by=None)
    grant(case=cases[1], role=CaseRole.CHAIR, user=partner, reason="Chairs", on=LONG_AGO, by=None)
    for who in (manager, lead):
        save(Exclusion(case=cases[2], user=who, reason="Named", from_at=LONG_AGO), by=None, on=LONG_AGO)
    for case in cases:
        start(rules.SCREENING, case)
        start(rules.MEETING, case)
        start(rules.SUMMARY_RETURNED, case, agency=trust)
        start(rules.WAITING, case, user=lead)
    people = queries.PeopleWaitedFor(NOW)
    for work in Deadline.objects.select_related("case"):
        assert set(people.of(work)) == set(queries.people_waited_for(work, moment=NOW)), work
        managers = set(people_with(work.case, Role.BUSINESS_MANAGER, moment=NOW))
        assert set(people.with_role(work.case, Role.BUSINESS_MANAGER)) == managers


@pytest.mark.parametrize(("out", "at"), [("2026-12-15", "2026-12-14 10:00"), ("2026-12-17", "2026-12-15 08:00")])
def test_a_date_that_moves_to_before_the_next_morning_is_over_is_told_at_once(start, case, manager, out, at):
    """Without the day of mourning it is due a working day earlier: tomorrow, or on the day after the 17th."""
    day = london(f"{out} 00:00").date()
    calendar_changes.add_bank_holiday(day=day, name="Day of mourning", on=london("2026-12-11 08:00"), by=None)
    work = start(
        rules.APPROVAL if out == "2026-12-15" else rules.SIN_NATIONAL, case, user=manager, at="2026-12-14 09:00"
    )
    was = work.due_at
    calendar_changes.withdraw_bank_holiday(day=day, reason="moved", on=NOW, by=None)
    work.refresh_from_db()
    assert work.due_at < was
    assert Notice.objects.get(kind="date-moved").send_from == london(at)


def test_of_several_dates_that_moved_one_that_is_near_has_all_told_at_once(start, case, manager):
    day = london("2026-12-15 00:00").date()
    calendar_changes.add_bank_holiday(day=day, name="Day of mourning", on=london("2026-12-11 08:00"), by=None)
    near, far = (
        start(rule, case, user=manager, at="2026-12-14 09:00") for rule in (rules.APPROVAL, rules.SIN_NATIONAL)
    )
    calendar_changes.withdraw_bank_holiday(day=day, reason="moved", on=NOW, by=None)
    far.refresh_from_db()
    assert far.due_at > london("2026-12-16 00:00")
    told = Notice.objects.get(kind="date-moved")
    assert told.send_from == NOW
    assert near.label in told.body
    assert far.label in told.body
