"""What the table of a chronology that was brought means: which column is what, and each row as an event.

Kept by nobody: it is shown first. Headings are free (Chronolator documents, partnerships' own Word tables, exports of
case systems); those that are known by their words are found here, and somebody can say otherwise.
"""

import re
from datetime import time
from typing import NamedTuple

from rapid_reviews import written_dates

HEADINGS = {
    "date": "date|date of event|event date|start date|date from|from|date and time|date time|when|date of contact",
    "time": "time|start time|time of event|event time",
    "until": "end date|date to|to|until|last day",
    "source": "source|source of information|source of record|source of the record|information source|record|records"
    "|source of evidence|evidence|source document",
    "who": "who|who was involved|people involved|persons involved|people|person|professional|professionals|staff"
    "|family member|family members|professional involved|professionals involved|practitioner|name and role",
    "child_seen": "child seen|was the child seen|was child seen|child seen alone|seen",
    "what_happened": "event|events|significant event|significant events|what happened|details|description|detail"
    "|event details|details of event|description of event|details of contact|contact|incident|summary|summary of event"
    "|event description|information|key event|nature of contact|involvement",
    "what_was_done": "action|actions|action taken|actions taken|response|outcome|what was done|decision|agency response"
    "|response or outcome|action or outcome|outcome or action|actions and outcome|response and outcome",
    "childs_voice": "child s voice|voice of the child|the child s voice|childs voice|voice of child|child s views"
    "|views of the child|wishes and feelings",
    "significance": "significance|significant|key",
    "analysis": "analysis|comment|comments|author s comments|comment or analysis|analysis or comment|reflection|notes"
    "|author s analysis|commentary|comment and analysis|analysis and comments|analysis of practice"
    "|comments and analysis",
    "row_key": "id|event id|row id|sequence|reference|ref|event number|number|no",
}
"""Each column of an event, and the headings by which it is known, as `plain` writes them."""
WORDS = {known: column for column, all_of_it in HEADINGS.items() for known in all_of_it.split("|")}
HEAD_WITHIN = 15
"""Rows among which the headings are looked for: titles and names stand above them."""


class Event(NamedTuple):
    """A row as an event: the date as written and what it means, the other columns' texts, and what is wrong with it."""

    row: int
    date_as_written: str
    reading: written_dates.Reading
    texts: dict
    problems: list


class NoHeadings(ValueError):
    """No row of a table names a date and what happened."""


def plain(heading):
    """This will write a heading as `HEADINGS` does: small letters, no signs, "/" and "&" as "or" and "and"."""
    said = heading.lower().replace("&", " and ").replace("/", " or ").replace("(s)", "s")
    return " ".join(re.sub(r"[^a-z ]+", " ", re.sub(r"\(.*?\)", " ", said)).split())


def columns_of(rows):
    """This will find the headings of a table: (the number of their row, {column: its place}).

    The first row that names a date and what happened. Raises NoHeadings where none does.
    """
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        found = {}
        for place, heading in enumerate(row):
            column = WORDS.get(plain(heading)) or WORDS.get(plain(heading).removesuffix(" or time"))
            if column and column not in found:
                found[column] = place
        if {"date", "what_happened"} <= found.keys():
            return number, found
    raise NoHeadings("No row has the headings of a chronology: a date, and what happened")


def found_in(tables, *, today, day_first=None):
    """This will return the events of all tables of a file that have the headings of a chronology.

    Raises NoHeadings where none has.
    """
    found, missing = [], None
    for table in tables:
        try:
            head, columns = columns_of(table.rows)
        except NoHeadings as none:
            missing = missing or none
        else:
            found.append(events(table.rows, head, columns, today=today, day_first=day_first))
    if not found and missing:
        raise missing
    return [event for each in found for event in each]


def events(rows, head, columns, *, today, day_first=None):
    """This will return each row under the headings as an `Event`. Empty rows, and headings again, are none."""
    found = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        if any(row) and row != rows[head]:
            found.append(event(number, row, columns, today=today, day_first=day_first))
    return found


def event(number, row, columns, *, today, day_first=None):
    """This will return one row as an event; rows are numbered from 1, as a spreadsheet does."""
    texts = {column: row[place] for column, place in columns.items()}
    written, at, until = (texts.pop(name, "") for name in ("date", "time", "until"))
    date_as_written = written + (f" to {until}" if until and until != written else "") + (f" {at}" if at else "")
    reading = written_dates.read(date_as_written, today=today, day_first=day_first)
    problems = [reading.problem] if reading.problem else []
    if reading.starts_on and reading.starts_on > today:
        problems.append("The date is in the future")
    if not texts.get("source"):
        problems.append("The source of the record is missing")
    if not texts.get("what_happened"):
        problems.append("What happened is missing")
    return Event(number, date_as_written, reading, texts, problems)


def as_json(event):
    """This will return an event as plain values: days and times as ISO texts, nothing as None."""

    def said(value):
        return value.isoformat("minutes") if isinstance(value, time) else value and value.isoformat()

    reading, texts = event.reading, dict(event.texts)
    return {
        "row": event.row,
        "date_as_written": event.date_as_written,
        "starts_on": said(reading.starts_on),
        "ends_on": said(reading.ends_on),
        "precision": reading.precision,
        "time": said(reading.at),
        "source": texts.pop("source", ""),
        "text": texts.pop("what_happened", ""),
        **texts,
        "problems": event.problems,
    }
