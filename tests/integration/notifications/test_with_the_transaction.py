"""A notice belongs to the transaction of the change it speaks of."""

import pytest
from django.db import transaction

from notifications import outbox, worker
from notifications.models import Notice
from tests.moments import london

NOW = london("2026-12-11 14:00")
pytestmark = pytest.mark.django_db(transaction=True)


def queue():
    to, subject = "somebody@thistledown.example", "RF-2026-001: needed"
    return outbox.queue(kind="test", to=to, subject=subject, body="Text", dedupe_key="test:1", on=NOW)


def test_a_notice_outside_a_transaction_is_refused():
    with pytest.raises(outbox.OutsideTransaction):
        queue()
    with pytest.raises(outbox.OutsideTransaction):
        outbox.queue_for(NOW, [], on=NOW)
    assert Notice.objects.count() == 0


def test_what_is_rolled_back_is_not_said(monkeypatch):
    nudged = []
    monkeypatch.setattr(worker.current_app, "send_task", lambda *arguments, **options: nudged.append(arguments))
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError("the change failed")
    assert Notice.objects.count() == 0
    assert nudged == []
