"""An e-mail that can never be sent becomes work for the business team, and is sent again or settled another way."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.models import Exclusion
from casework import undelivered
from casework.workflow import CannotProceed, NotAllowed
from deadlines.models import Deadline
from notifications import email, outbox, tasks
from notifications.models import Notice
from partnership.models import Membership
from tests.client import Visitor, changed, words
from tests.factories import situations
from tests.moments import london
from trail.models import Event, save

NOW = london("2026-12-11 14:00")
pytestmark = [pytest.mark.django_db, pytest.mark.begins_with("with_panel")]


def refusing(monkeypatch, fault):
    """This will have the mail server refuse everything in this way."""

    def refuse(message, **options):
        raise fault

    monkeypatch.setattr(email.EmailMessage, "send", refuse)


NEVER = smtplib.SMTPRecipientsRefused({"somebody@thistledown.example": (550, b"No such person here")})
POLICY = smtplib.SMTPRecipientsRefused({"somebody@thistledown.example": (550, b"5.7.1 Relaying denied")})
NOT_NOW = smtplib.SMTPRecipientsRefused({"somebody@thistledown.example": (450, b"Mailbox busy")})


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def notice(cast, referral):
    return Notice.objects.get(case=referral.case, user=cast.panel_icb)


def given_up(notice, monkeypatch, fault=NEVER):
    with monkeypatch.context() as patched:
        refusing(patched, fault)
        assert outbox.deliver(notice.pk, on=NOW) is False
    notice.refresh_from_db()
    return notice


def address_of(notice):
    return f"/emails/{notice.pk}/"


def test_a_refusal_for_good_is_work_for_the_co_ordinator_at_once(cast, notice, monkeypatch):
    given_up(notice, monkeypatch)
    assert (notice.given_up_at, notice.error) == (NOW, "refused with 550")
    work = Deadline.objects.get(rule="email_undelivered")
    assert (work.role, work.reference, work.path) == ("business_coordinator", notice.reference, address_of(notice))
    assert "See to an e-mail that could not be sent" in Visitor(cast.coordinator).text("/")
    assert "See to an e-mail" not in Visitor(cast.panel_icb).text("/")


@pytest.mark.parametrize(
    "fault", [NOT_NOW, POLICY, smtplib.SMTPDataError(554, b"No"), smtplib.SMTPServerDisconnected()]
)
def test_what_may_be_taken_later_is_tried_again(notice, monkeypatch, fault):
    given_up(notice, monkeypatch, fault)
    assert (notice.given_up_at, notice.try_after) == (None, NOW + timedelta(minutes=2))
    assert not Deadline.objects.filter(rule="email_undelivered").exists()


def test_some_who_are_refused_for_now_are_tried_again(notice, monkeypatch):
    given_up(notice, monkeypatch, smtplib.SMTPRecipientsRefused({"a@a.example": (550, b""), "b@b.example": (450, b"")}))
    assert notice.given_up_at is None


def test_after_72_hours_of_trying_it_is_work_too(notice, monkeypatch):
    Notice.objects.filter(pk=notice.pk).update(send_from=NOW - timedelta(hours=72), try_after=NOW)
    given_up(notice, monkeypatch, NOT_NOW)
    assert notice.given_up_at is None
    Notice.objects.filter(pk=notice.pk).update(send_from=NOW - timedelta(hours=72, seconds=1), try_after=NOW)
    given_up(notice, monkeypatch, NOT_NOW)
    assert notice.given_up_at == NOW
    assert Deadline.objects.open().filter(rule="email_undelivered").count() == 1


def test_without_a_co_ordinator_it_waits_for_the_business_manager(cast, notice, monkeypatch):
    for held in Membership.objects.filter(user=cast.coordinator):
        held.until_on = london("2026-12-10 12:00").date()
        save(held, by=None, on=NOW)
    given_up(notice, monkeypatch)
    assert Deadline.objects.get(rule="email_undelivered").role == "business_manager"


def test_sent_again_it_goes_to_the_address_that_the_account_has_now(cast, notice, monkeypatch):
    given_up(notice, monkeypatch)
    cast.panel_icb.email = "pavel.new@harrowmere.example"
    save(cast.panel_icb, by=None, on=NOW)
    visitor = Visitor(cast.coordinator)
    page = visitor.text(address_of(notice))
    assert notice.subject in page
    assert "Could not be sent, after 1 try: refused with 550" in page
    assert "Send it to" not in page
    visitor.must_send(address_of(notice), way="again")
    notice.refresh_from_db()
    assert (notice.address, notice.given_up_at) == ("pavel.new@harrowmere.example", None)
    assert outbox.deliver(notice.pk, on=notice.try_after) is True
    assert mail.outbox[-1].to == ["pavel.new@harrowmere.example"]
    assert not Deadline.objects.open().filter(rule="email_undelivered").exists()
    assert Event.objects.filter(verb="send_email_again", case=notice.case.reference, by=cast.coordinator).exists()


def test_a_second_press_goes_where_the_first_one_went(cast, notice, monkeypatch):
    given_up(notice, monkeypatch)
    visitor = Visitor(cast.coordinator)
    typed = changed(visitor.form(address_of(notice)), {"way": "again"})
    assert [visitor.post(address_of(notice), typed).url for _ in range(2)] == ["/"] * 2
    assert visitor.get(address_of(notice)).url == "/"
    assert "Somebody has seen to this e-mail already." in visitor.text("/")


def test_an_e_mail_that_was_sent_is_nobodys_work(cast, notice):
    outbox.deliver(notice.pk, on=NOW)
    assert Visitor(cast.coordinator).get(address_of(notice)).status_code == 404


def test_a_sweep_ends_before_the_next_one_begins(referral, monkeypatch, clock):
    waiting = list(Notice.objects.waiting(timezone.now()).order_by("pk"))
    sent = []

    def send(notice):
        sent.append(notice.pk)
        clock.move_to(timezone.now() + timedelta(seconds=51))

    monkeypatch.setattr(email, "send", send)
    tasks.deliver_stragglers()
    assert sent == [waiting[0].pk]
    tasks.deliver_stragglers()
    assert sent == [notice.pk for notice in waiting[:2]]


def test_what_went_to_an_escalation_contact_goes_to_the_same_address_and_to_no_other(cast, notice, monkeypatch):
    """Whoever sees to it may be kept out of a case that it speaks of."""
    Notice.objects.filter(pk=notice.pk).update(user=None, address="old@thistledown.example")
    notice.refresh_from_db()
    given_up(notice, monkeypatch)
    visitor = Visitor(cast.coordinator)
    typed = visitor.form(address_of(notice))
    assert "address" not in typed
    new = changed(typed, {"way": "again"}) | {"address": "mallory@elsewhere.example"}
    assert visitor.post(address_of(notice), new).status_code == 302
    notice.refresh_from_db()
    assert notice.address == "old@thistledown.example"


def test_tried_every_hour_for_days_it_is_given_up_at_last(notice, monkeypatch):
    Notice.objects.filter(pk=notice.pk).update(attempts=200, send_from=NOW - timedelta(hours=73), try_after=NOW)
    given_up(notice, monkeypatch, NOT_NOW)
    assert notice.given_up_at == NOW
    again = undelivered.send_again(notice, by=_coordinator(), on=NOW)
    assert again.attempts == 0


def _coordinator():
    return Membership.objects.get(role="business_coordinator").user


def test_one_notice_that_breaks_keeps_nobody_elses_waiting(referral, monkeypatch, caplog, clock):
    waiting = list(Notice.objects.waiting(timezone.now()).order_by("pk"))
    assert len(waiting) > 1
    sent = []

    def send(notice):
        if notice.pk == waiting[0].pk:
            raise ValueError("an address that nobody thought of")
        sent.append(notice.pk)

    monkeypatch.setattr(email, "send", send)
    tasks.deliver_stragglers()
    assert sent == [notice.pk for notice in waiting[1:]]
    assert "ValueError" in caplog.text
    assert "nobody thought of" not in caplog.text


def test_settled_another_way_it_stays_unsent_with_the_words_on_the_timeline(cast, notice, monkeypatch):
    given_up(notice, monkeypatch)
    visitor = Visitor(cast.coordinator)
    assert "Enter how it was settled" in words(visitor.send(address_of(notice), way="settled", words=""))
    visitor.must_send(address_of(notice), way="settled", words="Told by telephone on Friday")
    notice.refresh_from_db()
    assert notice.given_up_at == NOW
    assert "Told by telephone on Friday" in visitor.text(f"/cases/{notice.case.reference}/timeline/")
    assert visitor.get(address_of(notice)).status_code == 302
    with pytest.raises(CannotProceed, match="seen to this e-mail already"):
        undelivered.settle(notice, words="Again", by=cast.coordinator, on=NOW)


def test_only_who_reads_the_e_mails_of_the_case_sees_to_it(cast, notice, monkeypatch):
    given_up(notice, monkeypatch)
    for stranger in (cast.panel_icb, cast.referrer, cast.administrator):
        assert Visitor(stranger).get(address_of(notice)).status_code == 404
        with pytest.raises(NotAllowed):
            undelivered.settle(notice, words="Mine", by=stranger, on=NOW)
    assert Visitor(cast.coordinator).get("/emails/999999/").status_code == 404


@pytest.mark.begins_with("")
def test_of_a_referral_that_was_not_sent_yet_the_team_learns_no_reference(cast, monkeypatch):
    referral = situations.with_approver(cast)
    notice = Notice.objects.filter(case=referral.case).first()
    given_up(notice, monkeypatch)
    work = Deadline.objects.get(rule="email_undelivered")
    assert (work.case, work.reference) == (None, "E-mail")
    visitor = Visitor(cast.coordinator)
    assert referral.reference not in visitor.text("/")
    page = visitor.text(address_of(notice))
    assert notice.address in page
    assert referral.reference not in page
    visitor.must_send(address_of(notice), way="settled", words="Told by telephone")
    assert not Event.objects.filter(case=referral.case.reference, verb="settle_email").exists()


def test_a_prompt_about_a_colleague_shows_its_subject_to_nobody_else(cast, notice, monkeypatch):
    Notice.objects.filter(pk=notice.pk).update(kind="casework.may_be_named", subject="somebody may be named")
    notice.refresh_from_db()
    given_up(notice, monkeypatch)
    assert "may be named" not in Visitor(cast.coordinator).text(address_of(notice))


@pytest.mark.parametrize("how", ["kept out", "stopped"])
def test_who_may_not_be_told_any_more_is_not_told(cast, notice, how):
    person = cast.panel_icb
    if how == "kept out":
        exclusion = Exclusion(case=notice.case, user=person, reason="Named", from_at=NOW)
        save(exclusion, by=None, on=NOW)
    else:
        person.is_active = False
        save(person, by=None, on=NOW)
    sent = len(mail.outbox)
    assert outbox.deliver(notice.pk, on=NOW) is False
    notice.refresh_from_db()
    assert (notice.given_up_at, notice.error, len(mail.outbox)) == (NOW, "not theirs any more", sent)
    assert not Deadline.objects.filter(rule="email_undelivered").exists()


@pytest.mark.parametrize("restricted", [True, False])
def test_what_was_queued_before_a_case_was_restricted_goes_to_who_holds_it_alone(cast, notice, restricted):
    Notice.objects.filter(pk=notice.pk).update(user=cast.coordinator, address=cast.coordinator.email)
    notice.case.restricted = restricted
    save(notice.case, by=None, on=NOW)
    assert outbox.deliver(notice.pk, on=NOW) is not restricted


@pytest.mark.parametrize("about", ["its case", "no case"])
def test_who_is_kept_out_of_another_case_and_whose_colleague_is_kept_out_is_told(cast, notice, about):
    elsewhere = situations.with_panel(cast, side=cast.theirs).case
    save(Exclusion(case=elsewhere, user=cast.panel_icb, reason="Named", from_at=NOW), by=None, on=NOW)
    save(Exclusion(case=notice.case, user=cast.panel_la, reason="Named", from_at=NOW), by=None, on=NOW)
    if about == "no case":
        Notice.objects.filter(pk=notice.pk).update(case=None)
    assert outbox.deliver(notice.pk, on=NOW) is True
    assert mail.outbox[-1].to == [cast.panel_icb.email]
