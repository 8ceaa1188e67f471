"""What the pages of the names key ask."""

from casework.forms import RecordForm
from design import forms
from rapid_reviews.models import NameLabel

TO_LABELS, BACK = "labels", "names"


class LabelOfPerson(RecordForm):
    """A label and the names it stands for."""

    class Meta:
        model = NameLabel
        fields = ["label", "names"]
        error_messages = {
            "label": {"required": "Enter the neutral label"},
            "names": {"required": "Enter at least one name"},
        }

    def validate_constraints(self):
        """A label that is there already gets these names: the workflow sees to it."""


class ReplaceNames(forms.Form):
    """A text, and which way its names are to go."""

    text = forms.CharField(label="Text", rows=10, error_messages={"required": "Enter the text"})
    way = forms.ChoiceField(
        label="What to do",
        choices=[(TO_LABELS, "Put labels in place of names"), (BACK, "Put names back in place of labels")],
        widget=forms.Radios,
        error_messages={"required": "Select what to do"},
    )
