"""Why this date? What its page and its printed form say: start, rule, each day counted or skipped, changes since."""

from itertools import pairwise
from typing import NamedTuple

from deadlines import queries, rules
from deadlines.models import Deadline


def explained(deadline, now):
    """This will return what the page and its printed form say of a date: everything but what can be done about it."""
    working_days = queries.working_days()
    worked_out = None
    if deadline.counts:
        worked_out = rules.work_out(
            deadline, deadline.counts_from, working_days, deadline.cutoff, deadline.pauses_ended
        )
    return {
        "deadline": deadline,
        "overdue": deadline.is_overdue(now),
        "milestone": rules.milestone(deadline),
        "worked_out": worked_out,
        "as_it_was": worked_out and worked_out.due_on != rules.london_day(deadline.due_at),
        "changes": changes(deadline),
        "later_than": _national_before(deadline),
        "pauses": deadline.pauses.order_by("from_at", "pk"),
        "delays": deadline.delays.order_by("-recorded_at", "-pk"),
        "list_date": queries.list_date(),
        "now": now,
        "working_days": working_days,
    }


class Change(NamedTuple):
    """One time the date moved."""

    on: object
    was: object
    now: object
    reason: str


def changes(deadline):
    """This will return each time the due moment moved, oldest first, from the column history."""
    # In the order they were written: what was done is entered as of when it was done, maybe before another change.
    rows = deadline.history.order_by("history_id")
    rows = list(rows.values_list("history_date", "due_at", "history_change_reason"))
    return [
        Change(after[0], before[1], after[1], after[2]) for before, after in pairwise(rows) if before[1] != after[1]
    ]


def _national_before(deadline):
    """The national date beside a local one, where closure days or a cut-off push the local one past it."""
    if deadline.national or not deadline.rule.endswith("_local"):
        return None
    national = Deadline.objects.filter(case=deadline.case, rule=f"{deadline.rule.removesuffix('_local')}_national")
    return national.filter(due_at__date__lt=rules.london_day(deadline.due_at)).first()
