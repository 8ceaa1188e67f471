from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Case
from casework.models import CaseRecord
from partnership.models import Agency
from partnership.permissions import Permission
from referrals.models import Referral
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


class Outcome(models.TextChoices):
    """What the rapid review panel recommends, and what the partners decide (report section 2.4c)."""

    LCSPR = "lcspr", "(a) The threshold is met: an LCSPR"
    NO_FURTHER = "no_further", "(b) The threshold is not met: no further review"
    OTHER_LEARNING = "other_learning", "(b) The threshold is not met: other learning (a review or an audit)"


class RapidReview(CaseRecord):
    """Fifteen working days in which the partnership finds out what happened, and whether to review further.

    Agencies return summaries, a chronology combines them, a pack goes to the rapid review panel, which meets and
    recommends; the statutory partners decide and sign; the report goes to the National Panel.
    """

    class Status(models.TextChoices):
        GATHERING = "gathering", "Gathering"
        PACK_ISSUED = "pack_issued", "Pack issued"
        DRAFTING = "drafting", "Report being drafted"
        WITH_MEMBERS = "with_members", "Draft with the rapid review panel"
        LOCKED = "locked", "Locked for signature"
        DECIDED = "decided", "Decided and signed"
        SUBMITTED = "submitted", "Sent to the National Panel"
        CLOSED = "closed", "Closed"
        ENDED = "ended", "Ended: serious incident notification withdrawn"

    BEFORE_LOCK = (Status.GATHERING, Status.PACK_ISSUED, Status.DRAFTING, Status.WITH_MEMBERS)
    """While what the report says of the family can grow without another word: nothing is frozen yet."""
    OPEN = (*BEFORE_LOCK, Status.LOCKED, Status.DECIDED)
    STAGES = {**dict.fromkeys((*OPEN, Status.SUBMITTED), Case.Stage.RAPID_REVIEW), Status.CLOSED: Case.Stage.CLOSED}
    OVER = (Status.CLOSED, Status.ENDED)
    view_permission = Permission.VIEW_RAPID_REVIEW

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="rapid_reviews", editable=False)
    status = models.CharField(max_length=20, choices=Status, editable=False)
    opened_at = models.DateTimeField(editable=False)
    opened_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    period_from = models.DateField("The period looked at begins")
    period_until = models.DateField("and ends")
    meeting_at = models.DateTimeField("The rapid review meeting", null=True, blank=True)
    meeting_place = models.CharField("Place or link", max_length=300, blank=True)

    chair = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    chair_skills = models.TextField("Skills and experience for this case", blank=True, editable=False)
    chair_appointed_at = models.DateTimeField(null=True, editable=False)
    chair_appointed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    chair_declared_at = models.DateTimeField("Declared no conflict of interest", null=True, editable=False)

    pack_issued_at = models.DateTimeField(null=True, editable=False)
    pack_issued_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    draft_issued_at = models.DateTimeField(null=True, editable=False)
    comments_closed_at = models.DateTimeField(null=True, editable=False)
    comments_closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_outcome = models.CharField(
        "The partners decided", max_length=20, choices=Outcome, blank=True, editable=False
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(CaseRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=~Q(status="ended"), name="one_rapid_review_of_a_referral"
            ),
            models.CheckConstraint(
                name="comments_closed_by_and_at",
                condition=Q(comments_closed_at__isnull=True, comments_closed_by__isnull=True)
                | Q(comments_closed_at__isnull=False, comments_closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="review_closed_by_and_at",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_decision_has_its_moment",
                condition=Q(decided_at__isnull=True, decided_outcome="")
                | (Q(decided_at__isnull=False) & ~Q(decided_outcome="")),
            ),
            models.CheckConstraint(
                name="review_period_runs_forward", condition=Q(period_until__gte=models.F("period_from"))
            ),
            models.CheckConstraint(
                name="pack_issued_by_and_at",
                condition=Q(pack_issued_at__isnull=True, pack_issued_by__isnull=True)
                | Q(pack_issued_at__isnull=False, pack_issued_by__isnull=False),
            ),
            models.CheckConstraint(
                name="chair_appointed_by_and_at",
                condition=Q(chair__isnull=True, chair_appointed_at__isnull=True, chair_appointed_by__isnull=True)
                | Q(chair__isnull=False, chair_appointed_at__isnull=False, chair_appointed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_pack_is_issued_before_what_follows",
                condition=Q(status__in=["gathering", "closed", "ended"]) | Q(pack_issued_at__isnull=False),
            ),
        ]

    def get_absolute_url(self):
        return reverse("rapid-review", args=[self.reference])


class PanelMember(TrackedModel):
    """A named member of the rapid review panel: sees the pack from its issue, and the draft, until it closes."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="members", editable=False)
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", editable=False)
    until_at = models.DateTimeField(null=True, editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"], condition=Q(until_at__isnull=True), name="a_member_is_named_once"
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.review})"
