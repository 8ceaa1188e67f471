"""Every route, asked with input that nobody should send: 25 requests each on every run, the same ones.

The soak sends more of them, others each time (tests/soak/test_every_address.py).
"""

import random
from collections import Counter

import pytest

from tests.house_rules.world import ROWS, a_world
from tests.soak.sender import Sender

OF_A_ROUTE = 25
ROWS_OF = Counter(row.route.partition(":")[0] for row in ROWS)
"""How many rows the table has for a route: its methods, and the situations it is asked in."""


@pytest.fixture(scope="module")
def world(cast_of_module, django_db_blocker):
    with a_world(cast_of_module) as made:
        yield made


@pytest.mark.in_order
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.route}" for row in ROWS])
def test_no_hostile_input_breaks_a_route(row, world):
    sender = Sender(row, world, random.Random(f"{row.method} {row.route}"))
    sender.send(-(-OF_A_ROUTE // ROWS_OF[row.route.partition(":")[0]]))
    assert not sender.faults, sender.told()
