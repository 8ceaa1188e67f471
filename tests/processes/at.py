"""Runs a real process at a moment of London's clock: `python tests/processes/at.py 2026-12-11T10:00 gunicorn …`.

The clock starts there and goes on; processes that it forks share it. PostgreSQL and Valkey keep their own time, which
is why no rule of ours ever asks them for it.
"""

import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine


def main():
    moment = datetime.fromisoformat(sys.argv[1]).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    program = Path(sys.executable).parent / sys.argv[2]
    sys.argv = [str(program), *sys.argv[3:]]
    # A program starts with its folder first on the path; ours is not the one to find modules in.
    sys.path[0] = str(Path.cwd())
    time_machine.travel(moment, tick=True).start()
    runpy.run_path(str(program), run_name="__main__")


if __name__ == "__main__":
    main()
