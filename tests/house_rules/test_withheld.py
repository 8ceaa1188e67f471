"""What is marked as not to be shared is on no page of anybody it is withheld from, whatever page that is.

In every situation of a rapid review whose report is not locked yet, everything that can be marked is: each answer, row
and file of each summary. Then every page that the permission table opens to somebody is looked at, and every e-mail.
"""

from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db.models import CharField, ForeignKey, TextField

from casework.models import Attachment
from notifications.models import Notice
from rapid_reviews import queries
from rapid_reviews.models import RapidReview
from tests.factories import rapid_reviews, reports
from tests.factories.way import SITUATIONS
from tests.house_rules import routes
from tests.house_rules.world import ORDER, ROWS, undone
from tests.moments import london

pytestmark = pytest.mark.in_order

OF_REVIEWS = (rapid_reviews.__name__, reports.__name__)
NOW = london("2026-12-11 14:00")


def pages_by_situation():
    found = {}
    for row in ROWS:
        situation = routes.route_of(row.route).situation
        if row.method == "GET" and situation and SITUATIONS[situation].__module__ in OF_REVIEWS:
            found.setdefault(situation, []).append(row)
    return sorted(found.items(), key=lambda each: ORDER.index(each[0]))


PAGES = pages_by_situation()


def texts_of(record):
    """Every text of a row that can be read, its address included."""
    for field in record._meta.concrete_fields:
        value = getattr(record, field.name)
        if isinstance(field, ForeignKey):
            yield getattr(value, "text", "") if field.name == "address" else ""
        elif isinstance(field, CharField | TextField) and not field.choices:
            yield value


def things_of(summary):
    """Everything of a summary that can be marked: (kind, thing, its texts)."""
    for name in queries.ANSWERS:
        if queries.thing_of(summary, "answer", name):
            yield "answer", name, [getattr(summary, name)]
    for kind, related in queries.ROWS.items():
        for row in getattr(summary, related).order_by("pk"):
            yield kind, row, list(texts_of(row))
    for one in Attachment.objects.filter(reference=summary.reference).order_by("pk"):
        yield "file", one, [one.name, one.key.hex]


def withhold_everything(review, by):
    """This will mark everything that can be and is not yet, and return the texts: [(summary, text)]."""
    found = []
    for summary in review.summaries.select_related("case", "agency").order_by("pk"):
        for kind, thing, texts in list(things_of(summary)):
            if not queries.marks_of(review).restriction(summary, kind, getattr(thing, "pk", thing)):
                rapid_reviews.restrict(summary, kind, thing, by=by, on=NOW)
            found += [(summary, text) for text in texts if text]
    return found


def is_theirs(world, part, summary):
    """Whether a part of the cast reads what is marked in a summary: its agency, the manager, or who typed it in."""
    person = world.cast.person(part)
    if part == "business_manager" or (summary.entered_by_id and summary.entered_by == person):
        return True
    return summary.agency == world.cast.housing and part in ("agency_lead", "summary_approver")


def look(world, row, part, record):
    """What a person is sent, as text."""
    world.client.cookies = SimpleCookie(world.cookies[part])
    with undone():
        response = world.client.get(routes.address(row.route, record))
        body = b"".join(response) if response.streaming else response.content
    return f"{response.get('Content-Disposition', '')} {body.decode(errors='replace')}"


@pytest.mark.soak  # every page of every role once more; on every run, test_not_shared.py looks at those it is about
@pytest.mark.parametrize(("situation", "rows"), PAGES, ids=[name for name, _ in PAGES])
def test_it_is_on_no_page_of_anybody_else(situation, rows, world):
    cache.clear()
    record = world.record(situation, "own")
    review = record if isinstance(record, RapidReview) else record.review
    if review.status not in RapidReview.BEFORE_LOCK:
        return  # what was locked before it was marked stays as it was signed
    with undone():
        texts = withhold_everything(review, world.cast.business_manager)
        looks = [(row, part) for row in rows for part, cells in row.cells.items() if cells[0] == "200"]
        found = [
            f"{row.route} as {part}: {text}"
            for row, part in looks
            for page in [look(world, row, part, record)]
            for summary, text in texts
            if text in page and not is_theirs(world, part, summary)
        ]
        told = [notice.kind for notice in Notice.objects.order_by("pk") for _, text in texts if text in notice.body]
    assert not found, "\n".join(found)
    assert not told


def test_there_is_something_to_withhold_and_who_may_read_it_does(world):
    review = world.record("pack_issued", "own")
    row = next(row for row in ROWS if row.route == "chronology" and row.method == "GET")
    with undone():
        texts = withhold_everything(review, world.cast.business_manager)
        assert len(texts) > 50
        page = look(world, row, "business_manager", review)
    assert sum(text in page for _, text in texts) > 5
