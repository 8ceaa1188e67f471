"""The home page of everyone, and the answer to "why this date?"."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.can import can, log_reading
from deadlines import queries, words
from deadlines.models import Deadline
from deadlines.why import explained
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
