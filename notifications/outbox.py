"""Queue an e-mail with the change it speaks of, and deliver it once that change is committed."""

import logging
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from notifications import email
from notifications.models import Notice
from partnership.models import User

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=72)


class OutsideTransaction(RuntimeError):
    """A notice was queued outside the transaction of the change it speaks of."""


def link(path):
    """This will return the full address of a path, for the one link of an e-mail."""
    return settings.PUBLIC_URL.rstrip("/") + path


def queue(*, kind, to, subject, body, dedupe_key, on, reference="", case=None):
    """This will queue one e-mail in the caller's transaction and nudge a worker once it is committed.

    `to` is a `User` or an e-mail address. The same `dedupe_key` queued again returns the notice that is there.
    Refused outside a transaction: the mail would outlive a change that was rolled back.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{kind}: a notice is queued in the transaction of the change it speaks of")
    user = to if isinstance(to, User) else None
    notice, new = Notice.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "kind": kind,
            "case": case,
            "reference": reference,
            "user": user,
            "address": user.email if user else to,
            "subject": subject,
            "body": body,
            "queued_at": on,
            "try_after": on,
        },
    )
    if new:
        transaction.on_commit(lambda: _nudge(notice.pk))
    return notice


def _nudge(notice_id):
    try:
        current_app.send_task("notifications.tasks.deliver", args=[notice_id], retry=False)
    except (OperationalError, OSError) as fault:  # the broker is away: the sweep delivers, nobody's page waits for it
        log.warning("notice %s was not announced to a worker: %s", notice_id, type(fault).__name__)


def deliver(notice_id, *, on):
    """This will send one notice if it still waits, and mark it. Safe twice; two workers cannot both send it.

    Returns whether this call sent it. A refusal by the mail server leaves it queued with a later try (back-off up to
    an hour) until 72 hours after it was queued.
    """
    with transaction.atomic():
        rows = Notice.objects.waiting(on).select_for_update(skip_locked=True)
        notice = rows.filter(pk=notice_id).first()
        if notice is None:
            return False
        notice.attempts += 1
        try:
            email.send(notice)
        except OSError as fault:  # smtplib's errors are OSErrors, and so is a refused connection
            notice.error = type(fault).__name__
            notice.try_after = on + min(timedelta(minutes=2**notice.attempts), timedelta(hours=1))
            if on - notice.queued_at > GIVE_UP_AFTER:
                notice.given_up_at = on
        else:
            notice.sent_at, notice.error = on, ""
        notice.save()
        return notice.sent_at is not None
