"""Makes a clone ready to run: Debian packages, .venv, node_modules, static files. Safe and quick to repeat.

python3 -I config/setup.py [test]      (standard library only, and any Python 3.8 or newer may run it)
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
MODULES = ROOT / "node_modules"
STATIC = ROOT / ".static"
# What WeasyPrint draws text with.
PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-liberation"]
# What the tests look at pages and PDFs with.
TEST_PACKAGES = ["chromium-headless-shell", "poppler-utils", "qpdf"]


def main(arguments):
    debian_packages(PACKAGES + (TEST_PACKAGES if "test" in arguments else []))
    python_packages()
    node_packages()
    static_files()


def debian_packages(wanted):
    """This will install the Debian packages that are missing, or print the line that does and end with 1."""
    if not shutil.which("dpkg-query"):
        return  # not Debian: what is missing will say so itself
    wanted = list(wanted)
    if (
        not PYTHON.exists()
        and subprocess.run([find_python(), "-Ic", "import ensurepip"], capture_output=True).returncode
    ):
        wanted.append("python3-venv")
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted], capture_output=True, text=True
    ).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    missing = [name for name in wanted if name not in installed]
    if not missing:
        return
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    install = ["install", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        sys.exit(
            f"Debian packages are missing. Run:\n  sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
        )
    say(f"installing {' '.join(missing)}")
    for command in ([*apt, "update"], [*apt, *install]):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode and command[-1] != "update":
            sys.exit(f"{done.stdout[-2000:]}\n{' '.join(command)} failed.")


def find_python():
    """This will find a Python that every pinned package has a wheel for.

    The system's own first: it is updated with the system, and a distribution builds it a tenth faster than pyenv does.
    """
    for folders in ("/usr/bin", None):
        for name in ("python3.11", "python3.12", "python3.13", "python3"):
            path = shutil.which(name, path=folders)
            test = "import sys; sys.exit(sys.version_info < (3, 11))"
            if path and subprocess.run([path, "-Ic", test], capture_output=True).returncode == 0:
                return path
    sys.exit("Python 3.11 or newer is needed.")


def python_packages():
    """This will make .venv hold exactly what requirements/dev.txt says, each file checked by its hash."""
    stamp, want = VENV / ".stamp", digest(REQUIREMENTS)
    works = PYTHON.exists() and subprocess.run([PYTHON, "-Ic", ""], capture_output=True).returncode == 0
    if works and read(stamp) == want:
        return
    say("installing Python packages")
    if not works:
        shutil.rmtree(VENV, ignore_errors=True)
        run([find_python(), "-m", "venv", VENV])
    pinned_uv = uv_lines()
    if read(VENV / ".uv") != pinned_uv:
        (VENV / "uv.txt").write_text(pinned_uv)
        run(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "-q",
                "--require-hashes",
                "--disable-pip-version-check",
                "-r",
                VENV / "uv.txt",
            ]
        )
        (VENV / ".uv").write_text(pinned_uv)
    sync = [PYTHON, "-m", "uv", "pip", "sync", "-q", "--require-hashes", REQUIREMENTS]
    run(sync, env={**os.environ, "VIRTUAL_ENV": str(VENV)})
    stamp.write_text(want)


def uv_lines():
    """This will return the lines of requirements/dev.txt that pin the installer itself, hashes and all."""
    lines, taking = [], False
    for line in REQUIREMENTS.read_text().splitlines():
        if not line.startswith(" "):
            taking = line.startswith("uv==")
        if taking and not line.strip().startswith("#"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def node_packages():
    """This will make node_modules hold exactly what package-lock.json says."""
    stamp, want = MODULES / ".stamp", digest(ROOT / "package-lock.json", ROOT / "package.json", ROOT / ".npmrc")
    if read(stamp) == want:
        return
    if not shutil.which("npm"):
        sys.exit("Node 18 or newer with npm is needed (Debian: apt-get install nodejs npm).")
    say("installing Node packages")
    run(["npm", "ci", "--omit=peer", "--silent"])
    stamp.write_text(want)


def static_files():
    """This will build styles, scripts and the list of breached passwords, and collect what is served under /static/."""
    build, passwords = ROOT / "static" / "build.mjs", ROOT / "partnership" / "passwords.mjs"
    sources = [
        path
        for folder in ("static", "design/static")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "built" not in path.parts
    ]
    stamp, want = STATIC / ".stamp", digest(MODULES / ".stamp", REQUIREMENTS, Path(__file__), passwords, *sources)
    if read(stamp) == want:
        return
    if build.exists():
        say("building static files")
        run(["npm", "run", "--silent", "build"])
    shutil.rmtree(STATIC, ignore_errors=True)
    run([PYTHON, "manage.py", "collectstatic", "--noinput", "-v0"])
    STATIC.mkdir(exist_ok=True)
    stamp.write_text(want)


def run(command, **options):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        sys.exit(f"{' '.join(str(part) for part in command)} failed.")


def digest(*paths):
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"") + b"\0")
    return total.hexdigest()


def read(path):
    return path.read_text() if path.exists() else ""


def say(what):
    print(f"{what} …", flush=True)


if __name__ == "__main__":
    started = time.monotonic()
    main(sys.argv[1:])
    if time.monotonic() - started > 2:
        print(f"ready in {time.monotonic() - started:.0f} s", flush=True)
