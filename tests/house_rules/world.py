"""The permission table, and a world to try it in: everybody signed in, at a case of every situation."""

import csv
import logging
import re
from collections import namedtuple
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from unittest import mock

import time_machine
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client, override_settings

from access.models import Exclusion
from casework import keys
from partnership import second_factor
from tests.client import fields_of, parsed
from tests.conftest import MOMENT
from tests.factories import reports, situations
from tests.factories.way import SITUATIONS, Way, one_after_another
from tests.house_rules import markers, routes
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import save

TABLE = Path(__file__).parent / "permissions.csv"
KINDS = ("own", "other", "closed", "recused")

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


class World:
    """The cast signed in, and a way through the situations that the rows ask for."""

    def __init__(self, cast):
        self.cast, self.cookies, self.client, self.known_for = cast, {}, Client(), None
        self.form = (None, {})
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
            second_factor.enrol(user)
            sign_in(client, user)
        self.cookies[part] = {name: morsel.value for name, morsel in client.cookies.items()}

    def record(self, situation, kind):
        # The rapid review's pages look at the child alone.
        answers = {} if SITUATIONS[situation].__module__ == situations.__name__ else {"rows": False}
        return self.way.reach(situation, other=kind == "other", **MARKED | answers)

    def ask(self, row, part, record, expected, *, look=False):
        """This will send one request as one person, undo what it did, and return the status.

        A form that should be accepted is sent as its page gives it, with the answers of `routes`; one that should be
        refused has its key and the answers. Whoever may send a form sends it as it was given to the one asked before
        them, and reads it themselves only where that is not accepted: most forms ask everybody the same.
        """
        client, user = self.client, self.cast.person(part)
        client.cookies = SimpleCookie(self.cookies[part])
        url, answers = routes.address(row.route, record), routes.route_of(row.route).answers
        if row.method == "GET":
            with undone():
                response = read_out(client.get(url) if look else unseen(client.get, url))
                self.let_out += self.looked_at(response, part, row, record) if look else []
                return str(response.status_code)
        key = {keys.FIELD: keys.new_key(user)} if user else {}

        def send(form):
            with undone():
                sent = key | form | answers(record, self.cast, part)
                return str(read_out(unseen(client.post, url, sent)).status_code)

        if expected not in ("200", "302"):
            return send({})
        if self.form[0] == (row, record) and (status := send(self.form[1])) == expected:
            return status
        self.form = (row, record), self.form_on(url)
        return send(self.form[1])

    def form_on(self, url):
        """What the page at this address asks, with the values it has."""
        with undone():
            shown = self.client.get(url)
            values = fields_of(parsed(shown), needed=False) if shown.status_code == 200 else {}
        values.pop(keys.FIELD, None)
        return values

    def looked_at(self, response, part, row, record):
        found = let_out(response, part, lists=record is None)
        user = self.cast.person(part)
        if record is not None and user is not None and not response.streaming:
            if self.known_for != routes.route_of(row.route).situation:
                self.known_for, self.known = routes.route_of(row.route).situation, markers.whose()
            text = response.content.decode(errors="replace")
            compares = row.route == "screen"
            found += markers.strangers(text, part, user, record.case_id, self.known, compares=compares)
        return found

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
MARKER = re.compile(r"MRK|q[0-9a-f]{8}|SECRET-|ZZ98", re.IGNORECASE)


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


def read_out(response):
    """This will read a file that is sent to its end, which closes it, and return the answer."""
    if response.streaming:
        b"".join(response)
    return response


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


@contextmanager
def a_world(cast):
    """This will give a `World` at the moment of the situations, with the log still: refusals are asked for."""
    logging.disable(logging.CRITICAL)
    with override_settings(**QUICK), reports.quick_pdf(), time_machine.travel(london(MOMENT), tick=False):
        yield World(cast)
    logging.disable(logging.NOTSET)
