"""Forms: Django's own hooks (renderer, bound field), GOV.UK's markup and manner. crispy lays out, it never renders.

from design import forms

class IncidentForm(forms.ModelForm):
    layout = forms.Layout("outline", forms.Fieldset("When it happened", "date_precision", "happened_on"))
    reveals = {"date_precision": {"between": ["happened_until"]}}

    class Meta:
        model = Referral
        fields = ["outline", "date_precision", "happened_on", "happened_until"]
        not_known = ["happened_on"]
"""

from django.forms import BaseFormSet, HiddenInput, ValidationError, formset_factory

from design.forms.base import Form, ModelForm, question_for
from design.forms.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    DecimalField,
    EmailField,
    FileField,
    FilesField,
    IntegerField,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    TimeField,
    TypedChoiceField,
    YesNoField,
    as_kept,
    one_line,
    read_time,
    say_date,
    say_moment,
)
from design.forms.layout import HTML, Details, Fieldset, Heading, Inset, Layout, Paragraph, Warning
from design.forms.renderer import GovukBoundField, GovukRenderer
from design.forms.widgets import (
    Checkbox,
    Checkboxes,
    ConditionalRadios,
    DateBoxes,
    DateTimeBoxes,
    EmailInput,
    FileInput,
    FilesInput,
    NumberInput,
    Radios,
    Select,
    Textarea,
    TextInput,
    TimeText,
    flat,
    say_time,
)

__all__ = [
    "HTML",
    "BaseFormSet",
    "BooleanField",
    "CharField",
    "Checkbox",
    "Checkboxes",
    "ChoiceField",
    "ConditionalRadios",
    "DateBoxes",
    "DateField",
    "DateTimeBoxes",
    "DateTimeField",
    "DecimalField",
    "Details",
    "EmailField",
    "EmailInput",
    "Fieldset",
    "FileField",
    "FileInput",
    "FilesField",
    "FilesInput",
    "Form",
    "GovukBoundField",
    "GovukRenderer",
    "Heading",
    "HiddenInput",
    "Inset",
    "IntegerField",
    "Layout",
    "ModelChoiceField",
    "ModelForm",
    "ModelMultipleChoiceField",
    "MultipleChoiceField",
    "NumberInput",
    "Paragraph",
    "Radios",
    "Select",
    "TextInput",
    "Textarea",
    "TimeField",
    "TimeText",
    "TypedChoiceField",
    "ValidationError",
    "Warning",
    "YesNoField",
    "as_kept",
    "flat",
    "formset_factory",
    "one_line",
    "question_for",
    "read_time",
    "say_date",
    "say_moment",
    "say_time",
]
