"""How a chronology that an agency brings gets into its summary: read, put right, imported all or nothing, undone."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from casework import tables
from casework.workflow import CannotProceed, NotAllowed, WrongState, note, transition
from notifications import worker
from partnership.permissions import Permission as P
from rapid_reviews import chronology_file, queries
from rapid_reviews.models import AgencySummary, ChronologyEvent, ChronologyImport, ImportedRow, RememberedHeading
from rapid_reviews.workflow.disclosure import forget_disclosure
from rapid_reviews.workflow.sections import refuse_others_section
from trail import models as trail

log = logging.getLogger(__name__)

Status, Outcome, Wish = ChronologyImport.Status, ImportedRow.Outcome, ImportedRow.Wish
WRITTEN = {"model": AgencySummary, "sources": AgencySummary.EDITABLE, "target": None, "permission": P.WRITE_SECTION}
BYTES_AT_ONCE, ROWS_AT_ONCE = 32 * 1024, 300
"""What is read, and imported, while its page waits; a worker does more."""
ATTEMPTS = 3
UNFINISHED_LASTS = timedelta(days=7)
TASK = "rapid_reviews.tasks.work_on_import"


def _refuse_others(summary, *, by, on):
    """Refuse whoever was given other sections than the chronology, or from whom an event of it is withheld."""
    refuse_others_section(summary, "chronology", by=by, on=on)
    reader = queries.reader_of(summary.review, by, moment=on)
    if queries.marks_of(summary.review, reader).hidden("event", summary):
        raise NotAllowed("what is withheld from somebody they do not write")


@transition(**WRITTEN, event=False)
def bring_chronology(summary, *, by, on, upload=None, pasted=""):
    """This will take a file, or a pasted table, as a chronology to be looked at; one in its place before is dropped.

    Nothing joins the summary yet. A small one is read at once, and refused beside its box where it cannot be.
    """
    _refuse_others(summary, by=by, on=on)
    data = upload.read() if upload else pasted.encode()
    summary.imports.filter(status__in=ChronologyImport.UNFINISHED).delete()
    if summary.imports.filter(status=Status.IMPORTING).exists():
        raise CannotProceed("Another chronology is being imported at this moment")
    brought = ChronologyImport.objects.create(summary=summary, by=by, since=on, status=Status.READING, content=data)
    if len(data) > BYTES_AT_ONCE:
        worker.announce(TASK, brought.pk)
        return
    try:
        _read(brought, on=on)
    except tables.Refused as refused:
        raise CannotProceed(("upload" if upload else "pasted", str(refused))) from refused


def _read(brought, *, on):
    """Reads the file's rows, unless they are there, and checks those of the list that is the chronology."""
    if brought.content is not None:
        remembered = queries.remembered_headings(brought.summary.agency)
        groups = chronology_file.groups(tables.read(bytes(brought.content)), remembered)
        ImportedRow.objects.bulk_create(
            ImportedRow(
                brought=brought,
                list_number=list_number,
                place=place,
                table=row.place,
                number=row.number,
                cells=row.cells,
            )
            for list_number, group in enumerate(groups)
            for place, row in enumerate(group.rows)
        )
        brought.list_number = chronology_file.chosen(groups)
        group = groups[brought.list_number]
        brought.head, brought.columns, brought.content = group.head, group.columns, None
        if group.head is None:  # until somebody says otherwise
            brought.head = chronology_file.likely_head(group.rows)
            brought.columns = chronology_file.columns_of(group.rows[brought.head].cells, remembered)
    _check(brought, queries.rows_under(brought), on=on)
    _to(brought, Status.CHECKED, on=on)


def _to(brought, status, *, on, why=""):
    brought.status, brought.since, brought.attempts, brought.refused_why = status, on, 0, why
    brought.save()


def _check(brought, rows, *, on):
    """Notes on these rows what would come of them."""
    rows = [each.row for each in queries.check(brought, list(rows), on=on)]
    # Taken off and written anew, with the numbers they have: Django's bulk_update takes ten times as long.
    ImportedRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    ImportedRow.objects.bulk_create(rows)


@transition(**WRITTEN, event=False)
def map_columns(summary, *, by, on, brought, list_number, head, columns, day_first=None):
    """This will say which list of the file is the chronology, where its headings stand and what each column is.

    `head` is the place of the row of headings; `columns` {column: its place}; `day_first` how dates of numbers alone
    are read, None to ask about each. What the headings mean is remembered for the agency's next file.
    """
    _refuse_others(summary, by=by, on=on)
    _has_status(brought, Status.CHECKED)
    if missing := queries.missing_columns(columns):
        raise CannotProceed(("column_0", f"Select which column is “{chronology_file.LABELS[missing[0]]}”"))
    brought.list_number, brought.head, brought.columns, brought.day_first = list_number, head, columns, day_first
    _remember(summary.agency, queries.headings_of(brought), columns)
    if queries.rows_under(brought).count() > ROWS_AT_ONCE:
        _to(brought, Status.READING, on=on)
        worker.announce(TASK, brought.pk)
    else:
        _read(brought, on=on)


def _remember(agency, headings, columns):
    means = {place: column for column, place in columns.items()}
    said = {}
    for place, heading in enumerate(headings):
        if words := chronology_file.plain(heading)[:200]:
            said.setdefault(words, means.get(place, ""))
    RememberedHeading.objects.bulk_create(
        [RememberedHeading(agency=agency, heading=words, column=column) for words, column in said.items()],
        update_conflicts=True,
        unique_fields=["agency", "heading"],
        update_fields=["column"],
    )


def _has_status(brought, *allowed):
    """Refuses what somebody else has imported, undone or dropped meanwhile; locks it for what follows."""
    now = ChronologyImport.objects.select_for_update().filter(pk=brought.pk).values_list("status", flat=True).first()
    if now not in allowed:
        raise CannotProceed("Somebody else has gone on with it meanwhile: look at the chronology")


@transition(**WRITTEN, event=False)
def put_row_right(summary, *, by, on, brought, row, texts, wish=Wish.TAKE):
    """This will change what a row of a file says before it is imported, leave it out, or take it as a new event.

    `texts`: {column: text}. The file itself stays as it was; nothing joins the summary yet.
    """
    _refuse_others(summary, by=by, on=on)
    _has_status(brought, Status.CHECKED)
    was = queries.same_number(brought, row)
    for column, text in texts.items():
        row.cells[brought.columns[column]] = text
    row.wish = wish
    row.save()
    # Those that had, or have now, the same number in the file: one of them may be free of its problem, or get one.
    _check(brought, queries.rows_under(brought).filter(Q(pk=row.pk) | was | queries.same_number(brought, row)), on=on)


@transition(**WRITTEN, event=False)
def import_chronology(summary, *, by, on, brought, by_worker=False):
    """This will add and change the events that a checked file tells of: all of them or, with any problem, none.

    What is many is done by a worker, in the name of who asked for it.
    """
    _refuse_others(summary, by=by, on=on)
    _has_status(brought, Status.IMPORTING if by_worker else Status.CHECKED)
    if not by_worker and queries.rows_under(brought).count() > ROWS_AT_ONCE:
        brought.by = by
        _to(brought, Status.IMPORTING, on=on)
        worker.announce(TASK, brought.pk)
        return
    # Again: the events may have changed since it was looked at.
    checked = queries.check(brought, list(queries.rows_under(brought)), on=on)
    if wrong := sum(bool(each.row.problems) for each in checked):
        raise CannotProceed(f"{wrong} row{'s' if wrong > 1 else ''} must be put right or left out first")
    new = [each for each in checked if each.row.outcome == Outcome.NEW]
    changed = [each for each in checked if each.row.outcome == Outcome.CHANGED]
    if not new and not changed:
        raise CannotProceed("Nothing in it is new: every event is there already, or left out")
    reason = queries.reason_of(brought)
    events = [ChronologyEvent(summary=summary, row_key=number_kept(each), **each.event.values()) for each in new]
    for each, event in zip(new, trail.add_many(events, by=by, on=on, reason=reason), strict=True):
        each.row.event = event.pk
    fields = list(checked[0].event.values())
    for each in changed:
        for name, value in each.event.values().items():
            setattr(each.known, name, value)
    trail.change_many([each.known for each in changed], fields, by=by, on=on, reason=reason)
    # The events hold the words from now on; the rows, which of them came from where.
    for each in checked:
        each.row.cells = []
    brought.rows.all().delete()
    ImportedRow.objects.bulk_create([each.row for each in checked])
    brought.imported_at = on
    _to(brought, Status.IMPORTED, on=on)
    note(summary, "import_chronology", by=by, on=on, words=f"{len(new)} added, {len(changed)} changed")


def number_kept(checked):
    """The number that a new event keeps of its file: none, where it is to stand beside the event that has it."""
    return "" if checked.row.wish == Wish.AS_NEW else checked.event.texts.get("row_key", "")


@transition(**WRITTEN, event=False)
def undo_import(summary, *, by, on, brought, by_worker=False):
    """This will take off every event that an import added, and give back to what it changed the texts from before.

    What was changed by hand since stays as it is.
    """
    _refuse_others(summary, by=by, on=on)
    _has_status(brought, Status.UNDOING if by_worker else Status.IMPORTED)
    rows = brought.rows.exclude(event=None).filter(outcome__in=[Outcome.NEW, Outcome.CHANGED])
    if not by_worker and rows.count() > ROWS_AT_ONCE:
        brought.by = by
        _to(brought, Status.UNDOING, on=on)
        worker.announce(TASK, brought.pk)
        return
    added, changed, kept = queries.undoing(brought)
    marked = set(summary.restrictions.exclude(event=None).values_list("event", flat=True))
    for event in added:
        if event.pk in marked:
            forget_disclosure(summary, event, by=by, on=on)
    trail.remove_many(added, by=by, on=on, reason="undo_import")
    trail.change_many(changed, queries.EVENT_COLUMNS, by=by, on=on, reason="undo_import")
    _to(brought, Status.UNDONE, on=on)
    words = f"{len(added)} taken off, {len(changed)} as before" + (f", {kept} changed since kept" if kept else "")
    note(summary, "undo_import", by=by, on=on, words=words)


def work_on_import(import_id, *, on):
    """This will do what a worker was left with: read a file, import it or undo it. Safe twice.

    What cannot be done is said on its page. A worker that dies over it leaves it waiting; the third attempt is the
    last.
    """
    with transaction.atomic():
        brought = _waiting(import_id)
        if brought is None:
            return
        brought.attempts += 1
        brought.save(update_fields=["attempts"])
    try:
        if brought.attempts > ATTEMPTS:
            raise CannotProceed(COULD_NOT)
        DOES[brought.status](brought, on=on)
        return
    except (tables.Refused, CannotProceed) as refused:
        why = str(refused)
    except (NotAllowed, WrongState):
        why = "The summary can no longer be changed"
    except Exception as fault:  # whatever it is, who waits has to see it; its words may quote the file
        log.error("import %s could not be worked on: %s", import_id, type(fault).__name__)
        why = COULD_NOT
    with transaction.atomic():
        if brought := _waiting(import_id):
            if brought.status == Status.IMPORTING:  # so that the page shows the rows that are in the way
                _check(brought, queries.rows_under(brought), on=on)
            _to(brought, BACK[brought.status], on=on, why=why[:300])


COULD_NOT = "It could not be done: please tell whoever runs the hub"
BACK = {Status.READING: Status.REFUSED, Status.IMPORTING: Status.CHECKED, Status.UNDOING: Status.IMPORTED}


def _read_waiting(brought, *, on):
    with transaction.atomic():
        if brought := _waiting(brought.pk):
            _read(brought, on=on)


def _import_waiting(brought, *, on):
    # The case is locked before the import, as on every page.
    import_chronology(brought.summary, by=brought.by, on=on, brought=brought, by_worker=True)


def _undo_waiting(brought, *, on):
    undo_import(brought.summary, by=brought.by, on=on, brought=brought, by_worker=True)


DOES = {Status.READING: _read_waiting, Status.IMPORTING: _import_waiting, Status.UNDOING: _undo_waiting}


def _waiting(import_id):
    rows = ChronologyImport.objects.waiting().filter(pk=import_id)
    return rows.select_for_update(skip_locked=True, of=("self",)).select_related("summary__agency", "by").first()


def forget_old_imports(*, on):
    """This will delete what was brought and never imported, once nobody has gone on with it for a week."""
    ChronologyImport.objects.filter(status__in=ChronologyImport.UNFINISHED, since__lt=on - UNFINISHED_LASTS).delete()
