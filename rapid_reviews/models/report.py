from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from access.models import Address
from casework.models import Document, Version
from partnership.fields import code
from partnership.models import Appointment, Partner
from rapid_reviews.models.review import Outcome, RapidReview
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


PARTS = {
    "1.1": "Contributing agencies and family structure",
    "2.1": "Facts about the case",
    "2.2": "Case discussion",
    "2.3": "Improvements to safeguard and promote the welfare of children",
    "2.4": "Summary of learning and next steps",
}
HEADINGS = {
    "1.1a": "Contributing agencies",
    "1.1b": "Agencies that confirmed no contact",
    "1.1c": "Family composition",
    "1.1d": "Agencies asked that did not return a summary, or returned it late",
    "2.1a": "From the referral",
    "2.1b": "Overview of agency summaries and chronology",
    "2.1c": "Immediate safeguarding: action, by whom and when",
    "2.1d": "Parallel processes",
    "2.2a": "About the child and their lived experience",
    "2.2a.i": "Identity and inequality",
    "2.2b": "Views of parents, carers and wider family",
    "2.2c": "Views of key front-line professionals",
    "2.2d": "Immediate thoughts",
    "2.2e": "Analysis: cause and effect, and key practice episodes",
    "2.2f": "What are we worried about?",
    "2.2g": "What has worked well?",
    "2.2h": "Learning already identified in earlier reviews here",
    "2.3a": "SMART actions",
    "2.4a": "Gaps in information or representation",
    "2.4b": "Does the case meet the threshold for an LCSPR? The view of each member",
    "2.4c": "Recommendation",
    "2.4d": "Issues of national importance",
    "2.4e": "If there is no LCSPR: how the learning is shared",
    "2.4f": "Sharing the learning with the family",
}
"""The report's sections in its order, each in the part its number begins with; the partners sign on all of these."""

TEXTS = ("2.1a", "2.1b", "2.1c", "2.1d", "2.2a", "2.2a.i", "2.2b", "2.2c", "2.2d", "2.2f", "2.2g", "2.2h", "2.4a")
SECTIONS = {number: HEADINGS[number] for number in TEXTS}
"""The sections of the report that are text, in its order; the others are made from what is recorded elsewhere."""

SECTION_HINTS = {
    "2.1d": "Criminal, coroner, family court, professional, another review: what, and what may be shared.",
    "2.2a.i": "How racism and other inequalities may have affected the family’s experience and the practice.",
    "2.2b": "As recorded by the agencies: families are not approached at this stage.",
    "2.2h": "Which review, what it found, and what was done.",
    "2.4a": "Information or agencies that were missing, and what that leaves open.",
}


class AddressDecile(TrackedModel):
    """How deprived the place of a family member’s address is: a decile of the national index (report section 1.1c).

    1 is the most deprived tenth of places, 10 the least. No decile: not known.
    """

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="deciles", editable=False)
    address = models.ForeignKey(Address, models.PROTECT, related_name="+", editable=False)
    decile = models.PositiveSmallIntegerField("Decile", null=True, editable=False)
    edition = models.CharField("Edition of the index", max_length=100, editable=False)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["review", "address"], name="one_decile_per_address"),
            models.CheckConstraint(name="decile_of_ten", condition=Q(decile__isnull=True) | Q(decile__range=(1, 10))),
        ]

    def __str__(self):
        return f"{self.review}: {self.decile or 'not known'}"


class AnalysisBranch(TrackedModel):
    """A branch of the report's analysis tree (section 2.2e): an area of concern, its cause, its effect."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="branches", editable=False)
    concern = models.TextField("Area of concern")
    cause = models.TextField("Cause", blank=True)
    effect = models.TextField("Effect", blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "area of concern"
        verbose_name_plural = "areas of concern"

    def __str__(self):
        return self.concern


class KeyEpisode(TrackedModel):
    """A key practice episode (section 2.2e): when, what happened, why, and what it shows."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="episodes", editable=False)
    dates = models.CharField("Dates", max_length=200)
    what = models.TextField("What happened")
    why = models.TextField("Why", blank=True)
    shows = models.TextField("What it shows", blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "key practice episode"

    def __str__(self):
        return self.dates


class Recommendation(TrackedModel):
    """What the rapid review panel recommends to the partners (sections 2.4c to 2.4f), with its reasons.

    The criteria and the circumstances are two lists (SI 2018/789 reg 11): the first are taken into account, the second
    are had regard to.
    """

    CRITERIA = [
        ("improvements", "Improvements are needed, including ones identified before"),
        ("recurrent", "Recurrent themes"),
        ("working_together", "Concerns about two or more agencies working together"),
        ("national_panel", "The National Panel considers a local review more appropriate"),
    ]
    CIRCUMSTANCES = [
        ("single_agency", "Cause for concern about a single agency"),
        ("no_agency", "No agency was involved"),
        ("several_areas", "More than one local authority, police area or ICB, families who moved included"),
        ("institutional", "An institutional setting"),
    ]

    review = models.OneToOneField(RapidReview, models.PROTECT, related_name="recommendation", editable=False)
    outcome = models.CharField("Recommendation", max_length=20, choices=Outcome, blank=True)
    rationale = models.TextField("Rationale, tied to the criteria", blank=True)
    criteria = ArrayField(
        models.CharField(max_length=20, choices=CRITERIA),
        verbose_name="Criteria to take into account",
        default=list,
        blank=True,
    )
    circumstances = ArrayField(
        models.CharField(max_length=20, choices=CIRCUMSTANCES),
        verbose_name="Circumstances to have regard to",
        default=list,
        blank=True,
    )
    unanimous = models.BooleanField("Is it unanimous?", null=True)
    dissent = models.TextField("Dissent", blank=True)
    method = code("Type and method of the review or audit", "method")
    timescales = models.TextField("Timescales", blank=True)
    period = models.CharField("Period", max_length=200, blank=True)
    lines_of_enquiry = models.TextField("Key lines of enquiry", blank=True)
    agencies = models.TextField("Agencies", blank=True)
    national_importance = models.BooleanField("Are there issues of national importance?", null=True)
    national_issues = models.TextField("Which", blank=True)
    learning_shared = models.TextField(
        "If there is no LCSPR, how is the learning shared, by whom and when?", blank=True
    )
    share_with_family = models.BooleanField("Is the learning shared with the family?", null=True)
    family_why = models.TextField("Why, with whom and how", blank=True)
    sources = models.JSONField(default=list, editable=False)

    def __str__(self):
        return f"{self.review}: recommendation"


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
        constraints = [
            models.UniqueConstraint(fields=["review", "section"], name="each_section_once"),
            models.CheckConstraint(
                name="section_edited_by_and_at",
                condition=Q(edited_at__isnull=True, edited_by__isnull=True)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.review} {self.section}"


class ReportComment(TrackedModel):
    """A panel member's answer to the draft: agrees, or a comment on one section; or that of who covers for them."""

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="comments", editable=False)
    member = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    acting_for = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    given_at = models.DateTimeField(editable=False)
    agrees = models.BooleanField("Agrees the draft", editable=False)
    section = models.CharField("Section", max_length=10, blank=True)
    text = models.TextField("Comment", blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(name="a_comment_has_words_unless_it_agrees", condition=Q(agrees=True) | ~Q(text="")),
        ]

    def __str__(self):
        return f"{self.review}: {self.member}"

    @property
    def said_by(self):
        """Who said it, and for whom; `member` and `acting_for` are fetched with it."""
        return f"{self.member} for {self.acting_for}" if self.acting_for else str(self.member)


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
    outcome = models.CharField("Decides", max_length=20, choices=Outcome, editable=False)
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
