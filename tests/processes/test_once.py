"""Two web machines, two workers, one database, one broker: what is done at once takes effect once."""

import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import outbox
from notifications.models import Notice
from rapid_reviews.models import SignOff
from tests.client import Visitor, changed, form_key
from tests.factories import reports
from tests.moments import london
from tests.processes.running import BIN, free_port, process, status, until
from trail.models import Event

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


@pytest.mark.soak
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


def press(port, cookie, path, values):
    """This will send a form to one of the web machines and return the status, redirects not followed."""
    request = urllib.request.Request(
        f"http://localhost:{port}{path}",
        data=urllib.parse.urlencode(values).encode(),
        headers={"Cookie": cookie, "Origin": f"http://localhost:{port}"},
    )
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments, **options):
        return None


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_twenty_sign_offs_at_once_on_two_web_machines_count_each_partner_once(tmp_path, cast_committed):
    cast = cast_committed
    with time_machine.travel(london("2026-12-11 13:59"), tick=True), ExitStack() as stack:
        review = reports.report_locked(cast)
        signatories = [cast.partner_la, cast.partner_icb, cast.deputy, cast.partner_police]
        ports = [free_port(), free_port()]
        for port in ports:
            var = tmp_path / f"web-{port}"
            var.mkdir()
            # One public address, two machines behind it: a session of one is good on the other.
            environment = os.environ | {"VAR": str(var)}
            web = [sys.executable, "tests/processes/at.py", "2026-12-11T13:59:30", "gunicorn", "config.wsgi"]
            web += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8"]
            stack.enter_context(process(web, environment))
        until(lambda: all(status(port) in (200, 503) for port in ports), seconds=60)
        path = f"{review.get_absolute_url()}sign-off/"
        presses = []
        for signatory in signatories:
            visitor = Visitor(signatory)
            values = changed(visitor.form(path), {"decision": "agrees"})
            token = visitor.client.cookies[settings.CSRF_COOKIE_NAME].value
            session = visitor.client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = f"{settings.CSRF_COOKIE_NAME}={token}; {settings.SESSION_COOKIE_NAME}={session}"
            values["csrfmiddlewaretoken"] = token
            # A colleague's second press, and a page opened twice, are forms with keys of their own.
            for number in range(5):
                key = {"form_key": form_key(signatory)} if number % 2 else {}
                presses.append((ports[number % 2], cookie, path, values | key))
        with ThreadPoolExecutor(len(presses)) as pool:
            answers = list(pool.map(lambda arguments: press(*arguments), presses))
    signed = SignOff.objects.filter(review=review, voided_at=None)
    assert sorted(signed.values_list("partner", flat=True)) == ["icb", "la", "police"]
    assert set(answers) <= {302, 409, 422}, answers
    review.refresh_from_db()
    assert (review.status, review.decided_outcome) == ("decided", "lcspr")
    assert Event.objects.filter(reference=review.reference, verb="partners_decided").count() == 1
    assert Event.objects.filter(reference=review.reference, verb="sign_off").count() == 3
