"""From a moment to a due moment: national and local, cut-offs, closure days, both changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import rules
from deadlines.calendar import england_and_wales
from deadlines.rules import LONDON, RULES, Direction, Unit, day_of, day_zero, due_at, due_on, work_out

CALENDAR = england_and_wales()


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def day(text):
    return date.fromisoformat(text)


def test_a_rapid_review_over_christmas():
    """Received Friday 11 December 2026 at 10:00, SIN sent on Monday 14 December."""
    received, sin_sent = london("2026-12-11T10:00"), london("2026-12-14T15:30")
    day_0 = min(received, sin_sent)
    assert due_at(rules.SUMMARY_RETURNED, day_0, CALENDAR) == london("2026-12-22T23:59")
    assert due_at(rules.SIGN_OFF, day_0, CALENDAR) == london("2027-01-05T16:00")
    assert due_at(rules.REPORT_LOCAL, day_0, CALENDAR) == london("2027-01-06T16:00")
    assert due_at(rules.REPORT_NATIONAL, sin_sent, CALENDAR) == london("2027-01-07T23:59")
    assert due_on(rules.VIRTUAL_PANEL, day_0, CALENDAR) == day("2026-12-14")
    assert due_at(rules.SCREENING, day_0, CALENDAR) == london("2026-12-14T12:00")


def test_a_sin_sent_before_the_referral():
    sin_sent, received = london("2026-12-08T09:00"), london("2026-12-11T10:00")
    day_0 = min(received, sin_sent)
    assert due_at(rules.REPORT_LOCAL, day_0, CALENDAR) == london("2026-12-31T16:00")
    assert due_on(rules.REPORT_NATIONAL, sin_sent, CALENDAR) == day("2026-12-31")
    assert due_on(rules.SUMMARY_RETURNED, day_0, CALENDAR) == day("2026-12-17")


def test_an_event_on_a_saturday():
    saturday = london("2026-12-12T11:00")
    assert due_on(rules.SIN_NATIONAL, saturday, CALENDAR) == day("2026-12-18")
    assert day_zero(saturday, CALENDAR) == day("2026-12-14")
    assert due_on(rules.SIN_LOCAL, saturday, CALENDAR) == day("2026-12-15")
    assert (
        work_out(rules.SIN_LOCAL, saturday, CALENDAR).start_reason == "received on a day that is not worked: Saturday"
    )


def test_an_event_on_a_bank_holiday():
    christmas = london("2026-12-25T11:00")
    assert due_on(rules.SIN_NATIONAL, christmas, CALENDAR) == day("2027-01-05")
    assert day_zero(christmas, CALENDAR) == day("2026-12-29")
    assert due_on(rules.SUMMARY_RETURNED, christmas, CALENDAR) == day("2027-01-08")


@pytest.mark.parametrize(
    ("moment", "cutoff", "expected"),
    [
        ("2026-12-11T16:01", None, "2026-12-11"),
        ("2026-12-11T16:00", time(16), "2026-12-11"),
        ("2026-12-11T16:01", time(16), "2026-12-14"),
        ("2026-12-12T16:01", time(16), "2026-12-14"),
        ("2026-12-12T09:00", time(16), "2026-12-14"),
        ("2026-12-24T17:00", time(16), "2026-12-29"),
    ],
)
def test_day_zero_knows_the_cut_off(moment, cutoff, expected):
    assert day_zero(london(moment), CALENDAR, cutoff) == day(expected)


def test_a_national_timescale_knows_no_cut_off_and_no_closure_day():
    closed = CALENDAR.with_closures({day("2026-12-29"): "Closed", day("2026-12-30"): "Closed"})
    moment = london("2026-12-11T18:00")
    assert due_on(rules.REPORT_NATIONAL, moment, closed, time(16)) == day("2027-01-06")
    assert due_on(rules.REPORT_LOCAL, moment, closed) == day("2027-01-08")
    assert due_on(rules.REPORT_LOCAL, moment, closed, time(16)) == day("2027-01-11")
    assert "closure" not in str(work_out(rules.REPORT_NATIONAL, moment, closed).steps)
    assert "closure day of the partnership (Closed)" in str(work_out(rules.REPORT_LOCAL, moment, closed).steps)
    assert work_out(rules.REPORT_LOCAL, moment, closed, time(16)).start_reason == "received after the daily cut-off"


@pytest.mark.parametrize(
    ("rule", "moment", "offset"),
    [
        # The clocks go back on 25 October 2026 and forward on 28 March 2027: 16:00 stays 16:00 in London.
        (rules.REPORT_LOCAL, "2026-10-12T10:00", "2026-11-02T16:00+00:00"),
        (rules.REPORT_LOCAL, "2027-03-12T10:00", "2027-04-06T16:00+01:00"),
        (rules.REPORT_NATIONAL, "2027-03-12T10:00", "2027-04-06T23:59+01:00"),
    ],
)
def test_due_times_are_civil_time_across_both_changes_of_the_clock(rule, moment, offset):
    assert due_at(rule, london(moment), CALENDAR).isoformat(timespec="minutes") == offset


def test_the_day_of_an_event_is_the_day_in_london():
    # 23:30 UTC in summer is half past midnight of the next day in London.
    late = datetime(2026, 7, 9, 23, 30, tzinfo=UTC)
    assert day_zero(late, CALENDAR) == day("2026-07-10")
    assert due_on(rules.SIN_NATIONAL, late, CALENDAR) == day("2026-07-17")


def test_a_naive_moment_is_refused():
    naive = datetime(2026, 12, 11, 10, 0)
    with pytest.raises(rules.NaiveMoment):
        due_at(rules.SIN_NATIONAL, naive, CALENDAR)
    with pytest.raises(TypeError):
        due_at(rules.SIN_NATIONAL, day("2026-12-11"), CALENDAR)


def test_a_named_day_has_no_length():
    with pytest.raises(ValueError, match="its day is named"):
        due_at(rules.MORE_INFORMATION, london("2026-12-11T10:00"), CALENDAR)


def test_counted_backwards():
    publication = london("2026-12-11T09:00")
    assert due_on(rules.LCSPR_ADVANCE_COPY, publication, CALENDAR) == day("2026-12-02")
    assert due_on(rules.PACK_BEFORE_MEETING, london("2026-12-29T10:00"), CALENDAR) == day("2026-12-24")
    weeks = replace(rules.LESSON_LOG, direction=Direction.BEFORE)
    assert due_on(weeks, publication, CALENDAR) == day("2026-11-27")


def test_weeks_months_and_calendar_days_stand_where_they_fall():
    decided = london("2026-08-31T10:00")
    assert due_on(rules.LCSPR_PUBLISHED, decided, CALENDAR) == day("2027-02-28")
    worked_out = work_out(rules.LCSPR_PUBLISHED, decided, CALENDAR)
    assert worked_out.due_on.strftime("%A") == "Sunday"
    assert worked_out.last_working_day == day("2027-02-26")
    assert worked_out.steps == []
    assert due_on(rules.COMPLAINT_ANSWERED, london("2026-12-01T10:00"), CALENDAR) == day("2026-12-29")
    assert due_on(rules.LESSON_LOG, london("2026-12-11T10:00"), CALENDAR) == day("2026-12-25")


def test_a_span_has_a_first_day():
    received = london("2026-12-11T10:00")
    assert rules.earliest_on(rules.MEETING, received, CALENDAR) == day("2026-12-29")
    assert due_on(rules.MEETING, received, CALENDAR) == day("2026-12-30")
    assert rules.earliest_on(rules.SIGN_OFF, received, CALENDAR) is None
    assert rules.earliest_on(rules.LCSPR_MODERATION, received, CALENDAR) == day("2027-03-11")


@pytest.mark.parametrize(
    ("today", "number"),
    [("2026-12-11", 0), ("2026-12-12", 0), ("2026-12-14", 1), ("2026-12-22", 7), ("2026-12-26", 9), ("2027-01-06", 15)],
)
def test_day_of_review(today, number):
    assert day_of(day("2026-12-11"), day(today), CALENDAR) == number
    assert day_of(london("2026-12-11T10:00"), london(f"{today}T12:00"), CALENDAR) == number


def test_day_of_review_before_day_zero_is_zero():
    assert day_of(london("2026-12-12T10:00"), day("2026-12-12"), CALENDAR) == 0


def test_the_ladder_is_reached_at_eight_on_working_days():
    due = london("2026-12-29T16:00")
    reached = {stage.code: stage.reached_at(due, CALENDAR) for stage in rules.LADDER}
    assert reached["coming"] == london("2026-12-23T08:00")
    assert reached["today"] == london("2026-12-29T08:00")
    assert reached["overdue"] == due
    assert reached["overdue_3"] == london("2027-01-04T08:00")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (rules.SUMMARY_RETURNED, "Day 7"),
        (rules.REPORT_LOCAL, "Day 15, 4pm"),
        (rules.MEETING, "Day 10 to 11"),
        (rules.SIN_NATIONAL, "5 working days after the local authority became aware"),
        (rules.APPROVAL, "1 working day after the referral was sent for approval"),
        (rules.LCSPR_ADVANCE_COPY, "at least 7 working days before publication"),
        (rules.LCSPR_MODERATION, "3 to 6 months after the review ended"),
        (rules.MORE_INFORMATION, "on the day that was named"),
    ],
)
def test_milestones_in_the_fields_words(rule, words):
    assert rule.milestone == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [(time(16), "4pm"), (time(12), "midday"), (time(9, 30), "9:30am"), (time(0, 5), "12:05am"), (time(8), "8am")],
)
def test_times_of_day_in_words(moment, words):
    assert rules.time_words(moment) == words


MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
COUNTED = st.sampled_from([rule for rule in RULES.values() if rule.number is not None])
ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"])


@given(COUNTED, MOMENTS, ZONES)
def test_a_due_moment_is_the_same_wherever_the_moment_was_written(rule, moment, zone):
    elsewhere = moment.astimezone(ZoneInfo(zone))
    assert due_at(rule, elsewhere, CALENDAR) == due_at(rule, moment, CALENDAR)
    assert due_at(rule, moment, CALENDAR).tzinfo is LONDON
    assert due_at(rule, moment, CALENDAR).time() == (rule.by_time or time(23, 59))


@given(COUNTED, MOMENTS)
def test_working_out_ends_on_the_due_day(rule, moment):
    worked_out = work_out(rule, moment, CALENDAR)
    assert worked_out.due_on == due_on(rule, moment, CALENDAR)
    assert CALENDAR.is_working_day(worked_out.last_working_day)
    assert worked_out.last_working_day <= worked_out.due_on
    if worked_out.steps:
        assert worked_out.steps[-1].day == worked_out.due_on
        assert sum(step.counted for step in worked_out.steps) == rule.number


@given(MOMENTS)
def test_day_fifteen_is_the_day_the_local_report_is_due(moment):
    due_day = due_on(rules.REPORT_LOCAL, moment, CALENDAR)
    assert day_of(moment, due_day, CALENDAR) == 15
    assert due_day >= due_on(rules.REPORT_NATIONAL, moment, CALENDAR)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_is_whole(rule):
    assert all([rule.label, rule.basis, rule.edition, rule.in_force_from, rule.anchor])
    assert (rule.number is None) == (rule.unit == Unit.NAMED_DAY)
    assert rule.national or rule.edition == "Local timescales"
    assert not rule.national or rule.edition != "Local timescales"
    assert "/" not in rule.code
    assert rule.starts_in in ("", "referrals", "rapid_reviews", "lcspr", "audits", "learning")


def test_responsible_roles_exist():
    roles = pytest.importorskip("partnership.roles")
    known = {*roles.Role.values, *roles.CaseRole.values, ""}
    assert {rule.responsible for rule in RULES.values()} <= known


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-12-11 07:59", "2026-12-11 08:00"),
        ("2026-12-11 08:00", "2026-12-14 08:00"),  # a Friday
        ("2026-12-12 03:00", "2026-12-14 08:00"),
        ("2026-12-14 10:00", "2026-12-15 08:00"),
        ("2026-12-24 12:00", "2026-12-29 08:00"),
    ],
)
def test_what_is_not_said_at_once_is_said_at_eight_on_the_next_working_day(moment, morning):
    assert rules.next_morning(london(moment), england_and_wales()) == london(morning)
