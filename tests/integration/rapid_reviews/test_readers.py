"""An agency sees who has opened its summary, and how they were let in."""

import pytest

from casework import sight
from tests.client import Visitor, words
from tests.factories import rapid_reviews
from tests.moments import london

pytestmark = pytest.mark.begins_with("summary_returned")


@pytest.fixture
def summary(cast):
    return rapid_reviews.summary_returned(cast)


def readers(person, summary):
    return Visitor(person).text(f"{summary.get_absolute_url()}readers/")


def test_the_agency_sees_who_outside_it_has_opened_its_summary(cast, summary, clock):
    assert "Nobody has opened it yet." in readers(cast.agency_lead, summary)
    Visitor(cast.second_lead).read(summary)
    for _ in range(2):
        Visitor(cast.coordinator).read(summary)
    clock.move_to(london("2026-12-22 15:00"))
    Visitor(cast.business_manager).read(summary.review.get_absolute_url() + "chronology/")
    text = readers(cast.agency_lead, summary)
    assert text.index(cast.business_manager.full_name) < text.index(f"{cast.coordinator.full_name} 2 ")
    assert cast.second_lead.full_name not in text
    assert readers(cast.coordinator, summary).count(cast.coordinator.full_name) == 1


def test_who_was_let_in_by_emergency_access_is_marked(cast, summary, clock):
    now = london("2026-12-22 15:00")
    clock.move_to(now)
    sight.take_emergency_access(summary.case.reference, by=cast.partner_icb, on=now, reason="At the door")
    page = Visitor(cast.partner_icb).get(summary)
    assert page.status_code == 200, words(page)
    assert f"{cast.partner_icb.full_name} (emergency access)" in readers(cast.agency_lead, summary)


def test_a_look_that_was_refused_is_no_reading(cast, summary):
    assert Visitor(cast.other_lead).get(summary).status_code == 404
    assert cast.other_lead.full_name not in readers(cast.agency_lead, summary)
