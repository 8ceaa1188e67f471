#!/usr/bin/env python3
"""Runs a command of the hub. Without DATABASE_URL it uses the servers of $VAR: those that run, or its own meanwhile."""

import os
import sys
from pathlib import Path

# They change tables: they connect as the tables' owner (MIGRATE_URL). Everything else connects as the application.
OWNER_COMMANDS = {"migrate"}
# They read no database.
NEEDS_NO_SERVER = {"", "help", "version", "--help", "--version", "collectstatic", "due"}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = (sys.argv[1:] or [""])[0]
    if command in OWNER_COMMANDS:
        os.environ["CONNECT_AS_OWNER"] = "yes"
    if "DATABASE_URL" in os.environ:
        execute()
        return
    from config import embedded  # only here: what runs with real servers never loads it

    var = Path(os.environ.get("VAR") or Path(__file__).resolve().parent / "var")
    with embedded.provided(var, servers=command not in NEEDS_NO_SERVER):
        execute()


def execute():
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
