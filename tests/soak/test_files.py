"""Files that were damaged or made to harm: taken whole and given back as they are, or refused; never half."""

import hashlib
import io
import logging
import random
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework import files, keys
from casework.models import Attachment
from tests.client import Visitor
from tests.factories import situations
from tests.house_rules.world import undone
from tests.soak import hostile
from tests.soak.amount import SECONDS, SEED

pytestmark = pytest.mark.soak

FILES = 1500


def word(extra=()):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for name in ("[Content_Types].xml", "word/document.xml", *extra):
            parts.writestr(name, "<xml/>" * 50)
    return content.getvalue()


def pdf():
    import pikepdf

    made, content = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(content)
    return content.getvalue()


SOUND = {
    "a.pdf": pdf(),
    "a.docx": word(),
    "b.docx": word(["word/vbaProject.bin"]),
    "c.docx": word(["../../../evil", "word/" + "x" * 60_000, "a" * 300]),
    "a.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4,
    "a.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4,
    "a.eml": b"From: a@larkspur.example\r\nSubject: b\r\nMIME-Version: 1.0\r\n\r\nText\r\n" * 3,
    "a.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
}
NAMES = [
    "{}", "{}", "{}", "../../{}", "/etc/{}", "C:\\temp\\{}", "\u202e{}", "a\0{}", "{}\0.exe", ".{}", "{}.", "{} ",
    "ä{}", "n" * 300 + "{}", "<script>xq7()</script>{}", "'\";--{}", "{}\r\nX-A: b", "👩‍👩‍👧{}", "con.{}",
    "{}.{}", "%00{}", "%2e%2e%2f{}",
]  # fmt: skip


def damaged(rng, content):
    """This will change a file as a fault or an attacker would: bits, ends, blocks, numbers."""
    content = bytearray(content)
    for _ in range(rng.choice([0, 1, 1, 3, 20])):
        at = rng.randrange(len(content)) if content else 0
        match rng.randrange(7):
            case 0 if content:
                content[at] ^= 1 << rng.randrange(8)
            case 1:
                del content[at:]
            case 2:
                content[at:at] = rng.randbytes(rng.choice([1, 4, 300]))
            case 3:
                content[at : at + 4] = rng.choice(
                    [b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"PK\x05\x06", b"PK\x01\x02"]
                )
            case 4:
                content += content[at:]
            case 5:
                content[:0] = rng.choice([b" ", b"\n", b"\xef\xbb\xbf", b"MZ", b"\0"])
            case 6:
                del content[:at]
    return bytes(content[:200_000])


def test_no_file_breaks_an_upload(cast, record_property):
    logging.disable(logging.CRITICAL)
    rng = random.Random(SEED)
    referral = situations.draft(cast, rows=False)
    url = reverse("attach-file", args=[referral.reference])
    visitor = Visitor(cast.referrer)
    end = time.monotonic() + (SECONDS or 10**6)
    sent = taken = 0
    while sent < FILES and time.monotonic() < end:
        before = stored()
        name, content = rng.choice(list(SOUND.items()))
        content = damaged(rng, content)
        called = rng.choice(NAMES).replace("{}", rng.choice([name, name, name, *SOUND]))
        told = f"SOAK_SEED={SEED}, file {sent}: {called!r} of {len(content)} bytes from {name}"
        upload = SimpleUploadedFile("x", content, content_type=rng.choice(["application/pdf", "text/html", ""]))
        upload._name = called  # as it travels: Django's own class cleans it when it arrives
        values = {keys.FIELD: keys.new_key(cast.referrer), "file": upload}
        with undone():
            response = visitor.post(url, values)
            sent += 1
            assert response.status_code in (302, 400, 422), f"{told} -> {response.status_code}"
            rows = list(Attachment.objects.filter(reference=referral.reference))
            if response.status_code == 302:
                taken += 1
                look_at_stored(visitor, referral, rows, content, told)
            else:
                assert not rows, told
                assert stored() == before, f"{told}: refused, and its bytes are kept"
                assert not hostile.wrong_with(response.content.decode()), told
        for path in stored() - before:
            path.unlink()
    logging.disable(logging.NOTSET)
    record_property("files fuzzed", sent)
    assert taken or SECONDS, "none of them was taken"
    assert taken < sent or SECONDS, "all of them were taken"


def look_at_stored(visitor, referral, rows, content, told):
    """The file is there as it was sent, and comes back as a download that nothing runs."""
    (row,) = rows
    assert row.kind in files.TYPES, told
    assert row.sha256 == hashlib.sha256(content).hexdigest(), told
    answer = visitor.get(reverse("file", args=[referral.reference, row.key]))
    assert answer.status_code == 200, told
    assert b"".join(answer) == content, told
    assert answer["X-Content-Type-Options"] == "nosniff", told
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{referral.reference}-'), told
    assert answer["Content-Type"] == files.TYPES[row.kind][1], told
    page = visitor.get(referral)
    assert page.status_code == 200, told
    assert not hostile.wrong_with(page.content.decode()), told


def stored():
    return {path for path in Path(settings.FILES).rglob("*") if path.is_file()}
