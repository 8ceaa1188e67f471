"""The bank holiday table: filled from the committed list, the truth at run time; and `due` on the command line."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from deadlines import calendar_changes, queries, reference, rules
from deadlines.calendar import DATA, england_and_wales
from deadlines.management.commands import refresh_bank_holidays
from deadlines.models import BankHoliday, ClosureDay, Reminder, RuleOverride
from tests.conftest import london

pytestmark = pytest.mark.django_db
ON = london("2026-12-14 09:00")


def newer(tmp_path, monkeypatch, change):
    """This will commit, for this test, a later list with something changed in it."""
    listed = json.loads(DATA.read_text()) | {"as_of": "2027-02-01", "announced_until": "2029-12-31"}
    listed["days"] = change(listed["days"])
    path = tmp_path / "bank-holidays.json"
    path.write_text(json.dumps(listed))
    monkeypatch.setattr(reference, "DATA", path)


def test_the_table_holds_the_committed_list():
    assert dict(BankHoliday.objects.values_list("day", "name")) == england_and_wales().holidays
    assert queries.working_days().holidays == england_and_wales().holidays
    assert queries.list_date() == england_and_wales().as_of
    assert str(BankHoliday.objects.get(day=date(2026, 12, 25))) == "25 December 2026, Christmas Day"


def test_loading_again_changes_nothing():
    reference.load(on=ON)
    assert BankHoliday.history.count() == BankHoliday.objects.count()


def test_a_day_withdrawn_by_hand_does_not_come_back():
    calendar_changes.withdraw_bank_holiday(day=date(2030, 1, 1), reason="entered in error", on=ON, by=None)
    reference.load(on=ON)
    assert date(2030, 1, 1) not in queries.working_days().holidays


def test_a_newer_list_announces_adds_and_moves_days(tmp_path, monkeypatch, start, case, manager):
    deadline = start(rules.SIN_NATIONAL, case, at="2029-05-03 10:00")
    assert rules.london_day(deadline.due_at) == date(2029, 5, 11)

    def change(days):
        kept = [day for day in days if day["date"] != "2029-05-07"]
        for day in kept:
            if day["date"].startswith("2029"):
                del day["expected"]
        return [*kept, {"date": "2029-05-08", "name": "Early May bank holiday (VE day)"}]

    newer(tmp_path, monkeypatch, change)
    assert reference.load(on=ON) == "1 new bank holidays, 1 moved away, list of 01.02.2027"
    calendar = queries.working_days()
    assert calendar.is_working_day(date(2029, 5, 7))
    assert not calendar.is_working_day(date(2029, 5, 8))
    assert not BankHoliday.objects.get(day=date(2029, 12, 25)).expected
    deadline.refresh_from_db()
    assert rules.london_day(deadline.due_at) == date(2029, 5, 11)
    assert queries.list_date() == date(2027, 2, 1)


def test_a_newer_list_moves_a_day_that_was_announced_and_leaves_one_that_was_proclaimed(
    tmp_path, monkeypatch, start, case, manager
):
    calendar_changes.add_bank_holiday(day=date(2027, 5, 12), name="Jubilee", on=ON, by=manager)
    deadline = start(rules.SIN_NATIONAL, case, at="2027-04-29 10:00")
    assert rules.london_day(deadline.due_at) == date(2027, 5, 7)

    def change(days):
        kept = [day for day in days if day["date"] != "2027-05-03"]
        return [*kept, {"date": "2027-05-10", "name": "Early May bank holiday"}]

    newer(tmp_path, monkeypatch, change)
    assert reference.load(on=ON) == "1 new bank holidays, 1 moved away, list of 01.02.2027"
    calendar = queries.working_days()
    worked = [calendar.is_working_day(date(2027, 5, day)) for day in (3, 10, 12)]
    assert worked == [True, False, False]
    deadline.refresh_from_db()
    assert rules.london_day(deadline.due_at) == date(2027, 5, 6)


def test_before_reference_data_is_loaded_the_committed_list_answers(monkeypatch):
    monkeypatch.setattr(BankHoliday, "objects", BankHoliday.objects.none())
    ClosureDay.objects.none()
    assert queries.working_days().holidays == england_and_wales().holidays


def test_the_refresh_command_writes_what_is_committed(tmp_path, monkeypatch, capsys):
    path = tmp_path / "bank-holidays.json"
    monkeypatch.setattr(refresh_bank_holidays, "DATA", path)
    as_of = json.loads(DATA.read_text())["as_of"]
    call_command("refresh_bank_holidays", as_of=date.fromisoformat(as_of))
    assert json.loads(path.read_text()) == json.loads(DATA.read_text())
    assert path.read_text() == DATA.read_text()
    assert "245 days" in capsys.readouterr().out


def test_rows_name_themselves(summary):
    assert str(ClosureDay(day=date(2026, 12, 29), name="Closed")) == "29 December 2026, Closed"
    assert (
        str(RuleOverride(rule="sin_local", number=2, in_force_from=date(2026, 1, 1))) == "sin_local: 2 from 2026-01-01"
    )
    assert str(summary) == "RF-2026-001: Return the single agency summary"
    assert str(Reminder(deadline=summary, stage="today")) == f"today of {summary.pk}"


# On the command line, without a database


@pytest.fixture
def said(capsys):
    def said(*args):
        call_command("due", *args)
        return capsys.readouterr().out.splitlines()

    return said


def test_due_on_the_command_line(said):
    assert said("--rule", "report_local", "--from", "2026-12-11T10:00") == ["2027-01-06T16:00:00+00:00"]
    assert said("--rule", "sin_national", "--from", "2026-07-09T23:30Z") == ["2026-07-17T23:59:00+01:00"]
    explained = said("--rule", "sin_national", "--from", "2026-12-12T10:00", "--explain")
    assert explained[0] == "2026-12-18T23:59:00+00:00"
    assert explained[-1] == "2026-12-18    5  working day 5"
    assert len(said("--list")) == len(rules.RULES)
    assert {line.split()[0] for line in said("--list")} == set(rules.RULES)


def test_due_for_many_lines(said, monkeypatch):
    monkeypatch.setattr("sys.stdin", iter(["sin_national,2026-12-11T10:00\n", "report_local, 2026-12-11T10:00\n"]))
    assert said("--stdin") == ["2026-12-18T23:59:00+00:00", "2027-01-06T16:00:00+00:00"]


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        ([], "Say --rule CODE"),
        (["--rule", "no_such", "--from", "2026-12-11T10:00"], "no timescale “no_such”"),
        (["--rule", "sin_national", "--from", "yesterday"], "“yesterday” is not a moment"),
        (["--rule", "more_information", "--from", "2026-12-11T10:00"], "its day is named"),
        (["--rule", "sin_national", "--from", "2040-12-28T10:00"], "ends on 2040-12-31"),
    ],
)
def test_due_says_what_it_cannot_read(said, args, fault):
    with pytest.raises(CommandError, match=fault):
        said(*args)


def test_due_names_the_line(said, monkeypatch):
    monkeypatch.setattr("sys.stdin", iter(["sin_national,2026-12-11T10:00\n", "sin_national;2026\n"]))
    with pytest.raises(CommandError, match="line 2: there is no timescale"):
        said("--stdin")
