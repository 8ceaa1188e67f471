"""The lists of rapid reviews and of single agency summaries."""

from deadlines import words
from design import forms
from design.lists import Column, Listing
from rapid_reviews.models import AgencySummary, RapidReview


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
