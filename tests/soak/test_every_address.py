"""Every address of the permission table, asked by everybody with what nobody should send, as often as time allows."""

import random
import time

import pytest

from tests.house_rules.world import ROWS
from tests.soak.amount import SECONDS, SEED
from tests.soak.sender import Sender, share_of

pytestmark = pytest.mark.soak

OF_A_ROUTE = 100


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.route}" for row in ROWS])
def test_no_input_breaks_an_address(row, world, record_property):
    end = time.monotonic() + (SECONDS / len(ROWS) if SECONDS else 10**6)
    sender = Sender(row, world, random.Random(f"{SEED} {row.method} {row.route}"))
    sender.send(share_of(row, OF_A_ROUTE), until=lambda: time.monotonic() > end)
    record_property("requests fuzzed", sender.sent)
    assert not sender.faults, f"SOAK_SEED={SEED} {row.method} {row.route}\n{sender.told()}"
