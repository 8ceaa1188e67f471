"""The situations that other tests start from are what they say, each reached through the workflow."""

import pytest

from tests.factories import rapid_reviews, reports, situations
from tests.factories.way import SITUATIONS, one_after_another

STATUS = {
    # Referrals
    "empty": "draft",
    "screened": "received",
    "keyed_in": "draft",
    "with_file": "received",
    "never_sent": "withdrawn",
    "one_view": "with_panel",
    "restricted": "with_panel",
    "somebody_named": "with_panel",
    "rapid_review_decided": "rapid_review",
    "sin_sent": "rapid_review",
    # Rapid reviews and summaries
    "review_opened": "gathering",
    "chair_appointed": "gathering",
    "review_gathering": "gathering",
    "chronology_shared": "gathering",
    "summary_asked": "asked",
    "summary_filled_in": "asked",
    "summary_keyed_in": "asked",
    "summary_with_approver": "with_approver",
    "summary_returned": "returned",
    "summary_restricted": "returned",
    "summary_accepted": "accepted",
    "summary_nil": "nil",
    # Meeting and report
    "meeting_filled_in": "pack_issued",
    "report_written": "drafting",
    "comments_closed": "drafting",
    "report_locked": "locked",
    "one_signature": "locked",
    "pdf_made": "decided",
    "pdf_failed": "decided",
    "notification_withdrawn": "gathering",
    "review_closed": "closed",
}
"""Where the status is not called what the situation is."""


@pytest.mark.usefixtures("quick_pdf")
def test_every_situation_is_in_the_status_it_says(way):
    assert {situations.__name__, rapid_reviews.__name__, reports.__name__} == {
        function.__module__ for function in SITUATIONS.values()
    }
    found = {name: way.reach(name).status for name in one_after_another()}
    assert found == {name: STATUS.get(name, name) for name in SITUATIONS}


def test_on_the_way_a_situation_is_what_it_is_when_made_alone(way, cast):
    alone = reports.drafting(cast)
    reached = way.reach("drafting")
    assert reached.pk != alone.pk
    for field in ("status", "chair_id", "chair_declared_at", "pack_issued_at", "meeting_at", "period_from"):
        assert getattr(reached, field) == getattr(alone, field), field
    assert reached.summaries.count() == alone.summaries.count()
    assert reached.members.count() == alone.members.count()


def test_going_back_undoes_what_lay_beyond(way):
    with_panel = way.reach("with_panel")
    assert way.reach("received").pk == with_panel.pk
    assert way.reach("received").status == "received"


def test_the_other_sides_case_is_another(way, cast):
    ours, theirs = way.reach("summary_asked"), way.reach("summary_asked", other=True)
    assert (ours.agency, theirs.agency) == (cast.housing, cast.trust)
