"""A hub of its own for one measurement: a database with the reference data, and programs run inside it."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from config import embedded


@contextmanager
def running():
    """Within: a fresh hub; gives the environment of programs that are part of it."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        with embedded.run(folder / "var", extra={"EMAIL_URL": "dummymail://", "PUBLIC_URL": "http://localhost"}) as ran:
            environment = os.environ | ran.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
            for command in ("migrate", "load_reference"):
                manage = [sys.executable, "manage.py", command, "-v0"]
                subprocess.run(manage, env=environment, check=True, stdout=subprocess.DEVNULL)
            yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def inside(environment, module, *arguments):
    """This will run a module of bench in that hub and return what it printed."""
    command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
