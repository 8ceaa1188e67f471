"""The deadline board: what a manager may know of, counts that agree with the lists, and what was in time."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Exclusion
from deadlines import board, queries, rules
from deadlines import clock as engine
from deadlines.models import Deadline
from partnership.models import Membership
from partnership.roles import Role
from tests.client import Visitor, parsed
from tests.integration.deadlines.conftest import agency, open_case, person
from tests.moments import london
from trail.models import save

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2026-12-18 10:00")]
NOW = london("2026-12-18 10:00")


@pytest.fixture
def watcher(unit):
    """A manager: no part in any case."""
    return person("mona.watcher", agency=unit, role=Role.MANAGER)


@pytest.fixture
def everything(start, case, trust, lead, manager):
    """One open deadline in each state, and two that are not open."""
    start(rules.SCREENING, case)  # Day 1: overdue
    start(rules.OUTCOME_TOLD, case, at="2026-12-17 10:00")  # today
    start(rules.SUMMARY_RETURNED, case, agency=trust)  # Tuesday 22 December
    start(rules.REPORT_NATIONAL, case)  # 6 January
    paused = start(rules.CHRONOLOGY, case)
    engine.pause(paused, on=NOW, by=manager, reason="A trial", agreed_by="The partners")
    start(rules.WAITING, case, user=lead, label="Say who the family’s doctor is")
    start(rules.PACK_ISSUED, case)
    engine.meet(rules.PACK_ISSUED, reference=case.reference, on=NOW, by=manager)
    start(rules.MEETING, case)
    engine.stop(rules.MEETING, reference=case.reference, on=NOW, by=manager, reason="Not needed")


def listed(visitor, **query):
    """The rows of the board, as texts by column."""
    page = parsed(visitor.get("/board/", data=query))
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def counted(visitor, **query):
    """What the board counts: {state: (how many, the address of the list of those)}."""
    page = parsed(visitor.get("/board/", data=query))
    found = {}
    for link in page.select(".hub-counts a"):
        number = link.select_one(".hub-counts__number").extract().get_text(strip=True)
        found[link.get_text(strip=True)] = int(number), link["href"]
    return found


def test_everything_open_the_most_overdue_first(watcher, everything):
    rows = listed(Visitor(watcher))
    assert [row[2] for row in rows] == [
        "Screen the referral",
        "Tell the referrer the outcome",
        "Return the single agency summary",
        "Send the report to the National Panel",
        "Combined chronology to the chair and the business manager",
        "Something waits for you",
    ]
    assert [row[4] for row in rows] == [
        "Overdue by 4 working days",
        "Due today",
        "Due Tuesday 22 December 2026",
        "Due Wednesday 6 January 2027",
        "Paused since Friday 18 December 2026",
        "No date set",
    ]
    assert [row[3] for row in rows][:3] == ["Business Manager", "Business Manager", "Otterford Hospitals"]


def test_who_is_on_the_case_reads_the_works_own_words_and_opens_it(watcher, manager, everything, case):
    assert "doctor" not in str(listed(Visitor(watcher)))
    page = parsed(Visitor(watcher).get("/board/"))
    assert not page.select("tbody a")
    assert listed(Visitor(manager))[-1][2] == "Say who the family’s doctor is"
    page = parsed(Visitor(manager).get("/board/"))
    assert page.select_one("tbody a")["href"] == f"/cases/{case.reference}/timeline/"


def test_the_counts_agree_with_the_lists(watcher, everything):
    visitor = Visitor(watcher)
    counts = counted(visitor)
    assert [number for number, _ in counts.values()] == [1] * 6
    for number, address in counts.values():
        page = parsed(visitor.get(address))
        assert len(page.select("tbody tr")) == number
        assert page.select_one(".hub-counts a[aria-current=true]")["href"] == address


def test_the_other_filters_narrow_the_counts_too(watcher, everything, trust, lead):
    visitor = Visitor(watcher)
    assert [row[3] for row in listed(visitor, agency=trust.pk)] == ["Otterford Hospitals", "Lena Lead"]
    narrowed = counted(visitor, agency=trust.pk, state="overdue")
    assert [number for number, _ in narrowed.values()] == [0, 0, 1, 0, 0, 1]
    assert [row[3] for row in listed(visitor, person=lead.pk)] == ["Lena Lead"]
    assert [row[2] for row in listed(visitor, what="screening")] == ["Screen the referral"]
    assert len(listed(visitor, stage="referral")) == 6
    assert listed(visitor, stage="closed") == []


def test_restricted_cases_unsent_ones_and_those_one_is_kept_from_are_not_on_it(start, watcher, manager):
    hidden = [
        open_case("RF-2026-007", restricted=True),
        open_case("RF-2026-008", stage="being_referred"),
        open_case("RF-2026-009"),
    ]
    for each in hidden:
        start(rules.SCREENING, each)
    save(Exclusion(case=hidden[2], user=watcher, reason="Named", from_at=NOW), by=None, on=NOW)
    assert listed(Visitor(watcher)) == []
    assert [number for number, _ in counted(Visitor(watcher)).values()] == [0] * 6
    assert [row[0] for row in listed(Visitor(manager))] == ["RF-2026-009"]
    assert sum(month.total for month in board.in_time(watcher, moment=NOW, national=False)) == 0
    assert sum(month.total for month in board.in_time(manager, moment=NOW, national=False)) == 1


def test_as_many_queries_for_two_as_for_thirty(watcher, start):
    def asked():
        with CaptureQueriesContext(connection) as queries_of:
            assert visitor.get("/board/").status_code == 200
        return len(queries_of)

    visitor = Visitor(watcher)
    start(rules.SCREENING, open_case("RF-2026-101"))
    start(rules.SCREENING, open_case("RF-2026-102"))
    visitor.get("/board/")
    few = asked()
    for number in range(30):
        start(rules.SCREENING, open_case(f"RF-2026-2{number:02}"))
    assert asked() == few


def test_every_open_deadline_is_in_exactly_one_state(everything):
    conditions = board.states(moment=NOW, working_days=queries.working_days())
    found = [
        set(Deadline.objects.open().filter(condition).values_list("pk", flat=True)) for condition in conditions.values()
    ]
    assert sum(map(len, found)) == len(set().union(*found)) == Deadline.objects.open().count()


def test_the_last_moment_of_a_day_and_of_five_working_days(start, case, manager):
    conditions = board.states(moment=NOW, working_days=queries.working_days())

    def state_of(due):
        row = start(rules.MORE_INFORMATION, case, due=due, user=manager, key=str(due))
        return [state.value for state, condition in conditions.items() if Deadline.objects.filter(condition, pk=row.pk)]

    assert state_of(london("2026-12-18 09:59")) == ["overdue"]
    assert state_of(london("2026-12-18 10:00")) == ["today"]
    assert state_of(date(2026, 12, 18)) == ["today"]
    assert state_of(london("2026-12-19 00:00")) == ["soon"]
    assert state_of(date(2026, 12, 29)) == ["soon"]  # the fifth working day: 21, 22, 23, 24, 29
    assert state_of(london("2026-12-30 00:00")) == ["later"]


def test_the_list_as_a_file_takes_a_fresh_factor_and_says_no_more_than_the_page(watcher, everything, clock):
    visitor = Visitor(watcher)
    text = visitor.get("/board/?format=csv&state=overdue").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Reference,Stage,What is needed,Waits for,When,Due"
    assert text.splitlines()[1:] == [
        "RF-2026-001,Referral,Screen the referral,Business Manager,Overdue by 4 working days,2026-12-14 12:00"
    ]
    clock.shift(6 * 60)
    assert "reauthenticate" in visitor.get("/board/?format=csv")["Location"]


# What was in time


def test_what_fell_due_in_a_month_was_done_in_time_late_or_is_open(start, case, manager, watcher):
    for key, met in (("a", "2026-12-14 11:00"), ("b", "2026-12-14 12:00"), ("c", "2026-12-14 12:01"), ("d", "")):
        start(rules.SCREENING, case, key=key)  # due Monday 14 December, midday
        if met:
            engine.meet(rules.SCREENING, reference=case.reference, key=key, on=london(met), by=manager)
    start(rules.SUMMARY_RETURNED, case)  # not due yet
    start(rules.SCREENING, case, key="stopped")
    engine.stop(rules.SCREENING, reference=case.reference, key="stopped", on=NOW, by=manager, reason="Not needed")
    start(rules.SIN_NATIONAL, case, at="2026-11-02 10:00")
    engine.meet(rules.SIN_NATIONAL, reference=case.reference, on=london("2026-11-03 10:00"), by=manager)
    months = board.in_time(watcher, moment=NOW, national=False, months=2)
    assert [(month.first, month.in_time, month.late, month.open, month.rate) for month in months] == [
        (date(2026, 11, 1), 0, 0, 0, None),
        (date(2026, 12, 1), 2, 1, 1, 50),
    ]
    month = board.in_time(watcher, moment=NOW, national=True, months=2)[0]
    assert (month.first, month.in_time, month.late, month.open, month.rate) == (date(2026, 11, 1), 1, 0, 0, 100)
    assert [month.total for month in board.in_time(watcher, moment=NOW, national=True, months=2)] == [1, 0]
    said = Visitor(watcher).text("/board/in-time/")
    assert "1 of 1 in time" in said
    assert "2 of 4 in time" in said


def test_a_month_begins_at_midnight_in_london(start, case, watcher, manager):
    for due in ("2026-10-31 23:59", "2026-11-01 00:00", "2026-07-01 00:30"):
        start(rules.MORE_INFORMATION, case, at="2026-06-01 10:00", due=london(due), user=manager, key=due)
    months = board.in_time(watcher, moment=NOW, national=False)
    assert {month.first.month: month.total for month in months if month.total} == {7: 1, 10: 1, 11: 1}


def test_a_year_back_and_no_further(start, case, watcher, manager):
    for due in ("2025-12-31 23:59", "2026-01-01 00:00"):
        start(rules.MORE_INFORMATION, case, at="2025-12-01 10:00", due=london(due), user=manager, key=due)
    assert [month.total for month in board.in_time(watcher, moment=NOW, national=False)] == [1, *[0] * 11]


def test_an_agency_of_the_person_it_waits_for_counts_while_they_are_there(start, case, watcher):
    other = agency("Elsewhere Ambulance")
    there = person("ella.elsewhere", agency=other, role=Role.AGENCY_LEAD)
    start(rules.WAITING, case, user=there)
    assert len(listed(Visitor(watcher), agency=other.pk)) == 1
    row = there.memberships.get()
    row.until_on = date(2026, 12, 17)
    save(row, by=None, on=NOW)
    assert listed(Visitor(watcher), agency=other.pk) == []


# Who has how much


def table(visitor, **query):
    """The counts: {whose: the numbers by state, and all}, and the addresses behind them."""
    page = parsed(visitor.get("/board/who-has-how-much/", data=query))
    numbers, links = {}, []
    for row in page.select("tbody tr"):
        name = row.select_one("th").get_text(strip=True)
        for hidden in row.select(".govuk-visually-hidden"):
            hidden.extract()
        numbers[name] = [int(cell.get_text(strip=True)) for cell in row.select("td")]
        links += [(int(link.get_text(strip=True)), link["href"]) for link in row.select("td a")]
    return numbers, links


@pytest.mark.parametrize("by", board.GROUPS)
def test_every_count_agrees_with_the_list_behind_it(watcher, everything, by):
    visitor = Visitor(watcher)
    _, links = table(visitor, by=by)
    assert links
    for number, address in links:
        assert len(parsed(visitor.get(address)).select("tbody tr")) == number


def test_whose_is_how_much(watcher, everything):
    visitor = Visitor(watcher)
    assert table(visitor, by="agency")[0] == {"Otterford Hospitals": [0, 0, 1, 0, 0, 1, 2]}
    assert table(visitor)[0] == table(visitor, by="agency")[0] == table(visitor, by="colour")[0]
    assert table(visitor, by="person")[0] == {"Lena Lead": [0, 0, 0, 0, 0, 1, 1]}
    assert table(visitor, by="role")[0] == {
        "Business Manager": [1, 1, 0, 1, 0, 0, 3],
        "Business Co-ordinator": [0, 0, 0, 0, 1, 0, 1],
    }
    assert table(visitor, by="stage")[0] == {"Referral": [1, 1, 1, 1, 1, 1, 6]}
    assert table(visitor, by="stage", state="overdue")[0] == {"Referral": [1, 0, 0, 0, 0, 0, 1]}
    assert "Of those with When: Overdue." in visitor.text("/board/who-has-how-much/?by=stage&state=overdue")


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("agency", "Not among these: 4 waiting for a role, or for somebody of no agency."),
        ("person", "Not among these: 5 waiting for an agency or a role."),
        ("role", "Not among these: 2 waiting for an agency or a person."),
    ],
)
def test_what_is_not_among_the_counts_is_said(watcher, everything, by, said):
    assert said in Visitor(watcher).text(f"/board/who-has-how-much/?by={by}")
    assert "Not among these" not in Visitor(watcher).text("/board/who-has-how-much/?by=stage")


def test_of_somebody_who_has_work_in_a_restricted_case_alone_the_filter_says_nothing(watcher, start, lead, manager):
    hidden = open_case("RF-2026-007", restricted=True)
    start(rules.WAITING, hidden, user=lead, label="Say it")
    names = [each.text for each in parsed(Visitor(watcher).get("/board/")).select("#id_person option")]
    assert names == ["Anybody"]


def test_the_role_that_work_waits_for_narrows_the_board(watcher, everything):
    assert len(listed(Visitor(watcher), role="business_manager")) == 3


def test_somebody_of_two_agencies_counts_for_both_and_for_each_once(start, case, watcher, trust, lead):
    other = agency("Elsewhere Ambulance")
    for role in (Role.AGENCY_LEAD, Role.MANAGER):
        save(Membership(user=lead, agency=other, role=role, from_on=date(2020, 1, 6)), by=None, on=NOW)
    start(rules.WAITING, case, user=lead)
    assert table(Visitor(watcher), by="agency")[0] == {
        "Elsewhere Ambulance": [0, 0, 0, 0, 0, 1, 1],
        "Otterford Hospitals": [0, 0, 0, 0, 0, 1, 1],
    }


def test_who_has_how_much_asks_as_often_for_two_as_for_thirty(watcher, start):
    visitor = Visitor(watcher)

    def asked():
        with CaptureQueriesContext(connection) as queries_of:
            assert visitor.get("/board/who-has-how-much/").status_code == 200
        return len(queries_of)

    start(rules.SUMMARY_RETURNED, open_case("RF-2026-101"), agency=agency("Agency 0 of many"))
    asked()
    few = asked()
    for number in range(30):
        start(
            rules.SUMMARY_RETURNED, open_case(f"RF-2026-2{number:02}"), agency=agency(f"Agency {number + 1}x of many")
        )
    assert asked() == few
    assert len(table(visitor)[0]) == 25
    assert len(table(visitor, page=2)[0]) == 6
