"""A list as a Word file."""

import io

from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.word import as_docx

LIST = {"title": "A list", "said": "2 events", "asked": [], "head": ["When", "What"], "note": ""}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"))


@settings(max_examples=40)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_any_text_stands_in_its_cell_as_it_was(rows):
    made = Document(io.BytesIO(as_docx(LIST | {"rows": rows})))
    usual = str.maketrans({"\ufffe": None, "\uffff": None})
    assert [tuple(cell.text for cell in row.cells) for row in made.tables[0].rows[1:]] == [
        tuple(text.translate(usual) for text in row) for row in rows
    ]


def test_characters_that_no_word_file_can_hold_are_left_out():
    made = Document(io.BytesIO(as_docx(LIST | {"rows": [("a\x00b\x0bc", "d")]})))
    assert made.tables[0].rows[1].cells[0].text == "abc"


def test_the_headings_are_repeated_on_every_page():
    made = Document(io.BytesIO(as_docx(LIST | {"rows": [("a", "b")]})))
    assert made.tables[0].rows[0]._tr.xpath("w:trPr/w:tblHeader")
