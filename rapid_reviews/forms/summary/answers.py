"""The questions of the single agency summary, section by section, in the order of the paper form."""

from casework.forms import RecordForm
from design import forms
from design.forms import Fieldset, Layout
from rapid_reviews.models import AgencySummary

LONG = 8
"""Rows of the boxes that ask for more than a few sentences."""


class Narrative(RecordForm):
    """A section in which every question is answered at length."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = str(LONG)


class Involved(RecordForm):
    """The first question: it decides whether there is more than one page to answer."""

    class Meta:
        model = AgencySummary
        fields = ["involved"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["involved"]
        field.required, field.widget.inline = True, False
        field.help_text = (
            "Search your records for everybody listed above, other names included. Close associates count as well."
        )
        field.error_messages["required"] = "Select yes if your agency has had contact"
        field.widget.hints = {
            "yes": "You fill in the summary, section by section. It can be saved and continued later.",
            "no": "A nil return: one more page, and you are done.",
        }


class AboutTheAgency(RecordForm):
    reveals = {"independent": {"no": ["not_independent_why"]}}
    layout = Layout(
        Fieldset("The author", "author_name", "author_designation", "author_contact", "author_address"),
        "independent",
    )

    class Meta:
        model = AgencySummary
        fields = [
            "author_name",
            "author_designation",
            "author_contact",
            "author_address",
            "independent",
            "not_independent_why",
        ]
        labels = {
            "author_name": "Name",
            "independent": "Is the author independent of the work with the child?",
            "not_independent_why": "Why not",
        }
        help_texts = {
            "independent": "The author has not worked with the child, and does not manage anyone who has.",
        }

    subjects = {"not_independent_why": "why the author is not independent"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["independent"].required = False  # to save; queries.summary_gaps asks for it to send


class Family(RecordForm):
    class Meta:
        model = AgencySummary
        fields = ["family_matches"]
        help_texts = {
            "family_matches": "If they do not, or you hold more, add it above. It stands beside what is held.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["family_matches"].required = False  # to save; queries.summary_gaps asks for it to send


class Processes(RecordForm):
    class Meta:
        model = AgencySummary
        fields = ["criminal_process", "professional_process", "single_agency_process", "other_review"]


class AboutTheChild(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["pen_picture", "views_wishes", "presents", "life_is_like", "impact"]


class Involvement(Narrative):
    layout = Layout(
        Fieldset(
            "Whom the agency worked with",
            "involvement_with",
            "involvement_from",
            "involvement_until",
            "involvement_state",
        ),
        Fieldset("What it did", "key_periods"),
        Fieldset("The family", "about_parents", "about_siblings"),
    )

    class Meta:
        model = AgencySummary
        fields = [
            "involvement_with",
            "involvement_from",
            "involvement_until",
            "involvement_state",
            "key_periods",
            "about_parents",
            "about_siblings",
        ]
        labels = {
            "involvement_with": "With whom",
            "involvement_from": "From",
            "involvement_until": "Until, if it has ended",
            "involvement_state": "Is the case open or closed?",
        }

    subjects = {"involvement_from": "the first day", "involvement_until": "the last day"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("involvement_from", "involvement_until"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("involvement_from"), cleaned.get("involvement_until")
        if first and last and last < first:
            self.add_error("involvement_until", "The last day must be on or after the first day")
        return cleaned


class Practice(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["perspective", "worked_well", "worried_about"]
        help_texts = {
            "worried_about": "At the time of the event, and before it.",
        }


class Learning(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["lessons", "learning_for_other", "recommendations", "themes", "focus", "focus_detail"]
        help_texts = {"lessons": "The actions that follow are added below, one by one."}
