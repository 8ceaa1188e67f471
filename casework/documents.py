"""Paper: a PDF of a frozen version, asked for in the transaction that needs it, rendered by a worker, kept by hash."""

import hashlib
import json
import logging
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string

from casework import pdf
from casework.models import Document
from casework.workflow import note
from notifications import worker
from trail import models as trail

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a worker begins a document before it counts as one that cannot be made: a worker may die over it."""


class Kind(NamedTuple):
    """A kind of document: the template its version is printed with, and the permission that opens it."""

    template: str
    permission: str


KINDS = {}
"""The kinds there are, by code; each work app adds its own in `apps.py`."""


def request(record, *, kind, version, by, on):
    """This will ask for the PDF of a frozen version, in the caller's transaction; a worker renders it after commit."""
    document = Document(
        case=record.case,
        reference=record.reference,
        kind=kind,
        version=version,
        key=uuid.uuid4(),
        requested_by=by,
        requested_at=on,
    )
    trail.save(document, by=by, on=on, reason="request")
    worker.announce("casework.tasks.render_document", document.pk)
    return document


def attempt(document_id, *, on):
    """This will render one waiting document; one that cannot be rendered says so instead of waiting for ever.

    An error ends it at once. A worker that dies over it leaves it waiting, and the third such attempt is the last. The
    log names the document and the kind of error, never its words: a template's error may quote the case.
    """
    with transaction.atomic():
        document = _lock(document_id)
        if document is None:
            return None
        if document.attempts >= ATTEMPTS:
            _fail(document, "workers ended before it was made", on=on)
            return None
        document.attempts += 1
        trail.save(document, by=trail.SYSTEM, on=on, reason="attempt")
    try:
        return render(document_id, on=on)
    except Exception as fault:  # whatever it is, somebody has to see it on the page
        with transaction.atomic():
            if document := _lock(document_id):
                _fail(document, type(fault).__name__, on=on)
        return None


def _lock(document_id):
    rows = Document.objects.select_for_update(skip_locked=True, of=("self",)).select_related("version", "case")
    return rows.filter(pk=document_id, rendered_at=None, failed_at=None).first()


def _fail(document, why, *, on):
    log.error("document %s of %s could not be made: %s", document.key.hex[:8], document.reference, why)
    document.failed_at = on
    trail.save(document, by=trail.SYSTEM, on=on, reason="fail")
    note(document, "document_failed", by=trail.SYSTEM, on=on, words=document.kind)


def try_again(document, *, by, on):
    """This will have a document that could not be made rendered again, in the caller's transaction."""
    document.failed_at, document.attempts = None, 0
    trail.save(document, by=by, on=on, reason="try_again")
    worker.announce("casework.tasks.render_document", document.pk)


def render(document_id, *, on):
    """This will render one waiting document and store it. Safe twice: a rendered one is left as it is.

    The file is written before the row that names it. Of two workers at once, one renders and the other leaves it.
    """
    with transaction.atomic():
        document = _lock(document_id)
        if document is None:
            return None
        content = json.loads(document.version.content)
        context = {"content": content, "version": document.version, "reference": document.reference}
        made = as_pdf(KINDS[document.kind].template, context)
        path = f"{document.key.hex[:2]}/{document.key.hex}.pdf"
        _write(path, made)
        document.path, document.size, document.sha256 = path, len(made), hashlib.sha256(made).hexdigest()
        document.rendered_at = on
        trail.save(document, by=trail.SYSTEM, on=on, reason="render")
        note(document, "render_document", by=trail.SYSTEM, on=on, words=f"SHA-256 of the file: {document.sha256}")
        return document


def as_pdf(template, context):
    """This will return the PDF of a template as bytes. For workers alone: it takes seconds."""
    return pdf.render(render_to_string(template, context))


def _write(path, content):
    target = Path(settings.FILES) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{uuid.uuid4().hex[:8]}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def of(record, kind):
    """This will return the documents of this kind of a record, rendered or not, newest first."""
    return Document.objects.filter(reference=record.reference, kind=kind).order_by("-requested_at", "-pk")


def read(document):
    """This will return a rendered document's bytes."""
    return (Path(settings.FILES) / document.path).read_bytes()


def serve(document):
    """This will return the PDF as a download named by its reference alone."""
    return download(read(document), f"{document.reference}.pdf")


PDF = "application/pdf"


def download(content, name, content_type=PDF):
    """This will return a file as a download of this name, which nothing else is done with."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def waiting():
    """This will return the documents that no worker has rendered yet, oldest first; what failed waits for a person."""
    return Document.objects.filter(rendered_at=None, failed_at=None).order_by("requested_at", "pk")
