"""The supervisor: started, killed in every way, started again, and nothing left behind."""

import os
import shlex
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from tests.processes.running import (
    ROOT,
    Demo,
    children_of,
    clean_environment,
    free_port,
    manage,
    page,
    processes_of,
    status,
    until,
)

ASK_POSTGRES = "from django.db import connection as c; k = c.cursor(); k.execute({!r}); print(k.fetchone()[0])"


@pytest.fixture(scope="module")
def folder():
    made = Path(tempfile.mkdtemp(prefix="hub-demo-"))
    yield made
    for left in processes_of(made):
        os.kill(left, signal.SIGKILL)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def demo(folder):
    """One running demo for the tests that do not end it."""
    running = Demo(folder / "running").wait_until_up()
    yield running
    assert running.end(signal.SIGTERM) == 0


@pytest.mark.soak
@pytest.mark.parametrize("moment", [0, 0.3])
def test_killed_in_its_first_initdb_it_starts_again(folder, moment):
    var = folder / "killed in initdb"
    shutil.rmtree(var, ignore_errors=True)
    killed = Demo(var)
    until(lambda: list(var.glob("postgres/data*")), seconds=60)
    if moment:
        with pytest.raises(subprocess.TimeoutExpired):
            killed.process.wait(moment)
    killed.end(signal.SIGKILL)

    answer = manage("shell", "-v0", "-c", ASK_POSTGRES.format("SELECT current_user"), VAR=str(var))

    assert answer.stdout.strip() == "hub_app", answer.stderr
    assert not list(var.glob("postgres/data.new*"))
    assert not processes_of(var)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_however_it_is_ended_nothing_is_left_and_it_starts_again(demo, number, code):
    until(demo.is_healthy, seconds=60)
    assert demo.end(number) == code
    demo.start()
    demo.wait_until_up()


def test_it_ends_with_the_make_that_started_it(folder):
    var = folder / "with make"
    command = [sys.executable, "-m", "config.demo", "--port", str(free_port()), "--var", str(var), "--with-parent"]
    shell = subprocess.Popen(["sh", "-c", f"{shlex.join(command)}; :"], cwd=ROOT, env=clean_environment())
    until((var / "running.json").exists, seconds=60)
    shell.kill()
    shell.wait()
    until(lambda: not processes_of(var), seconds=60)


def test_a_taken_port_is_one_sentence(demo, folder):
    second = subprocess.run(
        [sys.executable, "-m", "config.demo", "--port", str(demo.port), "--var", str(folder / "other")],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert second.stderr == f"Port {demo.port} is taken: choose another with PORT=.\n"


def test_a_var_in_use_is_one_sentence(demo):
    second = subprocess.run(
        [sys.executable, "-m", "config.demo", "--port", str(free_port()), "--var", str(demo.var), "--reset"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert second.stderr == f"{demo.var} is in use by process {demo.process.pid}.\n"
    assert demo.is_healthy()


def test_a_folder_of_somebody_else_is_never_touched(folder):
    theirs = folder / "theirs"
    theirs.mkdir(mode=0o755)
    (theirs / "letter.txt").write_text("mine")
    second = subprocess.run(
        [sys.executable, "-m", "config.demo", "--port", str(free_port()), "--var", str(theirs), "--reset"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert second.stderr == f"{theirs} is not empty and was not made by us: choose another VAR.\n"
    assert [path.name for path in theirs.iterdir()] == ["letter.txt"]
    assert theirs.stat().st_mode & 0o777 == 0o755


def test_manage_joins_the_running_servers(demo):
    started = "SELECT pg_postmaster_start_time()::text"
    first = manage("shell", "-v0", "-c", ASK_POSTGRES.format(started), VAR=str(demo.var))
    second = manage("shell", "-v0", "-c", ASK_POSTGRES.format(started), VAR=str(demo.var))
    assert first.stdout == second.stdout != ""
    assert demo.is_healthy()


def test_mail_is_caught_and_shown(demo):
    said = manage(
        "shell", "-v0", "-c", "from django.conf import settings; print(settings.EMAIL_PORT)", VAR=str(demo.var)
    )
    with smtplib.SMTP("127.0.0.1", int(said.stdout)) as mail:
        message = "Subject: RR-2026-003 <b>needs you</b>\r\n\r\nSee http://localhost:8000/x/?a=1&b=2 by <4pm>."
        mail.sendmail("hub@hub.example", ["lead@agency.example"], message)
    name = until(lambda: [path.stem for path in demo.var.glob("mail/*.eml")], seconds=60)[0]
    shown = page(demo.port, f"/demo/mail/{name}/")
    assert "lead@agency.example" in shown
    assert "RR-2026-003 &lt;b&gt;needs you&lt;/b&gt;" in shown
    assert 'href="http://localhost:8000/x/?a=1&amp;b=2"' in shown
    assert "&lt;4pm&gt;" in shown
    assert name in page(demo.port, "/demo/mail/")
    assert status(demo.port, "/demo/mail/..%2fsecret_key/") == 404


@pytest.mark.soak
@pytest.mark.parametrize(
    "part",
    ["postgres", "valkey-server", "celery -A config worker", "celery -A config beat", "gunicorn", "config.mailcatcher"],
)
def test_what_dies_comes_back(demo, part):
    until(demo.is_healthy, seconds=60)
    victim = next(pid for pid, arguments in sorted(processes_of(demo.var).items()) if part in arguments)
    forked = children_of(victim)
    os.kill(victim, signal.SIGKILL)
    until(lambda: not {victim, *forked} & processes_of(demo.var).keys(), seconds=60)
    until(lambda: any(part in arguments for arguments in processes_of(demo.var).values()), seconds=60)
    until(demo.is_healthy, seconds=60)
    if "celery" in part or "valkey" in part:
        # What was said before the death does not count: worker and beat have to say again that they live.
        with redis.Redis(unix_socket_path=str(demo.var / "run" / "valkey.sock")) as cache:
            cache.delete(":1:alive:worker", ":1:alive:beat")
        until(demo.is_healthy, seconds=60)


def test_a_var_may_lie_deep_behind_root_and_be_moved(folder):
    closed = folder / "only the owner enters"
    closed.mkdir(mode=0o700)
    deep = closed / ("d" * (199 - len(str(closed))))
    assert len(str(deep)) == 200
    made = manage(
        "shell", "-v0", "-c", ASK_POSTGRES.format("CREATE TABLE kept AS SELECT 1 AS one; SELECT 1"), VAR=str(deep)
    )
    assert "permission denied for schema" in made.stderr  # the application makes no tables
    key = (deep / "secret_key").read_text()

    moved = folder / "moved"
    deep.rename(moved)
    answer = manage("shell", "-v0", "-c", ASK_POSTGRES.format("SELECT current_database()"), VAR=str(moved))

    assert answer.stdout.strip() == "hub", answer.stderr
    assert (moved / "secret_key").read_text() == key
    assert not list(Path(tempfile.gettempdir()).glob("hub-*/embedded"))


def test_two_first_starts_at_once_share_one_cluster(folder):
    var = folder / "two at once"
    ask = ASK_POSTGRES.format("SELECT system_identifier::text FROM pg_control_system()")
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", ask]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=clean_environment(VAR=str(var)), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = {process.communicate(timeout=60)[0].strip() for process in both}
    assert len(answers) == 1
    assert answers != {""}
