"""E-mails and reminders of real workers: killed at every moment of sending, swept by eight at once, after a silence."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from deadlines import clock, reminders, rules
from deadlines.models import Reminder
from notifications import outbox
from notifications.models import Notice
from partnership.roles import Role
from tests.integration.deadlines.conftest import agency, open_case, person
from tests.moments import london
from tests.processes.running import BIN, ROOT, free_port, process, until

pytestmark = [pytest.mark.django_db(transaction=True)]
EIGHT = 8


class MailServer:
    """Takes every message and remembers its Message-ID. `first` is done with a message before it is answered."""

    def __init__(self, first=None):
        self.first, self.accepted, self.lock = first, [], threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        if self.first:
            await self.first()
        head = envelope.content.decode("utf-8", "replace").split("\r\n\r\n", 1)[0]
        with self.lock:
            self.accepted.append(next(line for line in head.splitlines() if line.lower().startswith("message-id")))
        return "250 OK"

    @contextmanager
    def running(self):
        controller = Controller(self, hostname="127.0.0.1", port=free_port())
        controller.start()
        try:
            yield controller.port
        finally:
            controller.stop()


@contextmanager
def worker(tmp_path, port, *, at=None):
    """A worker of one process that sends its mail to this port; `at` is its moment of London's clock."""
    var = tmp_path / f"worker-{port}-{at}"
    var.mkdir()
    environment = os.environ | {"VAR": str(var), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    command = ["-A", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING", "-n", f"{port}@test"]
    program = [sys.executable, "tests/processes/at.py", at, "celery"] if at else [BIN / "celery"]
    with process([*program, *command], environment) as started:
        yield started


def queue_one(key="killed"):
    with transaction.atomic():
        return outbox.queue(
            kind="test.killed",
            to="somebody@harrowmere.example",
            subject="RF-2026-001: something is needed",
            body="RF-2026-001",
            dedupe_key=key,
            on=timezone.now(),
        )


def killed(started):
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()


def send_again(tmp_path, notice):
    """This will let another worker send what waits, and return what its mail server accepted of this notice."""
    server = MailServer()
    with server.running() as port, worker(tmp_path, port):
        current_app.send_task("notifications.tasks.deliver_stragglers")
        queue_one("afterwards")  # one after the other: when this is sent, the sweep is over
        until(lambda: not Notice.objects.filter(sent_at=None).exists(), seconds=60)
    return [name for name in server.accepted if f"<notice-{notice.pk}@" in name]


def test_killed_after_the_claim_before_the_mail_server_answers_it_is_sent_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        with worker(tmp_path, silent.getsockname()[1]) as started:
            notice = queue_one()
            accepted, _ = silent.accept()
            killed(started)
            accepted.close()
    notice.refresh_from_db()
    assert (notice.attempts, notice.sent_at) == (0, None)
    assert len(send_again(tmp_path, notice)) == 1


def test_killed_after_the_message_before_the_answer_it_is_sent_once(tmp_path):
    arrived = threading.Event()

    async def never_answer():
        arrived.set()
        await asyncio.Event().wait()

    server = MailServer(never_answer)
    with server.running() as port, worker(tmp_path, port) as started:
        notice = queue_one()
        assert arrived.wait(60)
        killed(started)
    assert server.accepted == []
    assert len(send_again(tmp_path, notice)) == 1


def test_killed_after_the_answer_before_our_mark_it_is_sent_twice_under_one_name(tmp_path):
    """The one moment that gives a duplicate: what the mail server has accepted nobody here knows of yet."""
    holder = connection.copy()
    holder.inc_thread_sharing()
    holder.set_autocommit(False)

    async def let_no_mark_be_made():
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE notifications_notice IN SHARE MODE")

    def waits_to_mark():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notifications_notice'::regclass"
            )
            return cursor.fetchone()[0]

    server = MailServer(let_no_mark_be_made)
    with server.running() as port, worker(tmp_path, port) as started:
        notice = queue_one()
        until(waits_to_mark, seconds=60)
        killed(started)
    holder.rollback()
    holder.close()
    again = send_again(tmp_path, notice)
    assert len(server.accepted) == len(again) == 1
    assert server.accepted == again


def test_killed_after_our_mark_it_is_sent_once(tmp_path):
    server = MailServer()
    with server.running() as port, worker(tmp_path, port) as started:
        notice = queue_one()
        until(lambda: Notice.objects.get(pk=notice.pk).sent_at is not None, seconds=60)
        killed(started)
    assert send_again(tmp_path, notice) == []
    assert len(server.accepted) == 1


@pytest.fixture
def summary():
    """A summary that an agency was asked for, due on Tuesday 22 December 2026, and its lead."""
    unit, trust = agency("Unit of the Harrowmere partnership", kind="business_unit"), agency("Otterford Hospitals")
    manager = person("maya.manager", agency=unit, role=Role.BUSINESS_MANAGER)
    lead = person("lena.lead", agency=trust, role=Role.AGENCY_LEAD)
    received = london("2026-12-11 10:00")
    with transaction.atomic():
        for number in range(1, 4):
            case = open_case(f"RF-2026-{number:03}")
            clock.start(
                rules.SUMMARY_RETURNED,
                case=case,
                reference=case.reference,
                counts_from=received,
                on=received,
                by=manager,
                agency=trust,
            )
    return lead


SWEEP = """
import sys, django
django.setup()
from datetime import datetime
from deadlines import reminders
print("ready", flush=True)
sys.stdin.readline()
print(len(reminders.send_due(on=datetime.fromisoformat(sys.argv[1]))))
"""


def test_eight_sweeps_at_once_tell_everybody_once(summary):
    morning = london("2026-12-22 08:00")
    command = [sys.executable, "-c", SWEEP, morning.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    sweeps = [subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) for _ in range(EIGHT)]
    for sweep in sweeps:
        assert sweep.stdout.readline() == "ready\n"
    for sweep in sweeps:
        sweep.stdin.write("\n")
        sweep.stdin.flush()
    queued = [int(sweep.communicate(timeout=60)[0]) for sweep in sweeps]
    assert sum(queued) == 1
    assert [notice.user for notice in Notice.objects.all()] == [summary]
    # "Two days before" and "today", of three summaries: all taken up by the one digest.
    assert Reminder.objects.count() == 6
    assert not Reminder.objects.filter(notice=None).exists()


def test_a_scheduler_that_was_off_for_three_days_catches_up_without_repeating(tmp_path, summary):
    """On Friday 18 December it is coming; off from then on; on Wednesday 23 December it is a working day late."""
    server = MailServer()
    with server.running() as port:
        for at, digests in (("2026-12-18T08:00", 1), ("2026-12-23T08:00", 2)):
            with worker(tmp_path, port, at=at):
                current_app.send_task("deadlines.tasks.send_due_reminders")
                sent = Notice.objects.filter(user=summary, kind="digest", sent_at__isnull=False)
                until(lambda sent=sent, digests=digests: sent.count() == digests, seconds=60)
    assert reminders.send_due(on=london("2026-12-23 08:20")) == []
    first, second = Notice.objects.filter(user=summary).order_by("pk")
    assert first.subject == "Your work on Friday 18 December 2026: 3 due"
    assert second.subject == "Your work on Wednesday 23 December 2026: 3 overdue"
    assert second.body.count("Overdue by 1 working day") == 3
    assert "Due" not in second.body
    escalated = Notice.objects.filter(user=None, kind="digest").get()
    assert escalated.address == "escalation@otterford.example"
    stages = set(Reminder.objects.filter(user=summary).values_list("stage", flat=True))
    assert stages == {"coming", "today", "overdue"}
    assert not Reminder.objects.filter(notice=None).exists()
