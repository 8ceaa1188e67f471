"""What bench.autosave does inside the hub: `build N` prints N writers as JSON, `alone N` the times of the SQL."""

import json
import sys
from datetime import date
from urllib.parse import urlencode

import django

django.setup()

import time_machine  # noqa: E402  (after setup)
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.autosave import together  # noqa: E402
from casework import drafts, keys, presence  # noqa: E402
from partnership.models import Membership, User  # noqa: E402
from partnership.roles import Role  # noqa: E402
from referrals.models import Referral  # noqa: E402
from tests.cast import make_cast  # noqa: E402
from tests.factories import situations  # noqa: E402
from tests.moments import london  # noqa: E402
from tests.sign_in import sign_in  # noqa: E402
from trail import models as trail  # noqa: E402

ON_A_PAGE, TOKEN, TEXT = 5, "a" * 32, "Nobody had seen the child since Monday. " * 100


def build(number):
    """This will have so many people of the business unit open pages of referrals, five each, and print their POSTs."""
    with time_machine.travel(london("2026-12-11 14:00"), tick=False):
        cast = make_cast()
        pages = [incident(situations.keyed_in(cast)) for _ in range(number // ON_A_PAGE)]
    found, now = [], timezone.now()
    for n in range(number):
        person = User(email=f"writer-{n}@bench.example", full_name=f"Writer {n}")
        trail.save(person, by=None, on=now, reason="bench")
        role = Membership(user=person, agency=cast.unit, role=Role.BUSINESS_COORDINATOR, from_on=date(2020, 1, 6))
        trail.save(role, by=None, on=now, reason="bench")
        path = pages[n % len(pages)]
        presence.open_page(person, path, on=now)
        session = sign_in(Client(), person).cookies[settings.SESSION_COOKIE_NAME].value
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        values = {"csrfmiddlewaretoken": TOKEN, keys.FIELD: keys.new_key(person), "outline": TEXT}
        headers = {"Host": "localhost", "Cookie": cookies, drafts.HEADER: "yes"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        found.append({"path": path, "body": urlencode(values), "headers": headers})
    print(json.dumps(found))


def incident(referral):
    return reverse("fill-in", args=[referral.reference, "incident"])


def alone(number):
    """This will run the statements of each writer's autosave, taken down from one, without anything around them."""
    people = User.objects.filter(email__startswith="writer-").order_by("pk")
    path = incident(Referral.objects.order_by("pk").first())
    said = [statements(person, path) for person in people[:number]]

    def run(n):
        with connections["default"].cursor() as cursor:
            for statement in said[n]:
                cursor.execute(statement)

    times = together(run)
    print(json.dumps({"statements": len(said[0]), "times": times}))


def statements(person, path):
    client = sign_in(Client(SERVER_NAME="localhost"), person)
    values = {keys.FIELD: keys.new_key(person), "outline": TEXT}
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(path, values, headers={drafts.HEADER: "yes"})
    assert answer.status_code == 200, answer.status_code
    return [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    {"build": build, "alone": alone}[name](*map(int, arguments))
