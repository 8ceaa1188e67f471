"""An empty database is migrated by a short cut: it must lead to the same place."""

import subprocess

import pytest
from django.core.management import call_command
from django.db import connection

from config import embedded
from config.management.commands import migrate
from tests import database


def tables(name):
    """This will return the whole schema of a database as PostgreSQL writes it down."""
    login = ["-h", database.owner()["host"], "-U", database.owner()["user"]]
    written = subprocess.run(
        [embedded.find_postgres() / "pg_dump", *login, "--schema-only", name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line for line in written.splitlines() if not line.startswith("\\")]


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_the_short_cut_makes_the_same_tables(monkeypatch):
    class NothingApplied:
        def __init__(self, connection):
            pass

        def applied_migrations(self):
            return {"as if": "not fresh"}

    name = connection.settings_dict["NAME"] + "_slowly"
    database.ask(f"CREATE DATABASE {name}")
    monkeypatch.setattr(migrate, "MigrationRecorder", NothingApplied)
    with database.connected(NAME=name, USER=database.owner()["user"], OPTIONS={}):
        call_command("migrate", verbosity=0)
    assert tables(name) == tables(connection.settings_dict["NAME"])
    database.ask(f"DROP DATABASE {name}")
