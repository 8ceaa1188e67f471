"""What was done is kept: column history, timeline and access log; nothing is written past them."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from casework.workflow import REGISTRY
from partnership.models import Agency, Membership, User
from referrals import workflow
from referrals.models import Child, InvolvedService, Referral
from tests.client import Visitor
from tests.factories import Agencies, situations
from tests.factories.way import SITUATIONS, one_after_another
from tests.moments import london
from trail import models as trail

NOON = london("2026-12-11 12:00")


def events(referral):
    found = trail.Event.objects.filter(reference=referral.reference).order_by("at", "pk")
    return [(event.verb, event.by) for event in found]


def test_each_step_of_a_referral_is_on_the_timeline_with_who_did_it(cast):
    referral = situations.with_panel(cast)
    assert events(referral) == [
        ("open_referral", cast.referrer),
        ("submit", cast.referrer),
        ("approve", cast.approver),
        ("screen", cast.business_manager),
        ("send_to_panel", cast.business_manager),
    ]
    assert set(trail.Event.objects.values_list("case", flat=True)) == {referral.case.reference}


def test_every_event_has_a_change_in_the_history_by_the_same_person_at_the_same_moment(way):
    for name in one_after_another():
        if SITUATIONS[name].__module__ == situations.__name__:
            every_event_has_a_change(way.reach(name))


def every_event_has_a_change(referral):
    # An act leaves the referral as it is: what it adds (a view, a decision) has a history of its own.
    acts = {each.name for each in REGISTRY if each.target is None} | {"give_view"}
    history = set(
        Referral.history.filter(id=referral.pk).values_list("history_change_reason", "history_user", "history_date")
    )
    for event in trail.Event.objects.filter(reference=referral.reference):
        if event.verb not in acts and event.verb in {each.name for each in REGISTRY}:
            assert (event.verb, event.by_id, event.at) in history


def test_the_history_holds_each_value_before_and_after(cast):
    referral = situations.draft(cast, how_distinct="First words")
    workflow.fill_in(referral, by=cast.referrer, on=NOON, values={"how_distinct": "Other words"})
    newest, before = Referral.history.filter(id=referral.pk).order_by("-history_id")[:2]
    assert (before.how_distinct, newest.how_distinct) == ("First words", "Other words")
    assert (newest.history_user, newest.history_date) == (cast.referrer, NOON)
    assert newest.history_change_reason == "fill_in"


@pytest.mark.begins_with("")
def test_a_past_moment_is_recorded_as_what_it_was(cast):
    referral = situations.received(cast, day="2026-12-07")
    assert {moment.date() for moment in Referral.history.values_list("history_date", flat=True)} == {date(2026, 12, 7)}
    assert referral.received_at == london("2026-12-07 11:00")


def test_a_row_taken_off_a_draft_stays_in_the_history(cast):
    referral = situations.draft(cast)
    child = referral.children.get()
    workflow.remove_row(referral, by=cast.referrer, on=NOON, row=child)
    assert not Child.objects.filter(referral=referral).exists()
    last = Child.history.filter(name=child.name).order_by("-history_id").first()
    assert (last.history_type, last.history_user) == ("-", cast.referrer)


def test_a_save_that_changes_nothing_leaves_no_history(cast):
    referral = situations.draft(cast)
    count = Referral.history.filter(id=referral.pk).count()
    same = {"how_distinct": referral.how_distinct}
    workflow.fill_in(referral, by=cast.referrer, on=NOON, values=same)
    assert Referral.history.filter(id=referral.pk).count() == count


SIDEWAYS = {
    "update": lambda referral: Referral.objects.filter(pk=referral.pk).update(outline=""),
    "update through a relation": lambda referral: referral.children.update(name=""),
    "delete": lambda referral: Referral.objects.filter(pk=referral.pk).delete(),
    "delete of one": lambda referral: referral.delete(),
    "create": lambda referral: Child.objects.create(referral=referral),
    "create through a relation": lambda referral: referral.children.create(name="Nobody"),
    "get or create": lambda referral: Child.objects.get_or_create(referral=referral, name="Nobody"),
    "update or create": lambda referral: Child.objects.update_or_create(referral=referral, defaults={"name": "Nobody"}),
    "bulk create": lambda referral: Child.objects.bulk_create([Child(referral=referral)]),
    "bulk update": lambda referral: Child.objects.bulk_update(list(referral.children.order_by("pk")), ["name"]),
    "a plain save": lambda referral: referral.save(),
    "people": lambda referral: User.objects.filter(pk=referral.opened_by_id).update(is_active=False),
    "roles": lambda referral: Membership.objects.all().delete(),
    "related manager add": lambda referral: referral.children.add(Child(name="Nobody"), bulk=False),
}  # fmt: skip


@pytest.mark.parametrize("way", SIDEWAYS)
def test_a_write_past_the_history_is_refused(way, cast):
    referral = situations.draft(cast)
    with pytest.raises(trail.SidewaysWrite), transaction.atomic():
        SIDEWAYS[way](referral)
    referral.refresh_from_db()
    assert referral.outline


def test_an_author_named_once_serves_one_save_only(cast):
    agency = Agencies()
    trail.save(agency, by=cast.administrator, on=NOON, reason="renamed")
    with pytest.raises(trail.SidewaysWrite):
        agency.save()
    assert Agency.history.filter(id=agency.pk).count() == 2


def test_many_rows_at_once_have_each_their_history(cast):
    referral = situations.empty(cast)
    rows = [InvolvedService(referral=referral, service=service) for service in ("police", "gp", "housing")]
    trail.add_many(rows, by=cast.referrer, on=NOON, reason="proposed")
    assert referral.services.count() == 3
    found = InvolvedService.history.filter(history_user=cast.referrer, history_change_reason="proposed")
    assert found.count() == 3
    assert trail.add_many([], by=None, on=NOON) == []


def test_words_lie_apart_from_their_event_which_keeps_their_hash(cast):
    referral = situations.with_panel(cast)
    event = trail.Event.objects.get(verb="send_to_panel")
    assert event.words == referral.rationale
    assert len(event.sha256) == 64
    assert trail.Event.objects.get(verb="approve").text is None


@pytest.mark.parametrize("table", ["trail_event", "trail_text", "trail_reading"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_adds_to_the_record_of_the_past_and_changes_nothing_in_it(table, statement, cast):
    situations.with_panel(cast)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_looking_changes_nothing_but_the_access_log(cast):
    referral = situations.screened(cast)
    before = Referral.history.count(), trail.Event.objects.count()
    for person in (cast.business_manager, cast.referrer, cast.other_lead):
        Visitor(person).get(referral)
    assert (Referral.history.count(), trail.Event.objects.count()) == before


def test_the_database_itself_refuses_a_received_referral_without_its_moment(cast):
    referral = situations.with_approver(cast)
    referral.status = "received"
    with pytest.raises(IntegrityError, match="a_received_referral_has_its_moment"), transaction.atomic():
        trail.save(referral, by=cast.approver, on=NOON)
