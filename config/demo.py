"""Runs the whole hub on this machine: `make demo [PORT=8000] [VAR=var] [RESET=1]`.

One supervisor starts what production runs (gunicorn, a Celery worker, Celery beat) on servers of its own
(config/embedded.py), catches the mail, and ends all of it when it ends: asked to (Ctrl-C, SIGTERM, SIGHUP) it stops
everything in order, and if it is killed the kernel does.
"""

import argparse
import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
# A process that dies this often within a minute is not started again.
TRIES_A_MINUTE = 5


class Stopped(SystemExit):
    """Somebody asked us to stop."""


def main():
    options = parse()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Named, because a shell starts background jobs with SIGINT ignored.
        signal.signal(number, stop_once)
    if options.with_parent:
        embedded.LIBC.prctl(1, int(signal.SIGTERM))  # PR_SET_PDEATHSIG: not longer than make
    with contextlib.ExitStack() as stack:
        web, mail = listen(options.port), listen(0)
        if options.reset:
            embedded.reset(options.var)
        extra = {
            "PUBLIC_URL": f"http://localhost:{options.port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.getsockname()[1]}",
            "SHOW_ONE_TIME_CODES": "yes",
        }
        servers = stack.enter_context(embedded.run(options.var, extra=extra, wait_for_joined=False))
        environment = os.environ | servers.environment
        accounts = prepare(environment, seed=not options.unseeded)
        processes = start(stack, environment, web, mail)
        wait_until_healthy(options.port, servers, processes)
        say(
            f"\n{accounts}\n  http://localhost:{options.port}        mail: http://localhost:{options.port}/demo/mail/\n"
        )
        say("  Ctrl-C stops it; what you entered stays in " + environment["VAR"])
        supervise(servers, processes)


def parse():
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("VAR") or "var"))
    parser.add_argument("--reset", action="store_true", help="start with an empty VAR")
    parser.add_argument("--unseeded", action="store_true", help="make no partnership to look at")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent process ends")
    return parser.parse_args()


def stop_once(number, frame):
    """This will end the supervisor in order; further signals do not disturb it in this."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(0)


def listen(port):
    """This will take the port before anything else is done, so that nothing else can."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except (OSError, OverflowError):
        raise SystemExit(f"Port {port} is taken: choose another with PORT=.") from None
    return listening


def prepare(environment, *, seed):
    """This will bring the tables and reference data up to date, seed a first time, and return the accounts to try."""
    var = Path(environment["VAR"])
    half_seeded, accounts = var / "seeding", var / "accounts.txt"
    if half_seeded.exists():  # killed meanwhile: half a partnership helps nobody
        empty_database(environment)
        (var / "prepared").unlink(missing_ok=True)
        half_seeded.unlink()
    # What the processes of an earlier run said of themselves is no longer true.
    broker(environment).delete(*[f":1:alive:{name}" for name in ("worker", "beat")])
    prepared, want = var / "prepared", fingerprint()
    if not prepared.exists() or prepared.read_text() != want:
        manage(environment, "migrate", "-v0")
        manage(environment, "load_reference", "-v0")
        embedded.make_file(prepared, want)
    if seed and not accounts.exists():
        say("making a partnership to look at …")
        half_seeded.touch()
        embedded.make_file(accounts.with_suffix(".new"), manage(environment, "seed_demo", "-v0"))
        accounts.with_suffix(".new").replace(accounts)
        half_seeded.unlink()
    return accounts.read_text() if accounts.exists() else ""


def fingerprint():
    """This will return what changes whenever migrating or loading reference data would do something."""
    total = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "*/reference.py", "*/data/*", "config/grants.py"):
        for path in sorted(ROOT.glob(pattern)):
            total.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def manage(environment, *arguments):
    """This will run a command of manage.py to its end and return what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=embedded.ends_with(os.getpid(), signal.SIGKILL),
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}manage.py {' '.join(arguments)} failed.")
    return done.stdout


def empty_database(environment):
    """This will make the database anew, and forget the work that was queued for it."""
    import psycopg

    sockets = Path(embedded.sockets_of(Path(environment["VAR"])))
    with psycopg.connect(host=str(sockets), user=embedded.OWNER, dbname="postgres", autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {embedded.DATABASE} WITH (FORCE)")
        session.execute(f"CREATE DATABASE {embedded.DATABASE}")
    broker(environment).flushall()


def broker(environment):
    import redis

    return redis.Redis.from_url(environment["REDIS_URL"])


class Process:
    """A process of the hub, kept alive, its words in a log of its own."""

    def __init__(self, name, command, environment, *, dies_of, sockets=()):
        self.name, self.command, self.environment, self.sockets = name, command, environment, sockets
        self.dies_of, self.starts = dies_of, []
        folder = Path(environment["VAR"]) / "log"
        embedded.make_folder(folder, 0o700, like=folder.parent)
        self.log = folder / f"{name}.log"
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        self.start()

    def start(self):
        self.starts.append(time.monotonic())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[listening.fileno() for listening in self.sockets],
                start_new_session=True,
                preexec_fn=embedded.ends_with(os.getpid(), self.dies_of),
            )

    def revive(self):
        """This will start the process again if it has died, unless it keeps dying."""
        if self.process.poll() is None:
            return
        if len([at for at in self.starts if time.monotonic() - at < 60]) >= TRIES_A_MINUTE:
            raise SystemExit(f"{self.name} keeps ending:\n{self.log.read_text()[-3000:]}")
        self.start()

    def ask_to_stop(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def make_sure_it_stopped(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(stack, environment, web, mail):
    """This will start the processes; leaving `stack` stops them, all at once."""
    program = Path(sys.executable).parent
    celery = [program / "celery", "-A", "config"]
    processes = []
    stack.callback(lambda: [process.make_sure_it_stopped() for process in processes])
    stack.callback(lambda: [process.ask_to_stop() for process in processes])
    for name, command, dies_of, sockets in [
        ("mail", [sys.executable, "-m", "config.mailcatcher", str(mail.fileno())], signal.SIGKILL, [mail]),
        ("web", [program / "gunicorn", "config.wsgi", "--bind", f"fd://{web.fileno()}"], signal.SIGQUIT, [web]),
        ("worker", [*celery, "worker", "--concurrency", "2", *WORKER_OPTIONS], signal.SIGKILL, []),
        ("beat", [*celery, "beat", *BEAT_OPTIONS], signal.SIGTERM, []),
    ]:
        processes.append(Process(name, command, environment, dies_of=dies_of, sockets=sockets))
    return processes


# The same in docker-compose.yml.
WORKER_OPTIONS = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
BEAT_OPTIONS = ["--loglevel", "WARNING", "--pidfile="]


def wait_until_healthy(port, servers, processes):
    """This will wait until everything is alive, and keep it so: what dies meanwhile is started again here too."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5).close()
            return
        revive(servers, processes)
        time.sleep(0.1)
    logs = "\n".join(f"{process.log}:\n{process.log.read_text()[-1500:]}" for process in processes)
    raise SystemExit(f"It did not start:\n{logs}")


def supervise(servers, processes):
    """This will keep everything alive until somebody asks us to stop."""
    while True:
        revive(servers, processes)
        time.sleep(0.5)


def revive(servers, processes):
    for name in servers.revive():
        say(f"{name.partition(' (')[0]} had died and was started again.")
    for process in processes:
        process.revive()


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    main()
