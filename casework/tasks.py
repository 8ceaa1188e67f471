from celery import shared_task
from django.utils import timezone

from casework import documents

BATCH = 20


@shared_task(name="casework.tasks.render_document")
def render_document(document_id):
    """This will render one document."""
    documents.render(document_id, on=timezone.now())


@shared_task(name="casework.tasks.run_stragglers")
def run_stragglers():
    """This will render what still waits: a message the broker lost is not a lost document."""
    for document_id in documents.waiting().values_list("pk", flat=True)[:BATCH]:
        documents.render(document_id, on=timezone.now())
