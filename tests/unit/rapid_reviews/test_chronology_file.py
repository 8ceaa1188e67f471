"""A chronology that was brought: its headings are found by their words, each row is an event, and problems are said."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from casework.tables import Table
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
    assert files.columns_of([["A title"], headings]) == (1, columns)


def test_without_a_date_and_what_happened_it_is_no_chronology():
    for rows in ([["Name", "Date of birth"]], [["Date", "Weather"]], [[""]]):
        with pytest.raises(files.NoHeadings):
            files.columns_of(rows)
    with pytest.raises(files.NoHeadings):
        files.columns_of([["x"]] * 15 + [["Date", "Event"]])
    assert files.columns_of([["x"]] * 14 + [["Date", "Event"]])[0] == 14


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
    assert len(files.found_in([other, chronology, chronology], today=TODAY)) == 2
    with pytest.raises(files.NoHeadings):
        files.found_in([other], today=TODAY)


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
