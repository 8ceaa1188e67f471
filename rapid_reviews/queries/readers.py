"""Who has opened an agency's summary: what the agency that trusted us with it may know."""

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from access.models import Access
from partnership.models import Membership
from partnership.roles import CaseRole
from trail.models import Reading

PAGES = ("pack", "chronology", "report", "edit-section", "comment", "sign-off")
IN_THE_REVIEW = Q(what__in=PAGES) | Q(what__startswith="document ")
"""Pages and documents of the review in which the words of a summary may lie, once it was returned."""
IN_THE_CASE = ("who-changed-what", "who-changed-what as csv")
"""Pages of the case that show what was written in it, whatever it stands in now."""


def readers_of(summary, *, moment, until=None):
    """This will return who outside the agency has opened a summary, or where its words lie, the last who looked first.

    Rows of `by__full_name`, `times`, `first`, `last`, and `emergencies`: how many of the times they were let in by
    emergency access. `until`: of the looks before that moment.
    """
    opened = Q(reference=summary.reference) | Q(
        reference=summary.case.reference, what__in=IN_THE_CASE, at__gte=summary.asked_at
    )
    # Since it was first returned: sent back, it was read all the same.
    if returned_at := summary.history.aggregate(first=Min("returned_at"))["first"]:
        opened |= Q(reference=summary.review.reference, at__gte=returned_at) & IN_THE_REVIEW
    own = Membership.objects.in_force(timezone.localdate(moment)).filter(agency=summary.agency)
    let_in = Access.objects.filter(case=summary.case, user=OuterRef("by"), role=CaseRole.EMERGENCY)
    let_in = let_in.filter(from_at__lte=OuterRef("at"), until_at__gt=OuterRef("at"))
    if until:
        opened &= Q(at__lt=until)
    return (
        Reading.objects.filter(opened, allowed=True)
        .exclude(by__in=own.values("user"))
        .annotate(let_in=Exists(let_in))
        .values("by", "by__full_name")
        .annotate(times=Count("pk"), first=Min("at"), last=Max("at"), emergencies=Count("pk", filter=Q(let_in=True)))
        .order_by("-last", "by")
    )


def name_of(row):
    """This will say who it was, and whether they were let in by emergency access."""
    name, times, emergencies = row["by__full_name"], row["times"], row["emergencies"]
    if not emergencies:
        return name
    return f"{name} ({'' if emergencies == times else f'{emergencies} of {times} times by '}emergency access)"
