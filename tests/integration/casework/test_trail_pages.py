"""Who looked at a case, and who changed what in it."""

import csv
import io
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Case
from casework import changes
from casework.models import NameMatch
from rapid_reviews import workflow as review_workflow
from referrals import workflow
from tests.client import Visitor
from tests.factories import rapid_reviews, situations
from tests.moments import london
from trail.models import Reading, save

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def looks(referral):
    return f"/cases/{referral.case.reference}/looks/"


@pytest.fixture
def changed(referral):
    return f"/cases/{referral.case.reference}/changes/"


def csv_rows(response):
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_who_looked_and_who_was_refused(cast, referral, looks):
    Visitor(cast.panel_la).read(referral)
    assert Visitor(cast.other_lead).get(referral).status_code == 404
    text = Visitor(cast.business_manager).text(looks)
    assert f"{cast.panel_la.full_name} {referral.reference} Referral Seen 127.0.0.1" in text
    assert f"{cast.other_lead.full_name} {referral.reference} Referral Refused 127.0.0.1" in text
    only = Visitor(cast.business_manager).text(f"{looks}?refused=on")
    assert cast.panel_la.full_name not in only
    assert cast.other_lead.full_name in only
    assert cast.other_lead.full_name not in Visitor(cast.business_manager).text(f"{looks}?who=petra")


def test_looks_of_another_case_are_not_among_them(cast, looks):
    other = situations.received(cast, side=cast.theirs)
    Visitor(cast.coordinator).read(other)
    assert other.reference not in Visitor(cast.business_manager).text(looks)


def test_days_bound_what_is_shown(cast, referral, looks, clock):
    Visitor(cast.panel_la).read(referral)
    clock.move_to(NOW + timedelta(days=1))
    visitor = Visitor(cast.business_manager)
    day = "{}-day=11&{}-month=12&{}-year=2026"
    assert cast.panel_la.full_name in visitor.text(f"{looks}?{day.format(*['until'] * 3)}")
    assert cast.panel_la.full_name not in visitor.text(f"{looks}?{day.format(*['since'] * 3).replace('11', '12', 1)}")


def test_every_value_is_shown_before_and_after_with_who_and_when(cast, referral, changed):
    workflow.correct(referral, by=cast.coordinator, on=NOW, about="The date", text="It was the day before")
    text = Visitor(cast.business_manager).text(changed)
    assert "Added: Correction" in text
    assert f"{cast.coordinator.full_name}, 11 December 2026 at 2pm" in text
    assert "– It was the day before" in text


def test_a_change_names_the_value_that_was_there(cast):
    draft = situations.draft(cast, how_distinct="First words")
    workflow.fill_in(draft, by=cast.referrer, on=NOW, values={"how_distinct": "Other words"})
    rows = list(changes.changes_of(draft.case, reader=cast.business_manager)[:3])
    newest = changes.explained(rows, sees_confidential=True)[0]
    assert (newest.who, newest.what, newest.at) == (cast.referrer.full_name, "Changed", NOW)
    assert [(old, new) for _, old, new in newest.values] == [("First words", "Other words")]


def test_whom_a_row_points_to_is_named_and_a_confidential_address_only_to_who_may_see_it(cast):
    refuge = {"text": "Refuge on Heron Row", "postcode": "OL99 9ZZ", "confidential": True}
    referral = situations.with_panel(cast, children=[{"home_address": refuge}])
    rows = list(changes.changes_of(referral.case, reader=cast.business_manager))
    told = {
        sees: [value for change in changes.explained(rows, sees_confidential=sees) for value in change.values]
        for sees in (True, False)
    }
    assert ("Home address", "", "Refuge on Heron Row\nOL99 9ZZ") in told[True]
    assert ("Home address", "", "Address withheld") in told[False]
    assert cast.referrer.full_name in {new for _, _, new in told[False]}


def test_what_was_removed_says_so(cast):
    draft = situations.draft(cast)
    workflow.remove_row(draft, by=cast.referrer, on=NOW, row=draft.children.get())
    newest = changes.explained(
        list(changes.changes_of(draft.case, reader=cast.business_manager)[:1]), sees_confidential=True
    )[0]
    assert (newest.what, newest.of, newest.values) == ("Removed", "Child", [])


def test_filters_hold_for_every_model(cast, referral):
    changes_of = partial(changes.changes_of, referral.case, reader=cast.business_manager)
    everything = changes_of()
    assert {name for *_, name, _ in changes_of(who="rhea")} == {cast.referrer.full_name}
    noon = london("2026-12-11 12:00")
    before, after = (changes_of(**span).count() for span in ({"until": noon}, {"since": noon}))
    assert before + after == everything.count()
    assert before > 0 < after


def test_every_model_with_a_case_is_looked_through(db):
    found = changes.ways_to_case()
    assert found[Case] == "id"
    labels = {model._meta.label for model in found}
    assert {"referrals.Child", "rapid_reviews.LessonAction", "access.Access", "deadlines.Deadline"} <= labels
    for model, way in found.items():
        list(model.history.filter(**{way: 0})[:1])  # every way can be gone


def test_the_page_asks_as_many_questions_for_many_changes_as_for_few(cast, referral, changed):
    visitor = Visitor(cast.business_manager)
    with CaptureQueriesContext(
        connection,
    ) as few:
        visitor.read(f"{changed}?who=alder")
    for number in range(30):
        workflow.correct(referral, by=cast.coordinator, on=NOW, about="The date", text=f"Text {number}")
    with CaptureQueriesContext(connection) as many:
        visitor.read(f"{changed}?who=colm")
    assert len(many) <= len(few) + 4


@pytest.mark.parametrize("trail", ["looks", "changes"])
def test_a_file_of_it_needs_a_fresh_factor_and_is_logged(cast, referral, trail, clock):
    path = f"/cases/{referral.case.reference}/{trail}/"
    visitor = Visitor(cast.business_manager)
    visitor.read(referral)
    rows = csv_rows(visitor.get(f"{path}?format=csv"))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1
    assert Reading.objects.filter(by=cast.business_manager, what__endswith=" as csv", allowed=True).count() == 1
    clock.move_to(NOW + timedelta(minutes=6))
    answer = visitor.get(f"{path}?format=csv")
    assert answer.status_code == 302
    assert "/2fa/reauthenticate/" in answer["Location"]


def test_the_trail_is_for_who_may_read_it(cast, referral, looks, changed):
    for path in (looks, changed):
        assert Visitor(cast.coordinator).get(path).status_code == 403
        assert Visitor(cast.other_lead).get(path).status_code == 404
    timeline = f"/cases/{referral.case.reference}/timeline/"
    assert "Who looked at it" in Visitor(cast.business_manager).text(timeline)
    assert "Who looked at it" not in Visitor(cast.coordinator).text(timeline)


def test_nobody_reads_there_that_they_may_be_named_themselves(cast):
    case = situations.screened(cast).case
    for person in (cast.business_manager, cast.coordinator):
        row = NameMatch(case=case, user=person, kind="family", reference="RF-2026-001", words="sibling", found_at=NOW)
        save(row, by=None, on=NOW)

    def named_to(reader):
        rows = [row for row in changes.changes_of(case, reader=reader) if "NameMatch" in str(row)]
        return len(rows)

    assert named_to(cast.administrator) == 2
    assert named_to(cast.business_manager) == 1


def test_the_timeline_says_what_was_said_of_a_record_to_who_may_open_it_alone(cast):
    summary = rapid_reviews.summary_with_approver(cast)
    reason = "The paragraph on the overdose is wrong"
    review_workflow.return_to_author(summary, by=summary.approver, on=NOW, reason=reason)
    timeline = f"/cases/{summary.case.reference}/timeline/"
    assert reason in Visitor(cast.business_manager).text(timeline)
    text = Visitor(cast.panel_la).text(timeline)
    assert summary.reference in text
    assert reason not in text
