"""Whatever is done to timescales in whatever order: each date is what a count on the fingers gives."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from deadlines import calendar_changes, clock, rules
from deadlines.models import BankHoliday, Deadline
from tests.integration.deadlines.conftest import open_case

pytestmark = pytest.mark.django_db

FIRST = date(2026, 11, 20)
STARTED = {
    # rule: its length, whether it runs straight through, whether its Day 0 rolls to a working day
    rules.SUMMARY_RETURNED: (7, False, True),
    rules.SUMMARY_CHECKED: (1, False, True),
    rules.REPORT_NATIONAL: (15, False, False),
    rules.LESSON_LOG: (14, True, False),
}


class Fingers:
    """One deadline as it should be, counted day by day; `worked` says whether a day is worked today."""

    def __init__(self, rule, day, row):
        self.rule, self.day, self.row = rule, day, row
        self.length, self.straight, self.rolls = STARTED[rule]
        self.pauses, self.paused_on, self.extended_to, self.ended_with = [], None, None, None

    def due(self, worked):
        if self.ended_with:
            return self.ended_with
        if self.extended_to:
            return self.extended_to
        day = self.day
        while self.rolls and not worked(day):
            day += timedelta(1)
        day = self.on(day, self.length, worked)
        for since, until in self.pauses:
            day = self.on(day, self.lost(since, until, worked), worked)
        return day

    def on(self, day, number, worked):
        while number:
            day += timedelta(1)
            number -= self.straight or worked(day)
        return day

    def lost(self, since, until, worked):
        days = [since + timedelta(n) for n in range(1, (until - since).days + 1)]
        return sum(self.straight or worked(day) for day in days)

    def resume(self, today, worked):
        if self.paused_on:
            if self.extended_to:
                self.extended_to = self.on(self.extended_to, self.lost(self.paused_on, today, worked), worked)
            self.pauses.append((self.paused_on, today))
            self.paused_on = None

    def end(self, today, worked):
        self.resume(today, worked)
        self.ended_with = self.due(worked)

    @property
    def runs(self):
        return not (self.ended_with or self.paused_on)


class Turns(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.case, self.today, self.all = open_case("RF-2026-001"), FIRST, []
        self.holidays = set(BankHoliday.objects.filter(withdrawn_on=None).values_list("day", flat=True))
        self.proclaimed = []

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def worked(self, day):
        return day.weekday() < 5 and day not in self.holidays

    @property
    def done(self):
        return {"on": rules.at(self.today, rules.MIDDAY), "by": None}

    def chosen(self, data, which):
        return data.draw(st.sampled_from([each for each in self.all if which(each)]))

    def any(self, which):
        return any(which(each) for each in self.all)

    @initialize()
    def one_of_each(self):
        for each in STARTED:
            self.starts(each)

    @rule(days=st.integers(1, 12))
    def time_goes_on(self, days):
        self.today += timedelta(days)

    @rule(which=st.sampled_from(list(STARTED)))
    def another_starts(self, which):
        self.starts(which)

    def starts(self, which):
        more = {"key": str(len(self.all)), "role": "business_manager", "counts_from": self.done["on"]}
        row = clock.start(which, case=self.case, reference="RF-2026-001", **more, **self.done)
        self.all.append(Fingers(which, self.today, row))

    @precondition(lambda self: self.any(lambda each: not each.ended_with))
    @rule(data=st.data(), met=st.booleans())
    def ends(self, data, met):
        each = self.chosen(data, lambda each: not each.ended_with)
        which = {"reference": "RF-2026-001", "key": each.row.key, **self.done}
        if met:
            clock.meet(each.rule, **which)
        else:
            clock.stop(each.rule, reason="Not needed", **which)
        each.end(self.today, self.worked)

    @precondition(lambda self: self.any(lambda each: each.runs))
    @rule(data=st.data(), days=st.integers(0, 20))
    def is_extended(self, data, days):
        each, until = self.chosen(data, lambda each: each.runs), self.today + timedelta(days)
        row = Deadline.objects.get(pk=each.row.pk)
        agreed = {"reason": "Records", "agreed_by": "The chair", **self.done}
        if each.rule.national:
            with pytest.raises(clock.NationalDate):
                clock.extend(row, due=until, **agreed)
            return
        clock.extend(row, due=until, **agreed)
        each.extended_to = until

    @precondition(lambda self: self.any(lambda each: each.runs))
    @rule(data=st.data())
    def is_paused(self, data):
        each = self.chosen(data, lambda each: each.runs)
        row = Deadline.objects.get(pk=each.row.pk)
        agreed = {"reason": "A trial", "agreed_by": "The partners", **self.done}
        if each.rule.national:
            with pytest.raises(clock.NationalDate):
                clock.pause(row, **agreed)
            return
        clock.pause(row, **agreed)
        each.paused_on = self.today

    @precondition(lambda self: self.any(lambda each: each.paused_on))
    @rule(data=st.data())
    def goes_on(self, data):
        each = self.chosen(data, lambda each: each.paused_on)
        clock.resume(Deadline.objects.get(pk=each.row.pk), reason="The trial ended", **self.done)
        each.resume(self.today, self.worked)

    @rule(days=st.integers(-10, 30))
    def a_bank_holiday_is_proclaimed(self, days):
        day = self.today + timedelta(days)
        calendar_changes.add_bank_holiday(day=day, name="A royal wedding", **self.done)
        self.holidays.add(day)
        self.proclaimed.append(day)

    @precondition(lambda self: self.proclaimed)
    @rule()
    def a_bank_holiday_is_withdrawn(self):
        day = self.proclaimed.pop()
        if day in self.holidays:
            calendar_changes.withdraw_bank_holiday(day=day, reason="It was moved", **self.done)
            self.holidays.discard(day)

    @invariant()
    def every_date_is_what_the_fingers_say(self):
        rows = Deadline.objects.in_bulk([each.row.pk for each in self.all])
        for each in self.all:
            row = rows[each.row.pk]
            assert rules.london_day(row.due_at) == each.due(self.worked)
            assert bool(row.paused_at) == bool(each.paused_on)
            assert row.is_open == (each.ended_with is None)


def test_every_date_is_what_a_count_on_the_fingers_gives():
    run_state_machine_as_test(Turns, settings=settings(max_examples=8, stateful_step_count=20))
