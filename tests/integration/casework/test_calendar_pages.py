"""The calendar and the timescales: read by everybody, kept by the business manager, and every open date follows."""

from datetime import date, timedelta

import pytest
from django.db.transaction import atomic

from casework import calendar_keeping
from casework.workflow import CannotProceed, NotAllowed
from deadlines import calendar_changes, queries, rules
from deadlines.models import BankHoliday, ClosureDay, Deadline, RuleOverride
from deadlines.words import day_words
from notifications.models import Notice
from tests.client import Visitor, changed, parsed, words
from tests.factories import situations
from tests.moments import london

pytestmark = [pytest.mark.begins_with("with_panel")]
NOW = london("2026-12-11 14:00")
MOURNING = date(2026, 12, 17)


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def manager(cast):
    return Visitor(cast.business_manager)


def due(referral, rule):
    return rules.london_day(Deadline.objects.open().filter(reference=referral.reference, rule=rule.code).first().due_at)


def listed(visitor, address):
    page = parsed(visitor.get(address))
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def test_a_proclaimed_bank_holiday_moves_open_dates_at_once_and_tells_people_in_the_morning(cast, referral, manager):
    before = due(referral, rules.SIN_NATIONAL)
    manager.must_send("/bank-holidays/new/", day=MOURNING, name="Day of mourning")
    moved = Deadline.history.filter(history_change_reason__contains="Day of mourning").count()
    assert moved
    assert due(referral, rules.SIN_NATIONAL) == queries.working_days().add(before, 1)
    assert f"The bank holiday was entered. {moved} date" in manager.text("/bank-holidays/")
    told = Notice.objects.filter(kind="date-moved")
    assert told
    assert {notice.send_from for notice in told} == {london("2026-12-14 08:00")}
    assert listed(manager, "/bank-holidays/?year=2026")[-3][:3] == [
        "Thursday 17 December 2026",
        "Day of mourning",
        "Announced",
    ]


def test_taken_out_again_the_dates_move_back_and_the_day_stays_on_the_list(referral, manager):
    before = due(referral, rules.SIN_NATIONAL)
    manager.must_send("/bank-holidays/new/", day=MOURNING, name="Day of mourning")
    row = BankHoliday.objects.get(day=MOURNING)
    manager.must_send(f"/bank-holidays/{row.pk}/take-out/", reason="It was moved to May")
    assert due(referral, rules.SIN_NATIONAL) == before
    assert listed(manager, "/bank-holidays/?year=2026&state=withdrawn") == [
        ["Thursday 17 December 2026", "Day of mourning", "Announced", "11 December 2026", OUT, ""]
    ]
    assert manager.get(f"/bank-holidays/{row.pk}/take-out/").url == "/bank-holidays/"
    gone = "Thursday 17 December 2026 was taken out on Friday 11 December 2026 already"
    assert gone in manager.text("/bank-holidays/")
    with pytest.raises(CannotProceed, match=gone):
        calendar_keeping.withdraw_bank_holiday(row, reason="Again", by=manager.user, on=NOW)


def test_a_second_press_goes_where_the_first_one_went(manager):
    manager.must_send("/closure-days/new/", day=MOURNING, name="Office move")
    address = f"/closure-days/{ClosureDay.objects.get().pk}/take-out/"
    typed = changed(manager.form(address), {"reason": "Put off"})
    assert [manager.post(address, typed).url for _ in range(2)] == ["/closure-days/"] * 2


OUT = "Taken out on Friday 11 December 2026"


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (date(2026, 12, 25), "Friday 25 December 2026 is a bank holiday already"),
        (date(2026, 12, 19), "Saturday 19 December 2026 is not worked anyway"),
        (date(2041, 1, 1), "must be on or before 31 December 2040"),
    ],
)
def test_a_day_that_changes_nothing_is_refused_beside_its_box(manager, day, message):
    answer = manager.send("/bank-holidays/new/", day=day, name="Day of mourning")
    assert answer.status_code == 422
    assert message in words(answer)


def test_an_expected_day_is_confirmed(manager):
    day = date(2030, 12, 25)
    assert BankHoliday.objects.get(day=day).expected
    manager.must_send("/bank-holidays/new/", day=day, name="Christmas Day")
    assert not BankHoliday.objects.get(day=day).expected


def test_a_closure_day_moves_local_dates_alone(referral, manager):
    national = due(referral, rules.SIN_NATIONAL)
    before = due(referral, rules.SIN_LOCAL)
    manager.must_send("/closure-days/new/", day=before, name="Office move")
    assert due(referral, rules.SIN_LOCAL) == queries.working_days().add(before, 1)
    assert due(referral, rules.SIN_NATIONAL) == national
    assert "is a closure day already" in words(manager.send("/closure-days/new/", day=before, name="Office move"))
    assert "is not worked anyway: it is Christmas Day" in words(
        manager.send("/closure-days/new/", day=date(2026, 12, 25), name="Closed")
    )
    row = ClosureDay.objects.get()
    assert f"{day_words(before)}, Office move" in manager.text(f"/closure-days/{row.pk}/take-out/")
    manager.must_send(f"/closure-days/{row.pk}/take-out/", reason="Put off")
    assert due(referral, rules.SIN_LOCAL) == before
    assert listed(manager, "/closure-days/")[0][1:] == ["Office move", OUT, ""]


def test_what_counts_from_this_year_on_unless_a_year_is_asked_for(manager):
    assert listed(manager, "/bank-holidays/")[0][0] == "Thursday 1 January 2026"
    assert {row[0][-4:] for row in listed(manager, "/bank-holidays/?year=2022")} == {"2022"}
    assert listed(manager, "/bank-holidays/?year=22%00")[0][0] == "Thursday 1 January 2026"


def test_a_length_of_ones_own_counts_for_cases_opened_from_its_day_on(cast, manager):
    manager.must_send(
        "/timescales/summary_returned/length/", number="6", in_force_from=date(2026, 12, 14), reason="Agreed at the Hub"
    )
    assert queries.rule_in_force(rules.SUMMARY_RETURNED, date(2026, 12, 11)).number == 7
    assert queries.rule_in_force(rules.SUMMARY_RETURNED, date(2026, 12, 14)).number == 6
    page = manager.text("/timescales/summary_returned/length/")
    assert "For a case opened today it is: Day 7" in page
    assert "Day 6, for cases opened from Monday 14 December 2026: Agreed at the Hub" in page
    assert RuleOverride.objects.get().history.get().history_user == cast.business_manager


def test_a_length_that_is_not_in_force_yet_is_taken_back(cast, manager):
    page = "/timescales/summary_returned/length/"
    manager.must_send(page, number="6", in_force_from=date(2026, 12, 14), reason="Agreed at the Hub")
    row = RuleOverride.objects.get()
    address = f"/own-lengths/{row.pk}/take-back/"
    assert f'href="{address}"' in manager.get(page).content.decode()
    assert "It would be Day 6, for cases opened from Monday 14 December 2026." in manager.text(address)
    manager.must_send(address, reason="Put off")
    assert queries.rule_in_force(rules.SUMMARY_RETURNED, date(2026, 12, 14)).number == 7
    assert queries.own_lengths(date(2026, 12, 14)) == {}
    assert "Agreed at the Hub (taken back on Friday 11 December 2026)" in manager.text(page)
    row.refresh_from_db()
    assert (row.history.first().history_user, row.history.first().history_change_reason) == (
        cast.business_manager,
        "Put off",
    )
    with pytest.raises(CannotProceed, match="taken back on Friday 11 December 2026 already"):
        calendar_keeping.withdraw_length(row, reason="Again", by=cast.business_manager, on=NOW)
    assert manager.get(address).url == page
    manager.must_send(page, number="5", in_force_from=date(2026, 12, 14), reason="Agreed anew")
    assert queries.rule_in_force(rules.SUMMARY_RETURNED, date(2026, 12, 14)).number == 5


def test_a_length_in_force_stays(cast, manager):
    page = "/timescales/summary_returned/length/"
    assert manager.send(page, number="6", in_force_from=date(2026, 12, 11), reason="Agreed").status_code == 422
    calendar_changes.override(
        rules.SUMMARY_RETURNED, number=6, in_force_from=date(2026, 12, 11), reason="Agreed", on=NOW, by=None
    )
    assert "Take it back" not in manager.text(page)
    row = RuleOverride.objects.get()
    with pytest.raises(CannotProceed, match="in force: set another one"):
        calendar_keeping.withdraw_length(row, reason="No", by=cast.business_manager, on=NOW)
    with pytest.raises(ValueError, match="in force already"), atomic():
        calendar_changes.withdraw_override(row, reason="No", by=None, on=NOW)
    with pytest.raises(NotAllowed):
        calendar_keeping.withdraw_length(row, reason="No", by=cast.coordinator, on=NOW)


def test_the_page_of_timescales_says_what_counts_today(cast, manager):
    calendar_changes.override(
        rules.SUMMARY_RETURNED, number=6, in_force_from=date(2026, 12, 11), reason="Agreed", on=NOW, by=None
    )
    row = next(row for row in listed(manager, "/timescales/") if row[0] == "Return the single agency summary")
    assert row[1] == "Day 6 Set your own length: Return the single agency summary"
    assert row[3] == "The partnership’s own length: Agreed Local timescales from 2026-12-11"
    reader = Visitor(cast.referrer)
    assert "Set your own" not in reader.text("/timescales/")
    assert "Send the serious incident notification" in reader.text("/timescales/")
    assert "Enter a bank holiday" not in reader.text("/bank-holidays/")
    assert "Take out" not in reader.text("/bank-holidays/")


@pytest.mark.parametrize("code", ["sin_national", "more_information", "lesson_log", "no_such"])
def test_lengths_that_are_not_the_partnerships_to_set_have_no_page(manager, code):
    assert manager.get(f"/timescales/{code}/length/").status_code == 404


def test_a_span_cannot_end_before_it_begins_nor_a_length_begin_in_the_past(cast):
    given = {"by_time": None, "reason": "Agreed", "by": cast.business_manager, "on": NOW}
    with pytest.raises(CannotProceed, match="Enter 10 or more"):
        calendar_keeping.set_length(rules.MEETING, number=9, in_force_from=date(2026, 12, 14), **given)
    with pytest.raises(CannotProceed, match="tomorrow or a later day"):
        calendar_keeping.set_length(rules.MEETING, number=12, in_force_from=date(2026, 12, 11), **given)


def test_who_does_not_keep_the_calendar_changes_nothing(cast):
    day = {"day": MOURNING, "name": "Mine", "by": cast.coordinator, "on": NOW + timedelta(hours=1)}
    for act in (calendar_keeping.add_bank_holiday, calendar_keeping.add_closure_day):
        with pytest.raises(NotAllowed):
            act(**day)
