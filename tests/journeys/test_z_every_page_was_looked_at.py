"""Runs after the journeys (see conftest.py): which page did nobody look at?"""

import pytest

from tests.house_rules.test_permissions import ROWS
from tests.journeys.browser import RECORDED
from tests.journeys.test_every_page import NO_PAGES, first_who_may

ELSEWHERE = {
    "health": "for machines",
    "account_reset_password_from_key": "a link from an e-mail: tests/integration/sign_in",
}


def test_no_page_was_left_out(request):
    journeys = [item for item in request.session.items if "journeys" in item.path.parts]
    if not any(item.path.name == "test_every_page.py" for item in journeys):
        pytest.skip("only some of the journeys were walked")
    pages = {row.route.partition(":")[0] for row in ROWS if row.method == "GET" and first_who_may(row)}
    assert pages - RECORDED - NO_PAGES - ELSEWHERE.keys() == set()
