"""pytest plugin (`-p tests.soak.covering`): which test runs which line of the rule files, and how long it takes.

Loaded before Django's settings are read, so that what runs at import is measured too. Each process of pytest-xdist
writes files of its own into the folder COVERING names.
"""

import functools
import json
import os
import sys
import time
from pathlib import Path

import coverage
import pytest

FOLDER = Path(os.environ["COVERING"])
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ROOT = Path(__file__).resolve().parent.parent.parent

measured = coverage.Coverage(
    data_file=str(FOLDER / f"{WORKER}.coverage"),
    branch=True,
    include=[str(ROOT / path) for path in json.loads(os.environ["COVERING_FILES"])],
    config_file=False,
)
measured.start()
seconds = {}


@functools.cache
def caches():
    """This will return the functions of the rule files whose answers are remembered."""
    names = [path.removesuffix(".py").replace("/", ".") for path in json.loads(os.environ["COVERING_FILES"])]
    values = [value for name in names for value in vars(sys.modules[name]).values()]
    return [value for value in values if type(value) is functools._lru_cache_wrapper]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    for cached in caches():
        cached.cache_clear()  # else the first test alone would run what is remembered
    measured.switch_context(item.nodeid)
    started = time.perf_counter()
    yield
    seconds[item.nodeid] = time.perf_counter() - started
    measured.switch_context("")


def pytest_unconfigure():
    measured.stop()
    measured.save()
    (FOLDER / f"{WORKER}.json").write_text(json.dumps(seconds))
