"""Extending, pausing and resuming a local date of a case, and recording the delay of a national one."""

from datetime import date

import pytest

from casework import dates
from casework.workflow import CannotProceed, NotAllowed
from deadlines import rules
from deadlines.models import Deadline, Delay
from notifications.models import Notice
from tests.client import Visitor, problems, words
from tests.factories import situations
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def date_of(referral):
    return lambda rule: Deadline.objects.open().get(reference=referral.reference, rule=rule.code)


@pytest.fixture
def local(date_of):
    return date_of(rules.SIN_LOCAL)


@pytest.fixture
def national(date_of):
    return date_of(rules.SIN_NATIONAL)


def buttons(page):
    return [link.get_text(strip=True) for link in page.select("main a.govuk-button")]


def test_what_can_be_done_stands_under_why_this_date(cast, local, national):
    manager = Visitor(cast.business_manager)
    assert buttons(manager.read(local)) == ["Extend this date", "Pause this timescale"]
    assert buttons(manager.read(national)) == ["Record a delay"]
    assert buttons(Visitor(cast.coordinator).read(local)) == ["Extend this date", "Pause this timescale"]
    assert buttons(Visitor(cast.panel_la).read(local)) == []


def test_the_coordinator_extends_a_date(cast, local):
    coordinator = Visitor(cast.coordinator)
    went_to = coordinator.must_send(
        f"/deadlines/{local.pk}/extend/",
        due=date(2026, 12, 18),
        reason="The police file is late",
        agreed_by="The chair",
    )
    assert went_to == local.get_absolute_url()
    said = coordinator.text(went_to)
    assert "was Monday 14 December 2026, now Friday 18 December 2026" in said
    assert "agreed by The chair: The police file is late" in said
    timeline = coordinator.text(f"/cases/{local.case.reference}/timeline/")
    assert "Date extended" in timeline
    told = Notice.objects.get(kind="date-moved")
    assert told.user == cast.la_notifier
    assert "was Monday 14 December 2026\n  now Friday 18 December 2026\n\nBecause it was extended." in told.body
    assert "police" not in told.body


def test_a_date_is_not_extended_into_the_past_or_without_who_agreed(cast, local):
    page = f"/deadlines/{local.pk}/extend/"
    answer = Visitor(cast.coordinator).send(page, due=date(2026, 12, 10), reason="Late", agreed_by="")
    assert answer.status_code == 422
    assert [where for _, where in problems(answer)] == ["#id_due-day", "#id_agreed_by"]
    for day in (date(2026, 12, 14), date(2026, 12, 11)):  # the day it has, and one before it
        answer = Visitor(cast.coordinator).send(page, due=day, reason="Late", agreed_by="The chair")
        assert problems(answer) == [("Enter a later day than Monday 14 December 2026", "#id_due-day")]
    with pytest.raises(CannotProceed, match="today or a later day"):
        dates.extend(local, due=date(2026, 12, 10), reason="a", agreed_by="b", by=cast.coordinator, on=NOW)
    assert not Event.objects.filter(verb="extend_deadline").exists()


def test_a_date_stands_still_and_goes_on(cast, local, clock):
    clock.move_to(london("2026-12-14 10:00"))
    manager = Visitor(cast.business_manager)
    manager.must_send(f"/deadlines/{local.pk}/pause/", reason="A trial is running", agreed_by="The partners")
    page = manager.read(local)
    assert "Paused since Monday 14 December 2026" in words(page)
    assert "agreed by The partners: A trial is running" in words(page)
    assert buttons(page) == ["Resume this timescale"]
    clock.move_to(london("2026-12-16 10:00"))
    visitor = Visitor(cast.business_manager)
    visitor.must_send(f"/deadlines/{local.pk}/resume/", reason="The trial has ended")
    said = visitor.text(local)
    assert "Due Wednesday 16 December 2026" in said
    assert "was Monday 14 December 2026, now Wednesday 16 December 2026" in said
    assert (
        "It stood still from Monday 14 December 2026 at 10am until Wednesday 16 December 2026 at 10am: 2 working"
        in said
    )
    assert "The calendar has changed since" not in said


def test_the_delay_of_a_national_date_is_recorded_beside_it(cast, national):
    manager = Visitor(cast.business_manager)
    manager.must_send(
        f"/deadlines/{national.pk}/delay/",
        reason="The family cannot be told yet",
        expected_on=date(2026, 12, 30),
        letters="National Panel, 11 December",
        review_on=date(2026, 12, 21),
    )
    said = manager.text(national)
    assert "Expected Wednesday 30 December 2026. Looked at again Monday 21 December 2026." in said
    assert "Letters: National Panel, 11 December" in said
    national.refresh_from_db()
    assert national.due_at == london("2026-12-17 23:59")
    assert "Look again at the delay of a national date" in manager.text("/")


@pytest.mark.parametrize(
    ("expected_on", "review_on", "field"),
    [
        (date(2026, 12, 17), date(2026, 12, 16), "expected_on"),
        (date(2026, 12, 30), date(2026, 12, 31), "review_on"),
        (date(2026, 12, 30), date(2026, 12, 10), "review_on"),
    ],
)
def test_the_days_of_a_delay_have_to_fit(cast, national, expected_on, review_on, field):
    answers = {"reason": "a", "letters": "b", "expected_on": expected_on, "review_on": review_on}
    answer = Visitor(cast.business_manager).send(f"/deadlines/{national.pk}/delay/", **answers)
    assert answer.status_code == 422
    assert [where for _, where in problems(answer)] == [f"#id_{field}-day"]
    with pytest.raises(CannotProceed):
        dates.record_delay(national, **answers, by=cast.business_manager, on=NOW)
    assert not Delay.objects.exists()


def test_who_sees_a_date_may_not_move_it_for_that(cast, local, national):
    for visitor in (Visitor(cast.panel_la), Visitor(cast.la_notifier)):
        assert visitor.get(local).status_code == 200
        assert visitor.get(f"/deadlines/{local.pk}/extend/").status_code == 403
    assert Visitor(cast.referrer).get(f"/deadlines/{local.pk}/extend/").status_code == 404
    why = {"reason": "a", "by": cast.panel_la, "on": NOW}
    for function, more in (
        (dates.extend, {"due": date(2026, 12, 18), "agreed_by": "b"}),
        (dates.pause, {"agreed_by": "b"}),
        (dates.resume, {}),
    ):
        with pytest.raises(NotAllowed):
            function(local, **why, **more)
    with pytest.raises(NotAllowed):
        dates.record_delay(national, **why, expected_on=date(2026, 12, 30), letters="b", review_on=date(2026, 12, 21))


@pytest.mark.parametrize(
    ("rule", "ways"),
    [(rules.SIN_LOCAL, ["resume", "delay"]), (rules.SIN_NATIONAL, ["extend", "pause", "resume"])],
)
def test_what_does_not_fit_a_date_leads_back_to_it(cast, date_of, rule, ways):
    deadline, manager = date_of(rule), Visitor(cast.business_manager)
    for way in ways:
        page = manager.get(f"/deadlines/{deadline.pk}/{way}/", follow=True)
        assert page.redirect_chain == [(deadline.get_absolute_url(), 302)]
        assert "This cannot be done to the date as it stands now" in page.content.decode()


def test_two_who_pause_the_same_date_pause_it_once(cast, local):
    first, second = Visitor(cast.business_manager), Visitor(cast.coordinator)
    page = f"/deadlines/{local.pk}/pause/"
    values = second.form(page)
    first.must_send(page, reason="A trial", agreed_by="The partners")
    answer = second.post(page, values | {"reason": "Another trial", "agreed_by": "The chair"})
    assert answer["Location"] == local.get_absolute_url()
    assert local.pauses.get().reason == "A trial"
    with pytest.raises(CannotProceed, match="meanwhile"):
        dates.pause(local, reason="a", agreed_by="b", by=cast.business_manager, on=NOW)


def test_a_form_sent_twice_is_done_once(cast, local):
    visitor, page = Visitor(cast.business_manager), f"/deadlines/{local.pk}/pause/"
    values = visitor.form(page) | {"reason": "A trial", "agreed_by": "The partners"}
    answers = [visitor.post(page, values)["Location"] for _ in range(2)]
    assert answers == [local.get_absolute_url()] * 2
    assert local.pauses.count() == 1
