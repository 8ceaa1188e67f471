from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.models import Document, Version
from partnership.fields import code
from partnership.models import Appointment, Partner
from rapid_reviews.models.review import RapidReview
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


class ReportSection(TrackedModel):
    """The text of one section of the rapid review report, prefilled from what was gathered and edited from there.

    `sources` names where the prefilled text came from: [{"what": …, "by": …, "at": …}].
    """

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="sections", editable=False)
    section = models.CharField(max_length=10, editable=False)
    text = models.TextField("Text", blank=True)
    sources = models.JSONField(default=list, editable=False)
    edited_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["review", "section"], name="each_section_once")]

    def __str__(self):
        return f"{self.review} {self.section}"


class ReportComment(TrackedModel):
    """A panel member's answer to the draft: agrees, or a comment on one section."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="comments", editable=False)
    member = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(editable=False)
    agrees = models.BooleanField("I agree the draft")
    section = models.CharField("Section", max_length=10, blank=True)
    text = models.TextField("Comment", blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(name="a_comment_has_words_unless_it_agrees", condition=Q(agrees=True) | ~Q(text="")),
        ]

    def __str__(self):
        return f"{self.review}: {self.member}"


class SignOff(TrackedModel):
    """A statutory partner's decision on the recommendation, signed on one exact version of the report.

    A deputy signs for their partner, which counts once. An edit of the report voids it and says whose edit that was.
    """

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="sign_offs", editable=False)
    partner = models.CharField(max_length=10, choices=Partner, editable=False)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+", editable=False)
    capacity = models.CharField(max_length=200, editable=False)
    decision = code("Decision", "partner_decision")
    comments = models.TextField("Comments, or reasons", blank=True)
    signed_at = models.DateTimeField(editable=False)
    report_version = models.ForeignKey(Version, models.PROTECT, related_name="+", editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["review", "partner"], condition=Q(voided_at__isnull=True), name="a_partner_signs_once"
            ),
            models.CheckConstraint(
                name="reasons_unless_it_simply_agrees", condition=Q(decision="agrees") | ~Q(comments="")
            ),
            models.CheckConstraint(
                name="voided_by_and_at",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.review}: {self.get_partner_display()}"


class ReportSubmission(TrackedModel):
    """What was sent to the National Panel: the exact file, to whom, when and by whom; if late, why, said then."""

    review = models.OneToOneField(RapidReview, models.PROTECT, related_name="submission", editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", editable=False)
    recipient = models.EmailField("Sent to")
    sent_at = models.DateTimeField("Sent")
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    late_reason = models.TextField("If late, why", blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="report_sent_before_recorded", condition=Q(sent_at__lte=models.F("recorded_at"))
            ),
        ]

    def __str__(self):
        return f"{self.review}: sent"


class PanelReply(TrackedModel):
    """What the National Panel answered."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="replies", editable=False)
    reply = code("Reply", "national_panel_reply")
    replied_on = models.DateField("Date of the reply")
    text = models.TextField("What it says", blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField(editable=False)

    def __str__(self):
        return f"{self.review}: {self.get_reply_display()}"
