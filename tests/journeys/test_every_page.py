"""Every page of the permission table, as the first person who may see it: by axe, with its links, at 320 pixels.

A route that answers GET and that no `page_ok` has recorded by the end fails.
"""

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Error

from tests.house_rules import routes
from tests.house_rules.world import QUICK, ROWS, World
from tests.journeys.browser import RECORDED, Person, page_ok
from tests.journeys.conftest import serving

NO_PAGES = {"file", "summary-file", "rapid-review-document"}
"""What is downloaded."""

ELSEWHERE = {
    "health": "for machines",
    "account_reset_password_from_key": "a link from an e-mail: tests/integration/sign_in",
}


def first_who_may(row):
    return next((part for part, cells in row.cells.items() if cells[0] == "200"), None)


@pytest.fixture
def server(cast, monkeypatch):
    """Pages are answered from within the test's transaction, so that situations can stand on one another (see Way)."""
    ours = connections["default"]
    ours.inc_thread_sharing()
    for end in ("close", "close_if_unusable_or_obsolete"):
        monkeypatch.setattr(ours, end, lambda: None)
    with serving(connections_override={"default": ours}) as address:
        yield address
    ours.dec_thread_sharing()


@pytest.mark.soak
@pytest.mark.usefixtures("quick_pdf")
def test_every_page_is_fit_to_be_read(browser, server, cast, settings):
    for name, value in QUICK.items():
        setattr(settings, name, value)
    world, people, faults = World(cast), {}, []
    for row in ROWS:
        part = first_who_may(row)
        if row.method != "GET" or part is None or row.route.partition(":")[0] in NO_PAGES:
            continue
        cache.clear()
        route = routes.route_of(row.route)
        route.prepare()
        record = world.record(route.situation, "own") if route.situation else None
        if part not in people:
            people[part] = visitor(browser, server, world.cookies[part])
        faults += faults_of(people[part], routes.address(row.route, record), f"{row.route} as {part}")
    for one in people.values():
        one.context.close()
    assert not faults, "\n\n".join(faults)
    pages = {row.route.partition(":")[0] for row in ROWS if row.method == "GET" and first_who_may(row)}
    assert pages - RECORDED - NO_PAGES - ELSEWHERE.keys() == set(), "nobody looked at these"


def visitor(browser, server, cookies):
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
    return Person(context, server)


def faults_of(person, path, what):
    """This will open a page and return what is wrong with it, so that one run names all of it."""
    person.page.troubles.clear()
    try:
        answer = person.page.goto(person.address + path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        assert answer.status == 200, f"answered {answer.status}"
        page_ok(person.page, narrow=True)
    except (AssertionError, Error) as fault:
        return [f"{what}: {fault}"]
    return []
