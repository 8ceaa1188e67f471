"""What the rows of a chronology that was brought would do to a summary: their problems, and which events they are."""

from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from rapid_reviews.chronology_file import NEEDED, Event, Reader, plain
from rapid_reviews.models import ChronologyEvent, ChronologyImport, ImportedRow, RememberedHeading

Outcome, Wish = ImportedRow.Outcome, ImportedRow.Wish
ALIKE = 0.5
"""How much of the words of two tellings has to be the same for one to be the other, changed: as a part of all."""


class Checked(NamedTuple):
    """A row of an import, read: what it would be as an event, and the event that it is already, if any."""

    row: ImportedRow
    event: Event
    known: ChronologyEvent | None


def remembered_headings(agency):
    """This will return what somebody of an agency said that headings mean: {heading: column}."""
    return dict(RememberedHeading.objects.filter(agency=agency).values_list("heading", "column"))


def latest_import(summary):
    """This will return what was brought to a summary last and is not undone, or None."""
    return summary.imports.exclude(status=ChronologyImport.Status.UNDONE).order_by("-pk").first()


def rows_under(brought):
    """This will return the rows of an import under its headings, in their order, without the headings again."""
    rows = brought.rows.filter(list_number=brought.list_number).order_by("place")
    if brought.head is None:
        return rows
    headings = rows.filter(place=brought.head).values("cells")[:1]
    return rows.filter(place__gt=brought.head).exclude(cells=headings)


def headings_of(brought):
    """This will return the texts of the row of headings: numbered columns where there is none."""
    rows = brought.rows.filter(list_number=brought.list_number).order_by("place")
    if brought.head is not None and (row := rows.filter(place=brought.head).first()):
        return [heading or f"Column {number}" for number, heading in enumerate(row.cells, 1)]
    first = rows.first()
    return [f"Column {number}" for number in range(1, len(first.cells) + 1)] if first else []


def missing_columns(columns):
    """This will list the columns that a chronology needs and none of these is: nothing can be read without them."""
    return [name for name in NEEDED if name not in columns]


def reader_of_rows(brought, *, on, numbers=None):
    """This will return what reads the rows of an import as events, on the day of this moment."""
    return Reader(brought.columns, today=timezone.localdate(on), day_first=brought.day_first, numbers=numbers)


def same_number(brought, row):
    """The condition of the rows that have the same number in the file as this one: none where it has none."""
    place = brought.columns.get("row_key")
    number = row.cells[place] if place is not None else ""
    return Q(**{f"cells__{place}": number}) if number else Q(pk=row.pk)


def check(brought, rows, *, on):
    """This will read rows of an import and note on each what would come of it; nothing is saved. Returns `Checked`s.

    An event that is there already is known by its number, else by having all the same texts. A row without a number
    whose date and source are an event's, and half of whose words, is that event changed; so is one that tells the very
    same of another date.
    """
    others = rows_under(brought).exclude(pk__in=[row.pk for row in rows])
    numbers, place = {}, brought.columns.get("row_key")
    if place is not None:
        counted = others.exclude(wish=Wish.LEAVE_OUT).values_list(f"cells__{place}", "number")
        numbers = {key: number for key, number in counted if key}
    # What is left out is read by itself: its number is free for another row.
    reader, alone = reader_of_rows(brought, on=on, numbers=numbers), reader_of_rows(brought, on=on)
    read = [(row, (alone if row.wish == Wish.LEAVE_OUT else reader)(row.number, row.cells)) for row in rows]
    known = list(brought.summary.events.order_by("pk"))
    taken = set(others.values_list("event", flat=True))
    free = [event for event in known if event.pk not in taken]
    found = matches([(row, event) for row, event in read if row.wish == Wish.TAKE], free)
    checked = []
    for row, event in read:
        match = found.get(row)
        row.event, row.problems = match and match.pk, [] if row.wish == Wish.LEAVE_OUT else event.problems
        row.outcome = outcome_of(row, match, event)
        checked.append(Checked(row, event, match))
    return checked


def outcome_of(row, match, event):
    if row.wish == Wish.LEAVE_OUT:
        return Outcome.LEFT_OUT
    if match is None:
        return Outcome.NEW
    return Outcome.CHANGED if differences(match, event) else Outcome.SAME


def differences(known, event):
    """This will list what an event of a file would change of one: (column, as it stands, as it would be)."""
    return [(name, getattr(known, name), new) for name, new in event.values().items() if getattr(known, name) != new]


def matches(read, known):
    """This will say which rows are events that are there already: {row: event}, each event once.

    `read`: (row, `Event`) of each row; `known`: the events of the summary.
    """
    # A number that an agency gave goes before one that the hub gave.
    by_number = {number_of(event): event for event in sorted(known, key=lambda event: bool(event.row_key))}
    found = {}
    for row, event in read:
        number = event.texts.get("row_key")
        if number in by_number:
            found[row] = by_number[number]
    names = tuple(read[0][1].values()) if read else ()
    for columns, is_it in (
        (names, lambda event, known: True),
        (("date_as_written", "source"), tell_alike),
        (("source", "what_happened"), lambda event, known: True),
    ):
        if not set(columns) <= set(names):
            continue
        taken = {event.pk for event in found.values()}
        theirs = grouped(
            (event, [getattr(event, name) for name in columns]) for event in known if event.pk not in taken
        )
        # What has a number that no event has is new: its file tells its rows apart.
        ours = grouped(
            ((row, event), [event.values()[name] for name in columns])
            for row, event in read
            if row not in found and not event.texts.get("row_key")
        )
        for key in ours.keys() & theirs.keys():
            if columns == names or len(ours[key]) == len(theirs[key]) == 1:
                pairs = zip(ours[key], theirs[key], strict=False)
                found |= {row: held for (row, event), held in pairs if is_it(event, held)}
    return found


def grouped(things):
    """This will put things together whose texts are the same: {texts: [thing, …]}."""
    found = {}
    for thing, texts in things:
        found.setdefault(tuple(texts), []).append(thing)
    return found


def tell_alike(event, known):
    """This will say whether two tellings share so many words that one can be the other, changed."""
    one, other = (set(plain(text).split()) for text in (event.texts.get("what_happened", ""), known.what_happened))
    return len(one & other) >= ALIKE * len(one | other)


def number_of(event):
    """This will return the number by which an export names an event, and an import knows it again."""
    return event.row_key or f"H{event.pk}"


EVENT_COLUMNS = [
    field.name for field in ChronologyEvent._meta.concrete_fields if field.name not in ("id", "summary", "row_key")
]
"""What an event says."""


def reason_of(brought):
    """This will return what the history of an event says of an import that added or changed it."""
    return f"import_chronology {brought.pk}"


def undoing(brought):
    """This will say what undoing an import does: (events to take off, events with their texts from before, how many
    stay because they were changed since).
    """
    rows = {row.event: row for row in brought.rows.exclude(event=None).exclude(outcome=Outcome.SAME)}
    saves = {}
    for save in ChronologyEvent.history.filter(id__in=rows).order_by("history_id"):
        saves.setdefault(save.id, []).append(save)
    added, changed, kept = [], [], 0
    for event in ChronologyEvent.objects.filter(pk__in=rows).order_by("pk"):
        outcome, said = rows[event.pk].outcome, saves[event.pk]
        at = next(place for place, save in enumerate(said) if save.history_change_reason == reason_of(brought))
        if any(getattr(event, name) != getattr(said[at], name) for name in EVENT_COLUMNS):
            kept += 1
        elif outcome == Outcome.NEW:
            added.append(event)
        else:
            for name in EVENT_COLUMNS:
                setattr(event, name, getattr(said[at - 1], name))
            changed.append(event)
    return added, changed, kept
