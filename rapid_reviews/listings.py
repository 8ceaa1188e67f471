"""The lists of rapid reviews and of single agency summaries."""

from django.db.models import Q
from django.utils.text import Truncator

from deadlines import words
from design import forms
from design.lists import Column, Listing
from partnership import codes
from rapid_reviews.chronology_file import LABELS
from rapid_reviews.models import AgencySummary, RapidReview
from rapid_reviews.queries import in_period, number_of, when, with_words


class ReviewFilters(forms.Form):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=RapidReview.Status.choices,
        widget=forms.Select(empty_label="Any status"),
    )


class SummaryFilters(forms.Form):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=AgencySummary.Status.choices,
        widget=forms.Select(empty_label="Any status"),
    )


def reviews(*, now, calendar):
    """This will return the list of rapid reviews as it stands at `now`, days counted in this calendar."""

    def day(row):
        report = next((each for each in row.case.report_deadlines if each.reference == row.reference), None)
        return words.day_words_of_review(report, now, calendar) if report else ""

    return Listing(
        name="rapid-reviews",
        nouns=("rapid review", "rapid reviews"),
        columns=[
            Column("Reference", "reference", sort="reference", url=lambda row: row.get_absolute_url()),
            Column("Status", "get_status_display", sort="status"),
            Column("Day", day),
            Column("Due (local date)", "due_at", sort="due_at", kind="date"),
            Column("Chair", "chair.full_name", sort="chair__full_name"),
        ],
        filters=ReviewFilters,
        filter_by={"status": "status"},
        order="due_local_date",
    )


SUMMARIES = Listing(
    name="summaries",
    nouns=("single agency summary", "single agency summaries"),
    columns=[
        Column("Reference", "reference", sort="reference", url=lambda row: row.get_absolute_url()),
        Column("Agency", "agency.name", sort="agency__name"),
        Column("Status", "get_status_display", sort="status"),
        Column("Asked", "asked_at", sort="asked_at", kind="date"),
        Column("Due", "due_at", sort="due_at", kind="date"),
    ],
    filters=SummaryFilters,
    filter_by={"status": "status"},
    order="-asked",
)
"""What a person's agencies were asked for, and what they were asked to approve."""


def combined(agencies, say=str):
    """This will return the list of the combined chronology: its filters, and its files.

    `agencies` are those that returned an event, as (key, name). `say` puts every text in other words (names as labels).
    """

    class Filters(forms.Form):
        agency = forms.MultipleChoiceField(label="Agencies", required=False, choices=agencies)
        person = forms.CharField(label="Person", required=False, width=20)
        text = forms.CharField(label="Text", required=False, width=20)
        significance = forms.ChoiceField(
            label="Significance",
            required=False,
            choices=codes.choices("significance"),
            widget=forms.Select(empty_label="Any significance"),
        )
        since = forms.DateField(label="From", required=False)
        until = forms.DateField(label="To", required=False)
        names = forms.ChoiceField(
            label="Names",
            required=False,
            choices=[(LABELLED, "As neutral labels")],
            widget=forms.Select(empty_label="As they are written"),
        )

    def told(name):
        return lambda row: say(getattr(row, name))

    return Listing(
        name="combined-chronology",
        nouns=("event", "events"),
        columns=[
            Column("Agency", "summary.agency.name"),
            Column(LABELS["date"], told("date_as_written")),
            Column(LABELS["first_day"], "starts_on", kind="date"),
            Column(LABELS["last_day"], "ends_on"),
            Column(LABELS["time_of_day"], "starts_at_time"),
            Column(LABELS["precision"], "get_precision_display"),
            Column(LABELS["source"], told("source")),
            Column(LABELS["who"], told("who")),
            Column(LABELS["child_seen"], "get_child_seen_display"),
            Column(LABELS["what_happened"], told("what_happened")),
            Column(LABELS["what_was_done"], told("what_was_done")),
            Column(LABELS["childs_voice"], told("childs_voice")),
            Column(LABELS["significance"], "get_significance_display"),
            Column(LABELS["analysis"], told("analysis")),
        ],
        filters=Filters,
        filter_by={
            "agency": "summary__agency",
            "person": lambda rows, text: with_words(rows, text, of=("who", "what_happened", "what_was_done")),
            "text": with_words,
            "significance": "significance",
            "since": lambda rows, day: in_period(rows, first=day),
            "until": lambda rows, day: in_period(rows, last=day),
            "names": lambda rows, _: rows,
        },
        per_page=50,
    )


LABELLED = "labels"
"""How the address asks for labels in place of names."""


class EventFilters(forms.Form):
    text = forms.CharField(label="Text", required=False, width=20)
    significance = forms.ChoiceField(
        label="Significance",
        required=False,
        choices=codes.choices("significance"),
        widget=forms.Select(empty_label="Any significance"),
    )


def _found(rows, text):
    return rows.filter(
        *[
            Q(what_happened__icontains=word) | Q(what_was_done__icontains=word) | Q(who__icontains=word)
            for word in text.split()
        ]
    )


def _date(row):
    meant = when(row)
    return meant if meant == row.date_as_written else f"{row.date_as_written} ({meant})"


EVENTS = Listing(
    name="chronology",
    nouns=("event", "events"),
    columns=[
        Column(LABELS["date"], "date_as_written", show=_date),
        Column(LABELS["first_day"], "starts_on", sort="starts_on", kind="date", shown=False),
        Column(LABELS["last_day"], "ends_on", shown=False),
        Column(LABELS["time_of_day"], "starts_at_time", shown=False),
        Column(LABELS["precision"], "get_precision_display", shown=False),
        Column(LABELS["source"], "source", sort="source"),
        Column(LABELS["who"], "who"),
        Column(LABELS["child_seen"], "get_child_seen_display"),
        Column(LABELS["what_happened"], "what_happened", show=lambda row: Truncator(row.what_happened).words(30)),
        Column(LABELS["what_was_done"], "what_was_done", shown=False),
        Column(LABELS["childs_voice"], "childs_voice", shown=False),
        Column(LABELS["significance"], "get_significance_display"),
        Column(LABELS["analysis"], "analysis", shown=False),
        Column(LABELS["row_key"], number_of, shown=False),
    ],
    filters=EventFilters,
    filter_by={"text": _found, "significance": "significance"},
    order="first_day",
    per_page=50,
    empty="There is no event.",
)
"""The chronology of one agency. Its files say every column of an event: an import takes them again unchanged."""
