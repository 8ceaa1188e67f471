"""An e-mail goes out with the change it speaks of: not before it is committed, not twice, not lost."""

from datetime import timedelta

import pytest
from django.core import mail
from kombu.exceptions import OperationalError

from notifications import email, outbox, tasks, worker
from notifications.models import Notice
from referrals import workflow
from tests.client import Visitor
from tests.factories import situations
from tests.moments import london

NOW = london("2026-12-11 14:00")


def queue(**values):
    usual = {"kind": "test", "to": "somebody@thistledown.example", "subject": "RF-2026-001: needed", "body": "Text"}
    return outbox.queue(**usual | {"dedupe_key": "test:1", "on": NOW} | values)


@pytest.fixture
def nudged(monkeypatch):
    """The notices announced to a worker."""
    found = []
    monkeypatch.setattr(worker.current_app, "send_task", lambda name, args, **options: found.append(args[0]))
    return found


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that refuses until told otherwise."""
    state = {"refuses": True}
    send = email.send

    def refuse(notice):
        if state["refuses"]:
            raise ConnectionRefusedError("no")
        send(notice)

    monkeypatch.setattr(email, "send", refuse)
    return state


@pytest.mark.django_db
def test_it_is_announced_after_the_commit_and_not_before(nudged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as waiting:
        notice = queue()
        assert nudged == []
    assert len(waiting) == 1
    assert nudged == [notice.pk]


@pytest.mark.django_db
def test_the_same_thing_is_said_once(nudged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = queue(), queue(body="Other words")
    assert first == second
    assert nudged == [first.pk]
    assert Notice.objects.get().body == "Text"


@pytest.mark.django_db
def test_a_message_says_to_whom_what_and_by_which_row():
    notice = queue()
    assert outbox.deliver(notice.pk, on=NOW)
    (message,) = mail.outbox
    assert (message.to, message.subject, message.body) == (["somebody@thistledown.example"], notice.subject, "Text")
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{notice.pk}@")
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    notice.refresh_from_db()
    assert (notice.sent_at, notice.attempts, notice.error) == (NOW, 1, "")


@pytest.mark.django_db
def test_delivering_twice_sends_once():
    notice = queue()
    assert outbox.deliver(notice.pk, on=NOW)
    assert not outbox.deliver(notice.pk, on=NOW)
    assert not outbox.deliver(notice.pk + 99, on=NOW)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_refusal_keeps_it_and_tries_later_and_later(refusing):
    notice, moment, pauses = queue(), NOW, []
    for _ in range(8):
        assert not outbox.deliver(notice.pk, on=moment)
        notice.refresh_from_db()
        pauses.append(notice.try_after - moment)
        assert not outbox.deliver(notice.pk, on=notice.try_after - timedelta(seconds=1)), "not before its time"
        moment = notice.try_after
    assert pauses[:3] == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]
    assert max(pauses) == timedelta(hours=1)
    assert notice.error == "ConnectionRefusedError"
    refusing["refuses"] = False
    assert outbox.deliver(notice.pk, on=moment)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_after_72_hours_it_is_given_up_and_says_so(refusing):
    notice = queue()
    assert not outbox.deliver(notice.pk, on=NOW + timedelta(hours=72))
    notice.refresh_from_db()
    assert notice.given_up_at is None
    later = NOW + timedelta(hours=74)
    assert not outbox.deliver(notice.pk, on=later)
    notice.refresh_from_db()
    assert notice.given_up_at == later
    refusing["refuses"] = False
    assert not outbox.deliver(notice.pk, on=later + timedelta(hours=1))
    assert list(Notice.objects.waiting(later)) == []


@pytest.mark.django_db
def test_a_broker_that_is_away_stops_no_page(monkeypatch, caplog, django_capture_on_commit_callbacks):
    def away(*args, **options):
        raise OperationalError("nobody there")

    monkeypatch.setattr(worker.current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        notice = queue()
    assert "was not announced to a worker" in caplog.text
    assert "somebody@thistledown.example" not in caplog.text
    tasks.deliver_stragglers()
    notice.refresh_from_db()
    assert notice.sent_at


@pytest.mark.django_db
def test_the_sweep_sends_what_the_broker_lost_oldest_first(clock):
    keys = [f"lost:{number}" for number in range(3)]
    for number, key in enumerate(keys):
        queue(dedupe_key=key, subject=f"RF-2026-00{number}: needed")
    tasks.deliver_stragglers()
    tasks.deliver_stragglers()
    assert [message.subject[:11] for message in mail.outbox] == ["RF-2026-000", "RF-2026-001", "RF-2026-002"]


def test_a_page_works_while_the_broker_is_away(cast, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **options):
        raise OperationalError("nobody there")

    monkeypatch.setattr(worker.current_app, "send_task", away)
    referral = situations.draft(cast)
    with django_capture_on_commit_callbacks(execute=True):
        Visitor(cast.referrer).must_send(f"/referrals/{referral.reference}/submit/", approves=str(cast.approver.pk))
    referral.refresh_from_db()
    assert referral.status == "with_approver"
    assert Notice.objects.filter(user=cast.approver, sent_at=None).count() == 1


def test_who_is_told_of_a_referral_and_each_of_them_once(cast):
    referral = situations.with_panel(cast)
    told = sorted(Notice.objects.filter(reference=referral.reference).values_list("kind", "address"))
    panel = [cast.panel_la, cast.panel_icb, cast.panel_police, cast.alternate]
    assert told == sorted(
        [
            ("referrals.approval_needed", cast.approver.email),
            ("referrals.acknowledged", cast.referrer.email),
            ("referrals.received", cast.business_manager.email),
            ("referrals.received", cast.coordinator.email),
            *(("referrals.panel_asked", person.email) for person in panel),
        ]
    )


def test_who_has_no_account_is_told_at_the_address_of_the_form_and_gets_no_link(cast):
    referral = situations.keyed_in(cast, referrer_email="nurse@bellweather.example")
    workflow.submit(referral, by=cast.coordinator, on=NOW)
    notice = Notice.objects.get(kind="referrals.acknowledged")
    assert (notice.address, notice.user) == ("nurse@bellweather.example", None)
    assert "http" not in notice.body


LATER = {"kind": "test", "to": "somebody@thistledown.example", "subject": "RF-2026-001: moved", "body": "Text"}


@pytest.mark.django_db
def test_what_can_wait_is_not_announced_and_sent_only_from_its_moment(nudged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.queue_for(NOW + timedelta(hours=1), [LATER | {"dedupe_key": "later:1"}], on=NOW)
    assert nudged == []
    notice = Notice.objects.get()
    assert (notice.queued_at, notice.send_from, notice.try_after) == (NOW, *[NOW + timedelta(hours=1)] * 2)
    assert not outbox.deliver(notice.pk, on=NOW + timedelta(minutes=59))
    assert outbox.deliver(notice.pk, on=NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_what_is_queued_already_is_left_as_it_is_among_several():
    queue()
    letters = [LATER | {"dedupe_key": key} for key in ("test:1", "later:1")]
    outbox.queue_for(NOW, letters, on=NOW)
    assert dict(Notice.objects.values_list("dedupe_key", "subject")) == {
        "test:1": "RF-2026-001: needed",
        "later:1": "RF-2026-001: moved",
    }


@pytest.mark.django_db
def test_72_hours_are_counted_from_when_it_could_be_sent(refusing):
    outbox.queue_for(NOW + timedelta(hours=100), [LATER | {"dedupe_key": "later:1"}], on=NOW)
    notice = Notice.objects.get()
    outbox.deliver(notice.pk, on=NOW + timedelta(hours=172))
    notice.refresh_from_db()
    assert (notice.attempts, notice.given_up_at) == (1, None)
