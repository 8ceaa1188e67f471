"""The home page of everyone, and the answer to "why this date?"."""

from itertools import pairwise
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.can import can, log_reading
from deadlines import queries, rules, words
from deadlines.models import Deadline
from partnership.permissions import Permission

PAGE = 25


@require_safe
def your_work(request):
    """This will show what waits for the signed-in person, oldest due first, with the day of the rapid review."""
    now = timezone.now()
    waiting = Deadline.objects.waiting_for(request.user, moment=now).select_related("user").oldest_first()
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    working_days = queries.working_days()
    reports = queries.report_deadlines({deadline.case_id for deadline in page})
    for deadline in page:
        report = reports.get(deadline.case_id)
        deadline.review_day = words.day_words_of_review(report, now, working_days) if report else ""
    context = {"page": page, "pages": _links(page), "now": now, "working_days": working_days}
    return render(request, "deadlines/your_work.html", context)


def _links(page):
    """The addresses of the other pages, as the pagination component takes them."""
    elided = page.paginator.ELLIPSIS
    return {
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        "items": [
            {"ellipsis": True} if n == elided else {"number": n, "url": f"?page={n}", "current": n == page.number}
            for n in page.paginator.get_elided_page_range(page.number)
        ],
    }


@require_safe
def why_this_date(request, pk):
    """This will explain one due date to somebody who may see it: start, rule, basis, each day counted or skipped."""
    now = timezone.now()
    deadline = Deadline.objects.visible_to(request.user, moment=now).filter(pk=pk).select_related("case").first()
    log_reading(
        request,
        reference=deadline.reference if deadline else f"deadline {pk}",
        case=deadline.case.reference if deadline and deadline.case else "",
        allowed=deadline is not None,
        on=now,
    )
    if deadline is None:
        raise Http404
    ways = _ways(deadline, request.user, now)
    return render(request, "deadlines/why_this_date.html", explained(deadline, now) | {"ways": ways})


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


WAYS = {
    "extend": "Extend this date",
    "pause": "Pause this timescale",
    "resume": "Resume this timescale",
    "record-delay": "Record a delay",
}


def _ways(deadline, user, now):
    """What the reader can do about the date: (words, address)."""
    if not deadline.ways or not can(user, Permission.MOVE_DATES, deadline.case, moment=now):
        return []
    return [(WAYS[way], reverse(way, args=[deadline.pk])) for way in deadline.ways]


class Change(NamedTuple):
    """One time the date moved."""

    on: object
    was: object
    now: object
    reason: str


def changes(deadline):
    """This will return each time the due moment moved, oldest first, from the column history."""
    rows = deadline.history.order_by("history_date", "history_id")
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
