"""What bench.deadlines measures inside the hub: `python -m bench._deadlines NAME ROWS` prints "figure<TAB>what"."""

import statistics
import sys
import time
from datetime import date, timedelta
from functools import cache

import django

django.setup()

import time_machine  # noqa: E402  (after setup)
from django.db import connection, models, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from access.models import Case  # noqa: E402
from bench import _urls  # noqa: E402
from deadlines import calendar_changes, queries, reminders, rules  # noqa: E402
from deadlines.models import Deadline, Reminder  # noqa: E402
from notifications.models import Notice  # noqa: E402
from partnership.models import Agency, Membership, User  # noqa: E402
from partnership.roles import Role  # noqa: E402
from tests.sign_in import sign_in  # noqa: E402
from trail import models as trail  # noqa: E402

NOW = rules.at(date(2026, 12, 14), rules.MORNING) + timedelta(hours=1)
# A reminder is due two working days before the date.
REMINDED, LATER, HOLIDAY = date(2026, 12, 16), date(2027, 1, 6), date(2026, 12, 30)
OF_A_CASE, TENTH = 20, 10
AGENCIES, PEOPLE = 60, 240
COUNTED = [rules.SUMMARY_RETURNED] * 10 + [rules.VIRTUAL_PANEL] * 4 + [rules.MEETING]
STANDING = [rules.CHRONOLOGY, rules.SCREENING, rules.REPORT_LOCAL, rules.REPORT_NATIONAL, rules.OUTCOME_TOLD]


def build(number):
    """This will fill the hub with so many open deadlines, 20 a case, a tenth of them to be reminded of today."""
    unit, *agencies = [added(Agency(name=f"Agency {n}", kind="health", partner="icb")) for n in range(AGENCIES + 1)]
    people = [added(User(email=f"person-{n}@bench.example", full_name=f"Person {n}")) for n in range(PEOPLE)]
    leads = [added(User(email=f"lead-{n}@bench.example", full_name=f"Lead {n}")) for n in range(AGENCIES)]
    for agency, lead in zip(agencies, leads, strict=True):
        added(Membership(user=lead, agency=agency, role=Role.AGENCY_LEAD, from_on=date(2020, 1, 6)))
    for role in (Role.BUSINESS_MANAGER, Role.BUSINESS_COORDINATOR, Role.MANAGER):
        who = added(User(email=f"{role}@bench.example", full_name=role.label))
        added(Membership(user=who, agency=unit, role=role, from_on=date(2020, 1, 6)))
    cases = [
        Case(reference=f"RF-2026-{n:05}", stage=Case.Stage.REFERRAL, opened_on=date(2026, 12, 1))
        for n in range(number // OF_A_CASE)
    ]
    cases, rows = plainly(cases), []
    for case in cases:
        for at, rule in enumerate([*COUNTED, *STANDING]):
            place = case.pk + at
            start = start_of(rule, LATER if len(rows) % TENTH else REMINDED)
            whose = {"role": rule.responsible}
            if rule is rules.SUMMARY_RETURNED:
                whose = {"agency": agencies[place % AGENCIES]}
            elif rule in COUNTED:
                whose = {"user": people[place % PEOPLE]}
            rows.append(deadline(rule, case, start, f"{at}", whose))
    plainly(rows)
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself within a minute: a table just filled is read row by row until then.
        cursor.execute("VACUUM ANALYZE")


@cache
def start_of(rule, due):
    """The last moment from which a rule is due on this day or before."""
    day = due
    while rules.london_day(rules.due_at(rule, rules.at(day, rules.MORNING), calendar())) > due:
        day -= timedelta(days=1)
    return rules.at(day, rules.MORNING)


@cache
def calendar():
    return queries.working_days()


def deadline(rule, case, start, key, whose):
    copied = ("label", "number", "earliest", "unit", "by_time", "direction", "national", "basis", "edition", "anchor")
    return Deadline(
        case=case,
        reference=case.reference,
        rule=rule.code,
        key=key,
        counts_from=start,
        started_at=start,
        due_at=rules.due_at(rule, start, calendar()),
        **{name: getattr(rule, name) for name in copied},
        **whose,
    )


def added(record):
    return trail.save(record, by=None, on=NOW)


def plainly(rows):
    """Insert rows without their history, which nobody measures."""
    return models.QuerySet(type(rows[0])).bulk_create(rows, batch_size=2000)


def say(figure, what):
    print(f"{figure}\t{what}", flush=True)


def timed(act):
    began = time.perf_counter()
    result = act()
    return result, time.perf_counter() - began


def board(number):
    """The board's first page, and a page that renders the same HTML from a list."""
    with time_machine.travel(NOW, tick=True), override_settings(ROOT_URLCONF="bench._urls"):
        client = Client(SERVER_NAME="localhost")
        sign_in(client, User.objects.get(email="manager@bench.example"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/board/").status_code == 200
        say(len(asked), f"queries of the deadline board, {number:,} open")
        figures = {}
        for path, name in (("/board/", "deadline board"), ("/same-html/", "the same HTML from a list")):
            with _urls.capturing():
                client.get("/board/")
            times = sorted(timed(lambda path=path: client.get(path))[1] for _ in range(100))
            figures[name] = times
            said = f"{statistics.median(times) * 1000:.0f} ms, {times[94] * 1000:.0f} ms"
            say(said, f"{name}, {number:,} open: median, 95th of 100")


def sweep(number):
    """One pass of the reminders at 08:00, a second one, and what reading and writing as many rows costs alone."""

    def alone():
        rows = list(Deadline.objects.open().select_related("case", "agency", "user"))
        told = [
            Reminder(deadline=row, stage="alone", due_at=row.due_at, address=f"{n}@bench.example", at=NOW)
            for n, row in enumerate(rows[: number // TENTH])
        ]
        with transaction.atomic():
            Reminder.objects.bulk_create(told, batch_size=2000)
            transaction.set_rollback(True)

    say(f"{timed(alone)[1]:.1f} s", f"reading {number:,} open deadlines, writing {number // TENTH:,} rows")
    _, took = timed(lambda: reminders.send_due(on=NOW))
    told = Reminder.objects.count()
    digests = Notice.objects.filter(kind="digest")
    people = digests.values("address").distinct().count()
    assert digests.count() == people, "two digests to one person"
    say(f"{took:.1f} s", f"the sweep: {told:,} reminders, one digest to each of {people} people")
    again, took = timed(lambda: reminders.send_due(on=NOW))
    assert not again
    say(f"{took:.1f} s", f"the second sweep: {Reminder.objects.count() - told} reminders, {len(again)} digests")


def recompute(number):
    """A bank holiday is entered; and PostgreSQL writing the same rows and as many of history by itself."""
    manager = User.objects.get(email="business_manager@bench.example")

    def enter():
        with transaction.atomic():
            calendar_changes.add_bank_holiday(day=HOLIDAY, name="Day of mourning", on=NOW, by=manager)

    _, took = timed(enter)
    moved = Deadline.history.filter(history_date=NOW).count()
    told = Notice.objects.filter(kind="date-moved").count()
    say(f"{took:.1f} s", f"a bank holiday entered, {number:,} open: {moved:,} moved, {told:,} notices")
    columns = ", ".join(f'"{field.column}"' for field in Deadline._meta.concrete_fields)
    history = Deadline.history.model._meta.db_table

    def alone():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE deadlines_deadline SET due_at = due_at + interval '1 day' WHERE key <> ''")
            cursor.execute(
                f"INSERT INTO {history} ({columns}, history_date, history_type, history_change_reason) "
                f"SELECT {columns}, now(), '~', '' FROM deadlines_deadline"
            )
            transaction.set_rollback(True)

    say(f"{timed(alone)[1]:.1f} s", "the same rows and their history written by PostgreSQL alone")


if __name__ == "__main__":
    name, number = sys.argv[1], int(sys.argv[2])
    {"build": build, "board": board, "sweep": sweep, "recompute": recompute}[name](number)
