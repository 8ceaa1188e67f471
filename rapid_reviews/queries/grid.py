"""Where every agency of a review stands: its sections, its times, who was chased and reminded. As many queries for any
number of agencies."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from deadlines.models import Deadline, Reminder
from rapid_reviews.models import AgencySummary, Chase, ChronologyEvent, FamilyCorrection, LessonAction, Practitioner
from rapid_reviews.queries.gathering import RETURNING
from trail.models import Reading

COUNTED = {
    "event": ChronologyEvent,
    "correction": FamilyCorrection,
    "action": LessonAction,
    "practitioner": Practitioner,
}


class Standing(NamedTuple):
    """One agency: its summary, how many rows of each kind it has, the date it is due by, what it was told when."""

    summary: AgencySummary
    rows: dict
    deadline: Deadline
    chases: list
    reminders: list
    """When the clock reminded its people, the latest first: (moment, names)."""


def standings(review):
    """This will return where each agency of a review stands, by the agencies' names."""
    summaries = list(_summaries(review))
    references = [summary.reference for summary in summaries]
    due, chases = {}, defaultdict(list)
    rows = Deadline.objects.filter(reference__in=references, rule__in=RETURNING).select_related("agency", "case")
    for deadline in rows.order_by("pk"):
        due[deadline.reference] = deadline
    for chase in Chase.objects.filter(summary__in=summaries).select_related("chased_by").order_by("-chased_at", "-pk"):
        chases[chase.summary_id].append(chase)
    reminded = _reminders(references)
    return [
        Standing(
            summary,
            {kind: getattr(summary, f"{kind}_rows") for kind in COUNTED},
            due.get(summary.reference),
            chases[summary.pk],
            reminded[summary.reference],
        )
        for summary in summaries
    ]


def _summaries(review):
    counts = {f"{kind}_rows": _count(model) for kind, model in COUNTED.items()}
    of_agency = Q(by__memberships__agency=OuterRef("agency")) | Q(
        by__memberships__agency__responds_for=OuterRef("agency")
    )
    looks = Reading.objects.filter(
        of_agency, case=OuterRef("case__reference"), reference=OuterRef("reference"), allowed=True
    )
    found = review.summaries.select_related("agency", "case", "review", "went_without_by")
    return found.annotate(**counts, first_opened_at=Subquery(looks.order_by("at", "pk").values("at")[:1])).order_by(
        "agency__name", "pk"
    )


def _count(model):
    rows = model.objects.filter(summary=OuterRef("pk")).order_by().values("summary").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number"), output_field=IntegerField()), 0)


def _reminders(references):
    """What the clock told somebody of these summaries' dates, as it was sent: {reference: [(moment, names)]}."""
    told = Reminder.objects.filter(deadline__reference__in=references, deadline__rule__in=RETURNING)
    told = told.exclude(notice=None).select_related("deadline", "user").order_by("-at", "address")
    found = defaultdict(dict)
    for reminder in told:
        names = found[reminder.deadline.reference].setdefault(reminder.at, [])
        name = str(reminder.user or reminder.address)
        if name not in names:
            names.append(name)
    return defaultdict(list, {reference: list(times.items()) for reference, times in found.items()})
