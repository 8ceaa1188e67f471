"""What stands still for a while, and what cannot: pausing and resuming, and the delay of a national date."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from deadlines import calendar_changes, clock, rules, words
from deadlines.models import Deadline, Delay, Pause, Reminder
from deadlines.reminders import send_due
from notifications.models import Notice
from tests.integration.deadlines.test_clock import due
from tests.moments import london
from trail.models import Event, save

pytestmark = pytest.mark.django_db

MONDAY = london("2026-12-14 09:00")
WEDNESDAY = london("2026-12-16 15:00")


@pytest.fixture
def stopped(summary, manager):
    """The summary, due Tuesday 22 December, standing still since Monday 14."""
    return clock.pause(summary, on=MONDAY, by=manager, reason="A trial is running", agreed_by="The partners")


def resume(deadline, manager, on=WEDNESDAY):
    clock.resume(deadline, on=on, by=manager, reason="The trial has ended")


def delay(deadline, manager, *, on=MONDAY, expected_on=date(2027, 1, 29), review_on=date(2027, 1, 15)):
    return clock.record_delay(
        deadline,
        on=on,
        by=manager,
        reason="A parent’s trial",
        expected_on=expected_on,
        letters="The National Panel, 14 December",
        review_on=review_on,
    )


def test_a_date_moves_by_the_working_days_it_stood_still(stopped, manager, case, lead):
    assert due(stopped) == "2026-12-22 23:59"
    resume(stopped, manager)
    assert due(stopped) == "2026-12-24 23:59"
    assert stopped.paused_at is None
    assert Pause.objects.get().until_at == WEDNESDAY
    verbs = Event.objects.filter(case=case.reference).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["pause_deadline", "resume_deadline"]
    told = Notice.objects.get(kind="date-moved")
    assert told.address == lead.email
    assert "was Tuesday 22 December 2026\n  now Thursday 24 December 2026" in told.body
    assert "it stood still until Wednesday 16 December 2026" in told.body


def test_of_two_that_stand_still_one_goes_on(stopped, start, case, manager):
    other = start(rules.REPORT_LOCAL, case, user=manager)
    clock.pause(other, on=MONDAY, by=manager, reason="A trial is running", agreed_by="The partners")
    resume(stopped, manager)
    assert Pause.objects.get(until_at=None).deadline == other
    other.refresh_from_db()
    assert other.paused_at == MONDAY


def test_days_that_are_not_worked_are_not_lost(summary, manager):
    clock.pause(summary, on=london("2026-12-18 17:00"), by=manager, reason="Illness", agreed_by="The chair")
    resume(summary, manager, on=london("2026-12-21 08:00"))
    assert due(summary) == "2026-12-23 23:59"  # the Monday alone; the weekend would not have counted
    clock.pause(summary, on=london("2026-12-21 09:00"), by=manager, reason="Illness", agreed_by="The chair")
    resume(summary, manager, on=london("2026-12-21 18:00"))
    assert due(summary) == "2026-12-23 23:59"
    assert not Notice.objects.filter(kind="date-moved", queued_at=london("2026-12-21 18:00")).exists()


def test_a_length_in_weeks_loses_calendar_days(start, case, manager):
    log = start(rules.LESSON_LOG, case, role="business_manager")
    assert due(log) == "2026-12-25 23:59"
    clock.pause(log, on=MONDAY, by=manager, reason="A trial", agreed_by="The partners")
    resume(log, manager, on=london("2026-12-21 09:00"))
    assert due(log) == "2027-01-01 23:59"


def test_a_span_moves_at_both_ends(start, case, manager):
    meeting = start(rules.MEETING, case)
    clock.pause(meeting, on=MONDAY, by=manager, reason="A trial", agreed_by="The partners")
    resume(meeting, manager)
    assert (due(meeting), meeting.earliest_on) == ("2027-01-04 23:59", date(2026, 12, 31))


def test_a_holiday_proclaimed_later_moves_what_stood_still_once(stopped, manager):
    resume(stopped, manager)
    calendar_changes.add_bank_holiday(day=date(2026, 12, 21), name="A royal wedding", on=WEDNESDAY, by=manager)
    assert due(stopped) == "2026-12-29 23:59"


def test_another_day_0_keeps_what_was_lost(stopped, manager, case):
    resume(stopped, manager)
    clock.reanchor(case=case, day0=london("2026-12-10 09:00"), on=WEDNESDAY, by=manager)
    assert due(stopped) == "2026-12-23 23:59"


def test_a_date_that_was_extended_moves_by_what_was_lost_too(summary, manager):
    clock.extend(summary, due=date(2026, 12, 23), on=MONDAY, by=manager, reason="Records", agreed_by="The chair")
    clock.pause(summary, on=MONDAY, by=manager, reason="A trial", agreed_by="The partners")
    resume(summary, manager)
    assert due(summary) == "2026-12-29 23:59"


def test_done_while_it_stood_still_is_in_time(stopped, manager, case):
    later = london("2027-01-11 12:00")
    clock.meet(rules.SUMMARY_RETURNED, reference=case.reference, on=later, by=manager, key=None)
    stopped.refresh_from_db()
    assert stopped.was_in_time
    assert stopped.paused_at is None
    assert Pause.objects.get().until_at == later


def test_stopped_while_it_stood_still(stopped, manager, case):
    clock.stop(rules.SUMMARY_RETURNED, reference=case.reference, on=WEDNESDAY, by=manager, reason="Withdrawn")
    stopped.refresh_from_db()
    assert (stopped.paused_at, stopped.stopped_at) == (None, WEDNESDAY)
    assert Pause.objects.get().until_at == WEDNESDAY


def test_what_stands_still_is_not_overdue_and_nobody_is_reminded(stopped, manager):
    long_after = london("2027-01-05 09:00")
    assert not stopped.is_overdue(long_after)
    assert words.paused_words(stopped.paused_at) == "Paused since Monday 14 December 2026"
    assert send_due(on=long_after) == []
    assert not Reminder.objects.exists()
    resume(stopped, manager, on=long_after)
    assert due(stopped) == "2027-01-13 23:59"
    send_due(on=london("2027-01-11 09:00"))
    assert Reminder.objects.get().stage == "coming"


def test_a_reminder_that_waited_is_not_said_once_it_stands_still(summary, manager):
    Reminder.objects.create(
        deadline=summary, stage="coming", due_at=summary.due_at, user=manager, address=manager.email, at=MONDAY
    )
    clock.pause(summary, on=MONDAY, by=manager, reason="A trial", agreed_by="The partners")
    assert send_due(on=london("2026-12-14 10:00")) == []


@pytest.mark.parametrize("act", ["pause", "extend"])
def test_what_does_not_run_cannot_be_paused_or_extended(act, start, case, stopped, manager):
    words_of = {"on": WEDNESDAY, "by": manager, "reason": "a", "agreed_by": "b"}
    if act == "extend":
        words_of["due"] = date(2027, 1, 4)
    function = getattr(clock, act)
    met, no_date = start(rules.CHRONOLOGY, case), start(rules.RETURNED, case)
    clock.meet(rules.CHRONOLOGY, reference=case.reference, on=MONDAY, by=manager)
    met.refresh_from_db()
    for deadline in (stopped, met, no_date):
        with pytest.raises(clock.NotRunning):
            function(deadline, **words_of)
    with pytest.raises(clock.NationalDate):
        function(start(rules.REPORT_NATIONAL, case), **words_of)
    with pytest.raises(ValueError, match="who agreed"):
        function(start(rules.PACK_ISSUED, case), **words_of | {"agreed_by": ""})
    with pytest.raises(ValueError, match="why the date moves"):
        function(Deadline.objects.get(rule="pack_issued"), **words_of | {"reason": ""})


def test_what_does_not_stand_still_cannot_be_resumed(summary, manager):
    with pytest.raises(clock.NotRunning):
        resume(summary, manager)


def test_the_database_refuses_a_paused_national_date_and_two_pauses_at_once(start, case, stopped):
    national = start(rules.REPORT_NATIONAL, case)
    national.paused_at = MONDAY
    with pytest.raises(IntegrityError, match="what_is_paused_is_local"), transaction.atomic():
        save(national, by=None, on=MONDAY)
    second = Pause(deadline=stopped, from_at=WEDNESDAY, reason="a", agreed_by="b")
    with pytest.raises(IntegrityError, match="one_open_pause"), transaction.atomic():
        save(second, by=None, on=WEDNESDAY)


# National dates


def test_the_delay_of_a_national_date_stands_beside_it(start, case, manager):
    national = start(rules.REPORT_NATIONAL, case)
    delay(national, manager)
    assert due(national) == "2027-01-06 23:59"
    review = Deadline.objects.open().get(rule="delay_reviewed")
    assert (due(review), review.user, review.key) == ("2027-01-15 23:59", manager, f"delay:{national.pk}")
    assert review.path == national.get_absolute_url()
    said = Event.objects.get(verb="record_delay").words
    assert "expected Friday 29 January 2027: A parent’s trial" in said


def test_a_second_delay_takes_the_place_of_what_waited_for_the_first(start, case, manager):
    national = start(rules.REPORT_NATIONAL, case)
    delay(national, manager)
    delay(national, manager, on=WEDNESDAY, review_on=date(2027, 1, 22))
    assert Delay.objects.count() == 2
    assert due(Deadline.objects.open().get(rule="delay_reviewed")) == "2027-01-22 23:59"
    first = Deadline.objects.exclude(met_at=None).get(rule="delay_reviewed")
    assert first.met_at == WEDNESDAY


def test_nobody_looks_again_at_the_delay_of_a_date_that_has_ended(start, case, manager):
    for ends in (
        lambda: clock.meet(rules.REPORT_NATIONAL, reference=case.reference, on=WEDNESDAY, by=manager),
        lambda: clock.stop(rules.REPORT_NATIONAL, reference=case.reference, on=WEDNESDAY, by=manager, reason="Ended"),
    ):
        delay(start(rules.REPORT_NATIONAL, case), manager)
        other = delay(start(rules.SIN_NATIONAL, case, key="another"), manager).deadline
        ends()
        assert Deadline.objects.open().get(rule="delay_reviewed").key == f"delay:{other.pk}"
        clock.stop(None, reference=case.reference, on=WEDNESDAY, by=manager, reason="Ended")


def test_what_is_stopped_with_everything_else_is_stopped_once(start, case, manager):
    delay(start(rules.REPORT_NATIONAL, case), manager)
    review = Deadline.objects.get(rule="delay_reviewed")
    before = review.history.count()
    stopped = clock.stop(None, reference=case.reference, on=WEDNESDAY, by=manager, reason="Withdrawn")
    assert {each.rule for each in stopped} == {"report_national", "delay_reviewed"}
    review.refresh_from_db()
    assert (review.stop_reason, review.history.count()) == ("Withdrawn", before + 1)


def test_handed_over_a_delay_is_still_the_delay_of_its_date(start, case, manager, lead):
    national = start(rules.REPORT_NATIONAL, case)
    delay(national, manager)
    review = Deadline.objects.get(rule="delay_reviewed")
    assert not review.key.isdecimal()  # what has a person's number for its key gets another's when it is handed over
    clock.hand_over([review], to=lead, on=WEDNESDAY, by=manager, reason="Left")
    clock.meet(rules.REPORT_NATIONAL, reference=case.reference, on=WEDNESDAY, by=manager)
    review.refresh_from_db()
    assert (review.user, review.stopped_at) == (lead, WEDNESDAY)


def test_a_local_date_and_one_that_has_ended_have_no_delay(start, case, summary, manager):
    with pytest.raises(ValueError, match="local date"):
        delay(summary, manager)
    national = start(rules.REPORT_NATIONAL, case)
    clock.meet(rules.REPORT_NATIONAL, reference=case.reference, on=MONDAY, by=manager)
    national.refresh_from_db()
    with pytest.raises(clock.NotRunning):
        delay(national, manager)


def test_the_database_refuses_a_delay_that_is_looked_at_too_late(start, case, manager):
    national = start(rules.REPORT_NATIONAL, case)
    with pytest.raises(IntegrityError, match="delay_is_looked_at"), transaction.atomic():
        delay(national, manager, expected_on=date(2027, 1, 8), review_on=date(2027, 1, 9))
