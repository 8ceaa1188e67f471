"""Every route, asked with input that nobody should send: 25 requests each on every run, the same ones.

The soak sends more of them, others each time (tests/soak/test_every_address.py).
"""

import random

import pytest

from tests.house_rules.world import ROWS, a_world
from tests.soak.sender import Sender, share_of

OF_A_ROUTE = 25


@pytest.fixture(scope="module")
def world(cast_of_module, django_db_blocker):
    with a_world(cast_of_module) as made:
        yield made


@pytest.mark.in_order
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.route}" for row in ROWS])
def test_no_hostile_input_breaks_a_route(row, world):
    sender = Sender(row, world, random.Random(f"{row.method} {row.route}"))
    sender.send(share_of(row, OF_A_ROUTE))
    assert not sender.faults, sender.told()
