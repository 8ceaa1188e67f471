"""Tables out of files that people bring: CSV, XLSX, Word (DOCX, DOCM), and what was copied from one of these.

Nothing in a file is run or followed: no macros, no formulas, no DTD, nothing from elsewhere. What is unpacked is
counted before it is kept. What cannot be read is refused in words (`Refused`).
"""

import csv
import io
from datetime import date, datetime, time
from typing import NamedTuple

from lxml import etree

from casework import packed
from casework.packed import Refused
from design.forms import as_kept
from design.forms.fields import LONGEST_TEXT
from design.lists import without_guard

UNPACKED = 64 * 1024 * 1024
"""Bytes that a file may be unpacked to."""
ROWS, COLUMNS = 20_000, 60
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORD, SHEETS = "word/document.xml", "xl/workbook.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DELETED = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText"}
"""What is shown as struck out, and what fields are worked out from: not what the page says."""


class Table(NamedTuple):
    """Rows of texts, all of the same length, and where the table stood in the file."""

    place: str
    rows: list


def read(data):
    """This will return the tables of a file as a list of `Table`; what kind of file it is says its content alone."""
    if not data.strip():
        raise Refused("The file is empty")
    if data.startswith(OLE):
        raise Refused("The file is of an old kind, or has a password: save it as .docx or .xlsx without one")
    if data.startswith(ZIP):
        return _packed(data)
    if data.startswith(b"%PDF-"):
        raise Refused("A PDF has no tables that can be read: use the Word, Excel or CSV file it was made from")
    return [delimited(_text(data))]


def delimited(text):
    """This will return the table in a text whose columns are divided by tabs, commas or semicolons."""
    if "\0" in text:
        raise Refused("The file is no text, Word or Excel file")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text.lstrip("\n").partition("\n")[0]
    divider = max("\t,;", key=head.count)
    csv.field_size_limit(UNPACKED)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=divider))
    except csv.Error as fault:
        raise Refused("The file could not be read as a table") from fault
    [table] = _filled([_table("The file", [[without_guard(text) for text in row] for row in rows])])
    return table


def _text(data):
    for start, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(start):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _packed(data):
    with packed.opened(io.BytesIO(data), unpacked=UNPACKED) as archive:
        names = set(archive.namelist())
        if WORD in names:
            return _word(archive)
        if SHEETS in names:
            return _sheets(data)
    raise Refused("The file is neither a Word nor an Excel file")


def _word(archive):
    document = _parsed(_unpacked(archive, WORD))
    tables = [each for each in document.iter(f"{W}tbl") if _outermost(each)]
    return _filled(_table(f"Table {number}", _word_rows(table)) for number, table in enumerate(tables, 1))


def _filled(tables):
    """The tables with anything in them: a page for signatures may be an empty one."""
    found = [table for table in tables if table.rows]
    if not found:
        raise Refused("The file has no table")
    return found


def _unpacked(archive, name):
    """The bytes of one part: no more than may be, whatever the file says of its size."""
    with archive.open(name) as part:
        data = part.read(UNPACKED + 1)
    if len(data) > UNPACKED:
        raise Refused(f"The file unpacks to more than {UNPACKED // 1024**2} MB")
    return data


def _parsed(data):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        document = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise Refused("The file is damaged: save it again") from fault
    if document.getroottree().docinfo.doctype:
        raise Refused("The file holds what no Word file holds: save it again with Word")
    return document


def _outermost(table):
    return next(table.iterancestors(f"{W}tbl"), None) is None


def _word_rows(table):
    rows, above = [], []
    for row in table.iterchildren(f"{W}tr"):
        texts, at = [], 0
        for cell in row.iterchildren(f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            span, merged = _span(properties), _goes_on(properties)
            # A cell that goes on from above says what that says: one date beside several events.
            texts.append(above[at] if merged and at < len(above) else _words(cell))
            texts += [""] * (span - 1)
            at += span
        rows.append(texts)
        above = texts
    return rows


def _span(properties):
    span = properties.find(f"{W}gridSpan") if properties is not None else None
    number = span.get(f"{W}val", "1") if span is not None else "1"
    return min(int(number), COLUMNS) if number.isdecimal() and number != "0" else 1


def _goes_on(properties):
    merge = properties.find(f"{W}vMerge") if properties is not None else None
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _words(cell):
    lines = []
    for paragraph in cell.iter(f"{W}p"):
        words = []
        for each in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
            if any(above.tag in DELETED for above in each.iterancestors()):
                continue
            words.append({f"{W}tab": "\t", f"{W}t": each.text or "", f"{W}noBreakHyphen": "-"}.get(each.tag, "\n"))
        lines.append("".join(words))
    return "\n".join(lines)


def _sheets(data):
    # Imported here: it takes a quarter of a second, and most processes never read a spreadsheet.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        found = []
        for sheet in book.worksheets:
            rows = []
            for row in sheet.iter_rows(max_col=COLUMNS, values_only=True):
                rows.append([_said(value) for value in row])
                if len(rows) > ROWS:
                    break
            found.append(_table(sheet.title, rows))
    except Refused:
        raise
    except Exception as fault:  # what a damaged file brings about in the library is of many kinds
        raise Refused("The file is damaged: save it again") from fault
    return _filled(found)


def _said(value):
    """A cell of a spreadsheet in words; a date by the name of its month: nobody asks which number is the day."""
    match value:
        case None:
            return ""
        case datetime() if (value.hour, value.minute) != (0, 0):
            return f"{value.day} {value:%B %Y %H:%M}"
        case date():
            return f"{value.day} {value:%B %Y}"
        case time():
            return f"{value:%H:%M}"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _table(place, rows):
    rows = [[_clean(text) for text in row] for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > ROWS:
        raise Refused(f"{place} has more than {ROWS:,} rows: divide it")
    width = max((at + 1 for row in rows for at, text in enumerate(row) if text), default=0)
    if width > COLUMNS:
        raise Refused(f"{place} has more than {COLUMNS} columns")
    return Table(place, [(row + [""] * width)[:width] for row in rows])


def _clean(text):
    """The text as a form keeps it; a longer one than a form takes is refused."""
    if len(text.encode(errors="replace")) > LONGEST_TEXT:
        raise Refused(f"A cell holds more than {LONGEST_TEXT // 1024} KB: divide it")
    return as_kept(text).strip()
