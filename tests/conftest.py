"""What every test stands on: its database, its clock, its strictness."""

import copy
from contextlib import ExitStack

import hypothesis
import pytest
import time_machine
from django.db import transaction

from tests import database, strictness
from tests.moments import london

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


@pytest.fixture(autouse=True)
def clock(request):
    """This will stop the clock: at MOMENT, or where @pytest.mark.moment says. `clock.move_to(london(…))` moves it."""
    if request.node.get_closest_marker("real_time"):
        yield None
        return
    marker = request.node.get_closest_marker("moment")
    with time_machine.travel(london(marker.args[0] if marker else MOMENT), tick=False) as traveller:
        yield traveller


# The fixed cast (tests/cast.py)


class Kept(ExitStack):
    """What a module's tests share, in a transaction that is never committed; closed early by a test that commits."""

    now = None


@pytest.fixture(scope="module")
def cast_of_module(django_db_setup, django_db_blocker):
    """The cast, made once for the tests of a module and undone after it; the clock stands at MOMENT meanwhile.

    A module-scoped fixture that needs rows of its own (a case that many tests look at) depends on this one and is
    undone with it: see `made_once`.
    """
    from tests.cast import make_cast

    with Kept() as kept:
        kept.enter_context(django_db_blocker.unblock())
        kept.enter_context(transaction.atomic())
        kept.callback(transaction.set_rollback, True)
        with time_machine.travel(london(MOMENT), tick=False):
            made = make_cast()
        Kept.now = kept
        yield made
        Kept.now = None


@pytest.fixture(scope="module")
def made_once(cast_of_module, django_db_blocker):
    """This will call a function with the cast at MOMENT, once for the module: `made_once(situations.screened)`."""

    def make(function, *arguments, **options):
        with django_db_blocker.unblock(), time_machine.travel(london(MOMENT), tick=False):
            return function(cast_of_module, *arguments, **options)

    return make


@pytest.fixture(scope="module")
def world(cast_of_module):
    """Everybody signed in, at a case of every situation: what the rows of the permission table are tried in."""
    from tests.house_rules.world import a_world

    with a_world(cast_of_module) as made:
        yield made


@pytest.fixture(scope="module")
def way_of_module(cast_of_module):
    """The way through the situations that a module's tests begin with: they stand in its order, see `plugin`."""
    from tests.factories.way import Way

    return Way(cast_of_module, both=False)


@pytest.fixture(autouse=True)
def begun_with(request):
    """The situation that a test begins with, and its record; or None. Made before the test's own transaction begins."""
    name = getattr(request.node, "begins_with", "")
    if not name:
        return None
    way, django_db_blocker = map(request.getfixturevalue, ("way_of_module", "django_db_blocker"))
    with django_db_blocker.unblock(), time_machine.travel(london(MOMENT), tick=False):
        return name, way.last(way.cast.ours) if way.is_at(name) else way.reach(name)


@pytest.fixture
def cast(cast_of_module, begun_with, db):
    """The cast for one test: `cast.referrer`, `cast.panel_la` … What the test changes is undone."""
    cast = copy.deepcopy(cast_of_module)
    if not begun_with:
        yield cast
        return
    from tests.factories.way import given_first

    with given_first(*begun_with, cast):
        yield cast


@pytest.fixture
def way(cast):
    """A way through many situations, each standing on the one before: `way.reach("pack_issued")`."""
    from tests.factories.way import Way

    return Way(cast)


@pytest.fixture
def quick_pdf():
    """No PDF is rendered: see tests.factories.reports.quick_pdf."""
    from tests.factories import reports

    with reports.quick_pdf():
        yield


@pytest.fixture
def nothing_kept():
    """No transaction of the module is open: what a test commits is seen by every connection."""
    if Kept.now:
        Kept.now.close()
        Kept.now = None


@pytest.fixture
def cast_committed(nothing_kept, transactional_db):
    """The cast in a database of the test's own, for tests with threads: seen by other connections."""
    from tests.cast import make_cast

    return make_cast()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """This will put tests in the order of the situations they begin with, and behind them those that commit.

    The cast that a module's tests share goes with the first that commits.
    """
    from tests.factories.way import begun_by, marked_with, one_after_another

    place = {name: number for number, name in enumerate(["", *one_after_another()])}
    blocks = {}
    for item in items:
        blocks.setdefault(item.path, ([], []))[commits(item)].append(item)
    for tests, _ in blocks.values():
        if any({"made_once", "in_order"} & {*item.fixturenames, *item.keywords} for item in tests):
            for item in tests:
                item.begins_with = marked_with(item)
            continue
        for item in tests:
            # pytest-django begins the transaction of a test that is marked for it before we could.
            shares = "cast" in item.fixturenames and not item.get_closest_marker("django_db")
            item.begins_with = begun_by(item) if shares else ""
        tests.sort(key=lambda item: place[item.begins_with])
    items[:] = [item for block in blocks.values() for tests in block for item in tests]


def commits(item):
    """Whether a test works outside a transaction of its own."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
