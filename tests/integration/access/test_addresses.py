"""Writing an address down: one row of a place, confidential only where somebody said so."""

import pytest

from access import addresses
from access.models import Address
from tests.factories import situations
from tests.moments import london

NOW = london("2026-12-11 14:00")


@pytest.fixture
def write(cast):
    case = situations.screened(cast).case
    return lambda current=None, **given: addresses.write(current, case=case, by=None, on=NOW, **given)


@pytest.mark.parametrize("given", [{"text": "3 Tern Street"}, {"postcode": "hx1 1aa"}])
def test_a_part_of_it_is_enough_and_it_is_confidential_only_where_that_was_said(write, given):
    address = Address.objects.get(pk=write(**given).pk)
    assert (address.text, address.postcode) == (given.get("text", ""), given.get("postcode", "").upper())
    assert address.confidential is False
    assert Address.objects.get(pk=write(address, confidential=True, **given).pk).confidential is True


def test_blanks_are_no_address(write):
    count = Address.objects.count()
    assert write(text="  ", postcode="\t") is None
    assert Address.objects.count() == count


def test_written_again_as_it_is_leaves_no_trace(write):
    address = write(text="3 Tern Street")
    assert write(address, text="3 Tern Street") == address
    assert address.history.count() == 1
    assert write(address, text="4 Tern Street").text == "4 Tern Street"
    assert address.history.count() == 2
