from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.fields import code
from partnership.models import Agency
from rapid_reviews.models.review import PanelMember, RapidReview
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


class Meeting(TrackedModel):
    """The rapid review meeting: who was there, what was said on each item of the agenda, what is recommended."""

    review = models.OneToOneField(RapidReview, models.PROTECT, related_name="meeting", editable=False)
    held_on = models.DateField("Date", null=True, blank=True)
    began_at = models.TimeField("Began", null=True, blank=True)
    ended_at = models.TimeField("Ended", null=True, blank=True)
    place = models.CharField("Place or link", max_length=300, blank=True)
    chaired_by = models.CharField("Chaired by", max_length=200, blank=True)
    note_taker = models.CharField("Note-taker", max_length=200, blank=True)
    confidentiality_read = models.BooleanField("The confidentiality statement was read", default=False)
    conflicts_asked = models.BooleanField("Conflicts of interest were asked about", default=False)
    conflicts = models.TextField("Conflicts of interest declared", blank=True)
    moved_reason = models.TextField("If it was moved or inquorate, why", blank=True)
    agencies_not_represented = models.TextField("Agencies not represented", blank=True)

    # The agenda
    the_case = models.TextField("The case, introduced by the referrer", blank=True)
    parallel = models.TextField("Parallel processes", blank=True)
    immediate_concerns = models.TextField("Immediate safeguarding concerns", blank=True)
    involvement = models.TextField("Overview of involvement", blank=True)
    thoughts = models.TextField("Immediate thoughts", blank=True)
    worried_about = models.TextField("What are we worried about?", blank=True)
    worked_well = models.TextField("What worked well?", blank=True)
    to_share = models.TextField("What learning should be shared?", blank=True)
    emerging = models.TextField("Summary of emerging learning", blank=True)
    threshold = models.TextField("Threshold for an LCSPR, and rationale", blank=True)
    recommendations = models.TextField("Recommendations", blank=True)

    recommends_lcspr = models.BooleanField("Does the rapid review panel recommend an LCSPR?", null=True)
    unanimous = models.BooleanField("Is the recommendation unanimous?", null=True)
    dissent = models.TextField("Dissent", blank=True)
    recorded_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="meeting_recorded_by_and_at",
                condition=Q(recorded_at__isnull=True, recorded_by__isnull=True)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Meeting of {self.review}"


class Attendance(TrackedModel):
    """One person invited to the meeting: whether they came, and their view on the criteria (report section 2.4b)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances", editable=False)
    member = models.ForeignKey(PanelMember, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    name = models.CharField("Name", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Agency")
    role = models.CharField("Role", max_length=200, blank=True)
    attended = code("Attendance", "attendance")
    in_place = models.CharField("Who came in their place", max_length=200, blank=True)
    view = code("Does the case meet the criteria for an LCSPR?", "lcspr_view")
    rationale = models.TextField("Rationale", blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "person invited"
        verbose_name_plural = "people invited"

    def __str__(self):
        return self.name

    @property
    def came(self):
        """Whether they, or somebody in their place, were there: whoever was says whether the criteria are met."""
        return self.attended in ("attended", "substitute")


class Action(TrackedModel):
    """A SMART action agreed at the meeting: what, to what outcome, who leads it, by when."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions", editable=False)
    action = models.TextField("Action")
    outcome = models.TextField("Outcome", blank=True)
    lead_officer = models.CharField("Lead officer", max_length=200, blank=True)
    due_on = models.DateField("Date", null=True, blank=True)
    immediate = models.BooleanField("Immediate, for a child’s safety", default=False)

    class Meta(TrackedModel.Meta):
        verbose_name = "action"

    def __str__(self):
        return self.action
