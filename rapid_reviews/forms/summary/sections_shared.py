"""Sharing the sections of a summary, and the comments on them with which it is sent back."""

from casework.forms import Reason
from design import forms
from design.forms import Fieldset, Layout, say_date
from partnership.models import User
from rapid_reviews.forms.summary.sections import SECTIONS

LONGEST_COMMENT = 5000


class GiveSection(forms.Form):
    """Who writes a section, and until when, if that is before the summary's own date."""

    subjects = {"due_on": "the date it is due"}

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who writes it?",
        help_text="Somebody of your agency with an account. They read the request, the family’s details and the rest "
        "of the summary, and write this section alone. They are told by e-mail.",
        error_messages={"required": "Select who writes it"},
    )
    due_on = forms.DateField(label="Due on", required=False, earliest="today")

    def __init__(self, *args, people, due, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        last = f" That is {say_date(due)}." if due else ""
        self.fields["due_on"].help_text = f"Leave it empty if it is due when the summary is.{last}"


class SendBack(Reason):
    """Why a summary comes back, and a comment for each section that needs one."""

    PREFIX = "section_"
    layout = Layout(
        "reason",
        Fieldset("Comments on sections, where one is needed", *(f"section_{section.slug}" for section in SECTIONS)),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What is missing or unclear?"
        self.fields["reason"].help_text = "About the whole summary."
        for section in SECTIONS:
            self.fields[f"{self.PREFIX}{section.slug}"] = forms.CharField(
                label=section.title, required=False, rows=2, max_length=LONGEST_COMMENT
            )

    def clean(self):
        """The comments by section, those that were given."""
        cleaned = super().clean() or self.cleaned_data
        slugs = [name for name in cleaned if name.startswith(self.PREFIX)]
        comments = {name.removeprefix(self.PREFIX): cleaned.pop(name) for name in slugs}
        return cleaned | {"comments": {slug: text for slug, text in comments.items() if text}}
