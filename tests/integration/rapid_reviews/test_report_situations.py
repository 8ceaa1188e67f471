"""Every situation from the meeting to the National Panel is reached through the workflow."""

import pytest

from tests.factories.reports import SITUATIONS

STATUS = {
    "meeting_filled_in": "pack_issued",
    "report_written": "drafting",
    "comments_closed": "drafting",
    "report_locked": "locked",
    "one_signature": "locked",
    "pdf_made": "decided",
    "review_closed": "closed",
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_reached_through_the_workflow(name, cast):
    review = SITUATIONS[name](cast)
    review.refresh_from_db()
    assert review.status == STATUS.get(name, name)
