"""A list of records: columns, filters and order in the URL, pages of 25, the same rows as CSV and as a spreadsheet.

    WAITING = Listing(
        name="referrals-waiting",
        nouns=("referral", "referrals"),
        columns=[
            Column("Reference", "reference", sort="reference", url=lambda row: row.get_absolute_url()),
            Column("Received", "received_at", sort="received_at", kind="date"),
        ],
        filters=WaitingFilters,                                    # a design.forms.Form
        filter_by={"stage": "stage", "text": lambda rows, text: rows.filter(outline__icontains=text)},
        order="received_at",
    )

    def waiting(request):
        return WAITING.respond(request, Referral.objects.visible_to(request.user), "referrals/waiting.html")

The page asks two queries, whatever the number of rows: the count and the page. An export asks one.
"""

import csv
import datetime
import io
from dataclasses import dataclass, field
from math import ceil

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from design import forms
from design.forms.widgets import LONDON
from design.templatetags.govuk import answer

FORMATS = ("csv", "xlsx")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
CELL = 32_767
"""Characters that a cell of a spreadsheet holds."""
ORDER_WORDS = {
    "text": ("A to Z", "Z to A"),
    "date": ("earliest first", "latest first"),
    "number": ("lowest first", "highest first"),
}


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it shows, how it sorts.

    `value`: an attribute path ("case.reference") or a function of the row. `sort`: the database field it sorts by, ""
    for none. `show`: a function of the row giving HTML, where the page says more than the export. `url`: a function of
    the row. `exported` and `shown`: whether it stands in files, and on the page.
    """

    label: str
    value: object
    sort: str = ""
    kind: str = "text"
    url: object = None
    show: object = None
    exported: bool = True
    shown: bool = True

    @property
    def key(self):
        return slugify(self.label).replace("-", "_")

    def of(self, row):
        """Give the row's value in this column."""
        if callable(self.value):
            return self.value(row)
        for name in self.value.split("."):
            row = getattr(row, name, None) if not isinstance(row, dict) else row.get(name)
            row = row() if callable(row) else row
        return row


@dataclass(frozen=True)
class Listing:
    """A list as a page, as CSV and as a spreadsheet. See the module for an example."""

    name: str
    columns: list
    nouns: tuple = ("record", "records")
    caption: str = ""
    filters: object = None  # a design.forms.Form, or what makes one of the URL's data
    filter_by: dict = field(default_factory=dict)
    order: str = ""  # the column key it comes in unless asked otherwise; "-" in front turns it round
    per_page: int = 25
    empty: str = ""
    formats: tuple = FORMATS

    # --- which rows ---

    def filter_form(self, data):
        """Give the filters as the URL has them, with the order as one more question."""
        if data and self.order:  # else the box would show its first line, and the next "Apply" would take that
            data = data.copy()
            data.setdefault("order", self.order)
        form = (self.filters or forms.Form)(data or None)
        choices = [
            (f"{turn}{column.key}", f"{column.label}, {words}")
            for column in self.columns
            if column.sort
            for turn, words in zip(("", "-"), ORDER_WORDS[column.kind], strict=True)
        ]
        if len(choices) > 2:
            form.fields["order"] = forms.ChoiceField(
                label="Sort by", choices=choices, required=False, widget=forms.Select(empty_label=None)
            )
            form.fields["order"].initial = self.order
        return form

    def filtered(self, queryset, form):
        """Narrow the rows to what the filters say; a filter that was not understood narrows nothing."""
        if not form.is_bound:
            return queryset
        form.is_valid()
        for name, how in self.filter_by.items():
            value = form.cleaned_data.get(name)
            if value in (None, "", [], ()) or (hasattr(value, "exists") and not value):
                continue
            if callable(how):
                queryset = how(queryset, value)
            else:
                many = isinstance(value, (list, tuple))
                queryset = queryset.filter(**{f"{how}__in" if many else how: value})
        return queryset

    def chosen_order(self, data):
        """Give (column, turned round) as the URL asks, else as the list comes."""
        keys = {column.key: column for column in self.columns if column.sort}
        for asked in (data.get("order", ""), self.order):
            column = keys.get(asked.removeprefix("-"))
            if column:
                return column, asked.startswith("-")
        return None, False

    def ordered(self, queryset, data):
        """Put the rows in order, the empty last, and equal ones always in the same order."""
        column, turned = self.chosen_order(data)
        if column is None:
            return queryset if queryset.ordered else queryset.order_by("pk")
        path = F(column.sort)
        return queryset.order_by(path.desc(nulls_last=True) if turned else path.asc(nulls_last=True), "pk")

    # --- as a page ---

    def page(self, data, queryset, path="", *, count=None):
        """Give everything the template shows. Two queries; one where the caller has counted the rows that fit."""
        form = self.filter_form(data)
        queryset = self.ordered(self.filtered(queryset, form), data)
        count = queryset.count() if count is None else count
        last_page = max(1, ceil(count / self.per_page))
        asked = data.get("page", "1")
        number = min(max(int(asked), 1), last_page) if asked.isdecimal() and len(asked) < 9 else 1
        start = (number - 1) * self.per_page
        rows = list(queryset[start : start + self.per_page])
        url = Url(data, path)
        order, turned = self.chosen_order(data)
        on_page = [column for column in self.columns if column.shown]
        return {
            "listing": self,
            "count": count,
            "count_words": self.say_count(count, start, len(rows)),
            "form": form,
            "has_filters": bool(form.fields),
            "chosen": list(self.chosen(form, url)),
            "clear_url": path or "?",
            "head": [self.heading(column, order, turned, url) for column in on_page],
            "rows": [[self.cell(column, row, at) for at, column in enumerate(on_page)] for row in rows],
            "pages": pages(number, last_page, url),
            "exports": [(name.upper(), url.having(format=name, page=None)) for name in self.formats] if count else [],
            "empty": self.empty or f"There are no {self.nouns[1]} to show.",
        }

    def say_count(self, count, start, shown):
        if count <= self.per_page:
            return f"{count:,} {self.nouns[0] if count == 1 else self.nouns[1]}"
        return f"Showing {start + 1:,} to {start + shown:,} of {count:,} {self.nouns[1]}"

    def heading(self, column, order, turned, url):
        current = column is order
        return {
            "label": column.label,
            "numeric": column.kind == "number",
            "sort": ("descending" if turned else "ascending") if current else "",
            "url": url.having(order=f"{'-' if current and not turned else ''}{column.key}", page=None)
            if column.sort
            else "",
        }

    def cell(self, column, row, at):
        value = column.show(row) if column.show else column.of(row)
        return {
            "label": column.label,
            "text": "" if value is None or value == "" or value == [] else answer(value),
            "url": column.url(row) if column.url else "",
            "header": at == 0,
            "numeric": column.kind == "number",
        }

    def chosen(self, form, url):
        """List (words, URL without it) for each filter in force."""
        if not form.is_bound or not hasattr(form, "cleaned_data"):
            return
        for name in self.filter_by:
            value = form.cleaned_data.get(name)
            if name not in form.fields or value in (None, "", [], (), False):
                continue
            labels = dict(forms.flat(getattr(form.fields[name], "choices", ())))
            kept = form.fields[name].prepare_value(value)
            values = kept if isinstance(kept, (list, tuple)) else [kept]
            said = ", ".join(str(labels.get(v) or labels.get(str(v)) or answer(v)) for v in values)
            yield {"words": f"{form.fields[name].label}: {said}", "url": url.without(name)}

    # --- as a file ---

    def export(self, form_at, data, queryset):
        """Give the whole list, filtered and in order, as a download. One query."""
        rows = self.ordered(self.filtered(queryset, self.filter_form(data)), data).iterator(chunk_size=2000)
        columns = [column for column in self.columns if column.exported]
        table = ([column.of(row) for column in columns] for row in rows)
        head = [column.label for column in columns]
        if form_at == "csv":
            response = HttpResponse(as_csv(head, table), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(
                as_xlsx(head, table),
                content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            )
        response["Content-Disposition"] = f'attachment; filename="{self.name}.{form_at}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def respond(self, request, queryset, template, context=None, on_export=None, count=None):
        """Answer the request: the page, or ?format=csv, ?format=xlsx.

        `count`: how many fit, where that is known. `on_export(format)` is called before a file is made, so that the
        view can write down who took it.
        """
        form_at = request.GET.get("format")
        if form_at in self.formats:
            if on_export:
                on_export(form_at)
            return self.export(form_at, request.GET, queryset)
        page = self.page(request.GET, queryset, request.path, count=count)
        has_errors = page["form"].is_bound and bool(page["form"].errors)
        return render(request, template, {"listing": page, "has_errors": has_errors, **(context or {})})


class Url:
    """The address of this list with something changed."""

    def __init__(self, data, path):
        self.data, self.path = data, path

    def having(self, **changes):
        data = self.data.copy()
        for name, value in changes.items():
            data.pop(name, None)
            if value is not None:
                data[name] = value
        data.pop("format", None) if "format" not in changes else None
        return f"{self.path}?{data.urlencode()}"

    def without(self, name):
        data = self.data.copy()
        for key in list(data):
            if key == name or key.startswith(f"{name}-") or key in ("page", "format"):
                del data[key]
        return f"{self.path}?{data.urlencode()}"


def pages(number, last, url):
    """Give links to the first, the last and the pages around this one."""
    if last == 1:
        return {"previous": "", "next": "", "items": []}
    shown = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    items, before = [], 0
    for page in shown:
        if page - before > 1:
            items.append({"ellipsis": True})
        items.append({"number": page, "url": url.having(page=page), "current": page == number, "ellipsis": False})
        before = page
    return {
        "previous": url.having(page=number - 1) if number > 1 else "",
        "next": url.having(page=number + 1) if number < last else "",
        "items": items,
    }


def plain(value):
    """Write a value for a file: dates so that they can be read back, lists with semicolons."""
    if value is None:
        return ""
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return (value.astimezone(LONDON) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "; ".join(str(plain(v)) for v in value)
    return value if isinstance(value, (int, float)) else str(value)


GUARD = "'"


def no_formula(value):
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    And before text that begins as if one had been put there, so that `without_guard` gives back every text.
    """
    text = plain(value)
    guarded = isinstance(text, str) and (text.startswith(STARTS_A_FORMULA) or _is_guarded(text))
    return f"{GUARD}{text}" if guarded else text


def without_guard(text):
    """Take off the apostrophe that `no_formula` put before a text."""
    return text[1:] if _is_guarded(text) else text


def _is_guarded(text):
    return text[:1] == GUARD and text[1:2] in (*STARTS_A_FORMULA, GUARD)


def as_csv(head, table):
    """Give the table as CSV with a mark at its start, by which Excel knows that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([no_formula(label) for label in head])
    writer.writerows([no_formula(value) for value in row] for row in table)
    return "\ufeff" + out.getvalue()


def as_xlsx(head, table):
    """Give the table as a workbook. Text is written as text, so nothing in it is a formula or a link."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("List")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    top = book.add_format({"text_wrap": True, "valign": "top"})
    date = book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"})
    for at, label in enumerate(head):
        sheet.write_string(0, at, label, bold)
        sheet.set_column(at, at, 24)
    sheet.freeze_panes(1, 0)
    line = 0
    for line, row in enumerate(table, 1):
        for at, value in enumerate(row):
            if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime) and value.year >= 1900:
                sheet.write_datetime(line, at, datetime.datetime.combine(value, datetime.time()), date)
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(line, at, value, top)
            else:
                sheet.write_string(line, at, str(plain(value))[:CELL], top)
    if head:
        sheet.autofilter(0, 0, line, len(head) - 1)
    book.close()
    return out.getvalue()
