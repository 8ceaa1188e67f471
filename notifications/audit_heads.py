"""The head of the audit trail's chain, mailed every day to people who could not both be deceived."""

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from access.can import people_with
from notifications import outbox
from partnership.roles import Role
from trail import sealing


@transaction.atomic
def mail(*, on):
    """This will mail the head of this day to the delegated safeguarding partners, once each, and return it.

    `None` while nothing is sealed. What was mailed stays with them: `manage.py verify_audit --head` compares.
    """
    day = timezone.localdate(on)
    head = sealing.head(day)
    if head is None:
        return None
    for partner in people_with(None, Role.DELEGATED_PARTNER, moment=on):
        outbox.queue(
            kind="notifications.head",
            to=partner,
            subject=f"The hub’s audit trail on {day:%-d %B %Y}",
            body=render_to_string("emails/notifications/head.txt", {"head": str(head), "day": day}),
            dedupe_key=f"notifications.head:{day}:{partner.pk}",
            on=on,
        )
    return head
