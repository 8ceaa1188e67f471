"""Starts real processes for tests and finds whatever they leave behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
# What the run's own servers set, and a process that has a VAR of its own must not inherit.
OURS = ["DATABASE_URL", "MIGRATE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "PUBLIC_URL", "FILES", "VAR"]


def until(condition, *, seconds):
    """This will wait until `condition()` is true and return it; nothing here sleeps for a fixed time."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(0.05)
    return answer


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**extra):
    """This will return the environment without the test run's own servers."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | extra


def status(port, path="/health/"):
    """This will return the HTTP status of a page, or 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def page(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def processes_of(var):
    """This will return the living processes that belong to a VAR: by environment, by arguments, by working folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            arguments = folder.joinpath("cmdline").read_bytes()
            environment = folder.joinpath("environ").read_bytes().split(b"\0")
            works_in = os.readlink(folder / "cwd")
            if (
                os.fsencode(var) in arguments
                or b"VAR=" + os.fsencode(var) in environment
                or works_in.startswith(str(var))
            ):
                found[int(folder.name)] = arguments.replace(b"\0", b" ").decode()
    return found


def children_of(parent):
    """This will return the processes that a process started and that are still its own."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if stat.read_text().rpartition(")")[2].split()[1] == str(parent):
                found.add(int(stat.parent.name))
    return found


class Demo:
    """`make demo` without make: a supervisor of its own."""

    def __init__(self, var, *arguments):
        self.var, self.port, self.arguments = var, free_port(), arguments
        self.start()

    def start(self):
        """This will start it (again), on the same port."""
        command = [sys.executable, "-m", "config.demo", "--port", str(self.port), "--var", str(self.var), "--unseeded"]
        self.said = Path(f"{self.var}.said")
        with open(self.said, "w") as said:
            self.process = subprocess.Popen(
                [*command, *self.arguments],
                cwd=ROOT,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                # Tests started behind a shell's "&" ignore Ctrl-C; the demo gets it as from a terminal, from the first.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def is_healthy(self):
        assert self.process.poll() is None, self.said.read_text()
        return status(self.port) == 200

    def wait_until_up(self):
        """This will wait until everything is alive, for as long as a first start may take."""
        until(self.is_healthy, seconds=150)
        return self

    def end(self, number):
        """This will send a signal, and see that no process is left."""
        self.process.send_signal(number)
        self.process.wait(40)
        try:
            until(lambda: not processes_of(self.var), seconds=60)
        except AssertionError:
            raise AssertionError(f"left behind: {processes_of(self.var)}") from None
        return self.process.returncode


@contextlib.contextmanager
def process(command, environment):
    """This will run one process of the hub for the length of the block."""
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def manage(*arguments, **environment):
    """This will run manage.py to its end with servers of its own (or those of VAR)."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
