"""Several web and worker processes, each with a VAR of its own, against one PostgreSQL, one Redis, one FILES."""

import os
import sys
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.processes.running import BIN, free_port, process, status, until

AT = [sys.executable, "tests/processes/at.py", "2026-12-11T10:00"]


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_web_and_two_worker_machines_are_all_healthy(tmp_path):
    with ExitStack() as stack:
        ports = [free_port(), free_port()]
        machines = []
        for port in ports:
            var = tmp_path / f"machine-{port}"
            var.mkdir()
            environment = os.environ | {"VAR": str(var), "PUBLIC_URL": f"http://localhost:{port}"}
            machines.append(environment)
            web = [*AT, "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
            worker = [BIN / "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING"]
            stack.enter_context(process(web, environment))
            stack.enter_context(process(worker, environment))
        stack.enter_context(process([BIN / "celery", "-A", "config", "beat", "--pidfile="], machines[0]))
        until(lambda: all(status(port) == 200 for port in ports), seconds=60)
        for port in ports:
            # Started at a moment, a real process lives there, and so does what it forked.
            with urlopen(f"http://127.0.0.1:{port}/health/") as answer:
                assert answer.headers["Date"].startswith("Fri, 11 Dec 2026 10:0")
