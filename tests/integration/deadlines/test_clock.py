"""The engine: start, meet, extend, stop, another Day 0, a holiday added or withdrawn, the diary."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from deadlines import calendar_changes, rules
from deadlines import clock as engine
from deadlines.models import BankHoliday, ClosureDay, Deadline, DiaryEntry, RuleOverride
from notifications.models import Notice
from partnership.models import Partnership
from tests.conftest import london
from tests.integration.deadlines.conftest import open_case
from trail.models import Event, save

pytestmark = pytest.mark.django_db

FRIDAY = london("2026-12-11 10:00")
MONDAY = london("2026-12-14 09:00")


def due(deadline):
    deadline.refresh_from_db()
    return deadline.due_at.astimezone(rules.LONDON).strftime("%Y-%m-%d %H:%M")


# Starting


def test_starting_copies_the_rule_and_works_out_the_date(start, case):
    deadline = start(rules.REPORT_LOCAL, case)
    assert due(deadline) == "2027-01-06 16:00"
    assert (deadline.number, deadline.unit, deadline.by_time) == (15, "day_of_review", time(16))
    assert (deadline.role, deadline.agency, deadline.user) == ("business_manager", None, None)
    assert deadline.edition == "Local timescales"
    assert deadline.is_open
    assert deadline.counts
    assert deadline.history.get().history_change_reason == "started"


def test_a_span_keeps_its_first_day(start, case):
    assert start(rules.MEETING, case).earliest_on == date(2026, 12, 29)


def test_who_it_waits_for_can_be_named(start, case, lead, trust):
    assert start(rules.SUMMARY_RETURNED, case, agency=trust, key="trust").agency == trust
    assert start(rules.SUMMARY_RETURNED, case, user=lead, key="lead").user == lead
    assert start(rules.SUMMARY_RETURNED, case, role="case_chair", key="chair").role == "case_chair"


def test_it_waits_for_exactly_one(start, case, lead, trust):
    with pytest.raises(engine.AddresseeUnclear):
        start(rules.SUMMARY_RETURNED, case, agency=trust, user=lead)
    with pytest.raises(engine.AddresseeUnclear):
        start(rules.WAITING, case)


def test_a_running_timescale_is_not_started_again(start, case):
    first = start(rules.SIN_NATIONAL, case)
    with pytest.raises(engine.AlreadyRunning):
        start(rules.SIN_NATIONAL, case)
    start(rules.SIN_NATIONAL, case, key="second child")
    engine.meet(rules.SIN_NATIONAL, reference=case.reference, on=MONDAY, by=None)
    assert start(rules.SIN_NATIONAL, case).pk != first.pk


def test_a_named_day(start, case):
    assert due(start(rules.MORE_INFORMATION, case, due=date(2026, 12, 16))) == "2026-12-16 23:59"
    assert due(start(rules.RETURNED, case, due=london("2026-12-16 12:00"))) == "2026-12-16 12:00"
    waiting = start(rules.WAITING, case, role="case_referrer", label="Name the approver")
    assert waiting.due_at is None
    assert waiting.label == "Name the approver"
    assert not waiting.counts


def test_what_cannot_be_started(start, case):
    with pytest.raises(ValueError, match="its day is not named but worked out"):
        start(rules.SIN_NATIONAL, case, due=date(2026, 12, 16))
    with pytest.raises(TypeError):
        start(rules.MORE_INFORMATION, case, due="2026-12-16")
    with pytest.raises(rules.NaiveMoment):
        start(rules.MORE_INFORMATION, case, due=datetime(2026, 12, 16, 12, 0))
    with pytest.raises(rules.NaiveMoment):
        start(rules.SIN_NATIONAL, case, counts_from=datetime(2026, 12, 11, 10, 0))
    with pytest.raises(rules.NaiveMoment):
        start(rules.SIN_NATIONAL, case, on=date(2026, 12, 11))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written():
    with pytest.raises(engine.OutsideTransaction):
        engine.stop(None, reference="RF-2026-001", on=MONDAY, by=None, reason="withdrawn")
    with pytest.raises(engine.OutsideTransaction):
        engine.hand_over([], to=None, on=MONDAY, by=None, reason="Another post")


def test_work_that_belongs_to_no_case(manager):
    deadline = engine.start(
        rules.APPROVAL, case=None, reference="X-2026-001", counts_from=FRIDAY, on=FRIDAY, by=manager, user=manager
    )
    assert due(deadline) == "2026-12-14 23:59"


def test_the_daily_cut_off_is_the_one_when_it_started(start, case):
    partnership = Partnership.objects.get()
    partnership.daily_cutoff = time(16)
    save(partnership, by=None, on=FRIDAY)
    local = start(rules.SUMMARY_RETURNED, case, at="2026-12-11 16:01")
    national = start(rules.SIN_NATIONAL, case, at="2026-12-11 16:01")
    assert (local.cutoff, national.cutoff) == (time(16), None)
    assert (due(local), due(national)) == ("2026-12-23 23:59", "2026-12-18 23:59")
    partnership.daily_cutoff = None
    save(partnership, by=None, on=MONDAY)
    engine.recompute(on=MONDAY, because="nothing")
    assert due(local) == "2026-12-23 23:59"


# Ending


def test_meeting_stamps_the_moment(start, case):
    deadline = start(rules.SIN_NATIONAL, case)
    assert engine.meet(rules.SIN_NATIONAL, reference=case.reference, on=MONDAY, by=None) == [deadline]
    deadline.refresh_from_db()
    assert deadline.met_at == MONDAY
    assert deadline.was_in_time
    assert engine.meet(rules.SIN_NATIONAL, reference=case.reference, on=MONDAY, by=None) == []


def test_meeting_one_of_several_or_all(start, case):
    la, icb, police = (start(rules.VIRTUAL_PANEL, case, key=key) for key in ("la", "icb", "police"))
    engine.meet(rules.VIRTUAL_PANEL, reference=case.reference, on=MONDAY, by=None, key="icb")
    assert list(Deadline.objects.open().order_by("pk")) == [la, police]
    engine.meet(rules.VIRTUAL_PANEL, reference=case.reference, on=MONDAY, by=None, key=None)
    assert not Deadline.objects.open().exists()
    assert icb.pk


def test_in_time_and_late(start, case):
    deadline = start(rules.APPROVAL, case)
    assert deadline.was_in_time is None
    engine.meet(rules.APPROVAL, reference=case.reference, on=london("2026-12-15 00:00"), by=None)
    deadline.refresh_from_db()
    assert deadline.was_in_time is False
    assert not deadline.is_overdue(london("2026-12-16 10:00"))


def test_overdue_is_computed(start, case):
    deadline = start(rules.APPROVAL, case)
    assert not deadline.is_overdue(london("2026-12-14 23:59"))
    assert deadline.is_overdue(london("2026-12-15 00:00"))
    undated = start(rules.WAITING, case, role="case_referrer")
    assert not undated.is_overdue(london("2027-12-15 00:00"))


def test_stopping_all_of_a_record_or_one_rule_or_one_key(start, case):
    start(rules.VIRTUAL_PANEL, case, key="la")
    start(rules.VIRTUAL_PANEL, case, key="icb")
    start(rules.SIN_LOCAL, case)
    start(rules.SIN_LOCAL, case, reference="RF-2026-002")
    stop = {"reference": case.reference, "on": MONDAY, "by": None, "reason": "The referral was withdrawn"}
    assert [d.key for d in engine.stop(rules.VIRTUAL_PANEL, **stop, key="la")] == ["la"]
    assert [d.key for d in engine.stop(rules.VIRTUAL_PANEL, **stop)] == ["icb"]
    assert [d.rule for d in engine.stop(None, **stop)] == ["sin_local"]
    left = Deadline.objects.open().get()
    assert left.reference == "RF-2026-002"
    stopped = Deadline.objects.get(key="la")
    assert stopped.stop_reason == "The referral was withdrawn"
    assert stopped.was_in_time is None
    assert not stopped.is_open


# Extending


def test_extending_a_local_date(start, case, manager):
    deadline = start(rules.SUMMARY_RETURNED, case)
    engine.extend(
        deadline,
        due=date(2026, 12, 24),
        on=MONDAY,
        by=manager,
        reason="The records are in another area",
        agreed_by="Chair of the rapid review",
    )
    assert due(deadline) == "2026-12-24 23:59"
    assert [row.due_at.day for row in deadline.history.order_by("history_id")] == [22, 24]
    assert Event.objects.get(verb="extend_deadline").case == case.reference


def test_an_extended_date_keeps_the_time_of_day_of_its_rule(start, case, manager):
    deadline = start(rules.REPORT_LOCAL, case)
    engine.extend(deadline, due=date(2027, 1, 7), on=MONDAY, by=manager, reason="Records", agreed_by="The chair")
    assert due(deadline) == "2027-01-07 16:00"


def test_what_was_done_before_a_pause_began_is_met_all_the_same(start, case, manager):
    deadline = start(rules.SUMMARY_RETURNED, case)
    was = due(deadline)
    engine.pause(deadline, on=MONDAY, by=manager, reason="A trial", agreed_by="The partners")
    [met] = engine.meet(rules.SUMMARY_RETURNED, reference=case.reference, on=FRIDAY + timedelta(hours=1), by=manager)
    assert (met.met_at, met.paused_at) == (FRIDAY + timedelta(hours=1), None)
    assert due(met) == was
    assert met.pauses.get().until_at == MONDAY


def test_what_is_due_before_a_day_that_stands_cannot_stand_still(start, case):
    assert start(rules.PACK_BEFORE_MEETING, case, at="2026-12-29 10:00").ways == ("extend",)
    assert start(rules.SUMMARY_RETURNED, case).ways == ("extend", "pause")


def test_a_national_date_cannot_be_extended(start, case, manager):
    deadline = start(rules.REPORT_NATIONAL, case)
    extend = {"due": date(2027, 2, 1), "on": MONDAY, "by": manager}
    with pytest.raises(engine.NationalDate):
        engine.extend(deadline, **extend, reason="Illness", agreed_by="Chair")
    with pytest.raises(ValueError, match="who agreed"):
        engine.extend(start(rules.REPORT_LOCAL, case), **extend, reason="Illness", agreed_by="")
    assert due(deadline) == "2027-01-06 23:59"


def test_the_database_refuses_an_extended_national_date(start, case):
    deadline = start(rules.REPORT_NATIONAL, case)
    deadline.extended_at, deadline.extension_reason, deadline.extension_agreed_by = MONDAY, "x", "y"
    with pytest.raises(IntegrityError, match="extension_is_local"), transaction.atomic():
        save(deadline, by=None, on=MONDAY)


# Another Day 0


def test_a_sin_sent_before_the_referral_moves_open_milestones_earlier(start, case, manager, trust, lead):
    summary = start(rules.SUMMARY_RETURNED, case, agency=trust)
    report = start(rules.REPORT_LOCAL, case)
    extended = start(rules.PANEL_COMMENTS, case)
    met = start(rules.SCREENING, case)
    national = start(rules.SIN_NATIONAL, case)
    engine.meet(rules.SCREENING, reference=case.reference, on=FRIDAY, by=manager)
    engine.extend(
        extended,
        due=date(2027, 1, 11),
        on=FRIDAY,
        by=manager,
        reason="Christmas",
        agreed_by="Chair",
    )
    sin_sent = london("2026-12-08 09:00")
    moved = engine.reanchor(case=case, day0=sin_sent, on=MONDAY, by=manager)
    assert {deadline.rule for deadline in moved} == {"summary_returned", "report_local"}
    assert (due(summary), due(report)) == ("2026-12-17 23:59", "2026-12-31 16:00")
    assert (due(extended), due(met), due(national)) == ("2027-01-11 23:59", "2026-12-14 12:00", "2026-12-18 23:59")
    assert met.counts_from == FRIDAY
    assert extended.counts_from == sin_sent
    versions = summary.history.count()
    assert engine.reanchor(case=case, day0=sin_sent, on=MONDAY, by=manager) == []
    assert summary.history.count() == versions
    told = Notice.objects.get(user=lead)
    assert told.subject == "RF-2026-001: a date has moved"
    assert "was Tuesday 22 December 2026" in told.body
    assert "now Thursday 17 December 2026" in told.body
    assert "Because the serious incident notification was sent before the referral." in told.body
    assert Event.objects.filter(verb="move_deadlines", case=case.reference).count() == 1


def test_the_milestones_of_another_case_stay(start, case, manager):
    other = start(rules.REPORT_LOCAL, open_case("RF-2026-009"))
    start(rules.REPORT_LOCAL, case)
    engine.reanchor(case=case, day0=london("2026-12-08 09:00"), on=MONDAY, by=manager)
    assert (due(other), other.counts_from) == ("2027-01-06 16:00", FRIDAY)


# The calendar changes


def test_a_proclaimed_holiday_moves_open_dates_and_no_met_one(start, case, manager, trust, lead):
    summary = start(rules.SUMMARY_RETURNED, case, agency=trust)
    national = start(rules.SIN_NATIONAL, case, user=lead)
    early = start(rules.APPROVAL, case)
    met = start(rules.PARTNERS_TOLD, case)
    named = start(rules.MORE_INFORMATION, case, due=date(2026, 12, 16))
    months = engine.start(
        rules.LCSPR_PUBLISHED, case=case, reference="L-1", counts_from=FRIDAY, on=FRIDAY, by=manager, user=manager
    )
    engine.meet(rules.PARTNERS_TOLD, reference=case.reference, on=FRIDAY, by=manager)
    day = date(2026, 12, 17)
    calendar_changes.add_bank_holiday(day=day, name="Day of mourning", on=MONDAY, by=manager)
    assert (due(summary), due(national)) == ("2026-12-23 23:59", "2026-12-21 23:59")
    assert (due(early), due(met), due(named)) == ("2026-12-14 23:59", "2026-12-18 23:59", "2026-12-16 23:59")
    assert due(months) == "2027-06-11 23:59"
    assert [row.due_at.day for row in summary.history.order_by("history_id")] == [22, 23]
    told = Notice.objects.get(user=lead)
    assert told.subject == "RF-2026-001: 2 dates have moved"
    assert "Because Thursday 17 December 2026 is a bank holiday (Day of mourning)." in told.body

    calendar_changes.withdraw_bank_holiday(day=day, reason="it was entered in error", on=MONDAY, by=manager)
    assert (due(summary), due(national)) == ("2026-12-22 23:59", "2026-12-18 23:59")
    assert BankHoliday.objects.get(day=day).withdrawn_on == date(2026, 12, 14)
    calendar_changes.add_bank_holiday(day=day, name="Day of mourning", on=london("2026-12-14 10:00"), by=manager)
    assert due(summary) == "2026-12-23 23:59"
    assert BankHoliday.objects.get(day=day).withdrawn_on is None


def test_a_closure_day_moves_local_dates_alone(start, case, manager):
    local, national = start(rules.SUMMARY_RETURNED, case), start(rules.SIN_NATIONAL, case)
    day = date(2026, 12, 17)
    calendar_changes.add_closure_day(day=day, name="Office move", on=MONDAY, by=manager)
    assert (due(local), due(national)) == ("2026-12-23 23:59", "2026-12-18 23:59")
    calendar_changes.withdraw_closure_day(day=day, reason="put off", on=london("2026-12-14 10:00"), by=manager)
    assert due(local) == "2026-12-22 23:59"
    calendar_changes.add_closure_day(day=day, name="Office move", on=london("2026-12-14 11:00"), by=manager)
    assert ClosureDay.objects.get().withdrawn_on is None
    assert due(local) == "2026-12-23 23:59"


def test_each_closure_day_is_one_of_its_own(start, case, manager):
    local = start(rules.SUMMARY_RETURNED, case)
    for number in (16, 17):
        calendar_changes.add_closure_day(day=date(2026, 12, number), name="Office move", on=MONDAY, by=manager)
    assert list(ClosureDay.objects.order_by("day").values_list("day", flat=True)) == [
        date(2026, 12, 16),
        date(2026, 12, 17),
    ]
    assert due(local) == "2026-12-24 23:59"
    calendar_changes.withdraw_closure_day(day=date(2026, 12, 17), reason="put off", on=MONDAY, by=manager)
    assert due(local) == "2026-12-23 23:59"


def test_what_was_started_while_the_calendar_changed_is_caught_up_with(start, case, manager):
    """It read the calendar before the other transaction was committed: as if the day had been entered unseen."""
    local, met = start(rules.SUMMARY_RETURNED, case), start(rules.APPROVAL, case)
    long_ago = start(rules.CHRONOLOGY, case)
    for deadline, ago in ((long_ago, timedelta(minutes=62)), (local, timedelta(minutes=60))):
        deadline.started_at = MONDAY - ago
        save(deadline, by=manager, on=MONDAY - ago, reason="started")
    engine.meet(rules.APPROVAL, reference=case.reference, on=MONDAY, by=manager)
    was = due(long_ago), due(met)
    assert calendar_changes.catch_up(on=MONDAY) == []
    day = BankHoliday(day=date(2026, 12, 17), name="Day of mourning", listed_on=date(2026, 12, 14))
    save(day, by=manager, on=MONDAY - timedelta(minutes=1), reason="proclaimed")
    assert calendar_changes.catch_up(on=MONDAY) == [local]
    assert due(local) == "2026-12-23 23:59"
    assert (due(long_ago), due(met)) == was
    assert calendar_changes.catch_up(on=MONDAY) == []


def test_what_was_started_around_a_closure_is_caught_up_with_after_days_of_silence(start, case, manager):
    local, later = start(rules.SUMMARY_RETURNED, case), start(rules.CHRONOLOGY, case)
    for deadline, after in ((local, timedelta(minutes=60)), (later, timedelta(minutes=61))):
        deadline.started_at = MONDAY + after
        save(deadline, by=manager, on=MONDAY, reason="started")
    save(ClosureDay(day=date(2026, 12, 17), name="Office move"), by=manager, on=MONDAY, reason="closed")
    assert calendar_changes.catch_up(on=MONDAY + timedelta(days=3)) == [local]


def test_the_cases_are_locked_before_their_deadlines(start, case, manager):
    """As whoever works on a case does: else each could wait for the other. A case with nothing open is left alone."""
    start(rules.SUMMARY_RETURNED, case)
    over = open_case("RF-2026-002")
    start(rules.SUMMARY_RETURNED, over)
    engine.meet(rules.SUMMARY_RETURNED, reference=over.reference, on=MONDAY, by=manager)
    with CaptureQueriesContext(connection) as asked:
        engine.recompute(on=MONDAY, because="a trial")
    locked = [query["sql"] for query in asked if "FOR " in query["sql"]]
    assert ["access_case" in locked[0].partition("WHERE")[0], "FOR NO KEY UPDATE" in locked[0]] == [True, True]
    assert "deadlines_deadline" in locked[1].partition("WHERE")[0]
    with connection.cursor() as cursor:
        cursor.execute(locked[0])
        assert cursor.fetchall() == [(case.pk,)]


def test_a_date_without_a_case_moves_too(manager):
    deadline = engine.start(
        rules.SIN_NATIONAL, case=None, reference="X-1", counts_from=FRIDAY, on=FRIDAY, by=manager, user=manager
    )
    calendar_changes.add_bank_holiday(day=date(2026, 12, 17), name="Day of mourning", on=MONDAY, by=None)
    assert due(deadline) == "2026-12-21 23:59"
    assert Notice.objects.get(user=manager).reference == "X-1"


@pytest.mark.moment("2022-09-10 12:00")
def test_the_state_funeral_of_2022(manager, lead, trust):
    """19 September 2022 was announced nine days ahead: forty open cases, one notice for each person and case."""
    holiday = BankHoliday.objects.get(day=date(2022, 9, 19))
    holiday.withdrawn_on = date(2022, 1, 1)
    save(holiday, by=None, on=london("2022-01-01 09:00"))
    aware, announced = london("2022-09-07 10:00"), london("2022-09-10 12:00")
    for number in range(1, 41):
        case = open_case(f"RF-2022-{number:03}", on="2022-09-07")
        who = {"case": case, "reference": case.reference, "on": aware, "by": manager, "counts_from": aware}
        engine.start(rules.SIN_NATIONAL, **who, user=manager)
        engine.start(rules.SUMMARY_RETURNED, **who, agency=trust)
        engine.start(rules.REPORT_LOCAL, **who, user=manager)
    calendar_changes.add_bank_holiday(day=date(2022, 9, 19), name="State funeral", on=announced, by=manager)
    moved = Deadline.history.filter(history_date=announced)
    # Five working days end on Wednesday 14 September and stay; seven end on the 16th; fifteen on the 28th.
    assert [row.rule for row in moved] == ["report_local"] * 40
    assert Notice.objects.count() == 40


# Lengths of one's own


def test_an_override_holds_for_cases_opened_from_its_date_on(start, case, manager):
    before = start(rules.SUMMARY_RETURNED, case)
    override = {"on": MONDAY, "by": manager, "reason": "Agreed at the Hub"}
    calendar_changes.override(
        rules.SUMMARY_RETURNED, number=6, in_force_from=date(2026, 12, 14), by_time=time(12), **override
    )
    assert start(rules.SUMMARY_RETURNED, case, key="again").number == 7
    later = start(rules.SUMMARY_RETURNED, open_case("RF-2026-002", on="2026-12-14"), at="2026-12-14 10:00")
    assert due(later) == "2026-12-22 12:00"
    assert later.edition == "Local timescales from 2026-12-14"
    assert due(before) == "2026-12-22 23:59"
    calendar_changes.override(rules.SUMMARY_RETURNED, number=8, in_force_from=date(2026, 12, 14), **override)
    assert RuleOverride.objects.get().number == 8
    calendar_changes.override(rules.CHRONOLOGY, number=10, in_force_from=date(2026, 12, 14), **override)
    assert dict(RuleOverride.objects.values_list("rule", "number")) == {"summary_returned": 8, "chronology": 10}
    calendar_changes.override(rules.CHRONOLOGY, number=11, in_force_from=date(2027, 1, 4), **override)
    assert list(RuleOverride.objects.filter(rule="chronology").order_by("pk").values_list("number", flat=True)) == [
        10,
        11,
    ]


def test_what_cannot_be_overridden(manager):
    override = {"number": 6, "in_force_from": date(2026, 12, 14), "on": MONDAY, "by": manager, "reason": "x"}
    with pytest.raises(engine.NationalDate):
        calendar_changes.override(rules.SIN_NATIONAL, **override)
    with pytest.raises(ValueError, match="has no length"):
        calendar_changes.override(rules.MORE_INFORMATION, **override)


# The diary


def test_a_meeting_is_booked_moved_and_cancelled(case, manager, lead, outsider, trust):
    meeting = {"case": case, "reference": case.reference, "label": "Rapid review meeting", "by": manager}
    first = engine.book(**meeting, starts_at=london("2026-12-29 10:00"), agency=trust, on=MONDAY)
    again = engine.book(
        **meeting, starts_at=london("2026-12-30 10:00"), ends_at=london("2026-12-30 12:30"), agency=trust, on=MONDAY
    )
    assert first.pk == again.pk
    assert DiaryEntry.objects.get().starts_at == datetime(2026, 12, 30, 10, tzinfo=UTC)
    assert DiaryEntry.objects.visible_to(lead, moment=MONDAY).exists()
    assert not DiaryEntry.objects.visible_to(outsider, moment=MONDAY).exists()
    other = engine.book(
        **meeting | {"label": "Virtual Panel"}, starts_at=london("2026-12-14 10:00"), agency=trust, on=MONDAY
    )
    engine.cancel(reference=case.reference, label="Rapid review meeting", on=MONDAY, by=manager, reason="Inquorate")
    assert DiaryEntry.objects.get(pk=first.pk).cancel_reason == "Inquorate"
    assert list(DiaryEntry.objects.filter(cancelled_at=None)) == [other]
    assert str(first) == "RF-2026-001: Rapid review meeting"
    with pytest.raises(engine.AddresseeUnclear):
        engine.book(**meeting, starts_at=london("2026-12-29 10:00"), on=MONDAY)
