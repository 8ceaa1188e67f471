"""What became of a summary since it came back to who writes it: answers then and now, rows that came, changed and went.

Nothing of what is withheld from the reader whose `marks` these are, as it was or as it is. A row that is gone had its
mark taken off with it: what was ever marked is shown to those alone who read everything that is marked in the summary.
"""

from typing import NamedTuple

from access.models import Address
from casework import details
from rapid_reviews.models import DisclosureRestriction

ADDED, CHANGED, REMOVED = "Added", "Changed", "Removed"


class Difference(NamedTuple):
    """One answer or row: what it is called, what became of it, and (question, then, now) of what differs."""

    title: str
    what: str
    values: list


def answers_changed(summary, names, *, since, marks):
    """This will list the answers of these fields that are others than when the summary came back."""
    then = summary.history.filter(history_date__lte=since).order_by("-history_date", "-history_id").first()
    names = [name for name in names if not marks.hides(summary, "answer", name)]
    values = _differences(then.instance, summary, names)
    return [Difference(label, CHANGED, [(label, before, after)]) for label, before, after in values]


def rows_saved(summary, kind, model, *, since, marks):
    """This will return the keys of the rows of this kind that were saved or removed since, without what is withheld."""
    saves = model.history.filter(summary_id=summary.pk, history_date__gt=since)
    found = set(saves.values_list("id", flat=True)) - set(marks.hidden(kind, summary))
    if not marks.reads_all_of(summary):
        gone = found - set(model.objects.filter(pk__in=found).values_list("pk", flat=True))
        marked = DisclosureRestriction.history.filter(**{f"{kind}_id__in": gone})
        found -= set(marked.values_list(f"{kind}_id", flat=True))
    return sorted(found)


def rows_changed(model, keys, names, *, since, title, address):
    """This will say what became of these rows: as `Difference`s, without those that are again what they were.

    `title(row)` names a row; `address` puts an address into the words that the reader may see. Three queries at most.
    """
    now = model.objects.in_bulk(keys)
    saves = model.history.filter(id__in=keys, history_date__lte=since)
    last = saves.order_by("id", "-history_date", "-history_id").distinct("id")
    then = {each.id: each.instance for each in last if each.history_type != "-"}
    places = _places([*then.values()], since) if "address" in names else {}
    found = []
    for key in keys:
        before, after = then.get(key), now.get(key)
        if before is None and after is None:
            continue  # it came and went meanwhile
        values = _differences(before, after, [name for name in names if name != "address"])
        if "address" in names:
            was = address(places.get(before.address_id) if before else None)
            is_now = address(after.address if after else None)
            if was != is_now:
                values.append(("Address", was or details.NOT_GIVEN, is_now or details.NOT_GIVEN))
        what = ADDED if before is None else REMOVED if after is None else CHANGED
        if values:
            found.append(Difference(title(after or before), what, values))
    return found


def _differences(before, after, names):
    """(question, then, now) of the named fields that differ; of a row that came or went, of what was given."""
    either, found = after or before, []
    for name in names:
        field = either._meta.get_field(name)
        was, is_now = (details.in_words(row, field, sees_confidential=False) if row else "" for row in (before, after))
        if was != is_now:
            label = str(field.verbose_name)
            found.append((label[:1].upper() + label[1:], was or details.NOT_GIVEN, is_now or details.NOT_GIVEN))
    return found


def _places(rows, since):
    """The addresses of these rows as they were: they are changed in place."""
    wanted = {row.address_id for row in rows} - {None}
    saves = Address.history.filter(id__in=wanted, history_date__lte=since)
    return {each.id: each.instance for each in saves.order_by("id", "-history_date", "-history_id").distinct("id")}
