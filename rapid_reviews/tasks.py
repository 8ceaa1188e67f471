from celery import shared_task
from django.utils import timezone

from rapid_reviews import workflow
from rapid_reviews.models import ChronologyImport

BATCH = 20


@shared_task(name="rapid_reviews.tasks.follow_register")
def follow_register():
    """This will ask whoever entered the appointment register since a report was locked for signature."""
    workflow.follow_register_of_all(on=timezone.now())


@shared_task(name="rapid_reviews.tasks.work_on_import")
def work_on_import(import_id):
    """This will read, import or undo one chronology that was brought, or note why it could not be done."""
    workflow.work_on_import(import_id, on=timezone.now())


@shared_task(name="rapid_reviews.tasks.run_waiting_imports")
def run_waiting_imports():
    """This will have done what still waits: a message the broker lost is not a lost import."""
    for import_id in ChronologyImport.objects.waiting().values_list("pk", flat=True)[:BATCH]:
        work_on_import.delay(import_id)
    workflow.forget_old_imports(on=timezone.now())
