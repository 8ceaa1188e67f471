"""What bench.chronology measures inside the hub: `python -m bench._chronology NAME EVENTS` prints "figure<TAB>what".

`build` makes a rapid review of fourteen agencies with so many events each; `page` and `paper` measure it.
"""

import copy
import resource
import statistics
import sys
import time
from datetime import date, timedelta

import django

django.setup()

import time_machine  # noqa: E402  (after setup)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from rapid_reviews.models import AgencySummary, ChronologyEvent, RapidReview  # noqa: E402
from rapid_reviews.printed import KINDS  # noqa: E402
from tests.cast import make_cast  # noqa: E402
from tests.factories import rapid_reviews  # noqa: E402
from tests.factories.people import Agencies  # noqa: E402
from tests.moments import london  # noqa: E402
from tests.sign_in import sign_in  # noqa: E402
from trail import models as trail  # noqa: E402

NOW = london("2026-12-11 14:00")
AGENCIES = 14
TEXT = "The health visitor called at the home and spoke to the mother about sleep and feeding. " * 3


def build(number):
    """Fourteen agencies returned their summaries, with so many events each over ten years."""
    review = rapid_reviews.pack_issued(make_cast())
    first = AgencySummary.objects.filter(review=review).order_by("pk").first()
    for place in range(AGENCIES - review.summaries.count()):
        summary = copy.copy(first)
        summary.pk, summary.agency, summary.reference = None, Agencies(name=f"Agency {place}"), f"AS-2026-9{place:02}"
        summary._state.adding = True
        trail.save(summary, by=trail.SYSTEM, on=NOW, reason="bench")
    for summary in review.summaries.all():
        trail.add_many([event(summary, at, number) for at in range(number)], by=trail.SYSTEM, on=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def event(summary, at, number):
    day = date(2016, 12, 1) + timedelta(days=at * 3650 // number)
    return ChronologyEvent(
        summary=summary,
        date_as_written=f"{day:%d/%m/%Y}",
        precision="month" if at % 10 == 0 else "exact",
        starts_on=day.replace(day=1) if at % 10 == 0 else day,
        source="Home visit note",
        who="Tobin Quill" if at % 50 == 0 else "Health visitor, mother",
        what_happened=f"{TEXT} Contact {at}.",
        significance="significant" if at % 5 == 0 else "routine",
    )


def page(number):
    """The first page as it is and narrowed: in a request, and its statements alone."""
    review, user = RapidReview.objects.get(), RapidReview.objects.get().chair
    client = Client(SERVER_NAME="localhost")
    sign_in(client, user)
    agency = review.summaries.order_by("pk").first().agency_id
    for what, query in (
        ("first page", ""),
        ("one agency", f"agency={agency}"),
        ("a person", "person=tobin"),
        ("a text", "text=contact+77"),
        ("a period", "since-day=1&since-month=1&since-year=2020&until-day=1&until-month=3&until-year=2020"),
        ("labels", "names=labels"),
    ):
        address = f"/rapid-reviews/{review.reference}/chronology/?{query}"
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        many, reads = len(asked), [row["sql"] for row in asked.captured_queries if row["sql"].startswith("SELECT")]
        ours, alone = times(lambda address=address: client.get(address)), times(lambda reads=reads: read(reads))
        say(said(ours), f"{what}, {AGENCIES * number:,} events, {many} queries: median, 95th of 100")
        say(said(alone), f"the {len(reads)} that read, by themselves")


def read(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def times(act):
    found = []
    for _ in range(100):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return sorted(found)


def said(found):
    return f"{statistics.median(found) * 1000:.0f} ms, {found[94] * 1000:.0f} ms"


def paper(number):
    """The whole of it as a PDF and as a Word file: how long, how large, how much memory the process has had."""
    review = RapidReview.objects.get()
    for code in ("chronology-docx", "chronology"):
        began = time.perf_counter()
        made = KINDS[code].make(KINDS[code].content(review.chair, f"{review.pk}?", NOW))
        took, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(f"{took:.1f} s", f"{AGENCIES * number:,} events as {KINDS[code].form}, {len(made) // 1024:,} KB, {peak} MB")


def say(figure, what):
    print(f"{figure}\t{what}", flush=True)


if __name__ == "__main__":
    name, number = sys.argv[1], int(sys.argv[2])
    with time_machine.travel(NOW, tick=True):
        {"build": build, "page": page, "paper": paper}[name](number)
