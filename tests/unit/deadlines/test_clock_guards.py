"""No writer of deadlines begins outside a transaction, or with a moment whose time zone is not known."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from deadlines import calendar_changes, clock, rules
from deadlines.models import Deadline, RuleOverride
from tests.moments import london

NOW = london("2026-12-11 14:00")
NAIVE = datetime(2026, 12, 11, 14, 0)
DAY, LATER = date(2026, 12, 14), date(2099, 1, 5)
LOCAL = Deadline(rule=rules.SCREENING.code, due_at=NOW)
RECORD = {"reference": "RF-2026-001", "by": None}

WRITERS = {
    "start": lambda on: clock.start(rules.SCREENING, case=None, counts_from=NOW, on=on, role="x", **RECORD),
    "start from": lambda on: clock.start(rules.SCREENING, case=None, counts_from=on, on=NOW, role="x", **RECORD),
    "meet": lambda on: clock.meet(rules.SCREENING, on=on, **RECORD),
    "extend": lambda on: clock.extend(LOCAL, due=DAY, on=on, by=None, reason="a", agreed_by="b"),
    "pause": lambda on: clock.pause(LOCAL, on=on, by=None, reason="a", agreed_by="b"),
    "resume": lambda on: clock.resume(LOCAL, on=on, by=None, reason="a"),
    "record_delay": lambda on: clock.record_delay(
        LOCAL, on=on, by=None, reason="a", expected_on=DAY, letters="b", review_on=DAY
    ),
    "stop": lambda on: clock.stop(rules.SCREENING, on=on, reason="a", **RECORD),
    "reanchor": lambda on: clock.reanchor(case=None, day0=NOW, on=on, by=None),
    "reanchor to": lambda on: clock.reanchor(case=None, day0=on, on=NOW, by=None),
    "recompute": lambda on: clock.recompute(on=on, because="a"),
    "add_bank_holiday": lambda on: calendar_changes.add_bank_holiday(day=DAY, name="a", on=on, by=None),
    "withdraw_bank_holiday": lambda on: calendar_changes.withdraw_bank_holiday(day=DAY, reason="a", on=on, by=None),
    "add_closure_day": lambda on: calendar_changes.add_closure_day(day=DAY, name="a", on=on, by=None),
    "withdraw_closure_day": lambda on: calendar_changes.withdraw_closure_day(day=DAY, reason="a", on=on, by=None),
    "override": lambda on: calendar_changes.override(
        rules.SCREENING, number=2, in_force_from=DAY, reason="a", on=on, by=None
    ),
    "withdraw_override": lambda on: calendar_changes.withdraw_override(
        RuleOverride(in_force_from=LATER), reason="a", on=on, by=None
    ),
    "book": lambda on: clock.book(case=None, label="a", starts_at=NOW, on=on, role="x", **RECORD),
    "book for": lambda on: clock.book(case=None, label="a", starts_at=on, on=NOW, role="x", **RECORD),
    "cancel": lambda on: clock.cancel(label="a", on=on, reason="a", **RECORD),
}


@pytest.fixture(autouse=True)
def _nothing_is_asked_or_written(monkeypatch):
    """These tests have no database: whatever looks into it before the guard fails by itself."""
    monkeypatch.setattr(clock, "connection", SimpleNamespace(in_atomic_block=True))


@pytest.mark.parametrize("name", WRITERS)
def test_a_moment_without_its_time_zone_is_refused_first(name):
    with pytest.raises(rules.NaiveMoment):
        WRITERS[name](NAIVE)


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_written_outside_a_transaction(name, monkeypatch):
    monkeypatch.setattr(clock, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(clock.OutsideTransaction):
        WRITERS[name](NOW)


@pytest.mark.parametrize("moment", [DAY, "2026-12-11", None])
def test_a_moment_is_a_moment(moment):
    with pytest.raises(rules.NaiveMoment):
        clock.check(NOW, moment)


def test_a_named_day_is_a_day_or_a_moment():
    assert clock._named(DAY) == london("2026-12-14 23:59")
    assert clock._named(NOW) == NOW
    for wrong in ("2026-12-14", 14, None):
        with pytest.raises(TypeError, match="A due day is a date"):
            clock._named(wrong)
    with pytest.raises(rules.NaiveMoment):
        clock._named(NAIVE)
