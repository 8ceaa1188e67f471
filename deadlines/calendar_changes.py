"""The only writers of bank holidays, closure days and the partnership's own lengths.

What changes the calendar re-dates everything open in the same transaction (`clock.recompute`). Moments, people and
refusals as in `clock`.
"""

from datetime import timedelta

from django.db.models import Max

from deadlines import clock, rules, words
from deadlines.models import BankHoliday, ClosureDay, RuleOverride
from trail import models as trail


def add_bank_holiday(*, day, name, on, by):
    """This will enter a proclaimed bank holiday and re-date everything open in the same transaction."""
    clock.check(on)
    holiday = BankHoliday.objects.filter(day=day).first() or BankHoliday(day=day)
    holiday.name, holiday.expected, holiday.withdrawn_on = name, False, None
    holiday.listed_on = rules.london_day(on)
    trail.save(holiday, by=by, on=on, reason="proclaimed")
    clock.recompute(on=on, by=by, because=f"{words.day_words(day)} is a bank holiday ({name})")
    return holiday


def withdraw_bank_holiday(*, day, reason, on, by):
    """This will take a bank holiday out of force (it was moved, or entered in error) and re-date everything open."""
    clock.check(on)
    holiday = BankHoliday.objects.get(day=day, withdrawn_on=None)
    holiday.withdrawn_on = rules.london_day(on)
    trail.save(holiday, by=by, on=on, reason=reason)
    clock.recompute(on=on, by=by, because=f"{words.day_words(day)} is not a bank holiday any more: {reason}")
    return holiday


def add_closure_day(*, day, name, on, by):
    """This will enter a day the partnership does not work; local dates skip it from now on, open ones too."""
    clock.check(on)
    closure = ClosureDay.objects.filter(day=day).first() or ClosureDay(day=day)
    closure.name, closure.withdrawn_on = name, None
    trail.save(closure, by=by, on=on, reason="closed")
    clock.recompute(on=on, by=by, because=f"the partnership is closed on {words.day_words(day)} ({name})")
    return closure


def withdraw_closure_day(*, day, reason, on, by):
    """This will take a closure day out of force and re-date everything local that is open."""
    clock.check(on)
    closure = ClosureDay.objects.get(day=day, withdrawn_on=None)
    closure.withdrawn_on = rules.london_day(on)
    trail.save(closure, by=by, on=on, reason=reason)
    clock.recompute(on=on, by=by, because=f"the partnership is open on {words.day_words(day)}: {reason}")
    return closure


MEANWHILE = timedelta(hours=1)
"""Longer than any transaction runs."""


def catch_up(*, on):
    """This will re-date what was started while somebody changed the calendar: it was counted in the one before.

    Neither waits for the other (a change of the calendar may take a minute), so every sweep asks of what was started
    around the last change; that one re-dated all that was started around those before. Returns what moved.
    """
    changed = [days.history.aggregate(last=Max("history_date"))["last"] for days in (BankHoliday, ClosureDay)]
    last = max(filter(None, changed), default=on)
    around = (last - MEANWHILE, last + MEANWHILE)
    return clock.recompute(on=on, because="the calendar changed while it was started", started_between=around)


def override(rule, *, number, in_force_from, reason, on, by, by_time=None):
    """This will set the partnership's own length of a local timescale for cases opened from a date on.

    Cases opened before keep what they had. A national length, and a rule whose day is named, are refused.
    """
    clock.check(on)
    if rule.national:
        raise clock.NationalDate(
            f"“{rule.label}” is a national timescale: its length is not the partnership's to change."
        )
    if rule.number is None:
        raise ValueError(f"“{rule.label}” has no length: its day is named each time.")
    row = RuleOverride.objects.filter(rule=rule.code, in_force_from=in_force_from).first()
    row = row or RuleOverride(rule=rule.code, in_force_from=in_force_from)
    row.number, row.by_time, row.reason, row.withdrawn_on = number, by_time, reason, None
    return trail.save(row, by=by, on=on, reason=reason)


def withdraw_override(row, *, reason, on, by):
    """This will take back a length of the partnership's own that is not in force yet.

    One that is in force stays on record: another length is set from a later day on.
    """
    clock.check(on)
    if row.in_force_from <= rules.london_day(on):
        raise ValueError(f"{row} is in force already.")
    row.withdrawn_on = rules.london_day(on)
    return trail.save(row, by=by, on=on, reason=reason)
