"""Who changed what in a case: every tracked value before and after, read out of the column history."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db.models import CharField, ForeignKey, OuterRef, Subquery, Value

from access.models import Address, Case
from casework import details
from casework.models import NameMatch
from trail.models import TrackedModel

NEVER_TOLD = {"id", "version", "case"}
"""Columns that say nothing to a reader: numbers of rows, the count of saves, and the case that is looked at."""

WHAT = {"+": "Added", "~": "Changed", "-": "Removed"}


class Change(NamedTuple):
    """One save of one row: when, by whom, of what, and (label, before, after) of each value."""

    at: datetime
    who: str
    of: str
    what: str
    values: list


@cache
def ways_to_case():
    """This will return how every tracked model leads to its case: {model: lookup}, for those that do."""
    ways = {Case: "id"}
    models = [model for model in apps.get_models() if issubclass(model, TrackedModel)]
    found = True
    while found:
        found = {
            model: f"{field.name}__{ways[field.related_model]}" if field.related_model is not Case else field.name
            for model in models
            if model not in ways
            for field in reversed(model._meta.concrete_fields)
            if isinstance(field, ForeignKey) and field.related_model in ways
        }
        ways |= found
    return ways


def changes_of(case, *, reader, who="", since=None, until=None):
    """This will return every save in a case, the newest first: rows of (model, history id, moment, name, kind of save).

    `who` is part of a name; `since` and `until` are moments, the second exclusive. One query, however many models.
    Nobody reads (`reader`) that they themselves may be named in the case, and as what.
    """
    parts = []
    for model, way in ways_to_case().items():
        rows = model.history.filter(**{way: case.pk})
        if model is NameMatch:
            rows = rows.exclude(user=reader)
        if who:
            rows = rows.filter(history_user__full_name__icontains=who)
        if since:
            rows = rows.filter(history_date__gte=since)
        if until:
            rows = rows.filter(history_date__lt=until)
        label = Value(model._meta.label, output_field=CharField())
        columns = ("of_model", "history_id", "history_date", "history_user__full_name", "history_type")
        parts.append(rows.order_by().annotate(of_model=label).values_list(*columns))
    return parts[0].union(*parts[1:], all=True).order_by("-history_date", "-history_id", "of_model")


def explained(rows, *, sees_confidential):
    """This will return rows of `changes_of` as `Change`s, each value in words: at most two queries for each model."""
    wanted = defaultdict(list)
    for kind, history_id, *_ in rows:
        wanted[kind].append(history_id)
    saves = {kind: _with_the_one_before(apps.get_model(kind), ids) for kind, ids in wanted.items()}
    pairs = [(apps.get_model(kind), *saves[kind][history_id]) for kind, history_id, *_ in rows]
    words = _Words(pairs, sees_confidential=sees_confidential)
    return [
        Change(at, who or "the hub itself", _name(model, after), WHAT[kind_of_save], words.values(model, after, before))
        for (_, _, at, who, kind_of_save), (model, after, before) in zip(rows, pairs, strict=True)
    ]


def _with_the_one_before(model, ids):
    earlier = model.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    saves = list(model.history.filter(history_id__in=ids).annotate(earlier=Subquery(earlier.values("history_id")[:1])))
    before = {each.history_id: each for each in model.history.filter(history_id__in={each.earlier for each in saves})}
    return {each.history_id: (each, before.get(each.earlier)) for each in saves}


def _name(model, row):
    name = str(model._meta.verbose_name)
    return f"{name[:1].upper()}{name[1:]} {getattr(row, 'reference', '')}".strip()


class _Words:
    """Values as they are read. What they point to is fetched once for all of them, a query for each model."""

    def __init__(self, pairs, *, sees_confidential):
        self.sees_confidential = sees_confidential
        ids = defaultdict(set)
        for model, after, before in pairs:
            for field in _told(model):
                if isinstance(field, ForeignKey):
                    values = {getattr(row, field.attname) for row in (after, before) if row}
                    ids[field.related_model] |= values - {None}
        self.known = {model: model._base_manager.in_bulk(values) for model, values in ids.items() if values}

    def values(self, model, after, before):
        """This will list what a save changed: (label, before, after); of a first save, what was given."""
        if after.history_type == "-":
            return []
        found = []
        for field in _told(model):
            old, new = (self.of(row, field) if row else "" for row in (before, after))
            if old != new:
                label = str(field.verbose_name)
                found.append((label[:1].upper() + label[1:], old, new))
        return found

    def of(self, row, field):
        if not isinstance(field, ForeignKey):
            return details.in_words(row, field, sees_confidential=self.sees_confidential)
        known = self.known.get(field.related_model, {}).get(getattr(row, field.attname))
        if known is None:
            return ""
        return known.shown_to(self.sees_confidential) if isinstance(known, Address) else str(known)


@cache
def _told(model):
    return [field for field in model._meta.concrete_fields if field.name not in NEVER_TOLD]
