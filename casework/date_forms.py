"""What is asked when a date of a case is moved, or when one that cannot be moved is not kept."""

from deadlines import models
from design import forms


def _length(model, name):
    return model._meta.get_field(name).max_length


class Extend(forms.Form):
    due = forms.DateField(label="New date", earliest="today", error_messages={"required": "Enter the new date"})
    reason = forms.CharField(
        label="Why is it extended?",
        rows=3,
        max_length=_length(models.Deadline, "extension_reason"),
        help_text="It stands on the case’s timeline: no names.",
        error_messages={"required": "Enter why it is extended"},
    )
    agreed_by = forms.CharField(
        label="Who agreed?",
        max_length=_length(models.Deadline, "extension_agreed_by"),
        error_messages={"required": "Enter who agreed"},
    )


class Pause(forms.Form):
    reason = forms.CharField(
        label="Why does it stand still?",
        rows=3,
        max_length=_length(models.Pause, "reason"),
        help_text="For example: a criminal trial is running. It stands on the case’s timeline: no names.",
        error_messages={"required": "Enter why it stands still"},
    )
    agreed_by = forms.CharField(
        label="Who agreed?",
        max_length=_length(models.Pause, "agreed_by"),
        error_messages={"required": "Enter who agreed"},
    )


class Resume(forms.Form):
    reason = forms.CharField(
        label="Why does it go on?",
        rows=3,
        max_length=300,
        help_text="It stands on the case’s timeline: no names.",
        error_messages={"required": "Enter why it goes on"},
    )


class RecordDelay(forms.Form):
    reason = forms.CharField(
        label="Why is the date not kept?",
        rows=5,
        max_length=_length(models.Delay, "reason"),
        help_text="It stands on the case’s timeline: no names.",
        error_messages={"required": "Enter why the date is not kept"},
    )
    expected_on = forms.DateField(
        label="When is it expected now?", error_messages={"required": "Enter the day it is expected"}
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
