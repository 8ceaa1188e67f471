from celery import shared_task
from django.utils import timezone

from deadlines import reminders


@shared_task(name="deadlines.tasks.send_due_reminders")
def send_due_reminders():
    """This will say what is due: the 08:00 digests, what became overdue, and what was missed while nothing ran."""
    reminders.send_due(on=timezone.now())
