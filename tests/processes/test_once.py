"""Two workers, one database, one broker: every notice is sent once."""

import os
import threading
from contextlib import ExitStack, contextmanager

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.utils import timezone

from notifications import outbox
from notifications.models import Notice
from tests.processes.running import BIN, free_port, process, until

NOTICES = 200


class Counting:
    """A mail server that remembers the Message-ID of all it accepted."""

    def __init__(self):
        self.accepted, self.lock = [], threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.decode("utf-8", "replace").split("\r\n\r\n", 1)[0]
        name = next(line for line in head.splitlines() if line.lower().startswith("message-id"))
        with self.lock:
            self.accepted.append(name)
        return "250 OK"


@contextmanager
def mail_server():
    counting = Counting()
    controller = Controller(counting, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield counting, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_notices_and_two_workers_send_two_hundred_e_mails(tmp_path):
    with ExitStack() as stack:
        counting, address = stack.enter_context(mail_server())
        for number in range(2):
            var = tmp_path / f"machine-{number}"
            var.mkdir()
            environment = os.environ | {"VAR": str(var), "EMAIL_URL": address}
            worker = [BIN / "celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING"]
            stack.enter_context(process([*worker, "-n", f"machine-{number}@test"], environment))
        now = timezone.now()
        with transaction.atomic():
            for number in range(NOTICES):
                outbox.queue(
                    kind="test.once",
                    to=f"person-{number}@harrowmere.example",
                    subject="RF-2026-001: something is needed",
                    body="RF-2026-001",
                    dedupe_key=f"once:{number}",
                    on=now,
                )
        until(lambda: not Notice.objects.filter(sent_at=None).exists(), seconds=90)
    assert len(counting.accepted) == len(set(counting.accepted)) == NOTICES
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
