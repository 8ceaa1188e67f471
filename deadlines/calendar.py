"""Working days of England and Wales: pure arithmetic, no database, no Django.

The four public methods take their arguments by position. A day is a `datetime.date`; a `datetime` is refused, because
which day a moment falls on is a question of time zone that is answered before anything is counted (see `rules`).
"""

import json
from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data" / "bank-holidays.json"
WEEKEND = {5: "Saturday", 6: "Sunday"}


class OutsideCalendar(ValueError):
    """The answer lies beyond the last day whose bank holidays are known or expected."""


class Step(NamedTuple):
    """One day passed on the way: counted (and as which number) or skipped, and why."""

    day: date
    counted: bool
    number: int | None
    reason: str


class WorkingDays:
    """Monday to Friday without the bank holidays and without the closure days.

    `holidays` and `closures` are dates, or a mapping of date to name. `expected` are those of the holidays that follow
    from the rule but are not announced yet. `until` is the last day the list covers: a result beyond it is refused
    rather than guessed. Every answer costs a binary search, whatever the distance.
    """

    def __init__(self, holidays=(), closures=(), *, expected=(), as_of=None, announced_until=None, until=None):
        self.holidays = _named(holidays, "Bank holiday")
        self.closures = _named(closures, "Closed")
        self.expected = frozenset(expected)
        self.as_of = as_of
        self.announced_until = announced_until
        self.until = until
        off = sorted(day.toordinal() for day in {*self.holidays, *self.closures} if day.weekday() < 5)
        self._off = off
        self._national = None
        # How many working days lie before each weekday that is off: the search for the n-th working day starts here.
        self._worked_before = [_weekdays_until(ordinal) - position for position, ordinal in enumerate(off, start=1)]

    def with_closures(self, closures):
        """This will return the same calendar that skips these closure days too (local timescales only)."""
        return WorkingDays(
            self.holidays,
            closures,
            expected=self.expected,
            as_of=self.as_of,
            announced_until=self.announced_until,
            until=self.until,
        )

    def without_closures(self):
        """This will return the same calendar as national timescales see it: bank holidays alone."""
        if not self.closures:
            return self
        if self._national is None:
            self._national = self.with_closures(())
        return self._national

    def is_working_day(self, day):
        """This will say whether work is counted on this day."""
        _must_be_a_day(day)
        return day.weekday() < 5 and day not in self.holidays and day not in self.closures

    def add(self, day, n):
        """This will return the n-th working day after this day, which is itself never counted.

        `n = 0` gives the day itself where it is a working day, otherwise the next working day.
        """
        _must_be_a_day(day)
        _must_be_a_number(n)
        return self._nth(self._until(day.toordinal()) + n if n else self._until(day.toordinal() - 1) + 1)

    def subtract(self, day, n):
        """This will return the n-th working day before this day, which is itself never counted.

        `n = 0` gives the day itself where it is a working day, otherwise the last working day before it.
        """
        _must_be_a_day(day)
        _must_be_a_number(n)
        return self._nth(self._until(day.toordinal() - 1) + 1 - n if n else self._until(day.toordinal()))

    def count(self, start, end):
        """This will return how many working days lie after `start` up to and including `end`.

        It undoes `add`: `count(day, add(day, n)) == n`. Backwards it undoes `subtract`, with a minus: the working days
        before `start` down to and including `end`.
        """
        _must_be_a_day(start)
        _must_be_a_day(end)
        if end >= start:
            return self._until(end.toordinal()) - self._until(start.toordinal())
        return self._until(end.toordinal() - 1) - self._until(start.toordinal() - 1)

    def explain(self, day, n):
        """This will return every day passed by `add(day, n)`, in order, with the reason it was counted or skipped.

        The last step is the answer. A negative `n` explains `subtract(day, -n)`.
        """
        end = self.add(day, n) if n >= 0 else self.subtract(day, -n)
        direction = 1 if n >= 0 else -1
        steps, counted = [], 0
        for ordinal in range(day.toordinal() + (direction if n else 0), end.toordinal() + direction, direction):
            passed = date.fromordinal(ordinal)
            skipped = self.why_not(passed)
            if skipped:
                steps.append(Step(passed, False, None, skipped))
            else:
                counted += 1 if n else 0
                steps.append(Step(passed, True, counted, f"working day {counted}" if n else "working day"))
        return steps

    def why_not(self, day):
        """This will say why this day is not a working day, or nothing where it is one."""
        if day.weekday() in WEEKEND:
            return WEEKEND[day.weekday()]
        if day in self.holidays:
            expected = ", expected: not announced yet" if day in self.expected else ""
            return f"bank holiday ({self.holidays[day]}{expected})"
        if day in self.closures:
            return f"closure day of the partnership ({self.closures[day]})"
        return ""

    def _until(self, ordinal):
        """How many working days there are up to and including this ordinal, since the year 1."""
        return _weekdays_until(ordinal) - bisect_right(self._off, ordinal)

    def _nth(self, number):
        """The day that is this working day of all, counted from the year 1."""
        index = number + bisect_left(self._worked_before, number)
        day = date.fromordinal((index - 1) // 5 * 7 + (index - 1) % 5 + 1)
        if self.until and day > self.until:
            raise OutsideCalendar(f"The calendar of bank holidays ends on {self.until.isoformat()}.")
        return day


def add_months(day, months):
    """This will return the same day so many months later (or earlier), or the last day of a month that is shorter.

    31 August and six months is 28 February, or 29 in a leap year.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@cache
def england_and_wales():
    """This will return the committed calendar: bank holidays 2011 to 2040, later ones marked as expected."""
    listed = load(DATA)
    return WorkingDays(
        {day: name for day, name, _ in listed["days"]},
        expected=[day for day, _, expected in listed["days"] if expected],
        as_of=listed["as_of"],
        announced_until=listed["announced_until"],
        until=listed["until"],
    )


def load(path):
    """This will read a committed list: its dates, and `days` as (date, name, expected by rule alone)."""
    listed = json.loads(Path(path).read_text(encoding="utf-8"))
    days = [(date.fromisoformat(row["date"]), row["name"], row.get("expected", False)) for row in listed["days"]]
    return {key: date.fromisoformat(listed[key]) for key in ("as_of", "announced_until", "until")} | {"days": days}


def _weekdays_until(ordinal):
    """How many Mondays to Fridays there are up to and including this ordinal (1 is Monday 1 January of the year 1)."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _named(days, name):
    named = dict(days) if hasattr(days, "keys") else dict.fromkeys(days, name)
    for day in named:
        _must_be_a_day(day)
    return named


def _must_be_a_day(day):
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"A working day is counted from a date, not from {day!r}.")


def _must_be_a_number(n):
    if n < 0:
        raise ValueError("Working days are counted from 0 up: subtract goes back.")
