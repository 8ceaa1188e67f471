"""`make check`: style, layering, templates, migrations, and a production's settings, all of it and then the verdict."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {"PUBLIC_URL": "https://hub.partnership.example", "SHOW_ONE_TIME_CODES": ""}
CHECKS = {
    "style": [BIN / "ruff", "check", "--quiet", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
    "layering": [BIN / "lint-imports", "--no-cache"],
    "templates": [BIN / "djlint", "--lint", "--quiet", "templates"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "-v1"],
    "deployment": [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def main():
    failed = []
    for name, command in CHECKS.items():
        environment = os.environ | (PRODUCTION if name == "deployment" else {}) | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
        if done.returncode:
            failed.append(name)
            print(f"{done.stdout}{done.stderr}", flush=True)
    sys.exit(f"make check: {', '.join(failed)} failed." if failed else 0)


if __name__ == "__main__":
    main()
