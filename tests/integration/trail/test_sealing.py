"""The trail as a chain: what is written is sealed, and whatever is done to it afterwards is found."""

import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from notifications import audit_heads
from notifications.models import Notice
from tests.moments import london
from trail import models as trail
from trail import sealing
from trail.tasks import seal_trail

NOW = london("2026-12-11 14:00")


def write(number, *, words="Because of the bruises"):
    """This will write lines in turn: an event, a reading."""
    for each in range(number):
        if each % 2:
            trail.Reading.objects.create(
                at=NOW, what="referral", reference=f"RF-2026-{each:03}", case="C", allowed=True, address="127.0.0.1"
            )
        else:
            trail.record(verb="screen", reference=f"RF-2026-{each:03}", case="C", by=None, on=NOW, words=words)


@contextmanager
def owner():
    """This will act as the owner of the tables, who can do everything."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield cursor
        cursor.execute("SET ROLE hub_app")


@pytest.fixture
def sealed(db):
    """Ten events and ten readings, sealed."""
    write(20)
    assert sealing.seal(everything=True) == 20


def pks(model):
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def test_what_is_written_is_sealed_in_its_order(sealed):
    kinds = list(trail.Seal.objects.order_by("position").values_list("position", "kind", "row"))
    assert [position for position, _, _ in kinds] == list(range(1, 21))
    for kind, model in sealing.MODELS.items():
        assert [row for _, each, row in kinds if each == kind] == pks(model)
    assert sealing.verify() == (20, 0, {}, [])
    assert sealing.seal(everything=True) == 0


def test_every_link_holds_the_one_before(sealed):
    first, second = trail.Seal.objects.order_by("position")[:2]
    event = trail.Event.objects.get(pk=first.row)
    held = [event.pk, NOW, None, None, "screen", event.reference, "C", event.text_id, event.sha256]
    assert first.sha256 == sealing.link("0" * 64, "event", held)
    held[4] = "submit"
    assert first.sha256 != sealing.link("0" * 64, "event", held)
    assert first.sha256 != sealing.link(second.sha256, "event", held)


FAULTS = {
    "an event edited": ("UPDATE trail_event SET verb = 'submit' WHERE id = {event}", "Link 9: event"),
    "whose event it is": ("UPDATE trail_event SET at = at - interval '1 us' WHERE id = {event}", "Link 9: event"),
    "a refusal made a permission": ("UPDATE trail_reading SET allowed = false WHERE id = {reading}", "reading"),
    "an address edited": ("UPDATE trail_reading SET address = '127.0.0.2' WHERE id = {reading}", "reading"),
    "an event deleted": ("DELETE FROM trail_event WHERE id = {event}", "Link 9: event {event} was deleted."),
    "a reading deleted": ("DELETE FROM trail_reading WHERE id = {reading}", "reading {reading} was deleted."),
    "words edited": ("UPDATE trail_text SET words = 'x' WHERE id = {text}", "Link 9: the words of event {event}"),
    "words emptied without a certificate": ("UPDATE trail_text SET words = '' WHERE id = {text}", "the words of"),
    "words changed under a certificate": (
        "UPDATE trail_text SET words = 'x', certificate = '7' WHERE id = {text}",
        "the words of event",
    ),
    "two lines swapped": (
        "UPDATE trail_event a SET verb = 'x', reference = b.reference FROM trail_event b "
        "WHERE a.id IN ({event}, {event} + 1) AND b.id IN ({event}, {event} + 1) AND a.id <> b.id",
        "Link 9: event {event} is not",
    ),
    "a link deleted": ("DELETE FROM trail_seal WHERE position = 9", "Links 9 to 9 are missing."),
    "the first link deleted": ("DELETE FROM trail_seal WHERE position = 1", "Links 1 to 1 are missing."),
    "a link's hash edited": ("UPDATE trail_seal SET sha256 = '{0:064}' WHERE position = 9", "Link 9"),
    "the end cut off, and the head of the day kept": ("DELETE FROM trail_seal WHERE position > 15", "Links 16 to 20"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_done_to_it_is_found(sealed, fault):
    sealing.head(NOW.date())
    event = trail.Seal.objects.get(position=9).row
    text = trail.Event.objects.get(pk=event).text_id
    reading = trail.Seal.objects.get(position=12).row
    query, says = FAULTS[fault]
    numbers = {"event": event, "reading": reading, "text": text}
    with owner() as cursor:
        cursor.execute(query.format(0, **numbers))
    found = sealing.verify().faults
    assert any(says.format(**numbers) in each for each in found), found
    assert len(found) <= 3


def test_words_removed_under_a_certificate_are_counted_and_no_fault(sealed):
    with owner() as cursor:
        cursor.execute("UPDATE trail_text SET words = '', certificate = 'D-2026-004'")
    assert sealing.verify() == (20, 0, {"D-2026-004": 10}, [])


def test_a_chain_rebuilt_as_a_whole_is_found_by_a_mailed_head_alone(sealed):
    mailed = trail.Seal.objects.get(position=20)
    with owner() as cursor:
        cursor.execute("UPDATE trail_event SET verb = 'submit'")
        cursor.execute("DELETE FROM trail_seal")
    sealing.seal(everything=True)
    assert sealing.verify().faults == []
    assert sealing.verify([(20, mailed.sha256)]).faults == [
        "Link 20 is not the head that was mailed: the chain was rebuilt."
    ]
    assert "Links 21 to 25 are missing" in sealing.verify([(25, mailed.sha256)]).faults[0]


def test_the_command_says_what_it_found_and_ends_with_1(sealed, capsys, tmp_path):
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "20 links: all lines are as they were sealed. 0 wait to be." in said
    assert "only against a mailed head" in said
    (tmp_path / "mail.txt").write_text(f"Subject: x\n\n20 {trail.Seal.objects.get(position=20).sha256}\n")
    call_command("verify_audit", head=tmp_path / "mail.txt")
    assert "only against" not in capsys.readouterr().out
    (tmp_path / "empty.txt").write_text("nothing")
    with pytest.raises(SystemExit, match="holds no head"):
        call_command("verify_audit", head=tmp_path / "empty.txt")
    with owner() as cursor:
        cursor.execute("UPDATE trail_event SET verb = 'x'")
    with pytest.raises(SystemExit, match="20 links, 10 faults"):
        call_command("verify_audit")
    assert capsys.readouterr().out.count("is not what was sealed") == 10


def test_the_head_is_mailed_once_a_day_to_each_partner_and_says_nothing_else(cast):
    assert audit_heads.mail(on=NOW) is None
    write(3, words="MRK words")
    sealing.seal(everything=True)
    for _ in range(2):
        head = audit_heads.mail(on=NOW)
    write(1)
    sealing.seal(everything=True)
    assert audit_heads.mail(on=NOW) == head
    mails = list(Notice.objects.filter(kind="notifications.head"))
    partners = {cast.partner_la, cast.partner_icb, cast.partner_police}
    assert {mail.user for mail in mails} >= partners
    assert len({mail.user for mail in mails}) == len(mails)
    assert f"\n{head.position} {head.sha256}\n" in mails[0].body
    assert "RF-2026" not in mails[0].subject + mails[0].body
    audit_heads.mail(on=london("2026-12-12 06:00"))
    assert Notice.objects.filter(kind="notifications.head").count() == 2 * len(mails)


# With transactions of several people


class Elsewhere(threading.Thread):
    """A transaction of somebody else: writes a line, and commits when it is told to."""

    def __init__(self):
        super().__init__(daemon=True)
        self.written, self.may_commit = threading.Event(), threading.Event()

    def run(self):
        with transaction.atomic():
            write(1, words="late")
            self.written.set()
            assert self.may_commit.wait(30)
        connections.close_all()


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_sealed_late_and_is_no_fault():
    write(4)
    seal_trail()
    elsewhere = Elsewhere()
    elsewhere.start()
    assert elsewhere.written.wait(30)
    write(4)  # with higher numbers than the line that is not committed yet
    seal_trail()
    assert sealing.verify()[:2] == (4, 4)
    elsewhere.may_commit.set()
    elsewhere.join(30)
    assert sealing.verify() == (4, 5, {}, [])
    seal_trail()
    assert sealing.verify() == (9, 0, {}, [])
    words = [trail.Event.objects.get(pk=row).words for row in _events_in_order()]
    assert words[2] == "late"


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_a_line_of_a_transaction_that_began_after_the_one_sealed_before_it_is_no_fault():
    elsewhere = Elsewhere()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # the smaller number of the two
        elsewhere.start()
        assert elsewhere.written.wait(30)  # its line has the smaller number
        cursor.execute(
            'INSERT INTO trail_event (at, verb, reference, "case", sha256) VALUES (%s, %s, %s, %s, %s)',
            [NOW, "screen", "RF-2026-001", "C", ""],
        )
    seal_trail()
    assert sealing.verify()[:2] == (1, 0)
    elsewhere.may_commit.set()
    elsewhere.join(30)
    seal_trail()
    assert sealing.verify() == (2, 0, {}, [])


def _events_in_order():
    return trail.Seal.objects.filter(kind="event").order_by("position").values_list("row", flat=True)


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_a_line_put_between_earlier_ones_is_found_sealed_or_not():
    write(6)
    seal_trail()
    first = pks(trail.Event)[0]
    with owner() as cursor:
        cursor.execute(
            'INSERT INTO trail_event (id, at, verb, reference, "case", sha256) VALUES (%s, %s, %s, %s, %s, %s)',
            [first - 1, NOW, "screen", "RF-2026-001", "C", ""],
        )
    assert sealing.verify() == (6, 1, {}, [f"event {first - 1} was inserted between earlier ones."])
    seal_trail()
    assert sealing.verify() == (7, 0, {}, [f"Link 7: event {first - 1} was inserted between earlier ones."])


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_it_goes_on_where_a_batch_ended_and_one_at_a_time():
    write(11)
    sizes = []
    while size := sealing.seal(limit=4):
        sizes.append(size)
    assert sizes == [4, 4, 3]
    write(1)
    sealing_already = connections.create_connection("default")
    with sealing_already.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
        assert sealing.seal() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [sealing.LOCK])
    sealing_already.close()
    assert sealing.seal() == 1
    assert sealing.verify() == (12, 0, {}, [])


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_in_a_cluster_whose_numbers_began_again_everything_is_sealed_once():
    write(6)
    seal_trail()
    with owner() as cursor:  # as if restored: these transactions had numbers that this cluster has not reached
        cursor.execute("UPDATE trail_seal SET xid = xid + 1000000, ahead = ahead + 1000000")
        cursor.execute("UPDATE trail_event SET xid = xid + 1000000")
        cursor.execute("UPDATE trail_reading SET xid = xid + 1000000")
    write(3)
    seal_trail()
    assert sealing.verify() == (9, 0, {}, [])
