"""A browser, and a server in this process: the test's clock and database are the server's."""

from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.test.testcases import LiveServerThread, _StaticFilesHandler

from tests.journeys.browser import Person

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": FLAGS}


BOTH_WAYS = [
    pytest.param(True, id="with scripts"),
    pytest.param(False, id="without scripts", marks=pytest.mark.soak),
]
"""Of the long journeys every commit walks those that begin a case, with scripts; the soak walks all of them both ways.
The short ones are walked both ways by every commit."""


@contextmanager
def serving(**options):
    """This will serve the hub from a thread of this process, as long as it is needed; gives its address."""
    thread = LiveServerThread("localhost", _StaticFilesHandler, **options)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://localhost:{thread.port}"
    finally:
        thread.terminate()


@pytest.fixture(scope="session")
def server():
    """The address at which a browser finds the hub."""
    with serving() as address:
        yield address


@pytest.fixture
def javascript():
    """Whether the browser runs scripts; a test is parametrized where it walks both ways."""
    return True


@pytest.fixture
def person(browser, server, javascript, transactional_db):
    """`person(cast.referrer)`: somebody signed in, with a browser of their own; `person()` has not signed in."""
    cache.clear()
    contexts = []

    def make(user=None, **options):
        context = browser.new_context(java_script_enabled=javascript, viewport={"width": 1100, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Person(context, server, user, scripted=javascript, **options)

    yield make
    for context in contexts:
        context.close()
