"""What bench.importing measures inside the hub: `python -m bench._importing ROWS` prints "figure<TAB>what"."""

import io
import sys
import time
from datetime import date, timedelta

import django

django.setup()

import time_machine  # noqa: E402  (after setup)
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from design.lists import as_xlsx  # noqa: E402
from rapid_reviews import workflow  # noqa: E402
from rapid_reviews.models import ChronologyImport  # noqa: E402
from tests.cast import make_cast  # noqa: E402
from tests.factories import rapid_reviews  # noqa: E402
from tests.moments import london  # noqa: E402

HEAD = ["ID", "Date", "Source", "Who", "Event", "Action", "Significance"]
TEXT = "The health visitor called at the home and spoke to the mother about sleep and feeding. " * 4
NOW = london("2026-12-11 14:00")


def file(rows, text=TEXT):
    days = [date(2026, 12, 10) - timedelta(days=n % 700) for n in range(rows)]
    table = [
        [
            str(n),
            f"{day:%d/%m/%Y} 14.30",
            "Home visit note",
            "Health visitor, mother",
            text,
            "Next visit booked",
            "routine",
        ]
        for n, day in enumerate(days)
    ]
    return as_xlsx(HEAD, table)


def measure(rows):
    cast = make_cast()
    summary = rapid_reviews.summary_asked(cast)
    lead, data = rapid_reviews.lead_of(cast, summary), file(rows)
    say(timed(read_alone, data), f"openpyxl alone reads the same {len(data) // 1024:,} KB")
    for what, content in (("new", data), ("changed", file(rows, f"{TEXT}Later."))):
        workflow.bring_chronology(summary, by=lead, on=timezone.now(), upload=SimpleUploadedFile("a.xlsx", content))
        brought = ChronologyImport.objects.latest("pk")
        say(timed(work_on, brought), f"{rows:,} rows read and checked")
        workflow.map_columns(
            summary,
            by=lead,
            on=timezone.now(),
            brought=refreshed(brought),
            list_number=0,
            head=0,
            columns=refreshed(brought).columns,
            day_first=True,
        )
        say(timed(work_on, brought), f"{rows:,} rows checked again")
        workflow.import_chronology(summary, by=lead, on=timezone.now(), brought=refreshed(brought))
        say(timed(work_on, brought), f"{rows:,} rows imported, {what}")
        assert refreshed(brought).status == ChronologyImport.Status.IMPORTED, refreshed(brought).refused_why
    workflow.undo_import(summary, by=lead, on=timezone.now(), brought=refreshed(brought))
    say(timed(work_on, brought), f"{rows:,} changed events undone")


def refreshed(brought):
    return ChronologyImport.objects.defer("content").get(pk=brought.pk)


def read_alone(data):
    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def work_on(brought):
    """What a worker does."""
    workflow.work_on_import(brought.pk, on=timezone.now())


def timed(act, *arguments):
    began = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - began


def say(seconds, what):
    print(f"{seconds:.1f} s\t{what}", flush=True)


if __name__ == "__main__":
    with time_machine.travel(NOW, tick=True):
        measure(int(sys.argv[1]))
