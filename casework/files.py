"""Files people add: checked by content, stored outside the web root under a random name, served as attachments."""

import hashlib
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse

from casework import packed
from casework.models import Attachment
from trail import models as trail

LARGEST = 50 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
HEAD = 4096
TYPES = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "eml": ("E-mail", "message/rfc822"),
    "msg": ("Outlook e-mail", "application/vnd.ms-outlook"),
    "png": ("Picture", "image/png"),
    "jpg": ("Picture", "image/jpeg"),
}
ACCEPT = ".pdf,.docx,.eml,.msg,.png,.jpg,.jpeg"


def kind_of(upload):
    """This will return the kind (a key of TYPES) that both the file's name and its content say, or None."""
    ending = Path(upload.name).suffix.lower().lstrip(".")
    ending = "jpg" if ending == "jpeg" else ending
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    looks_like = {
        "pdf": head.startswith(b"%PDF-"),
        "png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        "jpg": head.startswith(b"\xff\xd8\xff"),
        "msg": head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        "eml": _is_email(head),
        "docx": head.startswith(b"PK\x03\x04") and _is_word(upload),
    }
    return ending if looks_like.get(ending) else None


def _is_email(head):
    first = head.lstrip().split(b"\n", 1)[0]
    name, colon, _ = first.partition(b":")
    return bool(colon) and name.strip().replace(b"-", b"").isalnum() and b"\0" not in head


def _is_word(upload):
    """Whether it is a document without macros, that nobody encrypted and that does not burst what unpacks it.

    Word takes the names of parts in any case. Macros lie in vbaProject.bin, or under a name of their own that the list
    of content types calls by their kind.
    """
    try:
        with packed.opened(upload, unpacked=LARGEST_UNPACKED) as parts:
            found = {part.filename.lower(): part for part in parts.infolist()}
            types = found.get("[content_types].xml")
            if types is not None and types.file_size > packed.LARGEST_LIST:
                return False
            macros = types is not None and b"macroenabled" in parts.read(types).lower()
    except packed.Refused:
        return False
    finally:
        upload.seek(0)
    return "word/document.xml" in found and not macros and not any(name.endswith("vbaproject.bin") for name in found)


def check(upload):
    """This will refuse, with the reason, a file that is empty, too large or of a kind we do not take."""
    if upload.size == 0:
        raise ValidationError("The selected file is empty", code="empty")
    if upload.size > LARGEST:
        raise ValidationError("The selected file must be smaller than 50MB", code="size")
    if kind_of(upload) is None:
        raise ValidationError("The selected file must be a PDF, DOCX, EML, MSG, PNG or JPEG", code="type")


def store(upload, *, record, by, on):
    """This will write a checked file under a random name, then the row that names it; refused files never get here.

    The bytes are on disk before the row is: a row never names a file that is not there.
    """
    kind = kind_of(upload)
    key = uuid.uuid4()
    path = f"{key.hex[:2]}/{key.hex}"
    target = Path(settings.FILES) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in upload.chunks():
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    row = Attachment(
        case=record.case,
        reference=record.reference,
        key=key,
        kind=kind,
        name=Path(upload.name).name[-200:],
        size=upload.size,
        sha256=digest.hexdigest(),
        path=path,
        added_by=by,
        added_at=on,
    )
    return trail.save(row, by=by, on=on, reason="attach")


def serve(attachment):
    """This will return the file as a download that no browser opens or runs by itself.

    The name is the reference and the kind: what its sender called it may hold a child's name.
    """
    name = f"{attachment.reference}-{attachment.key.hex[:8]}.{attachment.kind}"
    response = FileResponse(
        (Path(settings.FILES) / attachment.path).open("rb"),
        as_attachment=True,
        filename=name,
        content_type=TYPES[attachment.kind][1],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
