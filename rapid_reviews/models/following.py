"""What becomes of a request for a summary: comments by section when it is sent back, and that an agency was chased."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from rapid_reviews.models.summary import AgencySummary
from trail.models import TrackedModel

PERSON = settings.AUTH_USER_MODEL


class SectionComment(TrackedModel):
    """A comment on one section with which a summary came back to who writes it, beside the reason for the whole."""

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="section_comments", editable=False)
    section = models.CharField("Section", max_length=40, editable=False)
    text = models.TextField("Comment")
    made_at = models.DateTimeField("Made", editable=False)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False, verbose_name="Made by")

    class Meta(TrackedModel.Meta):
        verbose_name = "comment on a section"
        verbose_name_plural = "comments on sections"
        constraints = [
            models.UniqueConstraint(
                fields=["summary", "section", "made_at"], name="a_section_is_commented_on_once_at_a_time"
            ),
            models.CheckConstraint(name="a_comment_on_a_section_has_words", condition=~Q(text="")),
        ]

    def __str__(self):
        return f"{self.summary}: {self.section}"


class Chase(TrackedModel):
    """That an agency was asked once more for its summary, by hand: when, by whom, and who was written to."""

    summary = models.ForeignKey(AgencySummary, models.PROTECT, related_name="chases", editable=False)
    chased_at = models.DateTimeField("Chased", editable=False)
    chased_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", editable=False, verbose_name="Chased by")
    told = models.TextField("Who was written to", editable=False)

    class Meta(TrackedModel.Meta):
        verbose_name = "chase of an agency"
        verbose_name_plural = "chases of agencies"

    def __str__(self):
        return f"{self.summary}: chased"
