"""What sealing the audit trail costs its writers, and how long verifying a million lines takes."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from config import embedded

WRITERS, SECONDS, LINES = 8, 20, 1_000_000
ROWS = f"""
    INSERT INTO trail_event (at, verb, reference, "case", sha256)
    SELECT now(), 'screen', 'RF-' || n, 'C-' || n % 1000, '' FROM generate_series(1, {LINES // 2}) n;
    INSERT INTO trail_reading (at, what, reference, "case", allowed, address)
    SELECT now(), 'referral', 'RF-' || n, 'C-' || n % 1000, true, '127.0.0.1' FROM generate_series(1, {LINES // 2}) n;
"""


def measure():
    """This will yield transactions a second without and with sealing, and the times for a million lines."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        with embedded.run(folder / "var", extra={"EMAIL_URL": "dummymail://", "PUBLIC_URL": "http://localhost"}) as ran:
            environment = os.environ | ran.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
            manage(environment, "migrate", "-v0")
            yield f"transactions/s of {WRITERS} writers, nobody sealing", f"{write(environment):,.0f}"
            stop, sealed = threading.Event(), []
            sealer = threading.Thread(target=seal_all_along, args=(environment, stop, sealed))
            sealer.start()
            yield f"transactions/s of {WRITERS} writers, sealed every second", f"{write(environment):,.0f}"
            stop.set()
            sealer.join()
            shell(environment, f"from django.db import connection as c; c.cursor().execute('''{ROWS}''')")
            yield "a million lines read, to compare with", f"{timed(environment, READ):.1f} s"
            yield "a million lines sealed", f"{timed(environment, SEAL):.1f} s"
            yield "a million lines verified (verify_audit)", f"{timed(environment, VERIFY):.1f} s"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


READ = """
from trail.models import Event, Reading
for model in (Event, Reading):
    sum(1 for _ in model.objects.values_list().iterator())
"""
SEAL = "from trail.tasks import seal_trail; seal_trail()"
VERIFY = "from trail.sealing import verify; found = verify(); assert found.links > 1000000 and not found.faults, found"


def write(environment):
    """This will let the writers write at the same time and return how many transactions a second they managed."""
    begin = time.time() + 15
    command = [sys.executable, "-m", "bench._writer", str(begin), str(SECONDS)]
    writers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(WRITERS)]
    return sum(int(writer.communicate()[0]) for writer in writers) / SECONDS


def seal_all_along(environment, stop, sealed):
    code = "import time\nfrom trail.tasks import seal_trail\nwhile True:\n    seal_trail()\n    time.sleep(1)"
    with subprocess.Popen([sys.executable, "manage.py", "shell", "-v0", "-c", code], env=environment) as sealer:
        stop.wait()
        sealer.terminate()


def manage(environment, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], env=environment, check=True)


def shell(environment, code):
    manage(environment, "shell", "-v0", "-c", code)


def timed(environment, code):
    """This will run code in the hub and return the seconds it took, without the time to start."""
    clock = f"import time; began = time.monotonic()\n{code}\nprint(time.monotonic() - began)"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", clock]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])
