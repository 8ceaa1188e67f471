"""permissions.csv: what every route answers to everybody, in their own case and in others, and what a page lets out.

A cell holds four statuses: of a case in which the person plays their part; of the same case made by another agency;
of a case that has ended; and of their own case while they are kept out of it (recused). `-` cannot arise: an address
without a case has only the first, and who plays no part in a case cannot be recused from it. The table is written from
what people may see and do, never from what the program answers; where they differ, one of the two is mended.

Every case has a marker of its own in each field, and a confidential home. A page that a person may see is looked at:
no marker in its title, addresses and file name, and the confidential home on the business unit's pages alone.
"""

import csv
import logging
import re
from collections import namedtuple
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client, override_settings

from access.models import Exclusion
from casework import keys
from partnership import accounts
from tests.client import fields_of, parsed
from tests.conftest import MOMENT
from tests.factories import reports, situations
from tests.factories.way import SITUATIONS, Way, one_after_another
from tests.house_rules import routes
from tests.house_rules.urls import every_route
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import save

TABLE = Path(__file__).parent / "permissions.csv"
KINDS = ("own", "other", "closed", "recused")
METHODS = ("GET", "POST")

Row = namedtuple("Row", "route method cells")


def read():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(line.pop("route"), line.pop("method"), {who: cell.split() for who, cell in line.items()})
            for line in csv.DictReader(file)
        ]


ORDER = one_after_another()


def in_the_order_of_situations(row):
    """Each situation takes a step from the one before it (tests/factories/way.py); addresses without a case first."""
    situation = routes.route_of(row.route).situation
    return ORDER.index(situation) if situation else -1


ROWS = sorted(read(), key=in_the_order_of_situations)
PARTS = list(ROWS[0].cells)


def methods_of(view):
    """This will return which of GET and POST a view handles."""
    view_class = getattr(view, "view_class", None)
    if view_class:
        return [method for method in METHODS if hasattr(view_class, method.lower())]
    # A plain function says it by its decorator, which keeps the list in its closure; without one it takes both.
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    allowed = [cell for cell in cells if isinstance(cell, list | tuple) and "GET" in cell]
    return [method for method in METHODS if not allowed or method in allowed[0]]


def test_every_route_and_method_has_a_row():
    wanted = {(name, method) for name, view in every_route().items() for method in methods_of(view)}
    written = {(row.route.partition(":")[0], row.method) for row in ROWS}
    assert wanted - written == set(), "add these to permissions.csv, by hand, from what the domain says"
    assert written - wanted == set(), "permissions.csv has rows for what is gone"
    doubles = [row[:2] for row in ROWS if [other[:2] for other in ROWS].count(row[:2]) > 1]
    assert doubles == []


def test_every_cell_says_four_times_what_happens():
    odd = [
        (row.route, row.method, who, cell)
        for row in ROWS
        for who, cell in row.cells.items()
        if len(cell) != 4 or not all(status == "-" or status.isdigit() for status in cell)
    ]
    assert odd == []
    assert len(PARTS) >= 12


class World:
    """The cast signed in, and a way through the situations that the rows ask for."""

    def __init__(self, cast):
        self.cast, self.cookies, self.client = cast, {}, Client()
        self.closed = reports.review_closed(cast, side=cast.ours, rows=False, **MARKED)
        self.way = Way(cast)
        cast.panel_member, cast.delegated_partner = cast.panel_la, cast.partner_la
        cast.summary_approver = cast.second_lead
        for part in PARTS:
            self.sign_in(part)

    def sign_in(self, part):
        client, user = Client(), self.cast.person(part)
        if part == "no_second_factor":
            sign_in(client, user, second_factor=False)
        elif user is not None:
            accounts.enrol(user)
            sign_in(client, user)
        self.cookies[part] = {name: morsel.value for name, morsel in client.cookies.items()}

    def record(self, situation, kind):
        # The rapid review's pages look at the child alone.
        answers = {} if SITUATIONS[situation].__module__ == situations.__name__ else {"rows": False}
        return self.way.reach(situation, other=kind == "other", **MARKED | answers)

    def ask(self, row, part, record, expected, *, look=False):
        """This will send one request as one person, undo what it did, and return the status.

        A form that should be accepted is sent as its page gives it, with the answers of `routes`; one that should be
        refused has its key and the answers.
        """
        client, user = self.client, self.cast.person(part)
        client.cookies = SimpleCookie(self.cookies[part])
        url, answers = routes.address(row.route, record), routes.route_of(row.route).answers
        with undone():
            if row.method == "GET":
                response = client.get(url) if look else unseen(client.get, url)
                self.let_out += let_out(response, part, lists=record is None) if look else []
            else:
                shown = client.get(url) if expected in ("200", "302") else None
                values = fields_of(parsed(shown), needed=False) if shown and shown.status_code == 200 else {}
                key = {keys.FIELD: keys.new_key(user)} if user else {}
                response = unseen(client.post, url, key | values | answers(record, self.cast, part))
            if response.streaming:
                b"".join(response)  # a file: read to its end it is closed
        return str(response.status_code)

    def ask_recused(self, row, part, record, expected):
        """This will ask while the person is kept out of the case."""
        user, on = self.cast.person(part), london("2026-12-11 13:55")
        with undone():
            if user is not None:
                save(Exclusion(case=record.case, user=user, reason="Named in the case", from_at=on), by=None, on=on)
            return self.ask(row, part, record, expected)


SECRET = {"text": "SECRET-PLACE 7", "postcode": "ZZ98 7QX", "confidential": True}
MARKED = {"children": [{"home_address": SECRET}], "place": SECRET}
TEAM = ("business_manager", "coordinator")
MARKER = re.compile(r"MRK|q[0-9a-f]{8}|SECRET|ZZ98", re.IGNORECASE)


def let_out(response, part, *, lists):
    """This will say what a page shows in the wrong place: title, addresses, file name; a confidential home; a list."""
    found = [f"{part}: {name}" for name in (response.get("Content-Disposition", ""),) if MARKER.search(name)]
    if response.streaming:
        return found
    text = response.content.decode(errors="replace")
    if part not in TEAM and ("SECRET" in text or "ZZ98" in text):
        found.append(f"{part}: the confidential address")
    if "html" in response["Content-Type"]:
        page = parsed(response)
        places = [page.title.get_text() if page.title else "", *addresses_in(page)]
        found += [f"{part}: {place}" for place in places if MARKER.search(place)]
        if lists and MARKER.search(page.get_text()):
            found.append(f"{part}: a list shows {MARKER.search(page.get_text())[0]}")
    return found


def addresses_in(page):
    for name in ("href", "src", "action", "formaction"):
        yield from (part[name] for part in page.find_all(attrs={name: True}))


def unseen(send, *arguments):
    """This will send a request without drawing the page: only its status is looked at."""
    with mock.patch.object(Template, "render", return_value=""):
        return send(*arguments)


@contextmanager
def undone():
    """This will undo in the database whatever is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Sessions need no writing here: every request starts from the same one.
QUICK = {"ROOT_URLCONF": "tests.house_rules.urls", "SESSION_SAVE_EVERY_REQUEST": False}


@pytest.fixture(scope="module")
def world(cast_of_module, django_db_blocker):
    logging.disable(logging.WARNING)  # thousands of refusals, each of them asked for
    with override_settings(**QUICK), reports.quick_pdf(), time_machine.travel(london(MOMENT), tick=False):
        yield World(cast_of_module)
    logging.disable(logging.NOTSET)


@pytest.mark.in_order
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.route}" for row in ROWS])
def test_permission(row, world):
    route = routes.route_of(row.route)
    cache.clear()
    route.prepare()
    found = {part: ["-"] * 4 for part in PARTS}
    world.let_out = []
    for number, kind in enumerate(KINDS):
        asked = [part for part in PARTS if row.cells[part][number] != "-"]
        if not asked:
            continue
        record = world.record(route.situation, kind) if route.situation else None
        if kind == "closed":
            record, end = routes.ended(record, world)
        with undone():
            if kind == "closed" and end:
                record = end(record)
            for part in asked:
                expected = row.cells[part][number]
                if kind == "recused":
                    found[part][number] = world.ask_recused(row, part, record, expected)
                else:
                    look = kind == "own" and expected == "200"
                    found[part][number] = world.ask(row, part, record, expected, look=look)
    wrong = [
        f"{part} {kind}: the table says {row.cells[part][number]}, the hub answers {found[part][number]}"
        for part in PARTS
        for number, kind in enumerate(KINDS)
        if found[part][number] != row.cells[part][number]
    ]
    assert not wrong, "\n".join([f"{row.method} {row.route}", *wrong])
    assert not world.let_out, "\n".join([f"{row.method} {row.route}", *world.let_out])
