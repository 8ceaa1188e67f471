"""The only writers of bank holidays, closure days and the partnership's own lengths.

What changes the calendar re-dates everything open in the same transaction (`clock.recompute`). Moments, people and
refusals as in `clock`.
"""

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
    row.number, row.by_time, row.reason = number, by_time, reason
    return trail.save(row, by=by, on=on, reason=reason)
