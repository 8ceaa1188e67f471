"""permissions.csv: what every route answers to everybody, in their own case and in others, and what a page lets out.

A cell holds four statuses: of a case in which the person plays their part; of the same case made by another agency;
of a case that has ended; and of their own case while they are kept out of it (recused). `-` cannot arise: an address
without a case has only the first, and who plays no part in a case cannot be recused from it. The table is written from
what people may see and do, never from what the program answers; where they differ, one of the two is mended.

Every case has a marker of its own in each field, and a confidential home. A page that a person may see is looked at:
no marker in its title, addresses and file name, and the confidential home on the business unit's pages alone.

Then the route is asked with input that nobody should send: 25 requests each on every run, the same ones. The soak sends
more of them, others each time (tests/soak/test_every_address.py).
"""

import random

import pytest
from django.core.cache import cache

from tests.house_rules import routes
from tests.house_rules.urls import every_route
from tests.house_rules.world import KINDS, PARTS, ROWS, undone
from tests.soak.sender import Sender, share_of

METHODS = ("GET", "POST")
HOSTILE_REQUESTS = 25


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


# Row by row, for both tests (the scope): the rows stand in the order of the situations, which are reached once.
each_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.route}" for row in ROWS], scope="module")


@pytest.mark.in_order
@each_row
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


@pytest.mark.in_order
@each_row
def test_no_hostile_input_breaks_a_route(row, world):
    sender = Sender(row, world, random.Random(f"{row.method} {row.route}"))
    sender.send(share_of(row, HOSTILE_REQUESTS))
    assert not sender.faults, sender.told()
