"""The edges of one delivery: whose turn it is, what it answers, how long it goes on."""

from datetime import timedelta

import pytest
from django.core import mail

from notifications import email, outbox, worker
from notifications.models import Notice
from tests.moments import london

NOW = london("2026-12-11 14:00")

pytestmark = pytest.mark.django_db


def queue(number):
    return outbox.queue(
        kind="test",
        to=f"somebody{number}@thistledown.example",
        subject="RF-2026-001: needed",
        body="Text",
        dedupe_key=f"test:{number}",
        on=NOW,
    )


@pytest.fixture
def refused(monkeypatch):
    def refuse(notice):
        raise ConnectionRefusedError("no")

    monkeypatch.setattr(email, "send", refuse)


def test_only_the_notice_that_is_named_is_sent():
    first, second = queue(1), queue(2)
    assert outbox.deliver(second.pk, on=NOW) is True
    assert [message.to for message in mail.outbox] == [["somebody2@thistledown.example"]]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.sent_at, first.attempts) == (None, 0)
    assert (second.sent_at, second.attempts, second.error) == (NOW, 1, "")


def test_it_says_whether_it_sent():
    notice = queue(1)
    assert outbox.deliver(notice.pk, on=NOW) is True
    assert outbox.deliver(notice.pk, on=NOW) is False
    assert outbox.deliver(0, on=NOW) is False


def test_a_try_at_exactly_72_hours_is_not_the_last(refused):
    notice = queue(1)
    assert outbox.deliver(notice.pk, on=NOW + timedelta(hours=72)) is False
    notice.refresh_from_db()
    assert (notice.given_up_at, notice.attempts) == (None, 1)
    notice = queue(2)
    late = NOW + timedelta(hours=72, seconds=1)
    assert outbox.deliver(notice.pk, on=late) is False
    notice.refresh_from_db()
    assert notice.given_up_at == late


def test_a_worker_is_told_by_name_without_waiting_for_a_broker(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(worker.current_app, "send_task", lambda *given, **named: told.append((given, named)))
    with django_capture_on_commit_callbacks(execute=True):
        notice = queue(1)
    assert told == [(("notifications.tasks.deliver",), {"args": [notice.pk], "retry": False})]


def test_a_link_is_the_public_address_and_the_path(settings):
    settings.PUBLIC_URL = "https://hub.harrowmere.example/"
    assert outbox.link("/referrals/") == "https://hub.harrowmere.example/referrals/"


def test_a_notice_that_is_queued_waits_from_its_own_moment():
    notice = Notice.objects.get(pk=queue(1).pk)
    assert (notice.queued_at, notice.try_after, notice.user) == (NOW, NOW, None)
    assert (notice.address, notice.reference, notice.case) == ("somebody1@thistledown.example", "", None)
