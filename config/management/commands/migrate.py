"""Django's migrate, and then the application role's rights: no table stands open or shut by accident."""

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from config.grants import grant


class Command(Migrate):
    """Changes the tables as their owner and grants the application what it needs."""

    def handle(self, *args, **options):
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            grant(connections[options["database"]], settings.APPLICATION_ROLE)
