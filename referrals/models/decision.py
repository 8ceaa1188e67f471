from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from partnership.fields import code
from partnership.models import Appointment, Partner
from referrals.models.referral import Referral
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


class PanelView(TrackedModel):
    """What one statutory partner's Virtual Panel member, or an alternate for them, answered on a referral.

    Given before the others' are seen. A change of mind is a new row and the earlier one stays, superseded.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="panel_views", editable=False)
    partner = models.CharField(max_length=10, choices=Partner, editable=False)
    member = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)

    referral_read = models.BooleanField("I have read the referral")
    further_information = models.TextField("Further information that your agency holds", blank=True)
    abuse = code("Abuse or neglect of a child is known or suspected", "criterion_view")
    abuse_rationale = models.TextField("Rationale for the first criterion", blank=True)
    harm = code("The child has died or been seriously harmed", "criterion_view")
    harm_rationale = models.TextField("Rationale for the second criterion", blank=True)
    needed = models.TextField("What is needed to say", blank=True)
    sin_needed = models.BooleanField("Is a serious incident notification needed?")
    outcome = code("Outcome", "panel_outcome")
    nfa_reason = code("Reason for no further action", "nfa_reason")
    nfa_reason_other = models.CharField("Which review, or what reason", max_length=300, blank=True)
    rationale = models.TextField("Rationale for the outcome", blank=True)
    immediate_action = models.TextField("Anything to do immediately", blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "partner"],
                condition=Q(superseded_at__isnull=True),
                name="one_view_per_partner",
            ),
            models.CheckConstraint(
                name="rapid_review_exactly_when_both_criteria_are_met",
                condition=Q(abuse="met", harm="met", outcome__in=["rapid_review", "passed_on"])
                | (
                    ~Q(abuse="met", harm="met")
                    & ~Q(outcome="rapid_review")
                    & (Q(outcome="") | ~Q(abuse="cannot_say") & ~Q(harm="cannot_say"))
                ),
            ),
        ]

    def __str__(self):
        return f"{self.referral}: {self.get_partner_display()}"


class PanelDecision(TrackedModel):
    """The Virtual Panel's agreement: the outcome on which the quorum agreed, as it stood at that moment.

    Where the case comes back to the Virtual Panel the earlier decision stays, superseded.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="panel_decisions", editable=False)
    outcome = code("Outcome", "panel_outcome", editable=False)
    quorum = models.PositiveSmallIntegerField("Partners who had to agree")
    agreed = ArrayField(models.CharField(max_length=10, choices=Partner), verbose_name="Partners who agreed")
    decided_at = models.DateTimeField("Decided")
    superseded_at = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField("Referrer told", null=True)
    told_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    told = models.TextField("What the referrer was told", blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(superseded_at__isnull=True), name="one_panel_decision_in_force"
            ),
            models.CheckConstraint(
                name="outcome_told_by_and_at",
                condition=Q(told_at__isnull=True, told_by__isnull=True, told="")
                | (Q(told_at__isnull=False, told_by__isnull=False) & ~Q(told="")),
            ),
        ]

    def __str__(self):
        return f"{self.referral}: {self.get_outcome_display()}"


class NotificationDecision(TrackedModel):
    """The local authority's own decision whether to notify (Children Act 2004 s.16C), also where it differs from the
    Virtual Panel. A later one stands beside the earlier ones; the newest is in force.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="notification_decisions", editable=False)
    notify = models.BooleanField("Will the local authority notify?")
    why = models.TextField("Why")
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    decided_at = models.DateTimeField("Decided", editable=False)

    def __str__(self):
        return f"{self.referral}: {'notify' if self.notify else 'not notify'}"


class SeriousIncidentNotification(TrackedModel):
    """The notification as it was made in the national system: when, by whom of the local authority, with which
    reference. The hub prepares and records it; it never sends it. One that was withdrawn stays, with when and why.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="notifications", editable=False)
    sent_at = models.DateTimeField("Sent", help_text="The moment it was sent in the national system.")
    sin_reference = models.CharField("Reference given by the national system", max_length=100)
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="Sent by")
    late_reason = models.TextField("If late, why", blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField("Recorded", editable=False)
    withdrawn_at = models.DateTimeField("Withdrawn", null=True, blank=True)
    withdrawn_why = models.TextField("Why it was withdrawn", blank=True)
    withdrawn_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(withdrawn_at__isnull=True), name="one_notification_in_force"
            ),
            models.CheckConstraint(
                name="withdrawn_by_at_and_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__gte=models.F("sent_at"), withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
            ),
            models.CheckConstraint(name="sin_sent_before_recorded", condition=Q(sent_at__lte=models.F("recorded_at"))),
            models.CheckConstraint(name="sin_has_its_reference", condition=~Q(sin_reference="")),
        ]

    def __str__(self):
        return f"{self.referral}: serious incident notification"
