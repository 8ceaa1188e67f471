"""Load what every deployment needs in its database: run by set-up, by each deployment and by the tests."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone


class Command(BaseCommand):
    help = "Calls load(on=…) of every app's reference module. Safe to run again, and from several machines at once."

    def handle(self, *args, **options):
        on = timezone.now()
        for app in apps.get_app_configs():
            if not find_spec(f"{app.name}.reference"):
                continue
            reference = import_module(f"{app.name}.reference")
            with transaction.atomic():
                with connection.cursor() as cursor:
                    # Two machines deployed at once take turns: the second finds everything there.
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_reference'))")
                said = reference.load(on=on)
            self.stdout.write(f"{app.label}: {said or 'loaded'}")
