"""Paper of a page: a PDF or Word file of what somebody saw, asked for by them, made by a worker, gone after a day.

Other than a document (`casework.documents`) it freezes nothing: what it shows is what its reader may see at the moment
it is made. `KINDS` are the pages that can be printed.
"""

import logging
import uuid
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Length

from casework import documents, word
from casework.models import Printout
from notifications import worker

log = logging.getLogger(__name__)

LASTS = timedelta(days=1)
ATTEMPTS = 3
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Kind(NamedTuple):
    """A page that can be printed: its template, the name of its file, and what it shows.

    `content(user, query, moment)` gives the template's context, or nothing where that person may not see it (any more).
    `may(user, query, moment)` asks that alone: again when it is fetched.
    """

    template: str
    file_name: str
    content: object
    may: object
    form: str = "pdf"
    """"pdf", or "docx" for a list that is to be worked on: it needs no template."""

    @property
    def file(self):
        """Its name as a download, which says nothing of a case."""
        return f"{self.file_name}.{self.form}"

    def make(self, content):
        """This will return the bytes of the file."""
        return word.as_docx(content) if self.form == "docx" else documents.as_pdf(self.template, {"content": content})


KINDS = {}
"""By code; each module of pages adds its own."""


def ask(kind, *, query, by, on, reference="", case=None):
    """This will ask for a PDF of a page, in the caller's transaction; a worker makes it after the commit."""
    about = {"query": query, "reference": reference, "case": case}
    printout = Printout.objects.create(kind=kind, key=uuid.uuid4(), asked_by=by, asked_at=on, **about)
    worker.announce("casework.tasks.make_printout", printout.pk)
    return printout


def make(printout_id, *, on):
    """This will make one printout that waits. Safe twice; one that cannot be made says so instead of waiting for ever.

    A worker that dies over it leaves it waiting; the third attempt is the last.
    """
    with transaction.atomic():
        printout = _waiting(printout_id)
        if printout is None:
            return
        printout.attempts += 1
        printout.failed_at = on if printout.attempts > ATTEMPTS else None
        printout.save()
    try:
        with transaction.atomic():
            if printout := _waiting(printout_id):
                kind = KINDS[printout.kind]
                content = kind.content(printout.asked_by, printout.query, on) if printout.asked_by.is_active else None
                if content is None:
                    raise LookupError("not theirs to see any more")
                printout.content = kind.make(content)
                printout.made_at = on
                printout.save()
    except Exception as fault:  # whatever it is, who asked has to see it; a template's error may quote the case
        log.error("printout %s of %s could not be made: %s", printout_id, printout.kind, type(fault).__name__)
        Printout.objects.filter(pk=printout_id).update(failed_at=on)


def _waiting(printout_id):
    rows = waiting().select_for_update(skip_locked=True, of=("self",)).select_related("asked_by")
    return rows.filter(pk=printout_id).first()


def waiting():
    """This will return the printouts that no worker has made yet, oldest first."""
    return Printout.objects.filter(made_at=None, failed_at=None).order_by("asked_at", "pk")


def of(user, key, *, moment):
    """This will return somebody's own printout that has not lapsed and is still theirs to see, or nothing.

    With its `size` in bytes; the PDF itself is read when it is asked for.
    """
    rows = Printout.objects.filter(asked_by=user, key=key, asked_at__gt=moment - LASTS)
    found = rows.select_related("case").annotate(size=Length("content")).defer("content").first()
    return found if found and KINDS[found.kind].may(user, found.query, moment) else None


def forget_old(*, on):
    """This will delete the printouts that have lapsed."""
    Printout.objects.filter(asked_at__lte=on - LASTS).delete()


def serve(printout):
    """This will return the file as a download."""
    kind = KINDS[printout.kind]
    return documents.download(bytes(printout.content), kind.file, DOCX if kind.form == "docx" else documents.PDF)
