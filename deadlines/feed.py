"""A person's due dates and meetings as a calendar that other programs subscribe to (iCalendar, RFC 5545).

References and what the rule asks for, never the words of a case: the address may lie in a telephone. It is private,
made by the person, and ends when it is revoked, replaced, or when the person may no longer sign in.
"""

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from icalendar import Calendar, Event

from deadlines import rules
from deadlines.models import CalendarFeed, Deadline, DiaryEntry
from partnership.models import User
from trail import models as trail

PAST = timedelta(days=28)
"""How long what is overdue, and a meeting that was held, stay in the calendar."""
LASTS = timedelta(minutes=30)
"""What a due time of day is shown as: the half hour before it."""


def of(user):
    """This will return the address in force of a person, or None."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def make(user, *, on):
    """This will give a person a new address; the one they had ends with it."""
    with transaction.atomic():
        revoke(user, on=on)
        return trail.save(CalendarFeed(user=user, nonce=uuid.uuid4(), made_at=on), by=user, on=on, reason="made")


def revoke(user, *, on):
    """This will end the address a person has, if they have one."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two presses at once wait for each other
        if feed := of(user):
            feed.revoked_at = on
            trail.save(feed, by=user, on=on, reason="revoked")


def address(feed):
    """This will return the full address of a feed."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("calendar", args=[f"{feed.nonce.hex}{_proof(feed.nonce)}"])


def find(token):
    """This will return the feed that an address names, or None: revoked, its person gone, or not one of ours."""
    try:
        nonce = uuid.UUID(hex=token[:32])
    except ValueError:
        return None
    if not constant_time_compare(token[32:], _proof(nonce)):
        return None
    feeds = CalendarFeed.objects.filter(nonce=nonce, revoked_at=None, user__is_active=True)
    return feeds.select_related("user").first()


def _proof(nonce):
    return salted_hmac("deadlines.feed", nonce.hex, algorithm="sha256").hexdigest()


def calendar(user, *, moment):
    """This will return a person's calendar as bytes. Two queries, and what it takes to know what is theirs."""
    made = Calendar()
    made.add("prodid", "-//Safeguarding Learning Hub//Due dates//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Safeguarding: due dates")
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    since = moment - PAST
    waiting = Deadline.objects.waiting_for(user, moment=moment).filter(due_at__gte=since, paused_at=None)
    for deadline in waiting.oldest_first():
        made.add_component(_due(deadline, moment))
    meetings = DiaryEntry.objects.visible_to(user, moment=moment).filter(cancelled_at=None, starts_at__gte=since)
    for entry in meetings.order_by("starts_at", "pk"):
        made.add_component(_meeting(entry, moment))
    return made.to_ical()


def _due(deadline, moment):
    due = deadline.due_at.astimezone(rules.LONDON)
    rule = rules.RULES.get(deadline.rule)
    label = rule.label if rule else "Something is due"
    event = _event(f"deadline-{deadline.pk}", f"{deadline.reference}: {label}", deadline.path, moment)
    if due.time() == rules.END_OF_DAY:
        event.add("dtstart", due.date())
        event.add("dtend", due.date() + timedelta(days=1))
    else:
        event.add("dtstart", deadline.due_at - LASTS)
        event.add("dtend", deadline.due_at)
    return event


def _meeting(entry, moment):
    event = _event(f"meeting-{entry.pk}", f"{entry.reference}: {entry.label}", entry.path, moment)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at or entry.starts_at + LASTS)
    return event


def _event(uid, summary, path, moment):
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("dtstamp", moment)
    event.add("summary", summary)
    event.add("url", settings.PUBLIC_URL.rstrip("/") + (path or reverse("your-work")))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
