"""The situations that other tests start from are what they say."""

import pytest

from tests.factories.situations import SITUATIONS

STATUS = {
    "empty": "draft",
    "screened": "received",
    "keyed_in": "draft",
    "with_file": "received",
    "never_sent": "withdrawn",
} | {
    "one_view": "with_panel",
    "rapid_review_decided": "rapid_review",
    "sin_sent": "rapid_review",
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_reached_through_the_workflow(name, cast):
    referral = SITUATIONS[name](cast)
    referral.refresh_from_db()
    assert referral.status == STATUS.get(name, name)
