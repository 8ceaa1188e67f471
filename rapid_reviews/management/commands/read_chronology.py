"""Prints what an import of a chronology would recognise, and keeps nothing."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework import tables
from rapid_reviews import chronology_file


class Command(BaseCommand):
    help = "Print what an import of a chronology (CSV, XLSX, DOCX, DOCM) would recognise: JSON, one object a row."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        first = parser.add_mutually_exclusive_group()
        first.add_argument("--day-first", action="store_true", default=None, help="3/4/16 is the 3rd of April")
        first.add_argument("--month-first", dest="day_first", action="store_false", help="3/4/16 is the 4th of March")

    def handle(self, *, file, day_first, **options):
        try:
            brought = tables.read(file.read_bytes())
            found = chronology_file.found_in(brought, today=timezone.localdate(), day_first=day_first)
        except OSError as fault:
            raise CommandError(f"{file} cannot be opened: {fault.strerror}") from fault
        except (tables.Refused, chronology_file.NoHeadings) as refused:
            raise CommandError(str(refused)) from refused
        lines = [json.dumps(chronology_file.as_json(event), ensure_ascii=False) for event in found]
        self.stdout.write("[\n" + ",\n".join(lines) + "\n]")
