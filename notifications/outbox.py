"""Queue an e-mail with the change it speaks of, and deliver it once that change is committed."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from access.models import not_even_its_name
from notifications import email, worker
from notifications.models import Notice
from partnership.models import User

GIVE_UP_AFTER = timedelta(hours=72)
"""After the moment it could be sent from."""


WHEN_GIVEN_UP = []
"""What is done about a notice that can never be sent, in the transaction that does: functions of (notice, on=)."""


class OutsideTransaction(RuntimeError):
    """A notice was queued outside the transaction of the change it speaks of."""


def link(path):
    """This will return the full address of a path, for the one link of an e-mail."""
    return settings.PUBLIC_URL.rstrip("/") + path


def queue(*, kind, dedupe_key, on, **letter):
    """This will queue one e-mail in the caller's transaction and nudge a worker once it is committed.

    `to` is a `User` or an e-mail address, `subject` and `body` are texts, `reference` and `case` say what it is about.
    The same `dedupe_key` queued again returns the notice that is there.
    Refused outside a transaction: the mail would outlive a change that was rolled back.
    """
    _check_transaction(kind)
    row = _notice(on, kind=kind, dedupe_key=dedupe_key, **letter)
    notice, new = Notice.objects.get_or_create(dedupe_key=dedupe_key, defaults=row)
    if new:
        announce(notice)
    return notice


def announce(notice):
    """This will nudge a worker once the caller's transaction is committed."""
    worker.announce("notifications.tasks.deliver", notice.pk)


def queue_for(send_from, letters, *, on):
    """This will queue e-mails that can wait until a moment, each with what `queue` takes, at one stroke.

    One whose `dedupe_key` is there already is left out.
    """
    _check_transaction("several")
    rows = [Notice(**_notice(on, send_from=send_from, **letter)) for letter in letters]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def _check_transaction(kind):
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{kind}: a notice is queued in the transaction of the change it speaks of")


def _notice(on, *, to, reference="", case=None, send_from=None, **words):
    user = to if isinstance(to, User) else None
    whose = {"user": user, "address": user.email if user else to, "reference": reference, "case": case}
    return {**words, **whose, "queued_at": on, "send_from": send_from or on, "try_after": send_from or on}


def _theirs_no_more(notice, on):
    """Whether the person may not sign in any more, or may not know of the case any more, since it was queued."""
    if notice.user is None:
        return False
    may_not_know = Notice.objects.filter(not_even_its_name(notice.user, moment=on), pk=notice.pk, case__isnull=False)
    return not notice.user.is_active or may_not_know.exists()


def deliver(notice_id, *, on):
    """This will send one notice if it still waits, and mark it. Safe twice; two workers cannot both send it.

    Returns whether this call sent it. A refusal by the mail server leaves it queued with a later try (back-off up to
    an hour) until 72 hours after it could be sent; one for good ends that at once. What is given up is somebody's work,
    but not what waited for somebody who may not be told any more.
    """
    with transaction.atomic():
        rows = Notice.objects.waiting(on).select_for_update(skip_locked=True)
        notice = rows.filter(pk=notice_id).first()
        if notice is None:
            return False
        if _theirs_no_more(notice, on):
            notice.given_up_at, notice.error = on, "not theirs any more"
            notice.save()
            return False
        notice.attempts += 1
        try:
            email.send(notice)
        except OSError as fault:  # smtplib's errors are OSErrors, and so is a refused connection
            notice.error = type(fault).__name__
            notice.try_after = on + timedelta(minutes=min(2 ** min(notice.attempts, 6), 60))
            if on - notice.send_from > GIVE_UP_AFTER:
                notice.given_up_at = on
        except email.Undeliverable as refused:
            notice.error, notice.given_up_at = str(refused), on
        else:
            notice.sent_at, notice.error = on, ""
        notice.save()
        if notice.given_up_at:
            for act in WHEN_GIVEN_UP:
                act(notice, on=on)
        return notice.sent_at is not None
