"""A person's due dates in their own calendar: private, without names, moving with the dates, ended when revoked."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from deadlines import clock, feed, rules
from deadlines.models import CalendarFeed
from tests.client import Visitor
from tests.moments import london
from trail.models import save

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2026-12-14 10:00")]
NOW = london("2026-12-14 10:00")


def address_of(user):
    return feed.address(feed.make(user, on=NOW)).removeprefix("http://localhost:8000")


def events(answer):
    assert answer.status_code == 200
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.fixture
def stranger():
    """Whoever opens the address: a calendar program, signed in nowhere."""
    return Visitor()


def test_a_person_makes_an_address_and_ends_it(lead, stranger):
    visitor = Visitor(lead)
    assert "You have no address" in visitor.text("/calendar/")
    visitor.must_send("/calendar/new/")
    made = visitor.read("/calendar/").select_one("code").get_text()
    assert made == feed.address(feed.of(lead))
    path = made.removeprefix("http://localhost:8000")
    assert stranger.get(path)["Content-Type"] == "text/calendar; charset=utf-8"
    visitor.must_send("/calendar/new/")
    assert stranger.get(path).status_code == 404
    assert CalendarFeed.objects.filter(user=lead).count() == 2
    path = feed.address(feed.of(lead)).removeprefix("http://localhost:8000")
    assert stranger.get(path).status_code == 200
    visitor.must_send("/calendar/end/")
    assert stranger.get(path).status_code == 404
    assert "You have no address" in visitor.text("/calendar/")


def test_an_address_takes_a_fresh_factor(lead, clock):
    visitor = Visitor(lead)
    clock.shift(6 * 60)
    for page in ("/calendar/new/", "/calendar/end/"):
        assert "reauthenticate" in visitor.get(page)["Location"]


def test_what_is_due_stands_at_its_time_or_on_its_day(start, case, manager, stranger):
    start(rules.SCREENING, case)
    start(rules.CHRONOLOGY, case, user=manager)
    found = events(stranger.get(address_of(manager)))
    assert set(found) == {
        "RF-2026-001: Screen the referral",
        "RF-2026-001: Combined chronology to the chair and the business manager",
    }
    timed = found["RF-2026-001: Screen the referral"]
    assert timed["dtstart"].dt == london("2026-12-14 11:30")
    assert timed["dtend"].dt == london("2026-12-14 12:00")
    assert timed["url"] == "http://localhost:8000/referrals/RF-2026-001/"
    assert timed["class"] == "PRIVATE"
    whole_day = found["RF-2026-001: Combined chronology to the chair and the business manager"]
    assert (whole_day["dtstart"].dt, whole_day["dtend"].dt) == (date(2026, 12, 24), date(2026, 12, 25))


def test_it_moves_with_the_date_and_goes_when_it_is_done_or_stands_still(start, case, manager, stranger):
    deadline, path = start(rules.CHRONOLOGY, case, user=manager), address_of(manager)
    (before,) = events(stranger.get(path)).values()
    clock.extend(deadline, due=date(2026, 12, 31), on=NOW, by=manager, reason="a", agreed_by="b")
    (after,) = events(stranger.get(path)).values()
    assert after["uid"] == before["uid"]
    assert after["dtstart"].dt == date(2026, 12, 31)
    clock.pause(deadline, on=NOW, by=manager, reason="a", agreed_by="b")
    assert events(stranger.get(path)) == {}
    clock.resume(deadline, on=NOW, by=manager, reason="a")
    assert len(events(stranger.get(path))) == 1
    clock.meet(rules.CHRONOLOGY, reference=case.reference, on=NOW, by=manager)
    assert events(stranger.get(path)) == {}


def test_no_words_of_the_case_and_nothing_of_others(start, case, manager, lead, stranger, outsider):
    start(rules.WAITING, case, user=lead, label="Say who Alice’s doctor is")
    assert events(stranger.get(address_of(lead))) == {}  # without a date it stands in no calendar
    start(rules.MORE_INFORMATION, case, user=lead, label="Say who Alice’s doctor is", due=date(2026, 12, 16))
    answer = stranger.get(address_of(lead))
    assert list(events(answer)) == ["RF-2026-001: Answer the business unit’s questions"]
    assert b"Alice" not in answer.content
    assert answer["Content-Disposition"] == 'attachment; filename="due-dates.ics"'
    assert events(stranger.get(address_of(outsider))) == {}
    assert events(stranger.get(address_of(manager))) == {}


def test_meetings_and_what_is_long_over(case, manager, lead, stranger):
    book = {"case": case, "reference": case.reference, "on": NOW, "by": manager, "user": lead}
    clock.book(label="Rapid review meeting", starts_at=london("2026-12-29 14:00"), **book)
    clock.book(
        label="Before", starts_at=london("2026-11-16 09:59"), ends_at=london("2026-11-16 12:00"), key="a", **book
    )
    clock.book(label="Off", starts_at=london("2026-12-30 09:00"), key="b", **book)
    clock.cancel(reference=case.reference, label="Off", key="b", on=NOW, by=manager, reason="The chair is ill")
    found = events(stranger.get(address_of(lead)))
    assert list(found) == ["RF-2026-001: Rapid review meeting"]
    meeting = found["RF-2026-001: Rapid review meeting"]
    assert meeting["dtstart"].dt == datetime(2026, 12, 29, 14, tzinfo=UTC)
    assert meeting["dtend"].dt == datetime(2026, 12, 29, 14, 30, tzinfo=UTC)


def test_an_address_that_is_not_one(lead, stranger):
    path = address_of(lead)
    first = "0" if path[10] != "0" else "1"
    for wrong in (
        "/calendar/x.ics",
        f"/calendar/{'a' * 96}.ics",
        path[:10] + first + path[11:],
        path.replace(".ics", "0.ics"),
        path.removesuffix(".ics")[:-1] + ".ics",
    ):
        assert stranger.get(wrong).status_code == 404
    assert stranger.get(path).status_code == 200


def test_who_may_not_sign_in_any_more_has_no_calendar(lead, stranger):
    path = address_of(lead)
    lead.is_active = False
    save(lead, by=None, on=NOW)
    assert stranger.get(path).status_code == 404


def test_the_address_is_not_in_the_database(lead):
    made = feed.make(lead, on=NOW)
    token = feed.address(made).rpartition("/")[2].removesuffix(".ics")
    assert token.startswith(made.nonce.hex)
    assert len(token) == 96
    assert token[32:] not in str(list(CalendarFeed.objects.values_list()))


def test_a_feed_takes_as_many_queries_for_one_as_for_thirty(start, case, manager, stranger):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert stranger.get(path).status_code == 200
        return len(queries)

    path = address_of(manager)
    start(rules.SCREENING, case)
    few = asked()
    for number in range(30):
        start(rules.SCREENING, case, key=str(number))
    assert asked() == few
