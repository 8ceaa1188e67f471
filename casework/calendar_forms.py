"""What is asked when a day is entered or taken out of the calendar, or a local length is set."""

from datetime import date

from deadlines import models, rules
from design import forms

FURTHEST = date(2040, 12, 31)
"""The calendar ends here: a date beyond it is refused rather than guessed."""


def _length(model, name):
    return model._meta.get_field(name).max_length


class AddDay(forms.Form):
    """A bank holiday or a closure day. What it moves is said before it is entered."""

    day = forms.DateField(
        label="Which day?", earliest=date(2011, 1, 1), latest=FURTHEST, error_messages={"required": "Enter the day"}
    )
    name = forms.CharField(
        label="What is it called?",
        max_length=_length(models.BankHoliday, "name"),
        error_messages={"required": "Enter what the day is called"},
    )


class Withdraw(forms.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=200,
        help_text="Everybody whose date moves is told it.",
        error_messages={"required": "Enter why"},
    )


class TakeBack(forms.Form):
    reason = forms.CharField(label="Why?", max_length=200, error_messages={"required": "Enter why"})


class OwnLength(forms.Form):
    """The partnership's own length of a local timescale."""

    number = forms.IntegerField(
        label="How many?", min_value=1, max_value=400, error_messages={"required": "Enter how many"}
    )
    by_time = forms.TimeField(
        label="By what time of day?", required=False, help_text="Leave it empty for the end of the day."
    )
    in_force_from = forms.DateField(
        label="For cases opened from which day on?",
        earliest="tomorrow",
        latest=FURTHEST,
        help_text="Cases opened before keep the length they had.",
        error_messages={"required": "Enter the first day"},
    )
    reason = forms.CharField(
        label="By whose decision?",
        max_length=200,
        help_text="It stands as the basis on “why this date?”. For example: agreed by the partners on 4 January 2027.",
        error_messages={"required": "Enter by whose decision"},
    )


YEARS = [str(year) for year in range(2011, FURTHEST.year + 1)]


class DayFilters(forms.Form):
    """The filters of a list of days."""

    year = forms.ChoiceField(
        label="Year",
        required=False,
        choices=[(year, year) for year in YEARS],
        widget=forms.Select(empty_label="This year and later"),
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("in_force", "Counts"), ("withdrawn", "Taken out")],
        widget=forms.Select(empty_label="Any"),
    )


def unit_of(rule):
    """This will say what a rule's length is counted in."""
    return "working days (Day N)" if rule.unit == rules.Unit.DAY_OF_REVIEW else rule.unit.replace("_", " ")
