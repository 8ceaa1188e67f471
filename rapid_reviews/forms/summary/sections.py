"""The sections of the summary: their questions, their rows, their order."""

from dataclasses import dataclass

from rapid_reviews.forms.summary.answers import (
    AboutTheAgency,
    AboutTheChild,
    Family,
    Involvement,
    Learning,
    Practice,
    Processes,
)
from rapid_reviews.forms.summary.rows import CorrectionForm, EventForm, LessonActionForm, PractitionerForm


@dataclass(frozen=True)
class RowKind:
    """What a summary has any number of: each is a page of its own."""

    slug: str
    form: type
    related: str
    singular: str
    plural: str
    order: tuple = ("pk",)

    @property
    def model(self):
        return self.form._meta.model

    def of(self, summary):
        """This will return the rows of a summary, in their order."""
        return getattr(summary, self.related).order_by(*self.order)


@dataclass(frozen=True)
class Section:
    """One section of the summary: a page of questions, or a list of rows, or both."""

    slug: str
    title: str
    form: type = None
    rows: RowKind = None
    hint: str = ""
    needed: bool = True


SECTIONS = (
    Section("agency", "Agency and declaration", AboutTheAgency),
    Section(
        "family",
        "Family and significant others",
        Family,
        rows=RowKind(
            "correction",
            CorrectionForm,
            "family_corrections",
            "correction or addition",
            "corrections and additions",
        ),
    ),
    Section(
        "processes",
        "Other processes and investigations",
        Processes,
        hint="Those you know of that are taking place in relation to the case. Leave empty what you do not know of.",
        needed=False,
    ),
    Section(
        "chronology",
        "Chronology of involvement",
        rows=RowKind("event", EventForm, "events", "event", "events", order=("starts_on", "starts_at_time", "pk")),
    ),
    Section("child", "About the child", AboutTheChild),
    Section("involvement", "Summary of involvement", Involvement),
    Section("practice", "Practice", Practice),
    Section(
        "learning",
        "Learning",
        Learning,
        rows=RowKind("action", LessonActionForm, "lesson_actions", "action", "actions"),
    ),
    Section(
        "practitioners",
        "Involved practitioners",
        rows=RowKind(
            "practitioner", PractitionerForm, "practitioners", "involved practitioner", "involved practitioners"
        ),
        hint="Who worked with the family, whether you spoke to them, and whether they agree that the text is fair. "
        "They need no account.",
        needed=False,
    ),
)
ROWS = {section.rows.slug: section.rows for section in SECTIONS if section.rows}


def section_of(slug):
    """This will return the section of this slug, or None."""
    return next((section for section in SECTIONS if section.slug == slug), None)


def section_of_rows(kind):
    """This will return the section that lists this kind of row."""
    return next(section for section in SECTIONS if section.rows is kind)
