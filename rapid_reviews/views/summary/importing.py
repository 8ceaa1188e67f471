"""Bringing a chronology as a file: the file, what was read of it, its columns, a row put right, importing, undoing."""

from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator

from casework.workflow import NotAllowed
from design.forms import say_moment
from rapid_reviews import forms, queries, workflow
from rapid_reviews.chronology_file import LABELS, columns_of
from rapid_reviews.models import ChronologyEvent, ChronologyImport, ImportedRow
from rapid_reviews.views import answers
from rapid_reviews.views.chronology import links
from rapid_reviews.views.summary.returning import SummaryAct
from rapid_reviews.written_dates import TWO_WAYS

PAGE, SAMPLES = 50, 20
SECTION = "chronology"
Status, Outcome = ChronologyImport.Status, ImportedRow.Outcome
TAGS = {
    Status.READING: "progress",
    Status.REFUSED: "attention",
    Status.CHECKED: "waiting",
    Status.IMPORTING: "progress",
    Status.IMPORTED: "done",
    Status.UNDOING: "progress",
    Status.UNDONE: "stopped",
}
COUNTED = {
    Outcome.NEW: ("new event", "new events"),
    Outcome.CHANGED: ("changes an event", "change an event"),
    Outcome.SAME: ("is there already", "are there already"),
    Outcome.LEFT_OUT: ("is left out", "are left out"),
}
SHOW = {"problems": ~Q(problems=[]), **{each.value: Q(outcome=each) for each in Outcome}}
"""What of the rows is shown, by the word in the URL."""


class ChronologyAct(SummaryAct):
    """One thing done with a chronology that is brought as a file."""

    def check_open(self):
        super().check_open()
        if not self.brings_chronology:
            raise NotAllowed("whoever writes the whole chronology brings it as a file")


class BringChronology(ChronologyAct):
    transition = workflow.bring_chronology
    form_class = forms.BringChronology
    template_name = "rapid_reviews/bring_chronology.html"

    def get_context_data(self, **context):
        return super().get_context_data(latest=queries.latest_import(self.record), labels=LABELS.values(), **context)

    def get_success_url(self, record):
        brought = queries.latest_import(record)
        if brought.status == Status.CHECKED and queries.missing_columns(brought.columns):
            return reverse("map-columns", args=[record.reference, brought.pk])
        return import_url(brought)


def import_url(brought):
    """This will return the page of what was brought."""
    return reverse("import-chronology", args=[brought.summary.reference, brought.pk])


class OfImport(ChronologyAct):
    """A page of something that was brought to the summary."""

    @cached_property
    def brought(self):
        found = self.record.imports.filter(pk=self.kwargs["brought"]).defer("content").first()
        if found is None:
            raise Http404
        found.summary = self.record
        return found

    def get_context_data(self, **context):
        brought = self.brought
        return super().get_context_data(
            brought=brought, tag=TAGS[brought.status], import_url=import_url(brought), **context
        )

    def act(self, form):
        self.transition(
            self.record, by=self.request.user, on=self.now, brought=self.brought, **self.arguments(form.cleaned_data)
        )
        if self.done:
            self.say(self.done)
        return import_url(self.brought)

    def arguments(self, answered):
        return answered


class ImportChronology(OfImport):
    """What was read of a file, row by row, and what would come of it; once imported, what did."""

    transition = workflow.import_chronology
    form_class = forms.Confirm
    template_name = "rapid_reviews/import_chronology.html"

    def get_context_data(self, **context):
        brought = self.brought
        if brought.status in (Status.IMPORTED, Status.UNDONE):
            return super().get_context_data(counts=counts(brought.rows.all()), **context)
        unread = bool(queries.missing_columns(brought.columns))
        if brought.status != Status.CHECKED or unread:
            return super().get_context_data(unread=unread, **context)
        show = self.request.GET.get("show", "")
        rows = queries.rows_under(brought)
        page = Paginator(rows.filter(SHOW.get(show, Q())), PAGE).get_page(self.request.GET.get("page"))
        head, shown = self.table(page)
        return super().get_context_data(
            unread=False,
            counts=counts(rows),
            show=show if show in SHOW else "",
            problems=rows.filter(SHOW["problems"]).count(),
            twofold=rows.filter(problems__0__startswith=TWO_WAYS).count(),
            meanings=self.meanings(),
            page=page,
            pages=links(page, show=show) if show in SHOW else links(page),
            head=head,
            rows=shown,
            **context,
        )

    def meanings(self):
        """What each column of the file is taken to be."""
        means = {place: LABELS[column] for column, place in self.brought.columns.items()}
        headings = queries.headings_of(self.brought)
        return [(heading, means.get(place, "Not used")) for place, heading in enumerate(headings)]

    def table(self, page):
        """The rows of a page as the table takes them: where each stands, what it says, what comes of it."""
        several = self.brought.rows.order_by().values("table").distinct().count() > 1
        reader, rows = queries.reader_of_rows(self.brought, on=self.now), []
        for row in page:
            event = reader(row.number, row.cells)
            where = f"{row.table}, row {row.number}" if several else f"Row\N{NO-BREAK SPACE}{row.number}"
            meant = queries.when(ChronologyEvent(**event.values())) if not event.reading.problem else ""
            rows.append(
                {
                    "where": where,
                    "url": reverse("put-row-right", args=[self.record.reference, self.brought.pk, row.pk]),
                    "written": event.date_as_written,
                    "meant": "" if meant == event.date_as_written else meant,
                    "what": Truncator(event.texts.get("what_happened", "")).words(30),
                    "outcome": row.get_outcome_display(),
                    "problems": row.problems,
                }
            )
        return ["Row", "Date", "What happened", "What comes of it"], rows


def counts(rows):
    """This will count rows by what comes of them: (how many, what that is, the address of just those) of each."""
    found = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
    return [
        (found[outcome], COUNTED[outcome][found[outcome] != 1], f"?show={outcome.value}")
        for outcome in Outcome
        if found.get(outcome)
    ]


class Chosen(NamedTuple):
    """What of a file is looked at: its list, the place of its headings, its first rows, and the form that asks."""

    list_number: int
    head: int | None
    rows: list
    form: forms.Headings


class MapColumns(OfImport):
    transition = workflow.map_columns
    template_name = "rapid_reviews/map_columns.html"

    @cached_property
    def chosen(self):
        """Which list and which row of headings: as the URL says, else as the import has it."""
        asked, brought = self.request.GET, self.brought
        lists = lists_of(brought)
        number = asked.get("list", "")
        number = int(number) if number in {value for value, _ in lists} else brought.list_number
        rows = list(brought.rows.filter(list_number=number).order_by("place")[:SAMPLES])
        held = brought.head if number == brought.list_number else 0
        place = asked.get("head") or (forms.NO_HEADINGS if held is None else str(held))
        form = forms.Headings({"list": str(number), "head": place}, lists=lists, rows=rows)
        if form.is_valid():
            held = None if form.cleaned_data["head"] == forms.NO_HEADINGS else int(form.cleaned_data["head"])
        return Chosen(number, held, rows, form)

    def get_form(self, data=None, files=None):
        brought, (number, head, rows, _) = self.brought, self.chosen
        headings = queries.headings_of(ChronologyImport(pk=brought.pk, list_number=number, head=head))
        as_held = (number, head) == (brought.list_number, brought.head)
        remembered = queries.remembered_headings(self.record.agency)
        known = brought.columns if as_held and brought.columns else columns_of(headings, remembered)
        under = [row.cells for row in rows if head is None or row.place > head]
        first = next(value for value, meant in forms.DAY_FIRST.items() if meant is brought.day_first)
        return forms.MapColumns(data, headings=headings, samples=under, known=known, initial={"day_first": first})

    def get_context_data(self, **context):
        return super().get_context_data(headings_form=self.chosen.form, **context)

    def arguments(self, answered):
        return answered | {"list_number": self.chosen.list_number, "head": self.chosen.head}


def lists_of(brought):
    """This will return the lists of a file as choices: where each begins, and how many rows it has."""
    sizes = dict(brought.rows.order_by().values_list("list_number").annotate(Count("pk")))
    first = brought.rows.filter(place=0).order_by("list_number")
    return [
        (
            str(row.list_number),
            f"{row.table}: {sizes[row.list_number]:,} rows, begins “{Truncator(' '.join(row.cells)).words(8)}”",
        )
        for row in first
    ]


class PutRowRight(OfImport):
    transition = workflow.put_row_right
    template_name = "rapid_reviews/put_row_right.html"

    @cached_property
    def row(self):
        found = queries.rows_under(self.brought).filter(pk=self.kwargs["row"]).first()
        if found is None or self.brought.status != Status.CHECKED:
            raise Http404
        return found

    def get_form(self, data=None, files=None):
        matched = self.row.event is not None or self.row.wish == ImportedRow.Wish.AS_NEW
        return forms.PutRowRight(data, row=self.row, columns=self.brought.columns, matched=matched)

    def get_context_data(self, **context):
        row = self.row
        return super().get_context_data(
            row=row,
            changes=changes(self.brought, row, on=self.now),
            changes_head=["What", "As it stands", "As the file has it"],
            **context,
        )

    def arguments(self, answered):
        return answered | {"row": self.row}


def changes(brought, row, *, on):
    """This will list what a row would change of the event that it is: (what, as it stands, as it would be)."""
    known = brought.summary.events.filter(pk=row.event).first()
    if known is None or row.problems:
        return []
    found = []
    for name, old, new in queries.differences(known, queries.reader_of_rows(brought, on=on)(row.number, row.cells)):
        field = ChronologyEvent._meta.get_field(name)
        labels = dict(field.flatchoices)
        words = [str(labels.get(value, value)) if value not in (None, "") else "–" for value in (old, new)]
        found.append((field.verbose_name, *words))
    return found


class UndoImport(OfImport):
    transition = workflow.undo_import
    form_class = forms.Confirm
    template_name = "rapid_reviews/undo_import.html"
    done = "The import was undone"

    def get_context_data(self, **context):
        if self.brought.status != Status.IMPORTED:
            return super().get_context_data(**context)
        added, changed, kept = queries.undoing(self.brought)
        return super().get_context_data(
            added=len(added), changed=len(changed), stay=kept, when=say_moment(self.brought.imported_at), **context
        )

    def act(self, form):
        super().act(form)
        return answers.section_url(self.record, SECTION)
