"""A document is asked for in a transaction, rendered once by a worker, kept by its hash, and swept up when lost."""

import hashlib
import stat
import threading
import uuid

import pytest
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from casework import documents, tasks, versions
from casework.models import Document
from notifications import worker
from tests.factories import situations
from tests.moments import london
from trail.models import Event, SidewaysWrite, save

ON = london("2026-12-11 14:00")
CONTENT = {"title": "A note", "words": "Said once"}


@pytest.fixture(autouse=True)
def note(monkeypatch, tmp_path):
    """A kind of document of the tests' own, which counts how often it is rendered."""
    made = []

    def render(html):
        made.append(html)
        return f"%PDF {html}".encode()

    monkeypatch.setitem(documents.KINDS, "note", documents.Kind("casework/note.html", "read_pack"))
    monkeypatch.setattr(documents, "render_to_string", lambda template, context: context["content"]["words"])
    monkeypatch.setattr(documents.pdf, "render", render)
    return made


@pytest.fixture
def sent(monkeypatch):
    """What was announced to the workers."""
    announced = []
    monkeypatch.setattr(worker.current_app, "send_task", lambda name, args, **how: announced.append((name, *args)))
    return announced


@pytest.fixture
def asked(cast, sent):
    record = situations.received(cast)
    version = versions.freeze(record, CONTENT, by=cast.coordinator, on=ON)
    return documents.request(record, kind="note", version=version, by=cast.coordinator, on=ON)


def test_it_is_announced_to_a_worker_after_the_commit(asked, sent, django_capture_on_commit_callbacks, cast):
    record = situations.received(cast, side=cast.theirs)
    version = versions.freeze(record, CONTENT, by=None, on=ON)
    with django_capture_on_commit_callbacks(execute=True):
        document = documents.request(record, kind="note", version=version, by=cast.coordinator, on=ON)
        assert sent == []
    assert sent == [("casework.tasks.render_document", document.pk)]
    assert not document.is_ready


def test_what_is_rolled_back_was_never_asked(cast, sent):
    record = situations.received(cast)
    version = versions.freeze(record, CONTENT, by=None, on=ON)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        documents.request(record, kind="note", version=version, by=None, on=ON)
        raise ZeroDivisionError
    assert (sent, Document.objects.count()) == ([], 0)


def test_the_broker_may_be_away(asked, monkeypatch, caplog):
    def nobody(*args, **how):
        raise OperationalError("away")

    monkeypatch.setattr(worker.current_app, "send_task", nobody)
    worker._send("casework.tasks.render_document", asked.pk)
    assert "was not announced" in caplog.text


def test_it_is_stored_with_size_hash_and_an_event(asked, note):
    document = documents.render(asked.pk, on=ON)
    content = documents.read(document)
    assert content == b"%PDF Said once"
    assert (document.size, document.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert document.rendered_at == ON
    event = Event.objects.get(verb="render_document", reference=document.reference)
    assert document.sha256 in event.words
    stored = settings.FILES / document.path
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert document.reference not in document.path


def test_a_second_worker_leaves_what_is_made(asked, note):
    first = documents.render(asked.pk, on=ON)
    assert documents.render(asked.pk, on=london("2026-12-11 15:00")) is None
    asked.refresh_from_db()
    assert (asked.sha256, asked.rendered_at, len(note)) == (first.sha256, ON, 1)


def test_one_that_cannot_be_rendered_still_waits(asked, monkeypatch):
    def fail(html):
        raise ValueError("no fonts")

    monkeypatch.setattr(documents.pdf, "render", fail)
    with pytest.raises(ValueError, match="no fonts"):
        documents.render(asked.pk, on=ON)
    asked.refresh_from_db()
    assert not asked.is_ready
    assert list(documents.waiting()) == [asked]


def test_one_that_cannot_be_rendered_says_so_instead_of_waiting_for_ever(asked, monkeypatch, caplog):
    def fail(html):
        raise ValueError(f"no fonts for {html}")

    monkeypatch.setattr(documents.pdf, "render", fail)
    assert documents.attempt(asked.pk, on=ON) is None
    asked.refresh_from_db()
    assert (asked.failed_at, asked.is_ready, list(documents.waiting())) == (ON, False, [])
    assert "could not be made: ValueError" in caplog.text
    assert "Said once" not in caplog.text
    assert documents.attempt(asked.pk, on=ON) is None, "nobody tries until somebody asks"
    assert Event.objects.filter(verb="document_failed", reference=asked.reference).count() == 1


def test_workers_that_die_over_it_are_counted(asked, monkeypatch):
    class Killed(BaseException):
        """What ends a worker is no error that a program catches."""

    def die(html):
        raise Killed

    monkeypatch.setattr(documents.pdf, "render", die)
    for _ in range(documents.ATTEMPTS):
        with pytest.raises(Killed):
            documents.attempt(asked.pk, on=ON)
    assert documents.attempt(asked.pk, on=ON) is None
    asked.refresh_from_db()
    assert asked.failed_at == ON


def test_it_is_made_once_somebody_has_it_tried_again(asked, sent, note, cast, django_capture_on_commit_callbacks):
    asked.failed_at, asked.attempts = ON, 3
    save(asked, by=None, on=ON)
    with django_capture_on_commit_callbacks(execute=True):
        documents.try_again(asked, by=cast.coordinator, on=ON)
    assert sent == [("casework.tasks.render_document", asked.pk)]
    assert documents.attempt(asked.pk, on=ON).is_ready


def test_the_sweep_has_each_that_waits_rendered_by_a_task_of_its_own(asked, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks.render_document, "delay", queued.append)
    tasks.run_stragglers()
    assert queued == [asked.pk]
    tasks.render_document(asked.pk)
    queued.clear()
    tasks.run_stragglers()
    assert queued == []


def test_a_document_without_its_file_and_hash_is_refused(asked):
    from django.db import IntegrityError

    asked.rendered_at = ON
    with pytest.raises(IntegrityError), transaction.atomic():
        save(asked, by=None, on=ON)
    with pytest.raises(SidewaysWrite):
        Document.objects.filter(pk=asked.pk).update(sha256="")


def test_it_is_served_as_an_attachment_named_by_its_reference(asked):
    response = documents.serve(documents.render(asked.pk, on=ON))
    assert response["Content-Disposition"] == f'attachment; filename="{asked.reference}.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_render_it_once(cast_committed, note, sent):
    record = situations.received(cast_committed)
    with transaction.atomic():
        version = versions.freeze(record, CONTENT, by=None, on=ON)
        document = documents.request(record, kind="note", version=version, by=None, on=ON)
    ready, found = threading.Barrier(10), []

    def work():
        try:
            ready.wait(timeout=30)
            found.append(documents.render(document.pk, on=ON))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(10)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join(30)
    assert sum(1 for one in found if one) == 1
    assert Event.objects.filter(verb="render_document", reference=record.reference).count() == 1
    assert uuid.UUID(str(document.key))
