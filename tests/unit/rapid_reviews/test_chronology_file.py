"""A chronology that was brought: its headings are found by their words, each row is an event, and problems are said."""

import json
from datetime import date, time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import tables
from casework.tables import Table
from design.forms import as_kept
from design.lists import as_csv, as_xlsx
from rapid_reviews import chronology_file as files

TODAY = date(2026, 12, 11)


def found(*rows, **options):
    return files.found_in([Table("The file", [list(row) for row in rows])], today=TODAY, **options)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["Date", "Source", "Event"], {"date": 0, "source": 1, "what_happened": 2}),
        (
            ["Date / Time", "Source of Information", "Significant Event(s)", "Action/Outcome", "Comment & Analysis"],
            {"date": 0, "source": 1, "what_happened": 2, "what_was_done": 3, "analysis": 4},
        ),
        (
            ["No.", "Start date", "Start Time", "End date", "Agency", "Details of contact", "Voice of the child"],
            {"row_key": 0, "date": 1, "time": 2, "until": 3, "what_happened": 5, "childs_voice": 6},
        ),
        (
            ["DATE:", "Was the child seen?", "Professionals involved", "What happened", "Significance"],
            {"date": 0, "child_seen": 1, "who": 2, "what_happened": 3, "significance": 4},
        ),
    ],
)
def test_headings_are_known_by_their_words(headings, columns):
    assert files.head_of([["A title"], headings]) == (1, columns)


def test_without_a_date_and_what_happened_it_is_no_chronology():
    for rows in ([["Name", "Date of birth"]], [["Date", "Weather"]], [[""]], [["x"]] * 15 + [["Date", "Event"]]):
        assert files.head_of(rows) == (None, {})
    assert files.head_of([["x"]] * 14 + [["Date", "Event"]])[0] == 14


def test_what_an_agency_said_of_its_headings_goes_before_what_is_known():
    remembered = {"notes": "what_happened", "event": ""}
    assert files.head_of([["Date", "Event", "Notes"]], remembered) == (0, {"date": 0, "what_happened": 2})


def test_each_row_is_an_event_and_says_its_problems():
    head = ["Date", "Time", "Source", "Event"]
    events = found(
        ["Larkspur Homes"],
        head,
        ["?22 May 2016", "14.30", "Repairs log", "A visit"],
        ["", "", "", ""],
        head,
        ["3/4/16", "", "", "A call"],
        ["22 May 2027", "", "Log", ""],
    )
    assert [event.row for event in events] == [3, 6, 7]
    first, second, third = events
    assert (first.date_as_written, first.problems) == ("?22 May 2016 14.30", [])
    assert first.reading[:2] == ("about", date(2016, 5, 22))
    assert first.texts == {"source": "Repairs log", "what_happened": "A visit"}
    assert second.problems == ["It can be 3 April 2016 or 4 March 2016", "The source of the record is missing"]
    assert third.problems == ["The date could not be read", "What happened is missing"] or third.problems == [
        "The date is in the future",
        "What happened is missing",
    ]
    assert found(head, ["3/4/16", "", "Log", "A call"], day_first=True)[0].problems == []


def test_a_last_day_in_a_column_of_its_own_makes_a_range():
    [event] = found(["Start date", "End date", "Source", "Event"], ["3 May 2016", "5 May 2016", "Log", "Calls"])
    assert (event.date_as_written, event.reading.ends_on) == ("3 May 2016 to 5 May 2016", date(2016, 5, 5))
    [event] = found(["Start date", "End date", "Source", "Event"], ["3 May 2016", "3 May 2016", "Log", "A call"])
    assert (event.date_as_written, event.reading.precision) == ("3 May 2016", "exact")


def test_all_tables_with_these_headings_are_read():
    chronology = Table("Table 2", [["Date", "Event"], ["May 2016", "One"]])
    other = Table("Table 1", [["Name", "Role"]])
    assert len(files.found_in([other, chronology, other, chronology], today=TODAY)) == 2
    with pytest.raises(files.NoHeadings):
        files.found_in([other], today=TODAY)


def test_a_table_that_a_page_break_took_apart_is_one():
    tables = [
        Table("Table 1", [["Agency", "Larkspur Homes"]]),
        Table("Table 2", [["Date", "Event"], ["May 2016", "One"]]),
        Table("Table 3", [["June 2016", "Two"]]),
        Table("Table 4", [["Signed", "by", "whom"]]),
    ]
    assert [event.texts["what_happened"] for event in files.found_in(tables, today=TODAY)] == ["One", "Two"]


def test_the_longest_list_with_the_headings_is_the_chronology():
    short = Table("Table 1", [["Date", "Contact"], ["May 2016", "One"]])
    long = Table("Table 2", [["Date", "Event"], ["May 2016", "Two"], ["May 2016", "Three"]])
    longest = Table("Table 3", [["Name", "Role", "Team"]] * 9)
    found = files.groups([short, long, longest])
    assert files.chosen(found) == 1
    assert files.chosen(files.groups([Table("Table 1", [["Name"]]), longest])) == 1


HEAD = ["Date", "Source", "Event", "Child seen", "Significance", "ID"]


def test_codes_are_known_by_their_labels_and_by_what_files_write_for_them():
    one, two, three = found(
        HEAD,
        ["May 2016", "Log", "A visit", "Yes, and spoken to alone", "Significant", "1"],
        ["May 2016", "Log", "A visit", "N", "low", "2"],
        ["May 2016", "Log", "A visit", "perhaps", "", "3"],
    )
    assert (one.texts["child_seen"], one.texts["significance"]) == ("spoken_to_alone", "significant")
    assert (two.texts["child_seen"], two.texts["significance"], two.problems) == ("no", "routine", [])
    assert three.problems == [
        "Was the child seen?: write one of Yes, Yes, and spoken to alone, No, Not applicable",
    ]


def test_a_number_stands_in_one_row_only():
    rows = [["May 2016", "Log", "A visit", "", "", number] for number in ("7", "7", "", "")]
    assert [event.problems for event in found(HEAD, *rows)] == [[], ["The number 7 stands in row 2 as well"], [], []]


def test_what_is_longer_than_an_event_takes_is_said():
    [event] = found(HEAD, ["May 2016", "L" * 201, "A visit", "", "", ""])
    assert event.problems == ["Source of the record: 201 characters, and 200 at most are taken"]
    [event] = found(["Date", "Source", "Event"], ["", "Log", "A visit"])
    assert event.problems == ["The date is missing: write “not recorded” where there is none"]


EXPLICIT = ["Date as written", "First day", "Last day", "Time of day", "How exact", "Source", "What happened"]


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["?summer", "2016-06-01", "", "", "About"], ("about", date(2016, 6, 1), None, None)),
        (["summer", "2016-06-01", "2016-08-31", "", "Range of dates"], ("range", date(2016, 6, 1), date(2016, 8, 31))),
        (
            ["Day 3, half two", "3 June 2016", "", "14:30", "Exact date"],
            ("exact", date(2016, 6, 3), None, time(14, 30)),
        ),
        (["no idea", "", "", "", "Date not recorded"], ("not_recorded", None, None, None)),
        (["22 May 2016", "", "", "", ""], ("exact", date(2016, 5, 22), None, None)),
    ],
)
def test_columns_of_their_own_say_what_the_words_for_a_date_mean(cells, meant):
    [event] = found(EXPLICIT, [*cells, "Log", "A visit"])
    assert (event.problems, event.date_as_written) == ([], cells[0])
    assert event.reading[: len(meant)] == meant


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["summer", "", "", "", "About"], "The first day is missing"),
        (["summer", "2016-06-03", "2016-06-01", "", ""], "The last day is missing, or before the first"),
        (["summer", "3/4/16", "", "", ""], "First day: It can be 3 April 2016 or 4 March 2016"),
        (["summer", "2016-06-03", "", "noonish", ""], "Time of day: it is no time"),
        (["", "2016-06-03", "", "", ""], "The date as the record writes it is missing"),
    ],
)
def test_columns_that_contradict_each_other_are_said(cells, problem):
    [event] = found(EXPLICIT, [*cells, "Log", "A visit"])
    assert problem in event.problems


def test_the_command_prints_what_would_be_recognised_and_keeps_nothing(tmp_path, capsys):
    file = tmp_path / "chronology.csv"
    file.write_text("Date,Source,Event,Action\n?22 May 2016 14.30,Log,“A visit”,None\n3/4/16,,A call,\n", "utf-8")
    call_command("read_chronology", str(file))
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "row": 2,
        "date_as_written": "?22 May 2016 14.30",
        "starts_on": "2016-05-22",
        "ends_on": None,
        "precision": "about",
        "time": "14:30",
        "source": "Log",
        "text": "“A visit”",
        "what_was_done": "None",
        "problems": [],
    }
    assert second["starts_on"] is None
    assert second["problems"] == ["It can be 3 April 2016 or 4 March 2016", "The source of the record is missing"]
    call_command("read_chronology", str(file), "--month-first")
    assert json.loads(capsys.readouterr().out)[1]["starts_on"] == "2016-03-04"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be opened"),
        (b"", "The file is empty"),
        (b"Name,Role\nA,B\n", "No row has the headings of a chronology"),
    ],
)
def test_the_command_says_why_it_can_read_nothing(content, why, tmp_path):
    file = tmp_path / "chronology.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=why):
        call_command("read_chronology", str(file))


def any_text(**options):
    """What a form keeps of anything that is typed or pasted."""
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), **options).map(
        lambda text: as_kept(text).strip()
    )


@pytest.mark.parametrize("write", [lambda *table: as_csv(*table).encode(), as_xlsx], ids=["csv", "xlsx"])
@given(texts=st.tuples(any_text(min_size=1), any_text(), any_text()).filter(lambda texts: texts[0]))
@settings(max_examples=60)
def test_any_text_is_read_again_as_it_was_written_to_a_file(write, texts):
    head = ["Date as written", "Source", "What happened", "Analysis", "The child’s voice"]
    read = tables.read(write(head, [["May 2016", "Log", *texts]]))
    [event] = files.found_in(read, today=TODAY)
    assert event.problems == []
    assert (event.texts["what_happened"], event.texts["analysis"], event.texts["childs_voice"]) == texts
