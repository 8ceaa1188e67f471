"""Whatever moment the supervisor dies at, nothing is left and it starts again."""

import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.processes.running import Demo, processes_of, until
from tests.soak.amount import SECONDS

pytestmark = [pytest.mark.soak, pytest.mark.real_time, pytest.mark.processes]

KILLS = 40


def test_killed_at_forty_random_moments_it_starts_again(record_property):
    folder = Path(tempfile.mkdtemp(prefix="hub-soak-"))
    try:
        end = time.monotonic() + (SECONDS or 10**6)
        for turn in range(KILLS):
            if turn and time.monotonic() > end:
                break
            fresh = turn % 4 == 0
            if fresh:
                shutil.rmtree(folder / "var", ignore_errors=True)
            demo = Demo(folder / "var")
            try:
                demo.process.wait(random.uniform(0, 12 if fresh else 6))
            except subprocess.TimeoutExpired:
                demo.end(random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
            until(lambda: not processes_of(folder / "var"), seconds=20)
            record_property("kills", 1)
        demo = Demo(folder / "var").wait_until_up()
        demo.end(signal.SIGTERM)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
