"""The names key of a case: what somebody is called where their name is not to be known."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from rapid_reviews.models.review import RapidReview
from trail.models import TrackedModel


class NameLabel(TrackedModel):
    """A neutral label of the key entered by hand, with the names it stands for, one a line.

    The family is in the key by itself; a label that is theirs already ("Mother") adds further names of the same person.
    """

    review = models.ForeignKey(RapidReview, models.PROTECT, related_name="name_labels", editable=False)
    label = models.CharField(
        "Neutral label", max_length=60, help_text="For example “GP 2” or “Neighbour”, or a label of the key."
    )
    names = models.TextField(
        "Names", help_text="Each way the name is written on a line of its own, the full name first."
    )

    class Meta(TrackedModel.Meta):
        verbose_name = "label of the names key"
        verbose_name_plural = "labels of the names key"
        constraints = [
            models.UniqueConstraint("review", Lower("label"), name="a_label_stands_once_in_a_key"),
            models.CheckConstraint(name="a_label_stands_for_a_name", condition=~Q(label="") & ~Q(names="")),
        ]

    def __str__(self):
        return self.label
