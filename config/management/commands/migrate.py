"""Django's migrate, and then the application role's rights: no table stands open or shut by accident."""

from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from config.grants import grant


class Command(Migrate):
    """Changes the tables as their owner and grants the application what it needs."""

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        fresh = not MigrationRecorder(connection).applied_migrations()
        with rendering_each_model_alone() if fresh else nullcontext():
            super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            grant(connection, settings.APPLICATION_ROLE)


@contextmanager
def rendering_each_model_alone():
    """This will make an empty database's tables in a tenth of the time.

    After each operation Django renders the changed model anew, and every model that is related to it, which with us is
    nearly every other: 9,500 times for a first migration. On empty tables the others do not matter. A migration that
    runs Python still sees all of them as they are: Django renders everything anew for it when `is_delayed` is set.
    `make soak` compares the tables made both ways.
    """
    original = ProjectState._find_reload_model

    def only_itself(state, app_label, model_name, delay=False):
        state.is_delayed = True
        return {(app_label, model_name)}

    ProjectState._find_reload_model = only_itself
    try:
        yield
    finally:
        ProjectState._find_reload_model = original
