"""What a transition says of itself, and what it refuses before anything is looked up."""

from types import SimpleNamespace

import pytest

from casework import workflow
from casework.workflow import REGISTRY, CannotProceed, NotAllowed, WrongState, transition
from partnership.permissions import Permission
from tests.moments import london
from trail.models import SYSTEM

NOW = london("2026-12-11 14:00")


class Thing:
    """Stands for a record of work; nothing here asks a database."""

    reference = "TH-1"

    def __init__(self, status="open"):
        self.status = status

    def get_status_display(self):
        return self.status.title()


@pytest.fixture(autouse=True)
def _as_it_was():
    before = list(REGISTRY)
    yield
    REGISTRY[:] = before


def declared(*, sources=("open", "held"), target="done", **options):
    @transition(Thing, sources=sources, target=target, permission=Permission.SCREEN_REFERRAL, **options)
    def put_aside(record, *, by, on):
        """This will put something aside."""

    return put_aside


def test_it_is_known_by_its_function():
    made = declared()
    assert made.name == "put_aside"
    assert made.url_name == "put-aside"
    assert made.__doc__ == "This will put something aside."
    assert repr(made) == "Thing.put_aside"
    assert REGISTRY[-1] is made


def test_it_leads_from_every_source_to_every_target():
    assert declared().ways == {("open", "done"), ("held", "done")}
    assert declared(sources=("open",), target=("done", "lost")).ways == {("open", "done"), ("open", "lost")}


def test_ways_that_are_named_are_the_only_ones():
    assert declared(target=("done", "lost"), ways=[("open", "lost")]).ways == {("open", "lost")}


def test_an_act_leads_nowhere():
    made = declared(target=None)
    assert made.targets == ()
    assert made.ways == frozenset()


@pytest.mark.parametrize(("target", "targets"), [("done", ("done",)), (("done", "lost"), ("done", "lost"))])
def test_its_targets_are_a_tuple(target, targets):
    assert declared(target=target).targets == targets


def test_what_has_no_source_opens_a_record():
    assert declared(sources=()).opens
    assert not declared().opens


def test_it_is_on_the_timeline_with_the_reason_unless_it_says_otherwise():
    assert declared().event is True
    assert declared().words == "reason"
    assert declared().system is False
    assert declared(event=False, words="why", system=True).event is False


def test_it_moves_only_where_it_says():
    made = declared(sources=("open",), target=("open", "done", "lost"), ways=[("open", "done")])
    record = Thing()
    made._move(record, "done")
    assert record.status == "done"
    record = Thing()
    made._move(record, "open")  # staying is always possible
    assert record.status == "open"
    with pytest.raises(RuntimeError, match="from open to lost"):
        made._move(record, "lost")
    assert record.status == "open"


@pytest.mark.parametrize(
    ("status", "may", "available"), [("open", True, True), ("open", False, False), ("gone", True, False)]
)
def test_it_is_available_in_its_sources_to_who_may(status, may, available, monkeypatch):
    asked = []
    monkeypatch.setattr(workflow, "can", lambda *given, **named: asked.append((given, named)) or may)
    record, user = Thing(status), SimpleNamespace()
    assert declared().is_available(record, user, moment=NOW) is available
    if status == "open":
        assert asked == [((user, Permission.SCREEN_REFERRAL, record), {"moment": NOW})]
    assert declared().is_allowed(record, user, moment=NOW) is may


def test_the_calendar_does_only_what_it_was_given(monkeypatch):
    monkeypatch.setattr(workflow, "can", lambda *given, **named: pytest.fail("the calendar holds no permission"))
    with pytest.raises(NotAllowed, match="done by a person"):
        declared()._check_right(Thing(), by=SYSTEM, on=NOW)
    declared(system=True)._check_right(Thing(), by=SYSTEM, on=NOW)


def test_a_person_is_asked_for_the_permission_at_the_moment_of_the_act(monkeypatch):
    asked = []
    monkeypatch.setattr(workflow, "can", lambda *given, **named: asked.append((given, named)))
    user, record = SimpleNamespace(), Thing()
    with pytest.raises(NotAllowed, match="needs screen_referral"):
        declared(system=True)._check_right(record, by=user, on=NOW)
    assert asked == [((user, Permission.SCREEN_REFERRAL, record), {"moment": NOW})]


def test_what_cannot_proceed_says_where_and_what():
    refused = CannotProceed("Say when", ("reason", "Say why"))
    assert refused.problems == [("", "Say when"), ("reason", "Say why")]
    assert str(refused) == "Say when; Say why"


def test_a_wrong_state_names_the_record_and_its_status():
    record = Thing("held")
    refused = WrongState(record)
    assert refused.record is record
    assert str(refused) == "TH-1 is “Held”"
