"""pytest's plugin (`-p tests.plugin`): throw-away PostgreSQL and Valkey, order, time spent per folder.

It is imported before pytest-django reads the settings. The first process starts the servers; xdist's workers inherit
its environment and get a database, a Redis database and folders of their own.
"""

import atexit
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from _pytest import runner

from config import embedded
from tests.room import roomy

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
PREFIX = "hub-test-"
stack = ExitStack()


def start_servers():
    """This will start the servers of this run in a folder that goes with it."""
    forget_killed_runs()
    var = Path(tempfile.mkdtemp(prefix=PREFIX, dir=in_memory()))
    stack.callback(shutil.rmtree, var, ignore_errors=True)
    environment = stack.enter_context(embedded.run(var, throwaway=True, wait_for_joined=False)).environment
    os.environ.update(environment | {"EMAIL_URL": "memorymail://", "PUBLIC_URL": "http://localhost:8000"})
    os.environ["TEST_VAR"] = str(var)
    os.environ.setdefault("TEST_SEED", str(random.randrange(10_000)))


def in_memory():
    """This will return where a folder lies in memory, if there is room: databases are copied all the time. Or None."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 4 * 2**30 else None


def forget_killed_runs():
    """This will remove the folders of runs that were killed: nobody holds their lock."""
    for folder in Path(in_memory() or tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > 60:
            with suppress(SystemExit, OSError), embedded.open_lock(folder):
                shutil.rmtree(folder, ignore_errors=True)


def own_corner():
    """This will give this process a database, a Redis database and folders of its own."""
    number = int(WORKER.removeprefix("gw")) + 1 if WORKER != "main" else 0
    var = Path(os.environ["TEST_VAR"]) / WORKER
    var.mkdir(exist_ok=True)
    for name in ("DATABASE_URL", "MIGRATE_URL"):
        address = urlsplit(os.environ[name])
        os.environ[name] = address._replace(path=f"{address.path.rpartition('/')[0]}/test_{WORKER}").geturl()
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].partition("?")[0] + f"?db={number}"
    os.environ["VAR"], os.environ["FILES"] = str(var), str(var / "files")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test


if "TEST_VAR" not in os.environ:
    start_servers()
    atexit.register(stack.close)
own_corner()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """This will mark tests by folder and shuffle them, a module's tests together; what takes longest goes first."""
    shuffle = random.Random(os.environ["TEST_SEED"])
    modules = {}
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        if "processes" in item.path.parts:
            item.add_marker(pytest.mark.processes)
            item.add_marker(pytest.mark.real_time)
        if item.path.stem in LONGEST:
            item.add_marker(pytest.mark.long)
        modules.setdefault(item.path, []).append(item)
    order = list(modules)
    shuffle.shuffle(order)
    order.sort(key=lambda path: LONGEST.index(path.stem) if path.stem in LONGEST else len(LONGEST))
    for tests in modules.values():
        if not tests[-1].get_closest_marker("in_order"):
            shuffle.shuffle(tests)
    items[:] = [item for path in order for item in modules[path]]


LONGEST = [
    *["test_permissions", "test_referral", "test_demo", "test_need_to_know", "test_decision", "test_leaving"],
    *["test_not_shared", "test_report", "test_gathering", "test_summaries", "test_stages", "test_submission"],
    *["test_access", "test_sign_off", "test_pdf", "test_chronology_and_pack", "test_withdrawn"],
    *["test_trail", "test_sign_off_at_once", "test_form_pages"],
]
"""Modules of eight seconds and more: begun last, one of them would be waited for. `make quick` leaves them out."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """This will run a test within a call that has room for those below it: see `tests.room`."""
    return roomy(runner.pytest_runtest_protocol)(item, nextitem)


def pytest_report_header():
    return f"order: TEST_SEED={os.environ['TEST_SEED']}"


SOAKED = (
    "kills",
    "requests fuzzed",
    "forms filled",
    "steps walked",
    "reports that reached the National Panel",
    "files fuzzed",
    "mutants",
    "survived outside the accepted list",
)
"""What the tests of tests/soak count with `record_property`, as the closing line of `make soak` says it."""
seconds = Counter()
soaked = Counter()


def pytest_runtest_logreport(report):
    if report.when == "call" and report.nodeid.startswith("tests/soak/"):
        for counted, number in report.user_properties:
            soaked[counted] += number
    folder = "/".join(report.nodeid.partition("::")[0].split("/")[:2])
    seconds[folder] += report.duration


def pytest_terminal_summary(terminalreporter):
    if seconds:
        terminalreporter.section("seconds per folder")
        for folder, spent in seconds.most_common():
            terminalreporter.line(f"{spent:7.1f}  {folder}")
    if soaked:
        *amounts, survived = [soaked.get(each, 0) for each in SOAKED]
        told = ", ".join(f"{amount:,} {each}" for amount, each in zip(amounts, SOAKED, strict=False) if amount)
        terminalreporter.line(f"soak: {told}: {survived} {SOAKED[-1]}")
