"""What each act of the engine gives back, what it leaves alone, and that done twice it changes nothing more."""

from datetime import date

import pytest

from deadlines import calendar_changes, rules
from deadlines import clock as engine
from deadlines.models import BankHoliday, ClosureDay, DiaryEntry
from notifications.models import Notice
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.django_db

FRIDAY = london("2026-12-11 10:00")
MONDAY = london("2026-12-14 09:00")
TUESDAY = london("2026-12-15 09:00")
DAY = date(2026, 12, 17)


def test_days_that_were_entered_or_withdrawn_are_given_back(manager):
    holiday = calendar_changes.add_bank_holiday(day=DAY, name="Day of mourning", on=MONDAY, by=manager)
    assert (holiday.day, holiday.name, holiday.expected) == (DAY, "Day of mourning", False)
    assert holiday.listed_on == date(2026, 12, 14)
    withdrawn = calendar_changes.withdraw_bank_holiday(day=DAY, reason="moved", on=TUESDAY, by=manager)
    assert (withdrawn.pk, withdrawn.withdrawn_on) == (holiday.pk, date(2026, 12, 15))
    closure = calendar_changes.add_closure_day(day=DAY, name="Office move", on=MONDAY, by=manager)
    assert (closure.day, closure.name) == (DAY, "Office move")
    reopened = calendar_changes.withdraw_closure_day(day=DAY, reason="put off", on=TUESDAY, by=manager)
    assert (reopened.pk, reopened.withdrawn_on) == (closure.pk, date(2026, 12, 15))


def test_a_day_that_is_withdrawn_already_is_not_withdrawn_again(manager):
    calendar_changes.add_bank_holiday(day=DAY, name="Day of mourning", on=MONDAY, by=manager)
    calendar_changes.withdraw_bank_holiday(day=DAY, reason="moved", on=TUESDAY, by=manager)
    with pytest.raises(BankHoliday.DoesNotExist):
        calendar_changes.withdraw_bank_holiday(day=DAY, reason="moved", on=TUESDAY, by=manager)
    calendar_changes.add_closure_day(day=DAY, name="Office move", on=MONDAY, by=manager)
    calendar_changes.withdraw_closure_day(day=DAY, reason="put off", on=TUESDAY, by=manager)
    with pytest.raises(ClosureDay.DoesNotExist):
        calendar_changes.withdraw_closure_day(day=DAY, reason="put off", on=TUESDAY, by=manager)


def test_each_act_gives_back_the_deadlines_it_changed(start, case, manager):
    row = start(rules.SUMMARY_RETURNED, case, key="a")
    done = {"reference": case.reference, "on": MONDAY, "by": manager}
    extended = engine.extend(row, due=date(2026, 12, 30), reason="ill", agreed_by="Maya", on=MONDAY, by=manager)
    assert extended == row
    assert (extended.extended_at, extended.extension_reason) == (MONDAY, "ill")
    assert engine.recompute(on=MONDAY, because="asked") == [], "what somebody extended stays"
    assert engine.meet(rules.SUMMARY_RETURNED, key="a", **done) == [row]
    assert engine.meet(rules.SUMMARY_RETURNED, key="a", **done) == [], "met once"
    assert engine.stop(None, reason="closed", **done) == [], "met is not stopped"
    other = start(rules.SUMMARY_RETURNED, case, key="b")
    assert engine.stop(rules.SUMMARY_RETURNED, reason="closed", key="b", **done) == [other]
    assert engine.stop(rules.SUMMARY_RETURNED, reason="again", key="b", **done) == []
    other.refresh_from_db()
    assert (other.stopped_at, other.stop_reason) == (MONDAY, "closed")


def test_another_records_deadlines_are_left_alone(start, case, manager):
    ours, theirs = start(rules.SUMMARY_RETURNED, case), start(rules.SUMMARY_RETURNED, case, reference="RF-2026-002")
    screening = start(rules.SCREENING, case)
    assert engine.meet(rules.SUMMARY_RETURNED, reference=case.reference, on=MONDAY, by=manager) == [ours]
    theirs.refresh_from_db()
    screening.refresh_from_db()
    assert theirs.is_open
    assert screening.is_open


def test_only_what_moves_is_told_and_noted(start, case, manager, trust, lead):
    start(rules.APPROVAL, case)
    moved = start(rules.SUMMARY_RETURNED, case, agency=trust)
    found = calendar_changes.add_bank_holiday(day=DAY, name="Day of mourning", on=MONDAY, by=manager)
    assert found.withdrawn_on is None
    (event,) = Event.objects.filter(verb="move_deadlines")
    assert (event.case, event.reference, event.by) == (case.reference, case.reference, manager)
    assert moved.label in event.words
    (notice,) = Notice.objects.filter(kind="date-moved")
    assert (notice.user, notice.subject) == (lead, "RF-2026-001: a date has moved")
    before = moved.history.count()
    assert engine.recompute(on=TUESDAY, because="asked") == []
    assert moved.history.count() == before
    assert Notice.objects.filter(kind="date-moved").count() == 1


def test_a_meeting_is_cancelled_once_and_keeps_its_first_reason(case, manager, trust):
    meeting = {"reference": case.reference, "label": "Meeting", "by": manager}
    entry = engine.book(case=case, starts_at=TUESDAY, agency=trust, on=MONDAY, path="/x/", key="a", **meeting)
    assert (entry.path, entry.agency, entry.key, entry.starts_at) == ("/x/", trust, "a", TUESDAY)
    other = engine.book(case=case, starts_at=TUESDAY, role="case_chair", on=MONDAY, key="b", **meeting)
    assert other.pk != entry.pk
    elsewhere = engine.book(
        case=case, starts_at=TUESDAY, agency=trust, on=MONDAY, key="a", **meeting | {"reference": "RF-2026-002"}
    )
    assert elsewhere.pk != entry.pk
    assert engine.cancel(on=MONDAY, reason="Inquorate", key="a", **meeting) == [entry]
    assert engine.cancel(on=TUESDAY, reason="Again", key="a", **meeting) == []
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.cancelled_at, entry.cancel_reason) == (MONDAY, "Inquorate")
    elsewhere.refresh_from_db()
    assert (other.cancelled_at, elsewhere.cancelled_at) == (None, None)
    anew = engine.book(case=case, starts_at=TUESDAY, agency=trust, on=TUESDAY, key="a", **meeting)
    assert anew.pk != entry.pk, "what was cancelled stays cancelled"
    assert DiaryEntry.objects.filter(cancelled_at=None).count() == 3


def test_an_override_of_the_same_day_is_changed_not_doubled(manager):
    given = {"in_force_from": DAY, "on": MONDAY, "by": manager}
    first = calendar_changes.override(rules.SUMMARY_RETURNED, number=5, reason="agreed", **given)
    again = calendar_changes.override(rules.SUMMARY_RETURNED, number=6, reason="agreed anew", **given)
    assert (again.pk, again.number, again.reason) == (first.pk, 6, "agreed anew")
