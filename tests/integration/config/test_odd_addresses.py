"""An address with a NUL in it names nothing: 404 for everybody, never a fault of the database."""

import pytest
from django.urls import reverse

from tests.client import Visitor, form_key


@pytest.mark.parametrize("name", ["referral", "rapid-review", "agency-summary", "timeline"])
def test_a_nul_in_an_address_is_not_found(name, cast):
    address = reverse(name, args=["X"]).replace("X", "RF%00")
    assert Visitor(cast.coordinator).get(address).status_code == 404


def test_what_is_sent_to_such_an_address_is_kept_for_nobody(cast):
    values = {"form_key": form_key(cast.referrer), "outline": "Text"}
    assert Visitor().post("/referrals/RF%00/fill-in/notifying-area/", values).status_code == 404
    assert not cast.referrer.drafts.exists()
