"""The lists of rapid reviews and of single agency summaries."""

from django.db.models import Q
from django.utils.text import Truncator

from deadlines import words
from design import forms
from design.lists import Column, Listing
from partnership import codes
from rapid_reviews.chronology_file import LABELS
from rapid_reviews.models import AgencySummary, RapidReview
from rapid_reviews.queries import number_of, when


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
