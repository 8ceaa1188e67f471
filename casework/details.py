"""The answers of a record as rows of a summary list: one way for pages, report and PDF."""

from typing import NamedTuple

from django.db import models
from django.utils import timezone

from access.models import Address
from design.forms import say_date, say_moment, say_time

NOT_GIVEN = "Not given"


class Row(NamedTuple):
    """One question and its answer."""

    field: str
    label: str
    value: str
    given: bool


def rows(record, names, *, sees_confidential, only_given=False):
    """This will return the named fields of a record as `Row`s; unanswered ones say "Not given" (or are left out)."""
    found = []
    for name in names:
        field = record._meta.get_field(name)
        value = in_words(record, field, sees_confidential=sees_confidential)
        why = (getattr(record, "not_known", None) or {}).get(name)
        if not value and why:
            value = f"Not known: {why}"
        if value or not only_given:
            label = str(field.verbose_name)
            found.append(Row(name, label[:1].upper() + label[1:], value or NOT_GIVEN, bool(value)))
    return found


def in_words(record, field, *, sees_confidential):
    """This will write one answer as it is read: labels for codes, civil dates, an address only where it may be seen."""
    value = getattr(record, field.name)
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, Address):
        return value.shown_to(sees_confidential)
    if base := getattr(field, "base_field", None):
        labels = dict(base.flatchoices)
        return "\n".join(str(labels.get(code, code)) for code in value)
    if field.choices:
        return str(getattr(record, f"get_{field.name}_display")())
    if isinstance(field, models.DateTimeField):
        return say_moment(timezone.localtime(value))
    if isinstance(field, models.DateField):
        return say_date(value)
    if isinstance(field, models.TimeField):
        return say_time(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
