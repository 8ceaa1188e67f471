from celery import shared_task
from django.utils import timezone

from casework import documents, drafts, named, presence, printouts

BATCH = 20


@shared_task(name="casework.tasks.render_document")
def render_document(document_id):
    """This will render one document, or note that it could not be made."""
    documents.attempt(document_id, on=timezone.now())


@shared_task(name="casework.tasks.make_printout")
def make_printout(printout_id):
    """This will make one printout, or note that it could not be made."""
    printouts.make(printout_id, on=timezone.now())


@shared_task(name="casework.tasks.run_stragglers")
def run_stragglers():
    """This will have rendered what still waits: a message the broker lost is not a lost document.

    Each is a task of its own, so that one that cannot be rendered keeps nobody else's waiting.
    """
    for document_id in documents.waiting().values_list("pk", flat=True)[:BATCH]:
        render_document.delay(document_id)
    for printout_id in printouts.waiting().values_list("pk", flat=True)[:BATCH]:
        make_printout.delay(printout_id)
    printouts.forget_old(on=timezone.now())
    presence.forget_old(on=timezone.now())
    drafts.forget_old(on=timezone.now())


@shared_task(name="casework.tasks.match_names")
def match_names():
    """This will look in every case for people of the hub who may be named in it."""
    named.match_all(on=timezone.now())
