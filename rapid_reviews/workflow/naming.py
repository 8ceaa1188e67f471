"""The names key of a case: labels entered by hand."""

from casework.workflow import CannotProceed, transition
from partnership.permissions import Permission as P
from rapid_reviews.models import NameLabel, RapidReview
from trail import models as trail

UNFINISHED = (*RapidReview.OPEN, RapidReview.Status.SUBMITTED)


@transition(RapidReview, sources=UNFINISHED, target=None, permission=P.EDIT_REPORT, event=False)
def label_person(review, *, by, on, label, names):
    """This will enter a label of the names key, or replace the names that were entered for it.

    Not on the timeline: its words would be names. The label's history keeps who entered what.
    """
    names = list(dict.fromkeys(" ".join(name.split()) for name in names.splitlines() if name.strip()))
    if not names:
        raise CannotProceed(("names", "Enter at least one name"))
    if any(name.casefold() == label.casefold() for name in names):
        raise CannotProceed(("label", "A label that is the name itself hides nothing"))
    row = review.name_labels.filter(label__iexact=label).first() or NameLabel(review=review, label=label)
    row.names = "\n".join(names)
    trail.save(row, by=by, on=on, reason="label_person")


@transition(RapidReview, sources=UNFINISHED, target=None, permission=P.EDIT_REPORT, event=False)
def remove_label(review, *, by, on, row):
    """This will take what was entered by hand for a label off the names key; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_label")
