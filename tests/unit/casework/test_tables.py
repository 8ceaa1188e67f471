"""Tables out of files that people bring: what is in them is read, what they hold besides is never run or followed."""

import io
import zipfile
from datetime import datetime, time

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from casework import tables

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def document(body, start=""):
    return packed({"word/document.xml": f'{start}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def cell(text, properties=""):
    return f"<w:tc>{properties}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def table(*rows):
    return "<w:tbl>" + "".join("<w:tr>" + "".join(row) + "</w:tr>" for row in rows) + "</w:tbl>"


def book(write, **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        write(made)
    return out.getvalue()


def rows(data):
    return tables.read(data)[0].rows


def refused(data):
    with pytest.raises(tables.Refused) as why:
        tables.read(data)
    return str(why.value)


def test_a_table_with_nothing_in_it_does_not_refuse_the_others():
    empty = table([cell(""), cell("")])
    found = tables.read(document(empty + table([cell("Date"), cell("Event")], [cell("May 2016"), cell("One")])))
    assert [(each.place, len(each.rows)) for each in found] == [("Table 2", 2)]
    assert refused(document(empty)) == "The file has no table"


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_what_is_broken_inside_is_refused_in_words(compression):
    whole = bytearray(packed({"word/document.xml": "<w>" + "abc" * 900}, compression))
    start = whole.index(b"document.xml") + len("document.xml")
    for at in range(start, start + 24):
        broken = whole.copy()
        broken[at] ^= 0xFF
        assert refused(bytes(broken)).startswith("The file ")


def test_an_archive_of_too_many_parts_is_not_unpacked():
    assert refused(packed({f"{n}": "" for n in range(5_001)})) == "The file has too many parts"


@pytest.mark.parametrize("divider", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_in_columns(divider, encoding):
    text = divider.join(["Date", "Event"]) + "\r\n" + divider.join(["3 May 2016", '"Café, seen\nat home"']) + "\r\n"
    assert rows(text.encode(encoding)) == [["Date", "Event"], ["3 May 2016", "Café, seen\nat home"]]


def test_shorter_rows_are_filled_and_empty_ones_at_the_end_are_none():
    assert rows(b"a,b,c\nd\n,,\n") == [["a", "b", "c"], ["d", "", ""]]


def test_a_word_document():
    body = table([cell("Date"), cell("Event")], [cell("?May 2016"), cell("A &amp; B")]) + table([cell("Another")])
    first, second = tables.read(document(body))
    assert first == ("Table 1", [["Date", "Event"], ["?May 2016", "A & B"]])
    assert second == ("Table 2", [["Another"]])


def test_in_word_merged_cells_say_what_the_first_of_them_says():
    down = ('<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>")
    across = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    body = table(
        [cell("A title", across)], [cell("May 2016", down[0]), cell("First")], [cell("", down[1]), cell("Second")]
    )
    assert rows(document(body)) == [["A title", ""], ["May 2016", "First"], ["May 2016", "Second"]]


def test_in_word_lines_stay_and_what_was_struck_out_does_not():
    words = (
        "<w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t></w:r><w:del><w:r><w:delText>not</w:delText></w:r></w:del></w:p>"
    )
    field = "<w:p><w:r><w:instrText>DATE</w:instrText></w:r><w:ins><w:r><w:t>three</w:t></w:r></w:ins></w:p>"
    nested = f"<w:tc><w:p/>{table([cell('inside')])}</w:tc>"
    found = rows(document(table([f"<w:tc>{words}{field}</w:tc>", nested])))
    assert found == [["One\ntwo\nthree", "inside"]]


def test_a_spreadsheet_says_its_days_by_the_name_of_the_month():
    def write(made):
        sheet, day = made.add_worksheet("Events"), made.add_format({"num_format": "dd/mm/yyyy"})
        clock = made.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, ["Date", "Time", "Count", "Sum"])
        sheet.write_datetime(1, 0, datetime(2016, 4, 3), day)
        sheet.write_datetime(1, 1, time(14, 30), clock)
        sheet.write_row(1, 2, [3, "=1+1"])
        sheet.write_datetime(2, 0, datetime(2016, 4, 3, 9, 5), day)
        made.add_worksheet("Empty")

    [found] = tables.read(book(write, strings_to_formulas=False))
    assert found.place == "Events"
    assert found.rows[1:] == [["3 April 2016", "14:30", "3", "=1+1"], ["3 April 2016 09:05", "", "", ""]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty"),
        (b" \n", "The file is empty"),
        (
            b"\xd0\xcf\x11\xe0\xa1",
            "The file is of an old kind, or has a password: save it as .docx or .xlsx without one",
        ),
        (b"%PDF-1.7", "A PDF has no tables that can be read: use the Word, Excel or CSV file it was made from"),
        (b"a\0b", "The file is no text, Word or Excel file"),
        (b"PK\x03\x04 and nothing", "The file is damaged: save it again"),
        (packed({"other.xml": "<x/>"}), "The file is neither a Word nor an Excel file"),
        (packed({"word/document.xml": "<w"}), "The file is damaged: save it again"),
        (packed({"xl/workbook.xml": "<w"}), "The file is damaged: save it again"),
        (document("<w:p/>"), "The file has no table"),
        (b",".join([b"x"] * 61), "The file has more than 60 columns"),
        (b"x\n" * 20_001, "The file has more than 20,000 rows: divide it"),
        (b"x" * (256 * 1024 + 1), "A cell holds more than 256 KB: divide it"),
        (b",\n,\n", "The file has no table"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(data, why):
    assert refused(data) == why


def test_a_document_type_is_refused_and_nothing_it_names_is_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not theirs")
    start = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    assert (
        refused(document(table([cell("&e;")]), start))
        == "The file holds what no Word file holds: save it again with Word"
    )


def test_what_unpacks_to_too_much_is_refused_whatever_it_says_of_its_size():
    big = packed({"word/document.xml": b" " * (tables.UNPACKED + 1)})
    assert len(big) < 100_000
    assert refused(big) == "The file unpacks to more than 64 MB"
    size = (tables.UNPACKED + 1).to_bytes(4, "little")
    assert refused(big.replace(size, (10).to_bytes(4, "little"))) in (
        "The file is damaged: save it again",
        "The file unpacks to more than 64 MB",
    )


@given(st.binary(), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"%PDF-"]))
def test_any_file_is_a_table_or_is_refused(data, start):
    try:
        found = tables.read(start + data)
    except tables.Refused:
        return
    assert all(len(row) == len(each.rows[0]) for each in found for row in each.rows)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_what_is_copied_comes_as_it_was(written):
    out = io.StringIO()
    tables.csv.writer(out, delimiter="\t", lineterminator="\n").writerows(written)
    try:
        found = tables.delimited("Date\tEvent\t\t\t\n" + out.getvalue()).rows[1:]
    except tables.Refused:
        assert "\0" in out.getvalue()
        return
    meant = [[tables._clean(text) for text in row] for row in written]
    assert [shorn(row) for row in found if any(row)] == [shorn(row) for row in meant if any(row)]


def shorn(row):
    """A row without the empty cells at its end."""
    return row[: max(at + 1 for at, text in enumerate(row) if text)]
