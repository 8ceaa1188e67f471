"""Who has opened an agency's summary: what the agency that trusted us with it may know."""

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from access.models import Access
from partnership.models import Membership
from partnership.roles import CaseRole
from trail.models import Reading

WITH_THE_SUMMARY = ("pack", "chronology")
"""Pages of the review in which the summary lies, once it was returned."""


def readers_of(summary, *, moment, until=None):
    """This will return who outside the agency has opened a summary, or the pack it lies in, the last who looked first.

    Rows of `by__full_name`, `times`, `first`, `last`, and `emergency`: whether they were let in by emergency access.
    `until`: of the looks before that moment.
    """
    opened = Q(reference=summary.reference)
    if summary.returned_at:
        opened |= Q(reference=summary.review.reference, what__in=WITH_THE_SUMMARY, at__gte=summary.returned_at)
    own = Membership.objects.in_force(timezone.localdate(moment)).filter(agency=summary.agency)
    let_in = Access.objects.filter(case=summary.case, user=OuterRef("by"), role=CaseRole.EMERGENCY)
    if until:
        opened &= Q(at__lt=until)
    return (
        Reading.objects.filter(opened, allowed=True)
        .exclude(by__in=own.values("user"))
        .values("by", "by__full_name")
        .annotate(times=Count("pk"), first=Min("at"), last=Max("at"), emergency=Exists(let_in))
        .order_by("-last", "by")
    )
