"""How much of everything: all of it, or (while working on these tests) what fits into SOAK_SECONDS each."""

import os
import random
from pathlib import Path

SECONDS = float(os.environ.get("SOAK_SECONDS", 0))
ONLY = Path(only).read_text(encoding="utf-8") if (only := os.environ.get("SOAK_MUTANTS")) else ""
"""The mutants to try, by name, a line each; all of them where no file is named."""
SEED = os.environ.get("SOAK_SEED") or str(random.randrange(10**6))


def watch(line):
    """This will write a line into the file SOAK_WATCH names, for whoever follows a long run."""
    if path := os.environ.get("SOAK_WATCH"):
        with Path(path).open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")
