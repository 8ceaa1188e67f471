"""An agency sees who has opened its summary, and how they were let in."""

import pytest

from access import can
from casework import sight
from partnership.roles import CaseRole
from rapid_reviews import workflow
from tests.client import Visitor, words
from tests.factories import rapid_reviews
from tests.moments import london
from trail.models import Reading

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


def test_a_look_by_right_is_not_called_an_emergency(cast, summary, clock):
    page, now = summary.review.get_absolute_url() + "chronology/", london("2026-12-22 15:00")
    clock.move_to(now)
    Visitor(cast.business_manager).read(page)
    sight.take_emergency_access(summary.case.reference, by=cast.partner_icb, on=now, reason="At the door")
    Visitor(cast.partner_icb).read(summary)
    can.grant(case=summary.case, role=CaseRole.SIGNATORY, user=cast.partner_icb, reason="Signs", on=now, by=None)
    clock.move_to(london("2026-12-23 10:00"))
    for _ in range(2):
        Visitor(cast.partner_icb).read(summary)
    text = readers(cast.agency_lead, summary)
    assert f"{cast.partner_icb.full_name} (1 of 3 times by emergency access)" in text
    assert f"{cast.business_manager.full_name} 1 " in text


def test_who_read_its_words_elsewhere_has_opened_it_too(cast, summary):
    """What was written in the case shows them, and so does the file of it."""
    case = summary.case.reference
    Visitor(cast.business_manager).read(f"/cases/{case}/changes/")
    assert f"{cast.business_manager.full_name} 1 " in readers(cast.agency_lead, summary)
    Visitor(cast.business_manager).get(f"/cases/{case}/changes/?format=csv")
    assert f"{cast.business_manager.full_name} 3 " in readers(cast.agency_lead, summary)


@pytest.mark.parametrize("page", ["pack", "report", "edit-section", "comment", "sign-off", "document 1a2b3c4d"])
def test_whatever_page_of_the_review_shows_its_words_counts(cast, summary, page):
    Reading.objects.create(
        at=london("2026-12-22 15:00"), by=cast.partner_icb, what=page, reference=summary.review.reference, allowed=True
    )
    assert f"{cast.partner_icb.full_name} 1 " in readers(cast.agency_lead, summary)


def test_sent_back_it_was_read_all_the_same(cast, summary, clock):
    clock.move_to(london("2026-12-22 15:00"))
    Visitor(cast.business_manager).read(summary.review.get_absolute_url() + "chronology/")
    now = london("2026-12-22 16:00")
    workflow.send_back(summary, by=cast.coordinator, on=now, reason="Say more of the visits")
    clock.move_to(now)
    assert cast.business_manager.full_name in readers(cast.agency_lead, summary)


def test_a_look_that_was_refused_is_no_reading(cast, summary):
    assert Visitor(cast.other_lead).get(summary).status_code == 404
    assert cast.other_lead.full_name not in readers(cast.agency_lead, summary)
