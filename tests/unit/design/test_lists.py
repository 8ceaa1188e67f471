"""Lists: order, filters, pages, downloads that no spreadsheet runs."""

import csv
import io
import zipfile
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.template import engines
from django.test import RequestFactory

from design import views
from design.lists import Column, Listing, no_formula, pages, plain

ROWS = views.ROWS


def ask(query=""):
    return views.LISTING.page(QueryDict(query), ROWS, "/list/")


def first(page, column=0):
    return str(page["rows"][0][column]["text"])


def show(page):
    return engines["django"].from_string("{% load govuk %}{% listing page %}").render({"page": page})


def test_a_page_has_its_rows_and_says_how_many_there_are():
    page = ask()
    assert len(page["rows"]) == 25
    assert page["count_words"] == "Showing 1 to 25 of 63 requests"
    assert first(page, 3) == "14 December 2026"


def test_one_row_is_said_in_the_singular():
    assert ask("text=RR-2026-018")["count_words"] == "1 request"


@pytest.mark.parametrize("asked", ["0", "99", "-1", "x", "", "²", "9" * 40])
def test_a_page_that_does_not_exist_gives_one_that_does(asked):
    assert ask(f"page={asked}")["rows"]


def test_order_comes_from_the_url_and_turns_round():
    page = ask("order=-reference")
    assert first(page) == "RR-2026-063"
    assert page["head"][0]["sort"] == "descending"
    assert page["head"][0]["url"] == "/list/?order=reference"
    assert ask("order=reference")["head"][0]["url"] == "/list/?order=-reference"


@pytest.mark.parametrize("asked", ["password", "-case__restricted", "stage", "--due", "due__year"])
def test_only_columns_may_be_ordered_by(asked):
    assert first(ask(f"order={asked}"), 3) == "14 December 2026"


def test_filters_narrow_and_can_be_taken_off_one_by_one():
    page = ask("stage=done&text=RR&due_before-day=20&due_before-month=dec&due_before-year=2026&page=2&order=-due")
    assert page["count"] == 2
    assert [f["words"] for f in page["chosen"]] == [
        "Stage: Done",
        "Reference or words: RR",
        "Due before: 20 December 2026",
    ]
    assert page["chosen"][2]["url"] == "/list/?stage=done&text=RR&order=-due"


def test_a_filter_not_understood_says_so_and_narrows_nothing():
    page = ask("due_before-day=20")
    assert page["count"] == 63
    html = show(page)
    assert 'href="#id_due_before-month"' in html
    assert 'id="id_due_before-month"' in html


def test_links_keep_the_filters():
    page = ask("text=RR&page=2")
    assert page["pages"]["next"] == "/list/?text=RR&page=3"
    assert page["exports"] == [("CSV", "/list/?text=RR&format=csv"), ("XLSX", "/list/?text=RR&format=xlsx")]


def test_the_order_in_force_is_the_one_the_box_shows():
    assert '<option value="due" selected>' in show(ask("text=RR"))
    assert '<option value="-reference" selected>' in show(ask("order=-reference"))


def test_pages_around_this_one():
    class Url:
        def having(self, **changes):
            return str(changes["page"])

    numbers = [item.get("number", "…") for item in pages(10, 40, Url())["items"]]
    assert numbers == [1, "…", 8, 9, 10, 11, 12, "…", 40]
    assert pages(1, 1, Url()) == {"previous": "", "next": "", "items": []}


def test_nothing_found_is_said():
    html = show(ask("text=nothing-like-it"))
    assert "There are no requests to show." in html
    assert "<table" not in html


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_begins_a_formula(start):
    assert no_formula(f"{start}cmd|' /C calc'!A0").startswith(f"'{start}")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "yes"),
        (-4, -4),
        (date(2026, 12, 11), "2026-12-11"),
        (datetime(2026, 7, 11, 16, tzinfo=ZoneInfo("Europe/London")), "2026-07-11 16:00"),
        (["a", "b"], "a; b"),
    ],
)
def test_values_are_written_so_that_they_can_be_read_back(value, written):
    assert plain(value) == written


EVIL = Listing(
    name="evil",
    columns=[
        Column("=Name", "name"),
        Column("Shown only", lambda row: "x", exported=False),
        Column("On", "on", kind="date"),
    ],
)
EVIL_ROWS = views.InventedRows(
    [{"name": '=HYPERLINK("http://x")', "on": date(2026, 12, 11)}, {"name": "Añ", "on": None}]
)


def test_csv_is_the_whole_list():
    response = views.LISTING.export("csv", QueryDict("stage=waiting&page=2"), ROWS)
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Reference", "Agency", "Stage", "Due", "Days left"]
    assert len(rows) == 1 + 42
    assert response["Content-Disposition"] == 'attachment; filename="example.csv"'


def test_csv_runs_nothing():
    text = EVIL.export("csv", QueryDict(), EVIL_ROWS).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["'=Name", "On"],
        ['\'=HYPERLINK("http://x")', "2026-12-11"],
        ["Añ", ""],
    ]


def test_a_spreadsheet_runs_nothing():
    content = EVIL.export("xlsx", QueryDict(), EVIL_ROWS).content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert "=HYPERLINK" in strings


def test_an_export_is_announced_to_the_view_before_it_is_made():
    taken = []
    request = RequestFactory().get("/list/", {"format": "csv"})
    response = views.LISTING.respond(request, ROWS, "design/list.html", on_export=taken.append)
    assert taken == ["csv"]
    assert response["Content-Type"].startswith("text/csv")
