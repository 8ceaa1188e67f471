"""Files: each kind taken by its content, everything else refused with its reason; given only to who may read."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework import files
from casework.models import Attachment
from tests.client import Visitor, problems
from tests.factories import situations
from trail.models import Reading


def word(*names, size=6, types="<xml/>"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", types)
        for name in names:
            parts.writestr(name, bytes(size))
    return content.getvalue()


def macro_enabled():
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    return word("word/document.xml", "word/code.bin", types=f'<Override ContentType="{kind}"/>')


def encrypted():
    """The flag that a part is encrypted, in its own header and in the archive's list."""
    content = bytearray(word("word/document.xml"))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rindex(signature)
        content[at + flags] |= 1
    return bytes(content)


def long_list():
    """The end of the archive says that the list before it has 3 MB."""
    content = bytearray(word("word/document.xml"))
    at = content.rindex(b"PK\x05\x06") + 12
    content[at : at + 4] = (3_000_000).to_bytes(4, "little")
    return bytes(content)


TAKEN = {
    "letter.pdf": b"%PDF-1.7\n%%EOF\n",
    "LETTER.PDF": b"%PDF-1.4\n",
    "letter.docx": word("word/document.xml"),
    "mail.eml": b"From: a@larkspur.example\r\nSubject: b\r\n\r\nText\r\n",
    "mail.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "scan.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "scan.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "scan.jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
}
KIND = "The selected file must be a PDF, DOCX, EML, MSG, PNG or JPEG"
REFUSED = {
    "a program called pdf": ("letter.pdf", b"MZ\x90\0", KIND),
    "a picture called pdf": ("letter.pdf", TAKEN["scan.png"], KIND),
    "a page": ("page.html", b"<html><script>1</script></html>", KIND),
    "a page called e-mail": ("page.eml", b"<html>x</html>", KIND),
    "a program called e-mail": ("mail.eml", b"Subject: x\0\0\0", KIND),
    "a spreadsheet called word": ("letter.docx", word("xl/workbook.xml"), KIND),
    "word with macros": ("letter.docx", word("word/document.xml", "word/vbaProject.bin"), KIND),
    "word with macros by its name": ("letter.docm", word("word/document.xml", "word/vbaProject.bin"), KIND),
    "word with macros in capitals": ("letter.docx", word("word/document.xml", "word/VBAPROJECT.BIN"), KIND),
    "word with macros of another name": ("letter.docx", macro_enabled(), KIND),
    "word that somebody encrypted": ("letter.docx", encrypted(), KIND),
    "word that bursts what unpacks it": ("letter.docx", word("word/document.xml", size=210_000_000), KIND),
    "word of ten thousand parts": ("letter.docx", word("word/document.xml", *map(str, range(10_000))), KIND),
    "word whose list of parts is too long to read": ("letter.docx", long_list(), KIND),
    "word whose kinds are too long to read": (
        "letter.docx",
        word("word/document.xml", types="x" * 3_000_000),
        KIND,
    ),
    "a broken zip": ("letter.docx", b"PK\x03\x04rubbish", KIND),
    "a zip of a version to come": (
        "letter.docx",
        word("word/document.xml").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x50"),
        KIND,
    ),
    "no ending": ("letter", TAKEN["letter.pdf"], KIND),
    "old word": ("letter.doc", TAKEN["mail.msg"], KIND),
    "empty": ("letter.pdf", b"", "The selected file is empty"),
}


@pytest.fixture
def referral(cast):
    return situations.draft(cast)


def add(person, referral, name, content):
    address = reverse("attach-file", args=[referral.reference])
    return Visitor(person).send(address, file=SimpleUploadedFile(name, content))


@pytest.mark.parametrize("name", TAKEN)
def test_each_kind_is_taken_by_its_content_and_stored_as_it_came(name, referral, cast):
    assert add(cast.referrer, referral, name, TAKEN[name]).status_code == 302
    row = Attachment.objects.get()
    stored = Path(settings.FILES) / row.path
    assert stored.read_bytes() == TAKEN[name]
    assert stored.stat().st_mode & 0o077 == 0
    assert name.rpartition(".")[0] not in row.path
    assert (row.name, row.size, len(row.sha256), row.added_by) == (name, len(TAKEN[name]), 64, cast.referrer)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_is_refused_with_its_reason(case, referral, cast):
    name, content, message = REFUSED[case]
    answer = add(cast.referrer, referral, name, content)
    assert answer.status_code == 422
    assert [text for text, _ in problems(answer)] == [message]
    assert Attachment.objects.count() == 0


def test_none_at_all_says_so_and_leads_to_the_field(referral, cast):
    answer = Visitor(cast.referrer).send(reverse("attach-file", args=[referral.reference]))
    assert problems(answer) == [("Select a file", "#id_file")]


def test_more_than_50_mb_is_refused():
    upload = SimpleUploadedFile("letter.pdf", TAKEN["letter.pdf"])
    upload.size = files.LARGEST + 1
    with pytest.raises(ValidationError, match="smaller than 50MB"):
        files.check(upload)
    upload.size = files.LARGEST
    files.check(upload)


def test_a_file_is_given_as_an_attachment_that_nothing_opens_by_itself(cast):
    referral = situations.with_file(cast)
    row = Attachment.objects.get()
    answer = Visitor(cast.business_manager).get(reverse("file", args=[referral.reference, row.key]))
    assert answer["Content-Disposition"] == f'attachment; filename="{referral.reference}-{row.key.hex[:8]}.eml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer) == (Path(settings.FILES) / row.path).read_bytes()
    assert Reading.objects.filter(by=cast.business_manager, what__startswith="file ").count() == 1


def test_a_file_is_its_records_readers_alone(cast):
    mine, theirs = situations.with_file(cast), situations.with_file(cast, side=cast.theirs)
    row = Attachment.objects.get(reference=mine.reference)
    for person in (cast.other_referrer, cast.agency_lead, cast.panel_la):
        assert Visitor(person).get(reverse("file", args=[mine.reference, row.key])).status_code == 404
    through_theirs = reverse("file", args=[theirs.reference, row.key])
    assert Visitor(cast.other_referrer).get(through_theirs).status_code == 404, "another record's file under one's own"


@pytest.mark.begins_with("")
def test_a_letter_that_may_say_a_confidential_address_is_for_who_sent_it_and_the_business_unit(cast):
    refuge = {"text": "Refuge on Heron Row", "postcode": "OL99 9ZZ", "confidential": True}
    referral = situations.with_file(cast, children=[{"home_address": refuge}])
    address = reverse("file", args=[referral.reference, Attachment.objects.get().key])
    for part in ("business_manager", "coordinator", "referrer", "approver"):
        answer = Visitor(cast.person(part)).get(address)
        assert b"".join(answer)
    assert Visitor(cast.la_notifier).get(address).status_code == 404
    assert "There are files that may say a confidential address" in Visitor(cast.la_notifier).text(referral)
    assert b"".join(Visitor(cast.la_notifier).get(reverse("file", args=_without_an_address(cast))))


def _without_an_address(cast):
    referral = situations.with_file(cast, side=cast.theirs)
    return [referral.reference, Attachment.objects.get(reference=referral.reference).key]


def test_nobody_adds_a_file_to_what_is_not_theirs(referral, cast):
    assert Visitor(cast.other_referrer).get(reverse("attach-file", args=[referral.reference])).status_code == 404
