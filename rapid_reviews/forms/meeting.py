"""The record of the rapid review meeting: its pages in the order of the agenda, people, views and actions."""

from dataclasses import dataclass

from casework import versions
from casework.forms import RecordForm
from design import forms
from partnership import codes
from partnership.models import Agency
from rapid_reviews.models import Action, Attendance, Meeting

SHORT = 4
"""Rows of the boxes that take a few sentences."""


class MeetingForm(RecordForm):
    """A page of the record: nothing is required to save it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = str(SHORT)


class WhenAndWhere(MeetingForm):
    layout = forms.Layout(
        "held_on",
        "began_at",
        "ended_at",
        "place",
        "chaired_by",
        "note_taker",
        forms.Fieldset("At the beginning", "confidentiality_read", "conflicts_asked", "conflicts"),
        forms.Fieldset("What was missing", "moved_reason", "agencies_not_represented"),
    )

    class Meta:
        model = Meeting
        fields = [
            "held_on",
            "began_at",
            "ended_at",
            "place",
            "chaired_by",
            "note_taker",
            "confidentiality_read",
            "conflicts_asked",
            "conflicts",
            "moved_reason",
            "agencies_not_represented",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held_on"].latest = "today"

    def clean(self):
        cleaned = super().clean()
        began, ended = cleaned.get("began_at"), cleaned.get("ended_at")
        if began and ended and ended < began:
            self.add_error("ended_at", "The meeting cannot have ended before it began")
        return cleaned


class Facts(MeetingForm):
    class Meta:
        model = Meeting
        fields = ["the_case", "parallel", "immediate_concerns", "involvement"]


class Discussion(MeetingForm):
    class Meta:
        model = Meeting
        fields = ["thoughts", "worried_about", "worked_well", "to_share", "emerging"]


class NextSteps(MeetingForm):
    reveals = {"unanimous": {"no": ["dissent"]}}

    class Meta:
        model = Meeting
        fields = ["threshold", "recommends_lcspr", "unanimous", "dissent", "recommendations"]
        help_texts = {"dissent": "Who does not agree, of which agency, and why."}


class RowsForm(forms.Form):
    """One page over many rows: the same few questions about each of them, named QUESTION_KEY."""

    names = ()
    """The columns each row is asked."""

    def __init__(self, data=None, files=None, *, rows, **kwargs):
        super().__init__(data, files, **kwargs)
        self.rows = list(rows)
        self._version = " ".join(f"{row.pk}:{versions.fingerprint(row, self.names)}" for row in self.rows)
        for row in self.rows:
            self.fields |= {f"{name}_{row.pk}": field for name, field in self.ask(row).items()}

    def ask(self, row):
        """The questions about one row, by column."""
        raise NotImplementedError

    def version(self):
        """This will return what the page sends back: a fingerprint of each row it shows."""
        return self._version

    def changes(self):
        """This will yield (row, its answers, what the page showed of it) for every row that was on the page."""
        shown = dict(each.split(":", 1) for each in self.data.get("version", "").split() if ":" in each)
        for row in self.rows:
            if str(row.pk) in shown:
                values = {name: self.cleaned_data.get(f"{name}_{row.pk}") or "" for name in self.names}
                yield row, values, versions.Seen(self.names, shown[str(row.pk)])

    def in_words(self):
        """This will return {field: (question, answer as it is read)} of what was typed, or of what is saved."""
        found = {}
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name) if self.is_bound else field.initial
            found[name] = (field.label, str(dict(getattr(field, "choices", ())).get(value, value) or ""))
        return found


class People(RowsForm):
    names = ("attended", "in_place")

    def ask(self, row):
        return {
            "attended": forms.ChoiceField(
                label=f"{row}, {row.agency}" if row.agency else str(row),
                choices=codes.choices("attendance"),
                required=False,
                initial=row.attended,
                widget=forms.Radios(reveals={"substitute": [f"in_place_{row.pk}"]}, small=True),
            ),
            "in_place": forms.CharField(
                label=f"Who came in place of {row}", max_length=200, required=False, initial=row.in_place
            ),
        }


class Views(RowsForm):
    names = ("view", "rationale")

    def ask(self, row):
        who = row.in_place or str(row)
        return {
            "view": forms.ChoiceField(
                label=f"{who}, {row.agency}" if row.agency else who,
                choices=codes.choices("lcspr_view"),
                required=False,
                initial=row.view,
                widget=forms.Radios(small=True),
            ),
            "rationale": forms.CharField(
                label=f"Rationale of {who}", max_length=10_000, required=False, initial=row.rationale, rows=3
            ),
        }


class Person(RecordForm):
    """Somebody who was invited and is not on the rapid review panel: a referrer without an account, a note-taker."""

    class Meta:
        model = Attendance
        fields = ["name", "agency", "role", "attended", "in_place", "view", "rationale"]

    reveals = {"attended": {"substitute": ["in_place"]}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(replaced_by=None).order_by("name")
        self.fields["name"].error_messages["required"] = "Enter the person’s name"


class ActionForm(RecordForm):
    """A SMART action: specific, with an outcome, somebody who leads it, and a date."""

    class Meta:
        model = Action
        fields = ["action", "outcome", "lead_officer", "due_on", "immediate"]
        labels = {"due_on": "By when"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, message in {
            "action": "Enter the action",
            "outcome": "Enter the outcome it should have",
            "lead_officer": "Enter who leads it",
            "due_on": "Enter by when it is to be done",
        }.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message


@dataclass(frozen=True)
class Group:
    """A page of the record: over the meeting itself, over all its people at once, or a list of rows."""

    slug: str
    title: str
    form: type = None
    rows: str = ""
    """The kind of rows that are added on it."""
    hint: str = ""


@dataclass(frozen=True)
class MeetingRow:
    """Rows of the record: each on a page of its own."""

    slug: str
    form: type
    related: str
    singular: str

    @property
    def model(self):
        return self.form._meta.model


GROUPS = (
    Group("when", "When, where and who", WhenAndWhere),
    Group(
        "people",
        "Who attended",
        People,
        rows="person",
        hint="Everybody of the rapid review panel is listed. Add anybody else who was invited.",
    ),
    Group("facts", "Facts about the case", Facts, hint="Notes of the agenda’s first part."),
    Group("discussion", "Discussion", Discussion),
    Group(
        "views",
        "Each member’s view",
        Views,
        hint="Does the case meet the criteria for an LCSPR? The view of everybody who was there, and why.",
    ),
    Group("actions", "SMART actions", rows="action", hint="What was agreed: specific, with an outcome and a date."),
    Group("next-steps", "Next steps", NextSteps),
)
"""The pages of the record, in the order of the meeting."""

MEETING_ROWS = {
    "person": MeetingRow("person", Person, "attendances", "person invited"),
    "action": MeetingRow("action", ActionForm, "actions", "action"),
}
