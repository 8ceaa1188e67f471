"""A list as a Word file: a title, what was asked for, one table whose headings are repeated on every page."""

import io
import re
from copy import deepcopy

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_docx(content):
    """This will return a list (`title`, `said`, `asked`, `head`, `rows` of texts, `note`) as the bytes of a Word file.

    Its properties name nobody. The rows are written as XML: python-docx looks through the whole table for each row.
    """
    # Here, not above: only a worker that writes one needs it.
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = Document()
    page, properties = document.sections[0], document.core_properties
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, page.page_height, page.page_width
    properties.author, properties.last_modified_by, properties.comments = "", "", ""
    properties.title, properties.language = _text(content["title"]), "en-GB"
    document.add_heading(_text(content["title"]), 1)
    document.add_paragraph(_text(". ".join([content["said"], *content["asked"]])))
    table = document.add_table(rows=1, cols=len(content["head"]), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, content["head"], strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    head = table.rows[0]._tr
    head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    def cell_of(words):
        cell = deepcopy(blank)
        run = OxmlElement("w:r")
        for number, line in enumerate(_text(words).split("\n")):
            if number:
                run.append(OxmlElement("w:br"))
            said = OxmlElement("w:t")
            said.text = line
            said.set(qn("xml:space"), "preserve")
            run.append(said)
        cell.find(qn("w:p")).append(run)
        return cell

    blank = deepcopy(head.findall(qn("w:tc"))[0])
    for run in blank.iter(qn("w:r")):
        run.getparent().remove(run)
    for row in content["rows"]:
        line = OxmlElement("w:tr")
        for words in row:
            line.append(cell_of(words))
        table._tbl.append(line)
    document.add_paragraph(_text(content["note"]))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _text(words):
    return NOT_IN_XML.sub("", words)
