"""Long kills, for `make soak`: whatever moment the supervisor dies at, nothing is left and it starts again."""

import random
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.processes.running import Demo, processes_of, until

pytestmark = pytest.mark.soak


def test_killed_at_forty_random_moments_it_starts_again():
    folder = Path(tempfile.mkdtemp(prefix="hub-soak-"))
    try:
        for turn in range(40):
            fresh = turn % 4 == 0
            if fresh:
                shutil.rmtree(folder / "var", ignore_errors=True)
            demo = Demo(folder / "var")
            try:
                demo.process.wait(random.uniform(0, 12 if fresh else 6))
            except subprocess.TimeoutExpired:
                demo.end(random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
            until(lambda: not processes_of(folder / "var"), seconds=20)
        demo = Demo(folder / "var").wait_until_up()
        demo.end(signal.SIGTERM)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
