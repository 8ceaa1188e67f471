"""What every test stands on: its database, its clock, its strictness."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine

from tests import database, strictness

# The afternoon of the example that the timescales are explained with: Friday 11 December 2026, winter time.
MOMENT = "2026-12-11 14:00"

hypothesis.settings.register_profile("hub", deadline=None, max_examples=50)
hypothesis.settings.load_profile("hub")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """This will give this process a migrated database of its own (instead of pytest-django's)."""
    with django_db_blocker.unblock():
        database.make_ours()


@pytest.fixture(scope="session", autouse=True)
def _strictness(django_test_environment):
    strictness.switch_on()
    from django.conf import settings

    # Argon2 is meant to be slow; what it protects is not in the tests.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def london(text):
    """This will return the moment that a London clock shows as `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


@pytest.fixture(autouse=True)
def clock(request):
    """This will stop the clock: at MOMENT, or where @pytest.mark.moment says. `clock.move_to(london(…))` moves it."""
    if request.node.get_closest_marker("real_time"):
        yield None
        return
    marker = request.node.get_closest_marker("moment")
    with time_machine.travel(london(marker.args[0] if marker else MOMENT), tick=False) as traveller:
        yield traveller
