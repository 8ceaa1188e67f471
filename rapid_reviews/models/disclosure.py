from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.models import Attachment
from partnership.models import Agency
from rapid_reviews.models.chronology import ChronologyEvent
from rapid_reviews.models.summary import AgencySummary, FamilyCorrection, LessonAction, Practitioner
from trail.models import TrackedModel, TrackedQuerySet

PERSON = settings.AUTH_USER_MODEL
POINTERS = ("event", "correction", "action", "practitioner", "file")
"""The columns that point at a row of a summary or its file; without one of them it is an answer, named by its field."""


class RestrictionQuerySet(TrackedQuerySet):
    def in_force(self, day=None):
        """Those not lifted whose last day has not passed on this day; without a day, all that were not lifted."""
        rows = self.filter(lifted_at=None)
        return rows if day is None else rows.filter(Q(until_on=None) | Q(until_on__gte=day))


def _one_thing_only():
    """The condition under which a restriction names an answer, or points at one row or file, and at nothing else."""
    nothing = {f"{name}__isnull": True for name in POINTERS}
    condition = ~Q(answer="") & Q(**nothing)
    for name in POINTERS:
        condition |= Q(answer="") & Q(**(nothing | {f"{name}__isnull": False}))
    return condition


class DisclosureRestriction(TrackedModel):
    """A passage, event or document of a single agency summary that is not to be shared beyond those it names.

    Asked for by somebody, often an investigating officer, with a reason, until a day or until it is lifted, and looked
    at again on its review date. The agency whose words they are, the agencies it is shared with and the business
    manager read what is marked; for everybody else it is withheld wherever the summary is read
    (`rapid_reviews.queries.disclosure`).
    """

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="restrictions", editable=False)
    answer = models.CharField("Answer", max_length=40, blank=True, editable=False)
    event = models.ForeignKey(
        ChronologyEvent, models.PROTECT, null=True, related_name="restrictions", editable=False, verbose_name="Event"
    )
    correction = models.ForeignKey(
        FamilyCorrection,
        models.PROTECT,
        null=True,
        related_name="restrictions",
        editable=False,
        verbose_name="Correction or addition",
    )
    action = models.ForeignKey(
        LessonAction, models.PROTECT, null=True, related_name="restrictions", editable=False, verbose_name="Action"
    )
    practitioner = models.ForeignKey(
        Practitioner,
        models.PROTECT,
        null=True,
        related_name="restrictions",
        editable=False,
        verbose_name="Involved practitioner",
    )
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="Document"
    )
    until_on = models.DateField("Not to be shared until the end of", null=True, blank=True)
    asked_by = models.CharField("Asked by", max_length=200)
    asked_by_organisation = models.CharField("Their organisation or force", max_length=200)
    reason = models.TextField("Reason")
    review_on = models.DateField("Review date")
    marked_at = models.DateTimeField("Marked", editable=False)
    marked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False, verbose_name="Marked by")
    lifted_at = models.DateTimeField("Lifted", null=True, editable=False)
    lifted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="Lifted by"
    )
    lifted_why = models.TextField("Why it was lifted", blank=True, editable=False)

    objects = RestrictionQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        verbose_name = "restriction on sharing"
        verbose_name_plural = "restrictions on sharing"
        constraints = [
            models.CheckConstraint(name="a_restriction_is_of_one_thing", condition=_one_thing_only()),
            models.CheckConstraint(
                name="restriction_lifted_by_and_at",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="an_answer_is_marked_once",
                fields=["summary", "answer"],
                condition=~Q(answer="") & Q(lifted_at__isnull=True),
            ),
            *[
                models.UniqueConstraint(
                    name=f"{name}_is_marked_once", fields=[name], condition=Q(lifted_at__isnull=True)
                )
                for name in POINTERS
            ],
        ]

    def __str__(self):
        return f"{self.summary}: restriction {self.pk}"

    @property
    def kind(self):
        """What is marked: "answer", or the column that points at it."""
        return next((name for name in POINTERS if getattr(self, f"{name}_id")), "answer")

    @property
    def which(self):
        """Which of its kind: the name of an answer's field, the key of a row or file."""
        return self.answer or getattr(self, f"{self.kind}_id")

    def has_passed(self, day):
        """Whether its last day lies before this one: it holds no longer, without anybody having lifted it."""
        return self.until_on is not None and self.until_on < day


class DisclosureShare(TrackedModel):
    """An agency with which something marked is shared all the same: its safeguarding leads read it with the pack."""

    restriction = models.ForeignKey(
        DisclosureRestriction, models.PROTECT, related_name="shares", editable=False, verbose_name="Restriction"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", editable=False, verbose_name="Shared with")

    class Meta(TrackedModel.Meta):
        verbose_name = "agency something marked is shared with"
        constraints = [
            models.UniqueConstraint(fields=["restriction", "agency"], name="an_agency_is_shared_with_once"),
        ]

    def __str__(self):
        return str(self.agency)
