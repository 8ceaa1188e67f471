"""The calendar: golden days, and the laws that hold whatever the holidays are."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deadlines.calendar import OutsideCalendar, WorkingDays, add_months, england_and_wales

DAYS = st.dates(date(2011, 1, 1), date(2035, 12, 31))
SOME = st.integers(0, 60)
HOLIDAYS = st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=80)
NEAR = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("trigger", "five", "fifteen"),
    [
        ("2022-05-27", "2022-06-07", "2022-06-21"),
        ("2022-09-12", "2022-09-20", "2022-10-04"),
        ("2023-04-28", "2023-05-09", "2023-05-23"),
        ("2023-12-18", "2023-12-27", "2024-01-11"),
        ("2024-03-08", "2024-03-15", "2024-04-02"),
        ("2025-12-12", "2025-12-19", "2026-01-07"),
        ("2026-03-20", "2026-03-27", "2026-04-14"),
        ("2026-12-11", "2026-12-18", "2027-01-06"),
        # The start day is excluded whatever day it is: a Saturday, Christmas Day, Good Friday.
        ("2026-12-12", "2026-12-18", "2027-01-06"),
        ("2026-12-25", "2027-01-05", "2027-01-19"),
        ("2026-04-03", "2026-04-13", "2026-04-27"),
    ],
)
def test_golden_days(trigger, five, fifteen):
    calendar = england_and_wales()
    assert calendar.add(day(trigger), 5) == day(five)
    assert calendar.add(day(trigger), 15) == day(fifteen)


def test_seven_working_days_before_publication():
    calendar = england_and_wales()
    assert calendar.subtract(day("2022-09-12"), 7) == day("2022-09-01")
    assert calendar.subtract(day("2026-12-11"), 7) == day("2026-12-02")


@pytest.mark.parametrize(
    "holiday",
    [
        "2011-04-29",
        "2012-06-04",
        "2012-06-05",
        "2020-05-08",
        "2022-06-02",
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",
        "2020-12-28",
        "2021-12-27",
        "2021-12-28",
        "2022-01-03",
        "2022-12-27",
        "2023-01-02",
        "2026-12-28",
        "2027-12-27",
        "2027-12-28",
        "2028-01-03",
    ],
)
def test_moved_single_and_substitute_days_are_holidays(holiday):
    assert not england_and_wales().is_working_day(day(holiday))


@pytest.mark.parametrize("worked", ["2020-05-04", "2022-05-30", "2023-05-09", "2022-12-28", "2026-12-29"])
def test_days_that_holidays_moved_away_from_are_worked(worked):
    assert england_and_wales().is_working_day(day(worked))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
        (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ],
)
def test_the_list_of_a_year(year, days):
    listed = sorted(holiday for holiday in england_and_wales().holidays if holiday.year == year)
    assert [holiday.strftime("%m-%d") for holiday in listed] == days.split()


def test_the_list_agrees_with_a_second_source():
    holidays = pytest.importorskip("holidays")
    ours = set(england_and_wales().holidays)
    theirs = holidays.country_holidays("GB", subdiv="ENG", years=range(2011, 2041))
    assert ours == {holiday for holiday in theirs if holiday.weekday() < 5}


def test_the_list_says_how_far_it_is_announced():
    calendar = england_and_wales()
    assert {holiday.year for holiday in calendar.holidays} == set(range(2011, 2041))
    assert all((holiday > calendar.announced_until) == (holiday in calendar.expected) for holiday in calendar.holidays)
    assert calendar.as_of < calendar.announced_until < calendar.until == date(2040, 12, 31)
    assert "expected: not announced yet" in calendar.why_not(date(2035, 12, 25))
    assert "expected" not in calendar.why_not(date(2026, 12, 25))


def test_zero_days_is_the_day_itself_or_the_nearest_one_worked():
    calendar = england_and_wales()
    assert calendar.add(day("2026-12-11"), 0) == calendar.subtract(day("2026-12-11"), 0) == day("2026-12-11")
    assert calendar.add(day("2026-12-25"), 0) == day("2026-12-29")
    assert calendar.subtract(day("2026-12-28"), 0) == day("2026-12-24")


def test_explain_names_each_day_passed():
    steps = england_and_wales().explain(day("2026-12-23"), 2)
    assert [(step.day.day, step.counted, step.reason) for step in steps] == [
        (24, True, "working day 1"),
        (25, False, "bank holiday (Christmas Day)"),
        (26, False, "Saturday"),
        (27, False, "Sunday"),
        (28, False, "bank holiday (Boxing Day)"),
        (29, True, "working day 2"),
    ]


def test_explain_of_no_days_and_backwards():
    calendar = england_and_wales()
    assert [step.reason for step in calendar.explain(day("2026-12-26"), 0)] == [
        "Saturday",
        "Sunday",
        "bank holiday (Boxing Day)",
        "working day",
    ]
    assert calendar.why_not(day("2026-12-29")) == ""
    assert [step.number for step in calendar.explain(day("2026-12-26"), 0)] == [None, None, None, 0]
    back = calendar.explain(day("2026-12-28"), -1)
    assert [(step.day.day, step.number) for step in back] == [(27, None), (26, None), (25, None), (24, 1)]


def test_closure_days_are_skipped_and_named():
    calendar = england_and_wales().with_closures({day("2026-12-29"): "Town hall closed"})
    assert calendar.add(day("2026-12-24"), 1) == day("2026-12-30")
    assert calendar.why_not(day("2026-12-29")) == "closure day of the partnership (Town hall closed)"
    assert calendar.without_closures().add(day("2026-12-24"), 1) == day("2026-12-29")
    assert england_and_wales().without_closures() is england_and_wales()


def test_a_closure_day_on_a_holiday_or_a_weekend_is_skipped_once():
    calendar = WorkingDays([day("2026-12-25")], [day("2026-12-25"), day("2026-12-26")])
    assert calendar.add(day("2026-12-24"), 1) == day("2026-12-28")


def test_what_is_refused():
    calendar = england_and_wales()
    with pytest.raises(TypeError):
        calendar.add(datetime(2026, 12, 11, 10, 0), 5)
    with pytest.raises(TypeError):
        calendar.is_working_day("2026-12-11")
    with pytest.raises(TypeError):
        WorkingDays(["2026-12-11"])
    with pytest.raises(ValueError, match="subtract goes back"):
        calendar.add(day("2026-12-11"), -1)
    with pytest.raises(OutsideCalendar, match="2040-12-31"):
        calendar.add(day("2040-12-31"), 1)
    assert calendar.add(day("2040-12-28"), 1) == day("2040-12-31")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-11", 6, "2027-06-11"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -13, "2024-12-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-31", 0, "2026-01-31"),
    ],
)
def test_months_end_sensibly(start, months, end):
    assert add_months(day(start), months) == day(end)


# Laws


def naive_add(calendar, start, n):
    """The definition, one day at a time."""
    passed = start if n else start - timedelta(days=1)
    for _ in range(n or 1):
        passed += timedelta(days=1)
        while not calendar.is_working_day(passed):
            passed += timedelta(days=1)
    return passed


def naive_subtract(calendar, start, n):
    passed = start if n else start + timedelta(days=1)
    for _ in range(n or 1):
        passed -= timedelta(days=1)
        while not calendar.is_working_day(passed):
            passed -= timedelta(days=1)
    return passed


@given(DAYS, SOME)
@example(date(2026, 12, 25), 0)
def test_add_is_its_definition(start, n):
    assert england_and_wales().add(start, n) == naive_add(england_and_wales(), start, n)


@given(DAYS, SOME)
def test_subtract_is_its_definition(start, n):
    assert england_and_wales().subtract(start, n) == naive_subtract(england_and_wales(), start, n)


@given(HOLIDAYS, HOLIDAYS, NEAR, SOME)
def test_the_definition_holds_for_any_holidays(holidays, closures, start, n):
    calendar = WorkingDays(holidays, closures)
    assert calendar.add(start, n) == naive_add(calendar, start, n)
    assert calendar.subtract(start, n) == naive_subtract(calendar, start, n)


@given(HOLIDAYS, NEAR, SOME, SOME)
def test_steps_add_up(holidays, start, m, n):
    calendar = WorkingDays(holidays)
    if m:
        assert calendar.add(calendar.add(start, m), n) == calendar.add(start, m + n)


@given(HOLIDAYS, NEAR, st.integers(1, 60))
def test_count_undoes_add_and_subtract(holidays, start, n):
    calendar = WorkingDays(holidays)
    assert calendar.count(start, calendar.add(start, n)) == n
    assert calendar.count(start, calendar.subtract(start, n)) == -n
    assert calendar.count(start, start) == 0


@given(HOLIDAYS, NEAR, st.integers(1, 60))
def test_subtract_comes_back_to_a_working_day(holidays, start, n):
    calendar = WorkingDays(holidays)
    worked = calendar.add(start, 0)
    assert calendar.subtract(calendar.add(worked, n), n) == worked


@given(HOLIDAYS, NEAR, st.integers(-40, 40))
def test_explain_ends_on_the_answer_and_leaves_no_day_out(holidays, start, n):
    calendar = WorkingDays(holidays)
    steps = calendar.explain(start, n)
    assert steps[-1].day == (calendar.add(start, n) if n >= 0 else calendar.subtract(start, -n))
    assert sum(step.counted for step in steps) == abs(n) or n == 0
    assert all(abs((b.day - a.day).days) == 1 for a, b in pairwise(steps))
    assert all(step.counted == calendar.is_working_day(step.day) for step in steps)


@given(HOLIDAYS, NEAR, st.integers(0, 60), NEAR)
def test_one_more_holiday_never_makes_a_date_earlier(holidays, start, n, proclaimed):
    assert WorkingDays({*holidays, proclaimed}).add(start, n) >= WorkingDays(holidays).add(start, n)
