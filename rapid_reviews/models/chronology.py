from django.db import models
from django.db.models import Q

from partnership.fields import code
from rapid_reviews.models.summary import AgencySummary
from trail.models import TrackedModel


class ChronologyEvent(TrackedModel):
    """One event of an agency's chronology: the date as the record writes it, kept beside what it was taken to mean."""

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="events", editable=False)
    date_as_written = models.CharField(
        "Date and time as the record writes it", max_length=100, help_text="For example “?22 May 2016” or “early June”."
    )
    precision = code("How exact is it?", "event_precision")
    starts_on = models.DateField("Date", null=True, blank=True)
    starts_at_time = models.TimeField("Time, if recorded", null=True, blank=True)
    ends_on = models.DateField("Last day, for a range", null=True, blank=True)
    source = models.CharField("Source of the record", max_length=200)
    who = models.CharField("Who was involved", max_length=300, blank=True)
    child_seen = code("Was the child seen?", "child_seen")
    what_happened = models.TextField("What happened")
    what_was_done = models.TextField("What was done", blank=True)
    childs_voice = models.TextField("The child’s voice", blank=True)
    significance = code("Significance", "significance")
    analysis = models.TextField("Analysis", blank=True)
    row_key = models.CharField("Number in the agency’s own file", max_length=100, blank=True, editable=False)

    class Meta(TrackedModel.Meta):
        verbose_name = "event"
        constraints = [
            models.UniqueConstraint(
                name="a_number_of_an_agencys_file_is_one_event",
                fields=["summary", "row_key"],
                condition=~Q(row_key=""),
            ),
            models.CheckConstraint(
                name="event_range_runs_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="an_event_has_a_date_unless_none_is_recorded",
                condition=Q(starts_on__isnull=False) | Q(precision="not_recorded"),
            ),
        ]

    def __str__(self):
        return self.date_as_written
