from celery import shared_task
from django.db.transaction import atomic
from django.utils import timezone

from deadlines import calendar_changes, reminders


@shared_task(name="deadlines.tasks.send_due_reminders")
def send_due_reminders():
    """This will say what is due: the 08:00 digests, what became overdue, and what was missed while nothing ran."""
    now = timezone.now()
    with atomic():
        calendar_changes.catch_up(on=now)
    reminders.send_due(on=now)
