from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from access.models import Access, Address, Exclusion, VisibleQuerySet, kept_out, reached
from casework.models import CaseRecord
from partnership.fields import code
from partnership.models import Agency, Membership
from partnership.permissions import Permission
from partnership.roles import CaseRole
from rapid_reviews.models.review import RapidReview
from trail.models import TrackedModel, TrackedQuerySet

PERSON = settings.AUTH_USER_MODEL


def _asked(user, moment):
    rows = Access.objects.of(user, moment).in_force(moment)
    return Exists(rows.filter(role=CaseRole.ASKED_AGENCY, agency=OuterRef("agency"), case=OuterRef("case")))


def _own(user, moment):
    may_approve = reached(user, Permission.APPROVE_SUMMARY, moment=moment)
    return Q(_asked(user, moment)) | _approved_by(user, moment) & may_approve


def _approved_by(user, moment):
    """Whose approval a person gives: their own, and that of whom they cover for, unless that one is kept out."""
    found = Q(approver=user)
    for covered in user.covers(timezone.localdate(moment)):
        found |= Q(approver=covered) & ~kept_out(covered, moment=moment)
    return found


def _given(user, moment):
    """Of which somebody of the agency was given a section, and still has it."""
    sections = GivenSection.objects.in_force(moment).filter(person=user, summary=OuterRef("pk"))
    return Exists(sections) & reached(user, Permission.WRITE_SECTION, moment=moment)


OF_ONE_SUMMARY = {
    Permission.RETURN_SUMMARY,
    Permission.WRITE_SECTION,
    Permission.APPROVE_SUMMARY,
    Permission.RESTRICT_DISCLOSURE,
}
"""What is held for one summary and not for the others of its case."""


class SummaryQuerySet(VisibleQuerySet):
    def written_by(self, user, *, moment):
        """The summaries this person writes, as a safeguarding lead of the agency that was asked."""
        return self.filter(_asked(user, moment), ~kept_out(user, moment=moment))

    def own(self, user, *, moment):
        """The summaries this person writes or approves."""
        return self.filter(_own(user, moment), ~kept_out(user, moment=moment))

    def worked_on_by(self, user, *, moment):
        """One's own, and those of which one was given a section to write."""
        return self.filter(_own(user, moment) | _given(user, moment), ~kept_out(user, moment=moment))

    def visible_to(self, user, *, moment):
        """What one works on; and all of a case to whom the pack is open."""
        theirs = _own(user, moment) | _given(user, moment)
        in_pack = reached(user, Permission.READ_PACK, moment=moment)
        return self.filter(theirs | in_pack).filter(~kept_out(user, moment=moment))

    def returned(self):
        """What counts for chronology and pack: returned to us, accepted or not yet looked at."""
        return self.filter(status__in=AgencySummary.RETURNED_STATUSES)


class AgencySummary(CaseRecord):
    """What one agency knows of the family and did for them, written by somebody who did neither.

    Asked for by e-mail, due within days. An agency that finds no record answers with a nil return and is done.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        WITH_APPROVER = "with_approver", "With the agency’s approver"
        RETURNED = "returned", "Returned"
        SENT_BACK = "sent_back", "Sent back"
        ACCEPTED = "accepted", "Accepted"
        NIL = "nil", "Nil return"

    EDITABLE = (Status.ASKED, Status.SENT_BACK)
    RETURNED_STATUSES = ("returned", "accepted")
    view_permission = Permission.READ_PACK

    objects = SummaryQuerySet.as_manager()

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="summaries", editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="summaries", editable=False)
    status = models.CharField(max_length=20, choices=Status, editable=False)
    asked_at = models.DateTimeField(editable=False)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)

    # 1 Agency and declaration
    author_name = models.CharField("Report author", max_length=200, blank=True)
    author_designation = models.CharField("Designation", max_length=200, blank=True)
    author_contact = models.CharField("Telephone and e-mail", max_length=300, blank=True)
    author_address = models.TextField("Work address", blank=True)
    independent = models.BooleanField(
        "The author has not worked with the child, and does not manage anyone who has", null=True
    )
    not_independent_why = models.TextField("Why not", blank=True)
    involved = models.BooleanField(
        "Has the agency had contact with the child, the family or close associates?", null=True
    )
    systems_searched = models.TextField("Systems searched", blank=True)
    names_used = models.TextField("Names and dates used", blank=True)
    searched_by = models.CharField("Searched by", max_length=200, blank=True)

    # 2 Records secured
    records_secured_at = models.DateTimeField(null=True, editable=False)
    records_secured_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    records_where = models.TextField("Which records are secured, and where", blank=True)

    # 3 Family, other processes
    family_matches = models.BooleanField("Do the family’s details match what the agency holds?", null=True)
    criminal_process = models.TextField("Criminal process", blank=True)
    professional_process = models.TextField("Professional or regulatory process", blank=True)
    single_agency_process = models.TextField("Process of a single agency", blank=True)
    other_review = models.TextField("Other statutory review", blank=True)

    # 5 Narrative
    pen_picture = models.TextField(
        "Pen picture of the child",
        blank=True,
        help_text="Their views, wishes and feelings, how they present, what life is like for them.",
    )
    views_wishes = models.TextField("The child’s views, wishes and feelings", blank=True)
    presents = models.TextField("How the child presents", blank=True)
    life_is_like = models.TextField("What life is like for the child", blank=True)
    impact = models.TextField("The impact of the situation or the event on outcomes", blank=True)
    involvement_with = models.CharField("Involvement with whom", max_length=300, blank=True)
    involvement_from = models.DateField("Involved from", null=True, blank=True)
    involvement_until = models.DateField("Involved until", null=True, blank=True)
    involvement_state = code("Open or closed", "involvement")
    key_periods = models.TextField(
        "Summary of the agency’s involvement",
        blank=True,
        help_text="Key periods of intervention, and significant events outside the period.",
    )
    about_parents = models.TextField("Relevant information about the parents and carers", blank=True)
    about_siblings = models.TextField("Relevant information about the siblings", blank=True)
    perspective = models.TextField(
        "Key professionals’ perspective",
        blank=True,
        help_text="What practitioners with direct involvement say. If it was not practicable, say why.",
    )
    worked_well = models.TextField("What worked well?", blank=True, help_text="Outstanding practice included.")
    worried_about = models.TextField("What were you worried about?", blank=True)
    lessons = models.TextField("Lessons learnt", blank=True)
    learning_for_other = models.TextField(
        "Learning for another agency", blank=True, help_text="Which agency, and what. The business team sees it first."
    )
    recommendations = models.TextField("Recommendations to the partnership", blank=True)
    themes = models.TextField("Themes or issues", blank=True)
    focus = ArrayField(
        models.CharField(
            max_length=20,
            choices=[
                ("process", "Issues for process"),
                ("practice", "Issues for practice"),
                ("multi_agency", "Issues for multi-agency working"),
            ],
        ),
        verbose_name="If a further review is needed, what should it focus on?",
        default=list,
        blank=True,
    )
    focus_detail = models.TextField("What about it", blank=True)

    # 6 Sign-off and return
    author = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    approver = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approver_name = models.CharField("Quality assured and approved by", max_length=200, blank=True, editable=False)
    approval_waived_why = models.TextField("Why no second person approved it", blank=True, editable=False)
    returned_at = models.DateTimeField(null=True, editable=False)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    went_without_at = models.DateTimeField(null=True, editable=False)
    went_without_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    went_without_why = models.TextField("Why the review goes on without it", blank=True, editable=False)

    class Meta(CaseRecord.Meta):
        verbose_name = "single agency summary"
        verbose_name_plural = "single agency summaries"
        constraints = [
            models.UniqueConstraint(fields=["review", "agency"], name="an_agency_is_asked_once"),
            models.CheckConstraint(
                name="a_returned_summary_has_its_moment",
                condition=~Q(status__in=["returned", "accepted", "nil"]) | Q(returned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_nil_return_says_what_was_searched",
                condition=~Q(status="nil")
                | (Q(involved=False) & ~Q(systems_searched="") & ~Q(names_used="") & ~Q(searched_by="")),
            ),
            models.CheckConstraint(
                name="approver_is_not_the_author_unless_waived",
                condition=Q(approver__isnull=True)
                | Q(author__isnull=True)
                | ~Q(approver=models.F("author"))
                | ~Q(approval_waived_why=""),
            ),
            models.CheckConstraint(
                name="records_secured_by_and_at",
                condition=Q(records_secured_at__isnull=True, records_secured_by__isnull=True)
                | Q(records_secured_at__isnull=False, records_secured_by__isnull=False),
            ),
            models.CheckConstraint(
                name="summary_accepted_by_and_at",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="went_without_by_at_and_why",
                condition=Q(went_without_at__isnull=True, went_without_by__isnull=True, went_without_why="")
                | Q(went_without_at__isnull=False, went_without_by__isnull=False) & ~Q(went_without_why=""),
            ),
        ]

    def get_absolute_url(self):
        return reverse("agency-summary", args=[self.reference])

    @property
    def is_editable(self):
        return self.status in self.EDITABLE

    def narrowed_to(self, user, granted, *, moment):
        """Of the permissions a person holds in the case, those for this very summary: an agency's end at its own.

        Only its leads write it, and whom they gave a section of it that section; only its approver approves it, or who
        covers for them and did not write it. What came by e-mail is typed in by the business team, once somebody there
        has said so (`entered_by`). Who writes it as a whole marks what of it is not to be shared; so does who reads all
        that is marked. Once the review is closed, or was ended, it is only read.
        """
        kept = set(granted) - OF_ONE_SUMMARY
        if Permission.SEE_RESTRICTED in granted:
            kept.add(Permission.RESTRICT_DISCLOSURE)
        if self.review.status in RapidReview.OVER:
            return frozenset(kept) - {Permission.ENTER_SUMMARY, Permission.WAIVE_APPROVAL}
        leads = Permission.RETURN_SUMMARY in granted and self._is_asked_of(user, moment)
        types_in = Permission.ENTER_SUMMARY in granted and self.entered_by_id is not None
        knows = types_in and self.is_known_to_who_types(user)
        if leads or (types_in and (knows or Permission.SEE_RESTRICTED in granted or not self.is_editable)):
            kept |= {Permission.RETURN_SUMMARY, Permission.WRITE_SECTION}
        elif Permission.WRITE_SECTION in granted and self.is_editable and self._gave_a_section_to(user, moment):
            kept.add(Permission.WRITE_SECTION)
        if leads or knows:
            kept.add(Permission.RESTRICT_DISCLOSURE)
        if Permission.APPROVE_SUMMARY in granted and self.author_id != user.pk:
            theirs = AgencySummary.objects.filter(_approved_by(user, moment), pk=self.pk)
            if self.approver_id == user.pk or theirs.exists():
                kept.add(Permission.APPROVE_SUMMARY)
        return frozenset(kept)

    def _is_asked_of(self, user, moment):
        theirs = Access.objects.of(user, moment).in_force(moment)
        return theirs.filter(case=self.case_id, agency=self.agency_id, role=CaseRole.ASKED_AGENCY).exists()

    def _gave_a_section_to(self, user, moment):
        return self.given_sections.in_force(moment).filter(person=user).exists()

    def is_known_to_who_types(self, user):
        """Whether somebody of the business team has all of it before them.

        They typed it in; or it is being typed in, and nobody else has marked anything of it as not to be shared.
        """
        if self.entered_by_id in (None, user.pk):
            return self.entered_by_id is not None
        marked = any(row.lifted_at is None and row.marked_by_id != user.pk for row in self.restrictions.all())
        return self.is_editable and not marked


class GivenSectionQuerySet(TrackedQuerySet):
    def in_force(self, moment):
        """Those not ended whose person still belongs to the agency, or the one it responds through, and may see it."""
        held = Membership.objects.in_force(timezone.localdate(moment)).filter(user=OuterRef("person"))
        agency = OuterRef("summary__agency")
        of_agency = held.filter(Q(agency=agency) | Q(agency__responds_for=agency))
        out = Exclusion.objects.in_force(moment).filter(user=OuterRef("person"), case=OuterRef("summary__case"))
        return self.filter(Exists(of_agency), ~Exists(out), ended_at=None, person__is_active=True)


class GivenSection(TrackedModel):
    """A section of a summary that somebody of the agency writes, given to them by its safeguarding lead.

    Without a day of its own it is due when the summary is. It ends when the summary is sent, or the section is given to
    somebody else; what was given stays on record.
    """

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="given_sections", editable=False)
    section = models.CharField("Section", max_length=40, editable=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False, verbose_name="Given to")
    due_on = models.DateField("Due on", null=True, blank=True)
    given_at = models.DateTimeField(editable=False)
    given_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False)
    done_at = models.DateTimeField("Finished", null=True, editable=False)
    done_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField("Theirs until", null=True, editable=False)
    ended_why = models.CharField("Why it ended", max_length=300, blank=True, editable=False)

    objects = GivenSectionQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        verbose_name = "section given to somebody"
        verbose_name_plural = "sections given to somebody"
        constraints = [
            models.UniqueConstraint(
                fields=["summary", "section"],
                condition=Q(ended_at__isnull=True),
                name="a_section_is_given_to_one_person",
            ),
            models.CheckConstraint(
                name="section_done_by_and_at",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_section_that_ended_says_why",
                condition=Q(ended_at__isnull=True, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""),
            ),
        ]

    def __str__(self):
        return f"{self.summary}: {self.section}"


class FamilyCorrection(TrackedModel):
    """What an agency holds about the family that differs from the referral, or is not in it. Stands beside it.

    Somebody who is not in it joins the case's people, for every agency, once the business team has accepted that.
    """

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="family_corrections", editable=False)
    relationship = code("Relationship to the child", "relationship")
    name = models.CharField("Name", max_length=200, blank=True)
    date_of_birth = models.DateField("Date of birth", null=True, blank=True)
    address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Address"
    )
    what = models.TextField("What differs or is new", blank=True)
    accepted_at = models.DateTimeField("Joined the family", null=True, editable=False)
    accepted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TrackedModel.Meta):
        verbose_name = "correction or addition"
        verbose_name_plural = "corrections and additions"
        constraints = [
            models.CheckConstraint(
                name="addition_accepted_by_and_at",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="who_joins_the_family_has_a_name", condition=Q(accepted_at__isnull=True) | ~Q(name="")
            ),
        ]

    def __str__(self):
        return self.name or "Correction"


class LessonAction(TrackedModel):
    """An action the agency takes itself from its own learning."""

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="lesson_actions", editable=False)
    action = models.TextField("Action")
    outcome = models.TextField("Outcome", blank=True)
    by_whom = models.CharField("By whom", max_length=200, blank=True)
    by_when = models.DateField("By when", null=True, blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "action"

    def __str__(self):
        return self.action


class Practitioner(TrackedModel):
    """A practitioner involved with the family, as the author recorded: spoken to, and whether the text is fair."""

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="practitioners", editable=False)
    name = models.CharField("Name", max_length=200)
    role = models.CharField("Role", max_length=200, blank=True)
    spoken_to_on = models.DateField("Spoken to on", null=True, blank=True)
    agrees_fair = code("Agrees that the text is fair", "yes_no_unknown")

    class Meta(TrackedModel.Meta):
        verbose_name = "involved practitioner"

    def __str__(self):
        return self.name
