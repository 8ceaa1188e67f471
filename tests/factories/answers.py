"""Answers to a form, all of them: each text is a marker of its own, so that a test can say where it turns up.

A marker names its field and ends in letters and digits that stand nowhere else: `MRK-outline-3f9a01c2`. Where a column
is short, or its shape is fixed, those letters and digits are all there is.
"""

import zlib
from datetime import date, time, timedelta

from django.db import models

from access.models import Address

# Codes that make sense together where the first of the list would not.
CHOSEN = {
    "la_residence": "E08000004",
    "la_incident": "E08000004",
    "placing_la": "E08000005",
    "nature": "death",
    "circumstance": "death_maltreatment_family",
    "care_status": "looked_after",
    "plan": "child_protection",
    "la_reported": "being_considered",
}
FIRST_DAY = date(2011, 1, 9)


def code_of(*parts):
    """This will return eight letters and digits for these parts, the same each time."""
    return f"{zlib.crc32('|'.join(parts).encode()):08x}"


def marker(*parts, longest=None):
    """This will return a text that stands nowhere else, cut to fit its column."""
    code = f"q{code_of(*parts)}"
    text = f"MRK-{parts[-1]}-{code}"
    return text if longest is None or len(text) <= longest else code[:longest]


def answers_for(form_class, *tags, **given):
    """This will return values for every field a form asks, as `workflow.fill_in` takes them; `given` overrides."""
    model = form_class._meta.model
    values = {name: answer_to(model._meta.get_field(name), *tags) for name in form_class.shown_fields()}
    if wanted := getattr(form_class._meta, "not_known", ()):
        values["not_known"] = {}
        given = {name: value for name, value in given.items() if name not in wanted or value != "not known"} | {
            name: "" for name in wanted if given.get(name) == "not known"
        }
        values["not_known"] = {name: marker(*tags, name, "why") for name in wanted if given.get(name) == ""}
    return values | given


def answers_to_all(form_classes, *tags, **given):
    """This will return values for every field of several forms; of `given`, each form takes what it asks."""
    values = {}
    for form_class in form_classes:
        asked = form_class.shown_fields()
        values |= answers_for(form_class, *tags, **{name: each for name, each in given.items() if name in asked})
    return values


def answer_to(field, *tags):
    """This will return one plausible answer to one model field."""
    parts = (*tags, field.model.__name__, field.name)
    if field.related_model is Address:
        return {"text": marker(*parts), "postcode": marker(*parts, "pc", longest=9).upper(), "confidential": False}
    if base := getattr(field, "base_field", None):
        codes = [code for code, _ in base.flatchoices if code != "other"]
        return codes[:2]
    if field.choices:
        return CHOSEN.get(field.name) or next(code for code, _ in field.flatchoices if code not in ("", "other"))
    if isinstance(field, models.DateTimeField):
        raise TypeError(f"{field} is a moment: give it")
    if isinstance(field, models.DateField):
        return FIRST_DAY + timedelta(days=int(code_of(*parts), 16) % 2000)
    if isinstance(field, models.TimeField):
        return time(int(code_of(*parts), 16) % 24, 37)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.EmailField):
        return f"{marker(*parts, longest=20)}@thistledown.example"
    if isinstance(field, models.IntegerField):
        return 43
    return marker(*parts, longest=field.max_length)
