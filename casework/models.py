"""What every record of work shares: its case and reference, its files, what was typed, and one-time form keys."""

from django.conf import settings
from django.db import models
from django.http import QueryDict

from access.models import Case, VisibleQuerySet
from trail.models import TrackedModel


class CaseRecord(TrackedModel):
    """A record of work in a case: it has a reference, a status that only `workflow.py` writes, and counts its saves.

    A concrete model declares `Status`, `view_permission` (who may know it exists) and `STAGES`, the stage of the case
    that each status publishes.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss", editable=False)
    reference = models.CharField(max_length=30, unique=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = VisibleQuerySet.as_manager()

    view_permission = None
    STAGES = {}

    class Meta(TrackedModel.Meta):
        abstract = True

    def __str__(self):
        return self.reference

    def case_stage(self):
        """The stage this record's status publishes on its case, or None where it says nothing about it."""
        return self.STAGES.get(self.status)

    def save(self, *args, **kwargs):
        self.version += 1
        super().save(*args, **kwargs)


class ReferenceCounter(models.Model):
    """The last number given for one kind of record in one year. Untracked: the references are its history."""

    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_counter_per_kind_and_year")]

    def __str__(self):
        return f"{self.prefix}-{self.year}"


class Attachment(TrackedModel):
    """A file that belongs to a record: stored under a random name outside the web root, named here by hash."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    reference = models.CharField(max_length=30, db_index=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self):
        return f"{self.reference}: {self.kind} of {self.size} bytes"


class Draft(models.Model):
    """What somebody typed on one page and did not save yet: kept while they type, and when session or token ran out.

    `key` is the form key of the page it was typed on: each tab has a draft of its own. Untracked: readable only by its
    author, gone once the page is saved.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=40, db_default="", blank=True)
    values = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "path", "key"], name="one_draft_per_page_opened")]

    def __str__(self):
        return f"{self.user_id} {self.path}"

    @property
    def answers(self):
        """What was typed, as the form that it was typed in sends it."""
        return QueryDict(self.values)

    @property
    def as_shown(self):
        """Which draft a page took up, and what it held then: the page sends it back."""
        return f"{self.pk}@{self.kept_at.isoformat()}"


class Presence(models.Model):
    """That somebody has a page with answers open, and when they last typed on it. Untracked: gone after a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "user"], name="somebody_is_on_a_page_once")]

    def __str__(self):
        return f"{self.user_id} {self.path}"


class Submission(models.Model):
    """The one-time key of a form that was sent, and where its sender went: a second press goes there too.

    Untracked: it holds no case data.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    went_to = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_form_is_sent_once")]

    def __str__(self):
        return self.key


class Correction(TrackedModel):
    """A correction that stands beside an original nobody edits any more: what was wrong, what is right, says who."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections")
    reference = models.CharField(max_length=30, db_index=True)
    about = models.CharField(max_length=200)
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self):
        return f"{self.reference}: {self.about}"


class Version(TrackedModel):
    """A record's content frozen as canonical JSON, with its SHA-256: what a signature covers. Never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="versions")
    reference = models.CharField(max_length=30, db_index=True)
    number = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta(TrackedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["reference", "number"], name="versions_are_numbered")]

    def __str__(self):
        return f"{self.reference} version {self.number}"


class Document(TrackedModel):
    """A PDF of one frozen version: asked for in the transaction that needs it, rendered by a worker, kept by hash."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    reference = models.CharField(max_length=30, db_index=True)
    kind = models.CharField(max_length=40)
    version = models.ForeignKey(Version, models.PROTECT, related_name="documents")
    key = models.UUIDField(unique=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    rendered_at = models.DateTimeField(null=True)
    path = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="a_rendered_document_has_its_file_and_hash",
                condition=models.Q(rendered_at__isnull=True)
                | (~models.Q(path="") & ~models.Q(sha256="") & models.Q(size__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_document_is_rendered_or_failed",
                condition=models.Q(rendered_at__isnull=True) | models.Q(failed_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.reference}: {self.kind}"

    @property
    def is_ready(self):
        return self.rendered_at is not None


class Printout(models.Model):
    """A PDF of a page that somebody asked for: theirs alone, deleted after a day. Untracked: it is a copy.

    That it was taken away stands in the access log.
    """

    kind = models.CharField(max_length=40)
    query = models.CharField("what the page was asked for", max_length=2000, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="printouts")
    reference = models.CharField(max_length=30, blank=True)
    key = models.UUIDField(unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="printouts")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_printout_that_was_made_is_there",
                condition=models.Q(made_at__isnull=True, content__isnull=True)
                | models.Q(made_at__isnull=False, content__isnull=False, failed_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.kind} of {self.asked_by_id}"


class NameMatch(TrackedModel):
    """Somebody who works on the hub and may be named in a case: which record names them, as what.

    A prompt for a person, never a lock. It is settled by who says that it is not the same person, and gone when the
    record names them no longer.
    """

    class Kind(models.TextChoices):
        FAMILY = "family", "In the family or household, or suspected of harm"
        PROFESSIONAL = "professional", "As a professional"

    case = models.ForeignKey(Case, models.PROTECT, related_name="name_matches")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="name_matches", verbose_name="person on the hub"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.CharField("record that names them", max_length=30)
    words = models.CharField("as what", max_length=100)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField("named no longer", null=True)
    settled_at = models.DateTimeField("not the same person", null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_why = models.TextField("why it is not the same person", blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "possible match of names"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "kind", "reference", "words"], name="a_match_of_names_is_written_once"
            ),
            models.CheckConstraint(
                name="match_settled_by_and_at",
                condition=models.Q(settled_at__isnull=True, settled_by__isnull=True)
                | models.Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.user} may be named in {self.case}"
