"""What is asked when a date of a case is moved, or when one that cannot be moved is not kept."""

from casework.calendar_forms import FURTHEST
from deadlines import models
from design import forms

READ_BY = "Whoever may see the date or the timeline of the case reads it: no names."


def _length(model, name):
    return model._meta.get_field(name).max_length


class Why(forms.Form):
    reason = forms.CharField(
        label="Why?",
        rows=3,
        max_length=_length(models.Deadline, "extension_reason"),
        help_text=READ_BY,
        error_messages={"required": "Enter why"},
    )


class Agreed(Why):
    agreed_by = forms.CharField(
        label="Who agreed?",
        max_length=_length(models.Deadline, "extension_agreed_by"),
        error_messages={"required": "Enter who agreed"},
    )


class Extend(Agreed):
    due = forms.DateField(
        label="New date", earliest="today", latest=FURTHEST, error_messages={"required": "Enter the new date"}
    )
    field_order = ["due"]


class RecordDelay(forms.Form):
    reason = forms.CharField(
        label="Why is the date not kept?",
        rows=5,
        max_length=_length(models.Delay, "reason"),
        help_text=READ_BY,
        error_messages={"required": "Enter why the date is not kept"},
    )
    expected_on = forms.DateField(
        label="When is it expected now?", latest=FURTHEST, error_messages={"required": "Enter the day it is expected"}
    )
    letters = forms.CharField(
        label="Who was written to, and when?",
        rows=3,
        max_length=_length(models.Delay, "letters"),
        help_text="For example: letter to the National Panel, 8 January 2027.",
        error_messages={"required": "Enter who was written to, or that nobody was"},
    )
    review_on = forms.DateField(
        label="When is this looked at again?",
        earliest="today",
        help_text="It waits for you on that day.",
        error_messages={"required": "Enter the day this is looked at again"},
    )
