"""A chronology that an agency brings as a file: a working paper until it is imported, and what an undo needs after."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from partnership.models import Agency
from rapid_reviews.models.summary import AgencySummary

PERSON = settings.AUTH_USER_MODEL


class ImportQuerySet(models.QuerySet):
    def waiting(self):
        """What a worker does, oldest first."""
        return self.filter(status__in=ChronologyImport.WAITS).order_by("since", "pk")


class ChronologyImport(models.Model):
    """A file or a pasted table with events for one summary: read, put right row by row, imported all or nothing.

    Untracked: it is a working paper of those who write the summary. What it brought stands in the history of the
    events, and that it was imported or undone on the timeline.
    """

    class Status(models.TextChoices):
        READING = "reading", "Being read"
        REFUSED = "refused", "Not read"
        CHECKED = "checked", "To be checked"
        IMPORTING = "importing", "Being imported"
        IMPORTED = "imported", "Imported"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    WAITS = (Status.READING, Status.IMPORTING, Status.UNDOING)
    """A worker does it."""
    UNFINISHED = (Status.READING, Status.REFUSED, Status.CHECKED)
    """It has brought nothing yet."""

    objects = ImportQuerySet.as_manager()

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="imports", editable=False)
    status = models.CharField(max_length=20, choices=Status, editable=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    since = models.DateTimeField("in this status since", editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    refused_why = models.CharField(max_length=300, blank=True, editable=False)
    content = models.BinaryField(null=True, editable=False)
    list_number = models.PositiveSmallIntegerField("which list of the file", default=0, editable=False)
    head = models.PositiveIntegerField("the place of the row of headings", null=True, editable=False)
    columns = models.JSONField("the place of each column", default=dict, editable=False)
    day_first = models.BooleanField("3/4/16 is 3 April", null=True, editable=False)
    imported_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_unfinished_import_of_a_summary",
                fields=["summary"],
                condition=~Q(status__in=["imported", "undoing", "undone"]),
            ),
            models.CheckConstraint(
                name="what_was_imported_has_its_moment",
                condition=~Q(status__in=["imported", "undoing", "undone"]) | Q(imported_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.summary_id}: {self.status}"


class ImportedRow(models.Model):
    """One row of a file: its cells until it is imported, and the event it became. Untracked, as its import."""

    class Outcome(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changes an event"
        SAME = "same", "There already"
        LEFT_OUT = "left_out", "Left out"

    class Wish(models.TextChoices):
        TAKE = "take", "Take it"
        AS_NEW = "as_new", "Take it as an event of its own"
        LEAVE_OUT = "leave_out", "Leave it out"

    brought = models.ForeignKey(ChronologyImport, models.CASCADE, related_name="rows", editable=False)
    list_number = models.PositiveSmallIntegerField(editable=False)
    place = models.PositiveIntegerField("its place in its list, from 0", editable=False)
    table = models.CharField("the table of the file it stands in", max_length=100, editable=False)
    number = models.PositiveIntegerField("its number there, from 1", editable=False)
    cells = ArrayField(models.TextField(), editable=False)
    problems = ArrayField(models.TextField(), default=list, editable=False)
    wish = models.CharField("what is done with it", max_length=10, choices=Wish, default=Wish.TAKE, editable=False)
    outcome = models.CharField("what comes of it", max_length=10, choices=Outcome, blank=True, editable=False)
    event = models.PositiveBigIntegerField("the number of the event it is, or became", null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brought", "list_number", "place"], name="rows_of_an_import_are_in_order"),
        ]

    def __str__(self):
        return f"{self.table}, row {self.number}"


class RememberedHeading(models.Model):
    """Which column a heading in an agency's own files means, as somebody there said: asked once. Untracked: a help."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", editable=False)
    heading = models.CharField(max_length=200, editable=False)
    column = models.CharField("its column, empty where it is not used", max_length=20, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "heading"], name="a_heading_means_one_thing_to_an_agency"),
        ]

    def __str__(self):
        return f"{self.heading}: {self.column}"
