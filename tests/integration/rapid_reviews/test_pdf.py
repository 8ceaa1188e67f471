"""The PDF: every section with the entered text, each signature, the hash; tagged, the same bytes each time."""

import json
import re
import subprocess
from itertools import pairwise

import pikepdf
import pytest
from django.template.loader import render_to_string

from casework import documents, pdf
from casework.models import Version
from rapid_reviews import workflow
from rapid_reviews.models import HEADINGS, PARTS
from tests.factories import reports
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london

MARKER = re.compile(r"q[0-9a-f]{8}")


@pytest.fixture(scope="module")
def signed(made_once, tmp_path_factory):
    """A report with every answer given, decided by two partners; its PDF in a file."""
    review = made_once(reports.pdf_made)
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"

    def store(cast):
        document = workflow.documents_of(review)[0]
        path.write_bytes(documents.read(document))
        return document

    return review, made_once(store), path


@pytest.fixture(scope="module")
def text(signed):
    return text_of(signed[2])


def text_of(path):
    """This will return the words of a PDF in one line, a word that was broken over two lines put together."""
    command = ["pdftotext", "-layout", "-nopgbrk", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def in_one_line(text):
    return re.sub(r"\s+", "", text)


def structure(path):
    """This will list (tag, attributes, language) of every element of the PDF's structure, in reading order."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append((str(node.S), node.get("/A")))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(path) as document:
        walk(document.Root.StructTreeRoot.K)
        return [(tag, str(attributes.get("/Scope", "")) if attributes is not None else "") for tag, attributes in found]


def test_every_section_stands_with_its_number_and_title(text):
    plain = in_one_line(text)
    for number, title in {**PARTS, **HEADINGS}.items():
        assert in_one_line(f"{number} {title}") in plain
    assert in_one_line("3 Safeguarding partners’ decision") in plain


def test_every_text_that_was_entered_is_in_it(signed, text):
    review, document, _ = signed
    entered = set(MARKER.findall(document.version.content))
    assert len(entered) > 150
    plain = in_one_line(text)
    missing = sorted(each for each in entered if each not in plain)
    assert not missing
    for passage in ("worried_about", "concern", "cause", "effect", "threshold", "dissent", "family_why"):
        assert MARKER.search(reports.said(review, passage))[0] in plain


def test_each_signature_is_in_it(text):
    plain = in_one_line(text)
    for said in (
        "Delia Ravenscroft",
        "Agrees the recommendation",
        "Dominic Yarrow",
        "Agrees with comments",
        "Delegated safeguarding partner",
        "11 December 2026 at 1:58pm",
        "Not signed when this document was made.",
    ):
        assert in_one_line(said) in plain
    assert plain.index("DeliaRavenscroft") < plain.index("DominicYarrow")


def test_the_comments_of_a_partner_are_printed(cast, signed, text):
    review = fresh(signed[0])
    comments = review.sign_offs.get(partner="icb").comments
    assert MARKER.search(comments)[0] in in_one_line(text)


def test_it_names_the_version_and_the_hash_that_was_signed(cast, signed, text):
    version = workflow.version_to_sign(fresh(signed[0]))
    assert version.sha256 in in_one_line(text)
    assert in_one_line(f"{version.number}, locked for signature 11 December 2026 at 1:58pm") in in_one_line(text)


def test_the_sources_are_annexed_not_in_the_body(signed, text):
    body, annex = text.split("Annex B: where each passage comes from")[-2:]
    source = f"Referral {signed[0].referral.reference}, by"
    assert source in " ".join(annex.split())
    assert source not in " ".join(body.split("3 Safeguarding partners’ decision")[1].split())


def test_every_page_is_marked_and_numbered(signed):
    with pikepdf.open(signed[2]) as document:
        pages = len(document.pages)
    for number in range(1, pages + 1):
        command = ["pdftotext", "-f", str(number), "-l", str(number), "-layout", str(signed[2]), "-"]
        page = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert page.count("OFFICIAL-SENSITIVE") == 2, f"page {number}"
        assert f"Page {number} of {pages}" in page


def test_qpdf_finds_no_fault(signed):
    done = subprocess.run(["qpdf", "--check", str(signed[2])], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_tagged_for_screen_readers(signed):
    with pikepdf.open(signed[2]) as document:
        root = document.Root
        assert str(root.Lang) == "en-GB"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        for page in document.pages:
            if "/Annots" in page:
                assert page.Tabs == pikepdf.Name("/S")
                assert all(annotation.F & 4 for annotation in page.Annots)
    tags = structure(signed[2])
    kinds = {tag for tag, _ in tags}
    assert {"/H1", "/H2", "/H3", "/H4", "/P", "/Table", "/THead", "/TR", "/TH", "/TD", "/L", "/LI"} <= kinds
    headers = [scope for tag, scope in tags if tag == "/TH"]
    assert set(headers) == {"/Column", "/Row"}
    levels = [int(tag[2]) for tag, _ in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    skipped = [(before, after) for before, after in pairwise(levels) if after > before + 1]
    assert not skipped


def test_its_properties_hold_the_reference_and_no_word_of_the_case(signed):
    with pikepdf.open(signed[2]) as document:
        properties = {key: str(value) for key, value in document.docinfo.items()}
        with document.open_metadata() as metadata:
            properties |= {key: str(value) for key, value in metadata.items()}
    assert properties["/Title"] == "Rapid review report RR-2026-001"
    assert properties["/Author"] == "Harrowmere Safeguarding Children Partnership"
    assert "RR-2026-001" in properties["/Keywords"]
    everything = json.dumps(properties)
    assert not MARKER.search(everything)
    assert "MRK" not in everything


def test_its_name_in_the_store_says_nothing(signed):
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}\.pdf", signed[1].path)


def test_the_same_version_gives_the_same_bytes(cast, signed):
    document = signed[1]
    context = {
        "content": json.loads(document.version.content),
        "version": document.version,
        "reference": document.reference,
    }
    html = render_to_string(documents.KINDS[document.kind].template, context)
    assert pdf.render(html) == signed[2].read_bytes()


def test_nothing_is_fetched(monkeypatch):
    asked = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *args, **how: asked.append(args))
    pictures = "".join(f"<img alt='' src='{url}'>" for url in ("http://127.0.0.1:9/x.png", "file:///etc/hostname"))
    made = pdf.render(f"<html lang='en'><head><title>T</title></head><body>{pictures}<p>Words</p></body></html>")
    assert made.startswith(b"%PDF")
    assert asked == []


def test_a_later_signature_makes_another_document_that_names_all_three(cast, signed):
    review = reports.sign(fresh(signed[0]), by=cast.partner_police, on=london("2026-12-11 14:00"))
    document = workflow.documents_of(review)[0]
    assert document.pk != signed[1].pk
    content = json.loads(document.version.content)
    assert [one["name"] for one in content["signatures"]] == ["Delia Ravenscroft", "Dominic Yarrow", "Dana Kestrel"]
    assert content["unsigned"] == []
    assert Version.objects.filter(reference=review.reference).count() == 3
