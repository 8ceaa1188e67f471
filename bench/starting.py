"""How long the demo takes to start and to stop, and how fast its first pages come."""

import os
import shutil
import signal
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.processes.running import Demo, processes_of, status


def measure():
    """This will yield starting times, stopping time, and the time of a page with four readers at once."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        started = time.monotonic()
        demo = Demo(folder / "var").wait_until_up()
        yield "first start, tables and reference data included", f"{time.monotonic() - started:.1f} s"
        started = time.monotonic()
        demo.end(signal.SIGINT)
        yield "stop (Ctrl-C)", f"{time.monotonic() - started:.1f} s"
        started = time.monotonic()
        demo.start()
        demo.wait_until_up()
        yield "second start", f"{time.monotonic() - started:.1f} s"
        with ThreadPoolExecutor(4) as readers:
            times = sorted(readers.map(lambda _: timed_page(demo.port, "/accounts/login/"), range(200)))
        yield "sign-in page, four readers at once, median", f"{statistics.median(times) * 1000:.0f} ms"
        yield "sign-in page, four readers at once, 95th of 100", f"{times[189] * 1000:.0f} ms"
        demo.end(signal.SIGTERM)
    finally:
        for left in processes_of(folder):
            os.kill(left, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def timed_page(port, path):
    started = time.monotonic()
    assert status(port, path) == 200
    return time.monotonic() - started
