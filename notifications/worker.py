"""Telling a worker of a row that waits for it. A message the broker loses is no lost work: a sweep finds the row."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def announce(task, pk):
    """This will send a task about one row to a worker once the caller's transaction is committed."""
    transaction.on_commit(lambda: _send(task, pk))


def _send(task, pk):
    try:
        current_app.send_task(task, args=[pk], retry=False)
    except (OperationalError, OSError) as fault:  # the broker is away: nobody's page waits for it
        log.warning("%s %s was not announced to a worker: %s", task, pk, type(fault).__name__)
