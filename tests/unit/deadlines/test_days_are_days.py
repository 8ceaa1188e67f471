"""A moment is no day, and a count is never negative, whichever question is asked."""

from datetime import date, datetime

import pytest

from deadlines.calendar import WorkingDays

DAYS = WorkingDays()
FRIDAY, MOMENT = date(2026, 12, 11), datetime(2026, 12, 11, 9, 0)
ASKED = {
    "is_working_day": lambda day: DAYS.is_working_day(day),
    "add": lambda day: DAYS.add(day, 1),
    "subtract": lambda day: DAYS.subtract(day, 1),
    "count from": lambda day: DAYS.count(day, FRIDAY),
    "count to": lambda day: DAYS.count(FRIDAY, day),
    "explain": lambda day: DAYS.explain(day, 1),
    "holiday": lambda day: WorkingDays([day]),
    "closure": lambda day: WorkingDays((), [day]),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("wrong", [MOMENT, "2026-12-11", None], ids=repr)
def test_only_a_date_is_a_day(name, wrong):
    with pytest.raises(TypeError, match="counted from a date"):
        ASKED[name](wrong)


@pytest.mark.parametrize("ask", [DAYS.add, DAYS.subtract], ids=["add", "subtract"])
def test_a_count_below_nothing_is_refused(ask):
    with pytest.raises(ValueError, match="from 0 up"):
        ask(FRIDAY, -1)
    assert ask(FRIDAY, 0) == FRIDAY
