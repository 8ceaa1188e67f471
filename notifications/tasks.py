import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from notifications import audit_heads, outbox
from notifications.models import Notice

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=50)
"""How long one sweep goes on: the next begins a minute after this one began."""


@shared_task(name="notifications.tasks.deliver")
def deliver(notice_id):
    """This will send one notice."""
    outbox.deliver(notice_id, on=timezone.now())


@shared_task(name="notifications.tasks.deliver_stragglers")
def deliver_stragglers():
    """This will send what still waits: a message lost by the broker is not a lost e-mail."""
    began = timezone.now()
    for notice_id in list(Notice.objects.waiting(began).order_by("pk").values_list("pk", flat=True)):
        now = timezone.now()
        if now - began > SWEEP:
            break
        try:
            outbox.deliver(notice_id, on=now)
        except Exception as fault:  # whatever one notice brings about, those behind it are sent
            log.error("notice %s could not be handled: %s", notice_id, type(fault).__name__)


@shared_task(name="notifications.tasks.mail_audit_head")
def mail_audit_head():
    """This will mail the head of the audit trail once a day, however often it is asked."""
    audit_heads.mail(on=timezone.now())
