"""What is asked while the report is written: its sections, its analysis, the recommendation, and comments on it."""

from dataclasses import dataclass

from casework.forms import RecordForm
from design import forms
from rapid_reviews.models import (
    HEADINGS,
    PARTS,
    SECTION_HINTS,
    AnalysisBranch,
    KeyEpisode,
    Recommendation,
    ReportSection,
)


class SectionText(RecordForm):
    """The text of one section."""

    class Meta:
        model = ReportSection
        fields = ["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field, number = self.fields["text"], self.instance.section
        field.label, field.help_text = f"{number} {HEADINGS[number]}", SECTION_HINTS.get(number, "")
        field.widget.attrs["rows"] = "18"


class AreaOfConcern(RecordForm):
    class Meta:
        model = AnalysisBranch
        fields = ["concern", "cause", "effect"]
        help_texts = {
            "concern": "A problem area that the review identified.",
            "cause": "What influenced the incident, or individual or agency practice.",
            "effect": "What followed from it for practice, and for the child.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["concern"].error_messages["required"] = "Enter the area of concern"


class Episode(RecordForm):
    class Meta:
        model = KeyEpisode
        fields = ["dates", "what", "why", "shows"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dates"].error_messages["required"] = "Enter the dates of the episode"
        self.fields["what"].error_messages["required"] = "Enter what happened"


@dataclass(frozen=True)
class AnalysisKind:
    """A kind of row of the analysis (2.2e)."""

    slug: str
    form: type
    related: str
    singular: str
    article: str

    @property
    def model(self):
        return self.form._meta.model


ANALYSIS = {
    "concern": AnalysisKind("concern", AreaOfConcern, "branches", "area of concern", "an"),
    "episode": AnalysisKind("episode", Episode, "episodes", "key practice episode", "a"),
}


class RecommendationForm(RecordForm):
    reveals = {"unanimous": {"no": ["dissent"]}, "national_importance": {"yes": ["national_issues"]}}
    layout = forms.Layout(
        forms.Fieldset("2.4c Recommendation", "outcome", "rationale", "criteria", "circumstances", "unanimous"),
        forms.Fieldset(
            "If a review or an audit is recommended",
            "method",
            "timescales",
            "period",
            "lines_of_enquiry",
            "agencies",
        ),
        forms.Fieldset("2.4d Issues of national importance", "national_importance"),
        forms.Fieldset("2.4e If there is no LCSPR", "learning_shared"),
        forms.Fieldset("2.4f The family", "share_with_family", "family_why"),
    )

    class Meta:
        model = Recommendation
        fields = [
            "outcome",
            "rationale",
            "criteria",
            "circumstances",
            "unanimous",
            "dissent",
            "method",
            "timescales",
            "period",
            "lines_of_enquiry",
            "agencies",
            "national_importance",
            "national_issues",
            "learning_shared",
            "share_with_family",
            "family_why",
        ]
        labels = {"national_issues": "Which issues", "learning_shared": "How is the learning shared, by whom and when?"}
        help_texts = {
            "criteria": "These must be taken into account (SI 2018/789 regulation 11).",
            "circumstances": "Regard must be had to these (SI 2018/789 regulation 11).",
            "dissent": "Who does not agree, of which agency, and why.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].widget = forms.Radios(choices=self.fields["outcome"].choices)


class Deciles(forms.Form):
    """The deprivation decile of each address of the family; a confidential one is not asked for."""

    NOT_KNOWN = "not_known"
    CHOICES = [
        ("1", "1 (most deprived)"),
        *((str(number), str(number)) for number in range(2, 10)),
        ("10", "10 (least deprived)"),
        (NOT_KNOWN, "Not known"),
    ]

    def __init__(self, data=None, files=None, *, people, held, edition, **kwargs):
        super().__init__(data, files, **kwargs)
        self.addresses = {}
        for person, _, address in people:
            if address and not address.confidential:
                self.addresses.setdefault(address.shown_to(False), []).append((person, address))
        self.fields["edition"] = forms.CharField(
            label="Edition of the index",
            max_length=100,
            initial=edition,
            error_messages={"required": "Enter the edition of the index"},
        )
        for number, (words, lived) in enumerate(self.addresses.items(), 1):
            row = next((held[address.pk] for _, address in lived if address.pk in held), None)
            self.fields[f"decile_{number}"] = forms.ChoiceField(
                label=f"Decile of {', '.join(words.splitlines())}",
                help_text=f"Address of {', '.join(str(person) for person, _ in lived)}",
                choices=self.CHOICES,
                required=False,
                initial=(str(row.decile) if row.decile else self.NOT_KNOWN) if row else "",
                widget=forms.Select(choices=self.CHOICES),
            )

    def clean(self):
        if self.addresses and not any(self.cleaned_data.get(name) for name in self.fields if name != "edition"):
            self.add_error("decile_1", "Select a decile, or “Not known”, for at least one address")
        return self.cleaned_data

    def arguments(self):
        """This will return what `workflow.edit_deciles` takes."""
        deciles = {}
        for number, lived in enumerate(self.addresses.values(), 1):
            chosen = self.cleaned_data[f"decile_{number}"]
            if chosen:
                decile = None if chosen == self.NOT_KNOWN else int(chosen)
                deciles |= {address: decile for _, address in lived}
        return {"deciles": deciles, "edition": self.cleaned_data["edition"]}


class Comment(forms.Form):
    """A panel member agrees the draft, or says something about one section or the whole."""

    AGREE, COMMENT = "agree", "comment"
    WHOLE = ("", "The whole report")

    answer = forms.ChoiceField(
        label="Do you agree the draft?",
        choices=[(AGREE, "I agree the draft"), (COMMENT, "I have a comment")],
        widget=forms.Radios,
        error_messages={"required": "Select whether you agree the draft or have a comment"},
    )
    section = forms.ChoiceField(label="About which section?", required=False, widget=forms.Select(empty_label=""))
    text = forms.CharField(label="Your comment", rows=6, max_length=20_000, required=False)
    reveals = {"answer": {COMMENT: ["section", "text"]}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [
            self.WHOLE,
            *((number, f"{number} {heading}") for number, heading in HEADINGS.items()),
            ("3", "3 Safeguarding partners’ decision"),
        ]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == self.COMMENT and not cleaned.get("text"):
            self.add_error("text", "Enter your comment")
        return cleaned

    def arguments(self):
        """This will return what `workflow.comment` takes."""
        agrees = self.cleaned_data["answer"] == self.AGREE
        return {
            "agrees": agrees,
            "section": "" if agrees else self.cleaned_data["section"],
            "text": "" if agrees else self.cleaned_data["text"],
        }


def heading_of(section):
    """This will say a section as a comment names it."""
    if not section:
        return Comment.WHOLE[1]
    return f"{section} {HEADINGS.get(section) or PARTS.get(section) or 'Safeguarding partners’ decision'}"
