"""Moving the dates of a case: extending or pausing a local one, recording the delay of a national one.

Each locks the case, asks for the right, refuses in words what the clock would refuse, and is on the case's timeline.
"""

from contextlib import contextmanager

from django.db.transaction import atomic
from django.utils import timezone

from access.can import can
from access.models import Case
from casework.workflow import CannotProceed, NotAllowed
from deadlines import clock, rules, words
from deadlines.models import Deadline
from partnership.permissions import Permission as P


def extend(deadline, *, due, reason, agreed_by, by, on):
    """This will give a local date of a case a later day, not before today, tell whom it waits for, and return it.

    The e-mail says that it was extended, never why: the reason is case text.
    """
    if due < timezone.localdate(on):
        raise CannotProceed(("due", "Enter today or a later day"))
    with _locked(deadline, by=by, on=on) as current:
        was = current.due_at
        if current.runs and due <= rules.london_day(was):
            raise CannotProceed(("due", f"Enter a later day than {words.day_words(rules.london_day(was))}"))
        extended = clock.extend(current, due=due, reason=reason, agreed_by=agreed_by, by=by, on=on)
        clock.tell_moved([(extended, was)], on=on, because="it was extended")
        return extended


def pause(deadline, *, reason, agreed_by, by, on):
    """This will let a local date of a case stand still, and return the deadline."""
    with _locked(deadline, by=by, on=on) as current:
        return clock.pause(current, reason=reason, agreed_by=agreed_by, by=by, on=on)


def resume(deadline, *, reason, by, on):
    """This will let a date that stands still go on, later by what was lost, and return the deadline."""
    with _locked(deadline, by=by, on=on) as current:
        clock.resume(current, reason=reason, by=by, on=on)
        return current


def record_delay(deadline, *, reason, expected_on, letters, review_on, by, on):
    """This will record why a national date is not kept and when it is expected now, and return the deadline."""
    if expected_on <= timezone.localdate(deadline.due_at):
        raise CannotProceed(("expected_on", "Enter a day after the date that is not kept"))
    if not timezone.localdate(on) <= review_on <= expected_on:
        raise CannotProceed(("review_on", "Enter a day from today until the day it is expected"))
    with _locked(deadline, by=by, on=on) as current:
        clock.record_delay(
            current, reason=reason, expected_on=expected_on, letters=letters, review_on=review_on, by=by, on=on
        )
        return current


@contextmanager
def _locked(deadline, *, by, on):
    """Within: a transaction, the case locked, the right asked for, and the deadline as it is now."""
    try:
        with atomic():
            case = Case.objects.select_for_update().get(pk=deadline.case_id)
            if not can(by, P.MOVE_DATES, case, moment=on):
                raise NotAllowed(f"moving a date of {case} needs {P.MOVE_DATES}")
            yield Deadline.objects.select_for_update(of=("self",)).select_related("case").get(pk=deadline.pk)
    except clock.NotRunning as late:
        raise CannotProceed("The date was moved, paused or ended meanwhile. Open it again to see it") from late
