"""What the table of a chronology that was brought means: which column is what, and each row as an event.

Kept by nobody: it is shown first. Headings are free (Chronolator documents, partnerships' own Word tables, exports of
case systems); those that are known by their words are found here, and somebody can say otherwise.
"""

import re
from datetime import time
from typing import NamedTuple

from design.forms import one_line
from partnership import codes
from rapid_reviews import written_dates

HEADINGS = {
    "date": "date|date of event|event date|start date|date from|from|date and time|date time|when|date of contact"
    "|date as written",
    "time": "time|start time|time of event|event time",
    "until": "end date|date to|to|until",
    "first_day": "first day",
    "last_day": "last day",
    "time_of_day": "time of day",
    "precision": "how exact|how exact is it",
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
LABELS = {
    "date": "Date as the record writes it",
    "time": "Time as the record writes it",
    "until": "End date as the record writes it",
    "source": "Source of the record",
    "who": "Who was involved",
    "child_seen": "Was the child seen?",
    "what_happened": "What happened",
    "what_was_done": "What was done",
    "childs_voice": "The child’s voice",
    "significance": "Significance",
    "analysis": "Analysis",
    "row_key": "Event number",
    "first_day": "First day",
    "last_day": "Last day",
    "time_of_day": "Time of day",
    "precision": "How exact",
}
"""What each column is called, to who says what is what, and as a heading of the files that the hub makes."""
NEEDED = ("date", "what_happened")
HEAD_WITHIN = 15
"""Rows among which the headings are looked for: titles and names stand above them."""
ONE_LINE = {"source": 200, "who": 300, "row_key": 100}
"""Texts that break nowhere, and how long they may be."""
DATE_LONGEST = 100
SAID = {
    "child_seen": {
        "yes": "y|seen",
        "no": "n|not seen",
        "spoken_to_alone": "alone|seen alone|yes alone|spoken to alone|yes and spoken to alone",
        "not_applicable": "n a|na",
    },
    "significance": {"significant": "yes|y|s|key|high", "routine": "no|n|r|not significant|low"},
    "precision": {},
}
"""What files write for the codes of a list, beside its labels, as `plain` writes them."""


def plain(heading):
    """This will write a heading as `HEADINGS` does: small letters, no signs, "/" and "&" as "or" and "and"."""
    said = heading.lower().replace("&", " and ").replace("/", " or ").replace("(s)", "s")
    return " ".join(re.sub(r"[^a-z ]+", " ", re.sub(r"\(.*?\)", " ", said)).split())


WORDS = {known: column for column, all_of_it in HEADINGS.items() for known in all_of_it.split("|")}
WORDS |= {plain(label): column for column, label in LABELS.items()}


def _code_words(name):
    found = {plain(each.label): each.code for each in codes.LISTS[LISTS.get(name, name)].codes}
    return found | {words: code for code, said in SAID[name].items() for words in said.split("|")}


LISTS = {"precision": "event_precision"}


class Event(NamedTuple):
    """A row as an event: the date as written and what it means, the other columns' texts, and what is wrong with it."""

    row: int
    date_as_written: str
    reading: written_dates.Reading
    texts: dict
    problems: list

    def values(self):
        """This will return what an event of a summary is saved with. Of one that has problems it means nothing."""
        said = {name: text for name, text in self.texts.items() if name != "row_key"}
        reading = self.reading
        return said | {
            "date_as_written": self.date_as_written,
            "precision": reading.precision,
            "starts_on": reading.starts_on,
            "ends_on": reading.ends_on,
            "starts_at_time": reading.at,
        }


class Row(NamedTuple):
    """One row of a file: the table it stands in, its number there, counted as a spreadsheet does, and its cells."""

    place: str
    number: int
    cells: list


class Group(NamedTuple):
    """Tables of a file that are one list: the same headings, or what a page break took apart."""

    rows: list
    """Each `Row` with anything in it, what stands above the headings included."""
    head: int | None
    """The place of the row of headings among them, None where no row has the headings of a chronology."""
    columns: dict
    """{column: its place in a row}."""


class NoHeadings(ValueError):
    """No row of a table names a date and what happened."""


def columns_of(headings, remembered=None):
    """This will say which column each heading names: {column: its place}; `remembered` goes before the known words."""
    found = {}
    for place, heading in enumerate(headings):
        said = plain(heading)
        if remembered and said in remembered:
            column = remembered[said]
        else:
            column = WORDS.get(said) or WORDS.get(said.removesuffix(" or time"))
        if column and column not in found:
            found[column] = place
    return found


def head_of(rows, remembered=None):
    """This will find the headings of a table: (the place of their row, {column: its place}), or (None, {}).

    The first row that names a date and what happened.
    """
    for place, row in enumerate(rows[:HEAD_WITHIN]):
        found = columns_of(row, remembered)
        if found.keys() >= set(NEEDED):
            return place, found
    return None, {}


def groups(tables, remembered=None):
    """This will put the tables of a file together to lists, as a `Group` each.

    A table with the headings of an earlier one goes on with that list. So does one without headings that follows it,
    is as wide and begins with something like a date: Word makes several tables of one where somebody split it.
    """
    found = []
    for table in tables:
        rows = [Row(table.place, number, cells) for number, cells in enumerate(table.rows, 1) if any(cells)]
        head, columns = head_of([row.cells for row in rows], remembered)
        if (before := _before(found, rows, head)) is None:
            found.append(Group(rows, head, columns))
        else:
            before.rows.extend(rows if head is None else rows[head + 1 :])
    return found


def _before(found, rows, head):
    """The list that a table goes on with, or None."""
    if head is None:
        last = found[-1] if found else None
        goes_on = last and last.head is not None and len(rows[0].cells) == len(headings(last))
        return last if goes_on and any(each.isdecimal() for each in rows[0].cells[last.columns["date"]]) else None
    return next((group for group in found if group.head is not None and headings(group) == rows[head].cells), None)


def headings(group):
    return group.rows[group.head].cells


def likely_head(rows):
    """This will return the place of what may be the headings where nobody knows them: not a title, alone in its row."""
    return next((place for place, row in enumerate(rows) if sum(map(bool, row.cells)) > 1), 0)


def chosen(found):
    """This will return which list is the chronology: the longest that has its headings, else the longest."""
    return max(range(len(found)), key=lambda place: (found[place].head is not None, len(found[place].rows), -place))


def found_in(tables, *, today, day_first=None):
    """This will return the events of the chronology of a file, as an `Event` each.

    Raises NoHeadings where no table has the headings of one.
    """
    found = groups(tables)
    group = found[chosen(found)]
    if group.head is None:
        raise NoHeadings("No row has the headings of a chronology: a date, and what happened")
    read = Reader(group.columns, today=today, day_first=day_first)
    under = [row for row in group.rows[group.head + 1 :] if row.cells != headings(group)]
    return [read(row.number, row.cells) for row in under]


class Reader:
    """Reads the rows of one list as events, in its order: a number that stands in two rows is a problem of the second.

    `columns`: {column: its place}. `day_first`: whether "3/4/16" begins with the day, where that is known of the file.
    `numbers`: {number: its row} of rows that are not read here.
    """

    def __init__(self, columns, *, today, day_first=None, numbers=None):
        self.columns, self.today, self.day_first = columns, today, day_first
        self.numbers = numbers or {}

    def __call__(self, number, row):
        texts = {column: row[place] if place < len(row) else "" for column, place in self.columns.items()}
        problems = []
        date_as_written, reading = self._date(texts, problems)
        for name in SAID.keys() & texts.keys():
            if name != "precision":
                texts[name] = _coded(name, texts[name], problems)
        for name, longest in ONE_LINE.items():
            if name in texts:
                texts[name] = one_line(texts[name]).strip()
                if len(texts[name]) > longest:
                    problems.append(f"{LABELS[name]}: {len(texts[name])} characters, and {longest} at most are taken")
        if not texts.get("source"):
            problems.append("The source of the record is missing")
        if not texts.get("what_happened"):
            problems.append("What happened is missing")
        key = texts.get("row_key")
        if key and self.numbers.setdefault(key, number) != number:
            problems.append(f"The number {key} stands in row {self.numbers[key]} as well")
        return Event(number, date_as_written, reading, texts, problems)

    def _date(self, texts, problems):
        parts = {name: texts.pop(name, "") for name in ("date", "time", "until", *EXPLICIT)}
        written, until, at = parts["date"], parts["until"], parts["time"]
        said = written + (f" to {until}" if until and until != written else "") + (f" {at}" if at else "")
        said = one_line(said).strip()
        if any(parts[name] for name in EXPLICIT):
            reading = self._explicit(parts, problems)
        else:
            reading = written_dates.read(said, today=self.today, day_first=self.day_first)
            # A cell that is empty says nothing; that no date is recorded is said in words.
            if not said:
                reading = written_dates.Reading(problem="The date is missing: write “not recorded” where there is none")
        if reading.problem:
            problems.append(reading.problem)
        elif not said:
            problems.append("The date as the record writes it is missing")
        if reading.starts_on and reading.starts_on > self.today:
            problems.append("The date is in the future")
        if len(said) > DATE_LONGEST and not reading.problem:
            problems.append(f"The date as written has more than {DATE_LONGEST} characters")
        return said, reading

    def _explicit(self, parts, problems):
        """What columns of their own say: the days, the time and how exact they are."""
        precision = _coded("precision", parts["precision"], problems)
        days = {}
        for name in ("first_day", "last_day"):
            read = written_dates.read(parts[name], today=self.today, day_first=self.day_first)
            days[name] = read.starts_on
            if parts[name] and read.precision != "exact":
                problems.append(f"{LABELS[name]}: {read.problem or 'it is no day'}")
        _, at = written_dates.take_time(parts["time_of_day"])
        if parts["time_of_day"] and at is None:
            problems.append(f"{LABELS['time_of_day']}: it is no time")
        first, last = days["first_day"], days["last_day"]
        precision = precision or ("range" if last else "exact" if first else "")
        if precision == "not_recorded":
            first = last = at = None
        elif first is None:
            problems.append("The first day is missing")
        elif precision == "range" and (last is None or last < first):
            problems.append("The last day is missing, or before the first")
        return written_dates.Reading(precision, first, last if precision == "range" else None, at)


EXPLICIT = ("precision", "first_day", "last_day", "time_of_day")
"""Columns that say what a date means: then nothing is read from its words."""


def _coded(name, text, problems):
    """The code that a text of a file stands for: "" for none, and where it stands for nothing that is a problem."""
    said = plain(text)
    if not said:
        return ""
    code = CODES[name].get(said)
    if code is None:
        labels = ", ".join(each.label for each in codes.LISTS[LISTS.get(name, name)].codes)
        problems.append(f"{LABELS[name]}: write one of {labels}")
    return code or ""


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


CODES = {name: _code_words(name) for name in SAID}
"""By column: what a file may write for each code."""
