from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Address, Case
from casework.models import CaseRecord
from partnership.fields import code, several_codes
from partnership.permissions import Permission


class Referral(CaseRecord):
    """The local form by which a professional tells the partnership of an incident that may be a serious child
    safeguarding case (the paper "notification form" of Greater Manchester).

    Filled in section by section, approved by the referrer's senior manager, received by the business unit: from then
    on nobody edits it, corrections and answers stand beside it. The incident is described once, however many children
    it happened to.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Being filled in"
        WITH_APPROVER = "with_approver", "Waiting for approval"
        RETURNED = "returned", "Returned by the approver"
        RECEIVED = "received", "Received"
        MORE_INFORMATION = "more_information", "More information asked"
        WITH_PANEL = "with_panel", "With the Virtual Panel"
        ADDITIONAL = "additional", "Additional referral to an existing case"
        PASSED_ON = "passed_on", "Passed to another partnership"
        WITHDRAWN = "withdrawn", "Withdrawn"
        # What the Virtual Panel decided: a status for each of its outcomes, of the same code.
        RAPID_REVIEW = "rapid_review", "Rapid review agreed"
        REVIEW_OPENED = "review_opened", "Rapid review opened"
        NO_FURTHER_ACTION = "no_further_action", "No further action"
        PRACTICE_LEARNING_REVIEW = "practice_learning_review", "Practice (local) learning review"
        BRIEF_LEARNING_REVIEW = "brief_learning_review", "Brief learning review"
        SINGLE_AGENCY_REVIEW = "single_agency_review", "Single agency review"
        GOOD_PRACTICE = "good_practice", "Learning from good practice"
        ESCALATION = "escalation", "Escalation"

    DECIDED = (
        Status.RAPID_REVIEW,
        Status.REVIEW_OPENED,
        Status.NO_FURTHER_ACTION,
        Status.PRACTICE_LEARNING_REVIEW,
        Status.BRIEF_LEARNING_REVIEW,
        Status.SINGLE_AGENCY_REVIEW,
        Status.GOOD_PRACTICE,
        Status.ESCALATION,
        Status.PASSED_ON,
    )
    EDITABLE = (Status.DRAFT, Status.RETURNED)
    STAGES = {
        Status.RECEIVED: Case.Stage.REFERRAL,
        Status.MORE_INFORMATION: Case.Stage.REFERRAL,
        Status.WITH_PANEL: Case.Stage.REFERRAL,
        Status.ADDITIONAL: Case.Stage.CLOSED,
        Status.PASSED_ON: Case.Stage.CLOSED,
        Status.WITHDRAWN: Case.Stage.CLOSED,
        Status.RAPID_REVIEW: Case.Stage.RAPID_REVIEW,
        Status.REVIEW_OPENED: Case.Stage.RAPID_REVIEW,
        **dict.fromkeys(
            (
                Status.NO_FURTHER_ACTION,
                Status.PRACTICE_LEARNING_REVIEW,
                Status.BRIEF_LEARNING_REVIEW,
                Status.SINGLE_AGENCY_REVIEW,
                Status.GOOD_PRACTICE,
                Status.ESCALATION,
            ),
            Case.Stage.CLOSED,
        ),
    }
    view_permission = Permission.VIEW_REFERRAL

    status = models.CharField(max_length=30, choices=Status, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    agency = models.ForeignKey(
        "partnership.Agency", models.PROTECT, null=True, related_name="referrals", editable=False
    )
    keyed_in = models.BooleanField("keyed in by the business unit", default=False, editable=False)

    # 1 Notifying area
    la_residence = code("Local authority where the child ordinarily resides", "local_authority")
    la_incident = code("Local authority where the incident occurred", "local_authority")

    # 2 Referrer
    referred_on = models.DateField("Date of referral", null=True, blank=True)
    referrer_name = models.CharField("Referrer’s name", max_length=200, blank=True)
    referrer_organisation = models.CharField("Referrer’s organisation", max_length=200, blank=True)
    referrer_telephone = models.CharField("Telephone", max_length=40, blank=True)
    referrer_email = models.EmailField("E-mail", blank=True)

    # 3 The incident
    outline = models.TextField(
        "Incident outline",
        blank=True,
        help_text="What happened, what it is about this incident that makes it serious, and why it meets the criteria "
        "for a rapid review.",
    )
    incident_precision = code("How exactly is the date of the incident known?", "date_precision")
    incident_on = models.DateField(
        "Date of the incident",
        null=True,
        blank=True,
        help_text="If there was no single event, the date it came to notice.",
    )
    incident_until = models.DateField("and the latest it can have been", null=True, blank=True)
    incident_at_time = models.TimeField("Time of the incident, if known", null=True, blank=True)
    place_type = code("Type of place", "place_type")
    place = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Place of the incident"
    )
    how_distinct = models.TextField("How is the case distinct from other child protection work?", blank=True)
    la_aware_on = models.DateField("Date the local authority became aware", null=True, blank=True)
    la_aware_at_time = models.TimeField("Time the local authority became aware", null=True, blank=True)
    la_aware_how = models.CharField("How it became aware", max_length=300, blank=True)
    la_aware_officer = models.CharField("Which officer", max_length=200, blank=True)
    la_reported = code("Has the local authority reported a serious child safeguarding incident?", "la_reported")
    la_reported_on = models.DateField("Date it was reported", null=True, blank=True)
    la_reported_at_time = models.TimeField("Time it was reported", null=True, blank=True)
    la_reported_reference = models.CharField("Reference of the report", max_length=100, blank=True)
    la_reported_by = models.CharField("Reported by", max_length=200, blank=True)
    la_reported_reason = models.TextField("Why it decided not to report", blank=True)
    suspect_name = models.CharField("Person suspected of harm", max_length=200, blank=True)
    suspect_relationship = code("Their relationship to the child", "relationship")
    suspect_relationship_other = models.CharField("What relationship", max_length=200, blank=True)
    suspect_charged = code("Have they been charged?", "yes_no_unknown")

    # 4 Case factors
    factors = several_codes(
        "Case factors", "case_factor", help_text="Select all factors as known at the point of referral."
    )
    factors_other = models.CharField("Other factor", max_length=300, blank=True)

    # 8 Management oversight and immediate safeguarding
    discussed = code("Have you discussed the referral with a manager or DSL?", "discussed_with_manager")
    discussed_name = models.CharField("Manager’s or DSL’s name", max_length=200, blank=True)
    discussed_role = models.CharField("Their role", max_length=200, blank=True)
    discussed_on = models.DateField("Date it was discussed", null=True, blank=True)
    not_discussed_why = models.TextField("Why it was not discussed", blank=True)
    kept_safe = code(
        "Where needed, has action been taken to keep the child or other children safe?", "action_to_keep_safe"
    )
    kept_safe_what = models.TextField("What action", blank=True)
    kept_safe_who = models.CharField("By whom", max_length=200, blank=True)

    # 9 Other considerations
    other_considerations = models.TextField(
        "Any other considerations",
        blank=True,
        help_text="For example media interest, criminal proceedings, another local authority, an inquest.",
    )

    # Approval
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    sent_for_approval_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)

    # 10 Business unit
    child_reference = models.CharField("Child reference", max_length=100, blank=True)
    received_at = models.DateTimeField("Received by the partnership", null=True, blank=True)
    channel = code("How it was received", "channel")
    screened_at = models.DateTimeField(null=True, editable=False)
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    complete = models.BooleanField("Is the referral complete?", null=True)
    in_our_area = models.BooleanField("Did the incident happen in our area?", null=True)
    la_aware_at = models.DateTimeField("Moment the local authority became aware", null=True, blank=True)
    already_notified = code("Has the local authority already notified?", "la_reported")
    duplicates_checked = models.BooleanField("Possible duplicates checked", default=False)
    screening_notes = models.TextField("Notes of the screening", blank=True)
    outcome = code("Screening outcome", "screening_outcome")
    rationale = models.TextField("Rationale of the screening outcome", blank=True)
    attached_to = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="additional_referrals", editable=False
    )
    passed_to = models.CharField("Passed to", max_length=200, blank=True)
    passed_at = models.DateTimeField("Passed on", null=True, blank=True)

    class Meta(CaseRecord.Meta):
        constraints = [
            models.CheckConstraint(
                name="a_referral_sent_is_complete",
                condition=Q(status__in=["draft", "returned", "withdrawn"])
                | (
                    ~Q(outline="")
                    & ~Q(la_residence="")
                    & ~Q(la_incident="")
                    & ~Q(referrer_name="")
                    & ~Q(referrer_organisation="")
                    & ~Q(discussed="")
                    & ~Q(kept_safe="")
                    & Q(incident_on__isnull=False, referred_on__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="a_received_referral_has_its_moment",
                condition=Q(status__in=["draft", "returned", "with_approver", "withdrawn"])
                | (Q(received_at__isnull=False) & ~Q(channel="")),
            ),
            models.CheckConstraint(
                name="referral_approved_by_and_at",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_screened_by_and_at",
                condition=Q(screened_by__isnull=True, screened_at__isnull=True)
                | Q(screened_by__isnull=False, screened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="additional_referral_names_the_first",
                condition=(Q(status="additional") & Q(attached_to__isnull=False))
                | (~Q(status="additional") & Q(attached_to__isnull=True)),
            ),
            models.CheckConstraint(
                name="incident_range_runs_forward",
                condition=Q(incident_until__isnull=True) | Q(incident_until__gte=models.F("incident_on")),
            ),
        ]

    def get_absolute_url(self):
        return reverse("referral", args=[self.reference])

    def case_stage(self):
        if self.status == self.Status.WITHDRAWN and not self.is_received:
            return Case.Stage.NEVER_SENT
        return super().case_stage()

    @property
    def sin(self):
        """The serious incident notification in force, or None: not sent, or withdrawn."""
        return self.notifications.filter(withdrawn_at=None).select_related("sent_by").first()

    @property
    def panel_decision(self):
        """What the Virtual Panel decided, as it stands, or None."""
        return self.panel_decisions.filter(superseded_at=None).select_related("told_by").first()

    @property
    def is_editable(self):
        return self.status in self.EDITABLE

    @property
    def is_received(self):
        return self.received_at is not None
