"""Keeping the calendar: bank holidays, closure days and lengths of one's own, by who may.

Each asks for the right, refuses in words what cannot be, and re-dates what is open in the same transaction.
"""

from contextlib import contextmanager

from django.db.transaction import atomic

from access.can import can
from casework.workflow import CannotProceed, NotAllowed
from deadlines import calendar_changes, rules, words
from deadlines.models import BankHoliday, ClosureDay, Deadline
from partnership.models import Partnership
from partnership.permissions import Permission as P


def add_bank_holiday(*, day, name, by, on):
    """This will enter a proclaimed bank holiday, and return how many dates it moved. An expected one is confirmed."""
    with _kept(by=by, on=on) as moved:
        if BankHoliday.objects.filter(day=day, withdrawn_on=None, expected=False).exists():
            raise CannotProceed(("day", f"{words.day_words(day)} is a bank holiday already"))
        _check_weekday(day)
        calendar_changes.add_bank_holiday(day=day, name=name, by=by, on=on)
        return moved()


def withdraw_bank_holiday(holiday, *, reason, by, on):
    """This will take a bank holiday out of force, and return how many dates that moved."""
    return _withdraw(holiday, calendar_changes.withdraw_bank_holiday, reason=reason, by=by, on=on)


def add_closure_day(*, day, name, by, on):
    """This will enter a day the partnership does not work, and return how many local dates it moved."""
    with _kept(by=by, on=on) as moved:
        if ClosureDay.objects.filter(day=day, withdrawn_on=None).exists():
            raise CannotProceed(("day", f"{words.day_words(day)} is a closure day already"))
        _check_weekday(day)
        if holiday := BankHoliday.objects.filter(day=day, withdrawn_on=None).first():
            raise CannotProceed(("day", f"{words.day_words(day)} is not worked anyway: it is {holiday.name}"))
        calendar_changes.add_closure_day(day=day, name=name, by=by, on=on)
        return moved()


def withdraw_closure_day(closure, *, reason, by, on):
    """This will take a closure day out of force, and return how many dates that moved."""
    return _withdraw(closure, calendar_changes.withdraw_closure_day, reason=reason, by=by, on=on)


def set_length(rule, *, number, by_time, in_force_from, reason, by, on):
    """This will set the partnership's own length of a local timescale for cases opened from a day on."""
    with _kept(by=by, on=on):
        if rule.earliest and number < rule.earliest:
            raise CannotProceed(("number", f"Enter {rule.earliest} or more: it may be done from Day {rule.earliest}"))
        if in_force_from <= rules.london_day(on):
            raise CannotProceed(("in_force_from", "Enter tomorrow or a later day: cases keep the length they had"))
        return calendar_changes.override(
            rule, number=number, by_time=by_time, in_force_from=in_force_from, reason=reason, by=by, on=on
        )


def withdraw_length(row, *, reason, by, on):
    """This will take back a length of the partnership's own before its first day."""
    with _kept(by=by, on=on):
        row.refresh_from_db()
        check_not_in_force(row, on=on)
        return calendar_changes.withdraw_override(row, reason=reason, by=by, on=on)


def check_not_in_force(row, *, on):
    """This will refuse to take back a length that is in force, or was taken back already."""
    if row.withdrawn_on:
        raise CannotProceed(f"This length was taken back on {words.day_words(row.withdrawn_on)} already.")
    if row.in_force_from <= rules.london_day(on):
        raise CannotProceed("This length is in force: set another one from a later day on.")


def _withdraw(row, act, *, reason, by, on):
    with _kept(by=by, on=on) as moved:
        check_counts(type(row).objects.get(pk=row.pk))
        act(day=row.day, reason=reason, by=by, on=on)
        return moved()


def check_counts(row):
    """This will refuse to take out a day that was taken out already."""
    if row.withdrawn_on:
        raise CannotProceed(f"{words.day_words(row.day)} was taken out on {words.day_words(row.withdrawn_on)} already.")


def _check_weekday(day):
    if day.weekday() > 4:
        raise CannotProceed(("day", f"{words.day_words(day)} is not worked anyway: enter a day from Monday to Friday"))


@contextmanager
def _kept(*, by, on):
    """Within: a transaction, the right asked for, nobody else changing the calendar. Yields what counts moved dates."""
    if not can(by, P.KEEP_CALENDAR, moment=on):
        raise NotAllowed(f"the calendar is kept by who holds {P.KEEP_CALENDAR}")
    with atomic():
        list(Partnership.objects.select_for_update())
        yield lambda: Deadline.history.filter(history_date=on, history_type="~").count()
