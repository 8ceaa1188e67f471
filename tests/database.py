"""The tests' databases: migrated once per run, then copied. Tests work in the application's role, as pages do."""

import fcntl
import os
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection, connections
from django.test import TransactionTestCase

TEMPLATE = "test_template"
# What every partnership starts with; whatever of these exists is in every test's database.
REFERENCE_COMMANDS = ["load_reference"]


def make_ours():
    """This will give this process a copy of the template, made by the first process that needs it."""
    with open(Path(os.environ["TEST_VAR"]) / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ask("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]):
            make_template()
        copy_template()
    TransactionTestCase._fixture_teardown = lambda test: copy_template()


def make_template():
    """This will migrate an empty database as the owner and load the reference data as the application."""
    ask(f"DROP DATABASE IF EXISTS {TEMPLATE}_new WITH (FORCE)")  # of a try that failed
    ask(f"CREATE DATABASE {TEMPLATE}_new")
    with connected(NAME=f"{TEMPLATE}_new", USER=owner()["user"], OPTIONS={}):
        call_command("migrate", verbosity=0)
    with connected(NAME=f"{TEMPLATE}_new"):
        for command in REFERENCE_COMMANDS:
            if command in get_commands():
                call_command(command, verbosity=0)
    ask(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")


def copy_template():
    """This will make this process's database anew. It also takes the place of Django's flush, which needs TRUNCATE."""
    connections.close_all()
    name = connection.settings_dict["NAME"]
    ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")  # nothing of it needs to be in the log


@contextmanager
def connected(**changes):
    """This will point Django's connection elsewhere for a while."""
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(changes)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def owner():
    """This will return how the owner of the databases connects."""
    return {"host": settings.DATABASES["default"]["HOST"], "user": settings.DATABASES["default"]["USER"]}


def ask(statement, values=None):
    """This will run one statement as the owner, outside every test's database."""
    with closing(psycopg.connect(**owner(), dbname="postgres", autocommit=True)) as session:
        answer = session.execute(statement, values)
        return answer.fetchall() if answer.description else []
