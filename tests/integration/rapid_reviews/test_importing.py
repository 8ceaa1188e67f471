"""A chronology that an agency brings as a file: read, put right, imported all or nothing, undone, brought again."""

import io
from datetime import date, time, timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rapid_reviews import queries, tasks, workflow
from rapid_reviews.models import ChronologyEvent, ChronologyImport, ImportedRow, RememberedHeading
from rapid_reviews.workflow import importing
from tests.client import form_key, parsed, problems, words
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event, Reading

pytestmark = pytest.mark.begins_with("review_gathering")
NOW = london("2026-12-11 14:00")
Status = ChronologyImport.Status

HEAD = "Date\tSource\tEvent\tAction"
TABLE = f"""{HEAD}
?22 May 2016 14.30\tRepairs log\tA neighbour reported shouting\tA visit was booked
May 2016\tRepairs log\tThe door was broken
"""


def page(name, summary, *more):
    return reverse(name, args=[summary.reference, *more])


@pytest.fixture
def lead(visit):
    return visit("agency_lead")


@pytest.fixture
def bring(lead, asked):
    """Bring a pasted table, and return the address of the page that shows what was read."""

    def bring(text=TABLE, **answers):
        return lead.must_send(page("bring-chronology", asked), **({"pasted": text} | answers))

    return bring


def events(summary):
    return list(summary.events.order_by("starts_on", "pk"))


def row_page(brought, number):
    row = brought.rows.get(number=number)
    return reverse("put-row-right", args=[brought.summary.reference, brought.pk, row.pk])


def latest():
    return ChronologyImport.objects.latest("pk")


def timeline(verb):
    return [event.words for event in Event.objects.filter(verb=verb).order_by("pk")]


# Read, looked at, imported


def test_what_was_read_is_shown_before_anything_joins_the_summary(bring, lead, asked):
    text = lead.text(bring())
    assert "2 new events" in text
    assert "Row 2 ?22 May 2016 14.30 About 22 May 2016, 2:30pm A neighbour reported shouting New" in text
    assert "Row 3 May 2016 The door was broken New" in text
    assert not asked.events.exists()


def test_imported_it_is_the_agencys_chronology(bring, lead, asked):
    where = bring()
    assert lead.must_send(where) == where
    first, second = sorted(events(asked), key=lambda event: event.pk)
    assert (first.date_as_written, first.precision, first.starts_on) == (
        "?22 May 2016 14.30",
        "about",
        date(2016, 5, 22),
    )
    assert (first.starts_at_time, first.source) == (time(14, 30), "Repairs log")
    assert (first.what_happened, first.what_was_done) == ("A neighbour reported shouting", "A visit was booked")
    assert second.precision == "month"
    assert first.history.get().history_change_reason == f"import_chronology {latest().pk}"
    assert timeline("import_chronology") == ["2 added, 0 changed"]
    assert "2 new events" in lead.text(where)
    assert ImportedRow.objects.exclude(cells=[]).count() == 0


def book(*sheets):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def test_a_spreadsheet_is_brought_as_a_file(bring, lead, asked):
    rows = [["Date", "Source", "Event"], ["3 March 2026", "Log", "A call"]]
    where = bring("", upload=SimpleUploadedFile("chronology.xlsx", book(rows)))
    lead.must_send(where)
    assert [event.starts_on for event in events(asked)] == [date(2026, 3, 3)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, ("Select a file or paste a table", "#id_upload")),
        (
            {"pasted": TABLE, "upload": SimpleUploadedFile("a.csv", b"Date,Event\n")},
            ("Select a file or paste a table, not both", "#id_upload"),
        ),
        ({"upload": SimpleUploadedFile("a.csv", b"")}, ("The selected file is empty", "#id_upload")),
        (
            {"upload": SimpleUploadedFile("a.pdf", b"%PDF-1.7 ...")},
            (
                "A PDF has no tables that can be read: use the Word, Excel or CSV file it was made from",
                "#id_upload",
            ),
        ),
        ({"pasted": "x" * (256 * 1024 + 1)}, None),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_box(answers, said, lead, asked):
    response = lead.send(page("bring-chronology", asked), **answers)
    assert response.status_code == 422
    assert said is None or problems(response) == [said]
    assert not ChronologyImport.objects.exists()


# Problems


WITH_PROBLEMS = f"""{HEAD}
3/4/16\tLog\tA call
early June\tLog\tA visit
5 June 2016\t\tA letter
6 June 2016\tLog\tAn e-mail
"""


def test_each_problem_is_said_by_its_row_and_nothing_is_imported_until_all_are_settled(cast, bring, lead, asked):
    where = bring(WITH_PROBLEMS)
    text = lead.text(where)
    assert "3 must be put right or left out first" in text
    assert "It can be 3 April 2016 or 4 March 2016." in text
    assert "The year is missing." in text
    assert "The source of the record is missing." in text
    assert "Import all of it" not in text
    refused = lead.post(where, {"form_key": form_key(cast.agency_lead)})
    assert refused.status_code == 422
    assert "3 rows must be put right or left out first" in words(parsed(refused))
    assert not asked.events.exists()
    only = lead.text(f"{where}?show=problems")
    assert "An e-mail" not in only
    assert "A letter" in only


def test_a_row_is_put_right_in_place_or_left_out(bring, lead, asked):
    where = bring(WITH_PROBLEMS)
    assert lead.must_send(row_page(latest(), 2), text_date="3 April 2016") == where
    lead.must_send(row_page(latest(), 3), wish="leave_out")
    lead.must_send(row_page(latest(), 4), text_source="Post book")
    assert "1 is left out" in lead.text(where)
    lead.must_send(where)
    assert [(event.starts_on, event.source) for event in events(asked)] == [
        (date(2016, 4, 3), "Log"),
        (date(2016, 6, 5), "Post book"),
        (date(2016, 6, 6), "Log"),
    ]


def test_how_a_file_writes_its_dates_is_said_once(bring, lead, asked):
    where = bring(f"{HEAD}\n3/4/16\tLog\tA call\n5/4/16\tLog\tA visit\n")
    text = lead.text(where)
    assert "2 dates can be read two ways" in text
    assert lead.must_send(page("map-columns", asked, latest().pk), day_first="no") == where
    lead.must_send(where)
    assert [event.starts_on for event in events(asked)] == [date(2016, 3, 4), date(2016, 5, 4)]


# Columns


FREE = "When it was\tWhere from\tNotes\tComments\n3 May 2016\tLog\tA call\tNot unusual\n"


def test_headings_nobody_knows_are_explained_once_for_an_agency(bring, lead, asked):
    columns = bring(FREE)
    assert columns == page("map-columns", asked, latest().pk)
    where = page("import-chronology", asked, latest().pk)
    assert "cannot be told from the file’s headings. Say what the columns are" in lead.text(where)
    refused = lead.send(columns, column_0="date", column_1="source")
    assert problems(refused)[0][0] == "Select which column is “What happened”"
    refused = lead.send(columns, column_0="date", column_1="source", column_2="date")
    assert problems(refused)[0] == (
        "Another column is “Date as the record writes it” already: select one",
        "#id_column_2",
    )
    lead.must_send(columns, column_0="date", column_1="source", column_2="what_happened", column_3=None)
    text = lead.text(where)
    assert "Notes What happened" in text
    assert "Comments Not used" in text
    lead.must_send(where)
    [event] = events(asked)
    assert (event.what_happened, event.analysis) == ("A call", "")
    assert RememberedHeading.objects.get(agency=asked.agency, heading="comments").column == ""
    again = bring(FREE.replace("A call", "Another call altogether, on the same day"))
    assert "must be put right" not in lead.text(again)


def test_another_table_can_be_chosen(bring, lead, asked):
    head = ["Date", "Source", "Event"]
    sheets = [
        [head, ["May 2016", "Log", "One"], ["May 2016", "Log", "Two"]],
        [[*head, "Who"], ["2015", "Log", "Three"]],
    ]
    bring("", upload=SimpleUploadedFile("a.xlsx", book(*sheets)))
    columns = page("map-columns", asked, latest().pk)
    assert "Sheet2: 2 rows, begins “Date Source Event Who”" in lead.text(columns)
    lead.must_send(f"{columns}?list=1")
    lead.must_send(page("import-chronology", asked, latest().pk))
    assert [event.what_happened for event in events(asked)] == ["Three"]


def test_another_row_of_headings_can_be_chosen(bring, lead, asked):
    bring("Larkspur\tHomes\t\nWhen it was\tWhere from\tNotes\n3 May 2016\tLog\tA call\n")
    columns = page("map-columns", asked, latest().pk)
    address = f"{columns}?head=1"
    assert "Where from" in lead.text(address)
    lead.must_send(address, column_0="date", column_1="source", column_2="what_happened")
    lead.must_send(page("import-chronology", asked, latest().pk))
    assert [event.what_happened for event in events(asked)] == ["A call"]


@pytest.mark.parametrize("query", ["?head=x", "?list=7", "?head=99", "?list=x&head=none", "?head=none", "?head="])
def test_an_odd_address_of_the_columns_is_no_fault(query, bring, lead, asked):
    bring()
    assert lead.get(page("map-columns", asked, latest().pk) + query).status_code == 200


def test_empty_rows_above_headings_nobody_knows_hide_nothing(bring, lead, asked):
    columns = bring("Larkspur Homes\t\t\n\t\t\n" + FREE)
    where = page("import-chronology", asked, latest().pk)
    assert "When it was" in lead.text(columns)
    lead.must_send(columns, column_0="date", column_1="source", column_2="what_happened")
    lead.must_send(where)
    assert [event.what_happened for event in events(asked)] == ["A call"]


def test_an_empty_first_column_moves_no_other(bring, lead, asked):
    lead.must_send(bring("\tDate\tSource\tEvent\n1\t3 May 2016\tLog\tA call\n"))
    assert [(event.source, event.what_happened) for event in events(asked)] == [("Log", "A call")]


def test_a_file_without_headings_is_mapped_by_its_columns(bring, lead, asked):
    columns = bring("3 May 2016\tLog\tA call\n4 May 2016\tLog\tA visit\n")
    lead.must_send(f"{columns}?head=none", column_0="date", column_1="source", column_2="what_happened")
    lead.must_send(page("import-chronology", asked, latest().pk))
    assert [event.what_happened for event in events(asked)] == ["A call", "A visit"]


# Brought again


NUMBERED = "ID\tDate\tSource\tEvent\n1\t3 May 2016\tLog\tA call\n2\t4 May 2016\tLog\tA visit\n"


def test_brought_again_a_numbered_row_updates_its_event(bring, lead, asked):
    lead.must_send(bring(NUMBERED))
    where = bring(NUMBERED.replace("A visit", "Nobody was in").replace("4 May", "5 May"))
    text = lead.text(where)
    assert "1 changes an event" in text
    assert "1 is there already" in text
    change = lead.text(row_page(latest(), 3))
    assert "What happened A visit Nobody was in" in change
    lead.must_send(where)
    assert [(each.row_key, each.what_happened, each.starts_on) for each in events(asked)] == [
        ("1", "A call", date(2016, 5, 3)),
        ("2", "Nobody was in", date(2016, 5, 5)),
    ]


def test_without_numbers_a_row_is_known_by_what_it_says(bring, lead, asked):
    lead.must_send(bring())
    where = bring(TABLE.replace("reported shouting", "reported loud shouting"))
    assert "1 changes an event" in lead.text(where)
    lead.must_send(where)
    assert sorted(each.what_happened for each in events(asked)) == [
        "A neighbour reported loud shouting",
        "The door was broken",
    ]


def test_the_same_file_again_brings_nothing(bring, lead, asked):
    lead.must_send(bring())
    where = bring()
    assert "2 are there already" in lead.text(where)
    refused = lead.send(where)
    assert refused.status_code == 422
    assert asked.events.count() == 2


def test_what_is_another_event_on_the_same_day_stays_apart(bring, lead, asked):
    lead.must_send(bring(f"{HEAD}\n3 May 2016\tLog\tA call about the rent\n"))
    lead.must_send(bring(f"{HEAD}\n3 May 2016\tLog\tThe window was found open by the warden\n"))
    assert asked.events.count() == 2


def test_what_would_change_an_event_can_be_taken_as_one_of_its_own(bring, lead, asked):
    lead.must_send(bring())
    where = bring(TABLE.replace("reported shouting", "reported loud shouting"))
    lead.must_send(row_page(latest(), 2), wish="as_new")
    lead.must_send(where)
    assert asked.events.count() == 3


def test_one_with_the_number_of_an_event_can_be_taken_as_one_of_its_own(bring, lead, asked):
    lead.must_send(bring(NUMBERED))
    where = bring(NUMBERED.replace("A visit", "Nobody was in"))
    lead.must_send(row_page(latest(), 3), wish="as_new")
    lead.must_send(where)
    assert sorted((each.row_key, each.what_happened) for each in events(asked)) == [
        ("", "Nobody was in"),
        ("1", "A call"),
        ("2", "A visit"),
    ]


def test_a_number_that_stands_twice_is_free_again_once_one_is_left_out_or_changed(bring, lead, asked):
    where = bring(NUMBERED.replace("\n2\t", "\n1\t"))
    assert "The number 1 stands in row 2 as well" in lead.text(where)
    lead.must_send(row_page(latest(), 2), wish="leave_out")
    assert "must be put right" not in lead.text(where)
    lead.must_send(row_page(latest(), 2), wish="take")
    assert "The number 1 stands in row" in lead.text(where)
    lead.must_send(row_page(latest(), 2), text_row_key="7")
    lead.must_send(where)
    assert sorted(each.row_key for each in events(asked)) == ["1", "7"]


# Undone


def test_an_import_is_undone_whole(bring, lead, asked):
    lead.must_send(bring())
    lead.must_send(bring(TABLE.replace("reported shouting", "reported loud shouting") + "June 2016\tLog\tA letter\n"))
    undo = page("undo-import", asked, latest().pk)
    assert "1 event taken off, 1 as before the import" in lead.text(undo)
    assert lead.must_send(undo) == page("fill-in-summary", asked, "chronology")
    assert sorted(each.what_happened for each in events(asked)) == [
        "A neighbour reported shouting",
        "The door was broken",
    ]
    assert timeline("undo_import") == ["1 taken off, 1 as before"]
    assert ChronologyEvent.history.filter(history_type="-").get().history_change_reason == "undo_import"
    assert latest().status == Status.UNDONE
    # The one before it can be undone as well: nothing of it has changed since.
    lead.must_send(page("undo-import", asked, ChronologyImport.objects.earliest("pk").pk))
    assert not asked.events.exists()


def test_what_was_changed_by_hand_since_stays(bring, lead, asked):
    lead.must_send(bring())
    changed = asked.events.get(precision="month")
    lead.must_send(page("fill-in-summary-row", asked, "event", changed.pk), source="Letter")
    undo = page("undo-import", asked, latest().pk)
    assert "1 changed since stays as it is" in lead.text(undo)
    lead.must_send(undo)
    assert events(asked) == [changed]
    assert timeline("undo_import") == ["1 taken off, 0 as before, 1 changed since kept"]


def test_a_mark_on_an_event_goes_with_it(cast, bring, lead, asked):
    lead.must_send(bring())
    event = asked.events.get(precision="month")
    reviews.restrict(fresh(asked), "event", event, by=cast.agency_lead, on=NOW)
    lead.must_send(page("undo-import", asked, latest().pk))
    assert not asked.events.exists()
    assert not asked.restrictions.exists()


# Much of it: a worker


@pytest.fixture
def much(monkeypatch):
    """Everything is too much to be done at once."""
    monkeypatch.setattr(importing, "BYTES_AT_ONCE", 0)
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 0)


def test_what_is_much_is_done_by_a_worker_and_its_page_says_where_it_is(much, bring, lead, asked):
    where = bring()
    assert "Being read" in lead.text(where)
    workflow.work_on_import(latest().pk, on=NOW)
    assert "2 new events" in lead.text(where)
    lead.must_send(page("map-columns", asked, latest().pk), day_first="yes")
    assert "Being read" in lead.text(where)
    tasks.work_on_import(latest().pk)
    lead.must_send(where)
    assert "Being imported" in lead.text(where)
    assert not asked.events.exists()
    workflow.work_on_import(latest().pk, on=NOW)
    workflow.work_on_import(latest().pk, on=NOW)
    assert asked.events.count() == 2
    lead.must_send(page("undo-import", asked, latest().pk))
    assert "Being undone" in lead.text(where)
    workflow.work_on_import(latest().pk, on=NOW)
    assert not asked.events.exists()


def test_what_a_worker_lost_is_found_and_what_nobody_went_on_with_is_forgotten(much, bring, lead, asked):
    where = bring()
    tasks.run_waiting_imports()
    workflow.work_on_import(latest().pk, on=NOW)
    assert "2 new events" in lead.text(where)
    workflow.forget_old_imports(on=NOW + timedelta(days=6))
    assert ChronologyImport.objects.exists()
    workflow.forget_old_imports(on=NOW + timedelta(days=8))
    assert not ChronologyImport.objects.exists()


def test_a_file_a_worker_cannot_read_says_why(much, bring, lead, asked):
    where = bring("", upload=SimpleUploadedFile("a.xlsx", b"PK\x03\x04 nothing"))
    workflow.work_on_import(latest().pk, on=NOW)
    text = lead.text(where)
    assert "Not read" in text
    assert "The file is damaged: save it again." in text


def test_a_worker_that_dies_over_it_three_times_gives_up(much, bring, lead, asked, monkeypatch):
    where = bring()

    def dies(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setitem(importing.DOES, Status.READING, dies)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            workflow.work_on_import(latest().pk, on=NOW)
    workflow.work_on_import(latest().pk, on=NOW)
    assert "It could not be done" in lead.text(where)


def test_a_fault_says_so_without_a_word_of_the_file(much, bring, lead, asked, monkeypatch, caplog):
    where = bring()

    def fails(*arguments, **more):
        raise ValueError("A neighbour reported shouting")

    monkeypatch.setitem(importing.DOES, Status.READING, fails)
    workflow.work_on_import(latest().pk, on=NOW)
    assert "It could not be done" in lead.text(where)
    assert "ValueError" in caplog.text
    assert "neighbour" not in caplog.text


def test_what_came_in_the_way_of_an_import_meanwhile_is_shown(much, bring, lead, asked):
    where = bring(NUMBERED)
    workflow.work_on_import(latest().pk, on=NOW)
    lead.must_send(where)
    latest().rows.filter(number=3).update(cells=["2", "4 May 2016", "", "A visit"])
    workflow.work_on_import(latest().pk, on=NOW)
    text = lead.text(where)
    assert "1 row must be put right or left out first." in text
    assert "1 must be put right or left out first" in text
    assert not asked.events.exists()


def test_who_lost_the_right_meanwhile_imports_nothing(much, bring, cast, lead, asked):
    where = bring()
    workflow.work_on_import(latest().pk, on=NOW)
    lead.must_send(where)
    workflow.return_nil(
        fresh(asked), by=cast.agency_lead, on=NOW, systems_searched="All", names_used="All", searched_by="Lead"
    )
    workflow.work_on_import(latest().pk, on=NOW)
    assert latest().status == Status.CHECKED
    assert latest().refused_why == "The summary can no longer be changed"
    assert not asked.events.exists()


# Who, and only once


def test_a_second_press_imports_nothing_twice(bring, lead, asked):
    where = bring()
    values, another_page = lead.form(where), lead.form(where)
    assert lead.post(where, values).status_code == 302
    assert lead.post(where, values).status_code == 302
    assert asked.events.count() == 2
    refused = lead.post(where, another_page)
    assert "Somebody else has gone on with it meanwhile" in words(parsed(refused))


def test_another_agency_and_the_pack_see_nothing_of_it(bring, visit, asked):
    where = bring()
    for part in ("other_lead", "referrer"):
        assert visit(part).get(where).status_code == 404
    assert visit("coordinator").get(where).status_code == 403


def test_an_import_of_another_summary_is_not_found(bring, lead, asked, cast):
    where = bring()
    other = asked.review.summaries.exclude(pk=asked.pk).first()
    address = reverse("import-chronology", args=[other.reference, latest().pk])
    assert where != address
    assert visit_of(cast, other).get(address).status_code == 404


def visit_of(cast, summary):
    from tests.client import Visitor

    return Visitor(reviews.lead_of(cast, summary))


def test_a_page_costs_the_same_for_few_rows_and_many(bring, lead, django_assert_max_num_queries):
    few = bring()
    lead.get(few)
    counts = []
    for text in (TABLE, HEAD + "".join(f"\n{day} May 2016\tLog\tCall {day}" for day in range(1, 29))):
        where = bring(text)
        with django_assert_max_num_queries(60) as counted:
            lead.get(where)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_rows_of_a_long_file_are_paged(bring, lead):
    where = bring(HEAD + "".join(f"\n3 May 2016\tLog\tCall {number}" for number in range(60)))
    assert len(lead.read(where).select("tbody tr")) == 50
    assert len(lead.read(f"{where}?page=2").select("tbody tr")) == 10
    assert queries.rows_under(latest()).count() == 60


# Taken away, and brought back


def taken(lead, summary, kind):
    """The chronology of a summary as a file of this kind."""
    response = lead.get(f"{page('summary-chronology', summary)}?format={kind}")
    assert response.status_code == 200
    return SimpleUploadedFile(f"chronology.{kind}", response.content)


ODD = (
    "=SUM(A1)",
    "'=SUM(A1)",
    "''twice",
    "+44 “quoted”, and a comma",
    "line one\nline two\n\n- a list",
    "\u2028 line separator and \u200b nothing",
    "_x0041_ underscore",
    "tab\tinside",
    "1 May 2016",
    "007",
    "TRUE",
    "Żółć 🙂 e\u0301",
)


def said_by(rows):
    return sorted([str(row[name]) for name in queries.EVENT_COLUMNS] for row in rows)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_taken_away_is_brought_back_without_loss(kind, cast, asked, lead):
    for number, text in enumerate(ODD):
        lead.must_send(
            page("add-summary-row", asked, "event"),
            date_as_written="?3 March 2026 14.30" if number % 2 else "Some time in spring",
            precision=None if number % 2 else "range",
            starts_on=None if number % 2 else date(2026, 3, 1),
            ends_on=None if number % 2 else date(2026, 5, 31),
            source=text.replace("\n", " ") or "Log",
            what_happened=text,
            analysis=text,
            significance="significant",
            child_seen="spoken_to_alone",
        )
    before = list(asked.events.order_by("pk").values())
    file = taken(lead, asked, kind)
    assert "12 are there already" in lead.text(lead.must_send(page("bring-chronology", asked), upload=file))
    assert list(asked.events.order_by("pk").values()) == before
    # In a summary that holds none of them, all of it is new, and the same.
    for event in asked.events.all():
        lead.must_send(page("remove-summary-row", asked, "event", event.pk))
    file.seek(0)
    lead.must_send(lead.must_send(page("bring-chronology", asked), upload=file))
    assert said_by(asked.events.values()) == said_by(before)
    [taken_file] = list(Reading.objects.filter(what__endswith=f"as {kind}"))
    assert (taken_file.reference, taken_file.case) == (asked.reference, asked.case.reference)


def test_a_text_that_no_cell_holds_leaves_csv_alone(asked, lead):
    lead.must_send(
        page("add-summary-row", asked, "event"), date_as_written="May 2026", source="Log", what_happened="a " * 20_000
    )
    where = page("summary-chronology", asked)
    text = lead.text(where)
    assert "the list is there as CSV alone" in text
    assert "XLSX" not in text
    assert lead.get(f"{where}?format=xlsx")["Content-Type"].startswith("text/html")
    brought = lead.must_send(page("bring-chronology", asked), upload=taken(lead, asked, "csv"))
    workflow.work_on_import(latest().pk, on=NOW)
    assert "1 is there already" in lead.text(brought)


def test_a_long_chronology_is_paged_wherever_it_stands(bring, lead, asked):
    lead.must_send(bring(HEAD + "".join(f"\n3 May 2016\tLog\tCall {number}" for number in range(60))))
    section = lead.read(page("fill-in-summary", asked, "chronology"))
    assert len([each for each in section.select("dt") if "3 May 2016" in each.get_text()]) == 50
    lead.must_send(asked, involved="yes")
    answers = lead.text(page("send-for-approval", asked))
    assert "These are the first 50. The whole chronology" in answers
    assert "60 events" in lead.text(page("summary-chronology", asked))
    assert "Showing 51 to 60 of 60 events" in lead.text(page("summary-chronology", asked) + "?page=2")
    assert "1 event" in lead.text(page("summary-chronology", asked) + "?text=Call+59")


def test_what_is_withheld_is_in_no_list_and_no_file(cast, visit, lead):
    summary = reviews.summary_restricted(cast)
    where = page("summary-chronology", summary)
    event = summary.restrictions.get(event__isnull=False).event
    assert event.what_happened[:20] in lead.text(where)
    coordinator = visit("coordinator")
    assert event.what_happened[:20] not in coordinator.text(where)
    assert "An event is withheld." in coordinator.text(where)
    assert event.what_happened[:20] not in coordinator.get(f"{where}?format=csv").content.decode()


def test_what_is_still_being_written_is_the_agencys_own(visit, asked):
    assert visit("coordinator").get(page("summary-chronology", asked)).status_code == 403
