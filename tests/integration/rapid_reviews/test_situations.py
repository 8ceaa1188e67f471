"""The situations that other tests start from are what they say."""

import pytest

from tests.factories.rapid_reviews import SITUATIONS

STATUS = {
    "review_opened": "gathering",
    "chair_appointed": "gathering",
    "review_gathering": "gathering",
    "chronology_shared": "gathering",
    "summary_asked": "asked",
    "summary_filled_in": "asked",
    "summary_keyed_in": "asked",
    "summary_with_approver": "with_approver",
    "summary_returned": "returned",
    "summary_accepted": "accepted",
    "summary_nil": "nil",
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_reached_through_the_workflow(name, cast):
    record = SITUATIONS[name](cast)
    record.refresh_from_db()
    assert record.status == STATUS.get(name, name)


def test_the_other_sides_case_asks_another_agency(cast):
    record = SITUATIONS["summary_asked"](cast, side=cast.theirs)
    assert record.agency == cast.trust
