"""The repository itself: layering, migrations, a production's settings, and what must not be in a committed file."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
BIN = Path(sys.executable).parent
TEXT = {
    ".py",
    ".html",
    ".txt",
    ".md",
    ".csv",
    ".toml",
    ".json",
    ".js",
    ".mjs",
    ".css",
    ".yml",
    ".yaml",
    ".sql",
    ".sh",
    "",
}
LARGEST = 2_000_000

# What would tie a clone to one machine or one registry. Written in pieces, so that this file does not name them.
REGISTRIES = re.compile(
    r"https?://[^\s\"'<>]*(?:"
    + "|".join(["py" + "pi", "npm" + "js", "registry" + r"\.", "art" + "ifactory", "ne" + "xus"])
    + ")",
    re.IGNORECASE,
)
INDEX_OPTIONS = re.compile(r"--(?:extra-)?index" + r"-url\s+\S|\"resolved\":|^registry\s*=", re.MULTILINE)
MACHINE_PATHS = re.compile(r"/(?:wo" + r"rk|ho" + r"me/\w+|Us" + r"ers/\w+)/[\w.-]")
SHARED = re.compile(r"\.\./" + r"shared|/shar" + r"ed/(?:domain|architecture|quality|statutory|pick-lists|sources)")


def committed():
    """Every file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.suffix in TEXT and path.stat().st_size < LARGEST]


@pytest.fixture(scope="module")
def texts():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: nothing is committed here")
    return {path.relative_to(ROOT): path.read_text(errors="replace") for path in committed()}


@pytest.mark.parametrize("pattern", [REGISTRIES, INDEX_OPTIONS], ids=["address", "option"])
def test_no_file_names_a_package_registry(pattern, texts):
    assert {str(path): pattern.search(text)[0] for path, text in texts.items() if pattern.search(text)} == {}


def test_no_file_names_a_path_of_one_machine(texts):
    found = {str(path): MACHINE_PATHS.search(text)[0] for path, text in texts.items() if MACHINE_PATHS.search(text)}
    assert found == {}


def test_nothing_reads_what_lies_outside_the_repository(texts):
    assert [str(path) for path, text in texts.items() if SHARED.search(text)] == []


def test_addresses_of_people_are_plainly_invented(texts):
    address = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}")
    # GOV.UK Frontend's own examples are compared word for word.
    others = Path("tests/unit/design/test_same_as_govuk_frontend.py")
    ours = {
        path: text for path, text in texts.items() if path.suffix in (".py", ".html", ".txt", ".csv") and path != others
    }
    found = {
        f"{path}: {each}"
        for path, text in ours.items()
        for each in address.findall(text)
        if not each.endswith((".example", ".example.com", ".invalid"))
    }
    assert found == set()


def test_the_layering_is_kept():
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_production_starts_without_a_warning():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        | {"PUBLIC_URL": "https://hub.partnership.example", "SHOW_ONE_TIME_CODES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


DOMAIN_WORDS = {
    *("referral", "referrals", "rapid", "reviews", "panel", "summaries", "chronology", "lcspr"),
    *("sin", "safeguarding", "audit", "learning"),
}


def names_in(path):
    """Every word of the names a module uses: variables, functions, attributes, arguments, imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        for part in ("id", "attr", "arg", "name", "module"):
            if isinstance(value := getattr(node, part, None), str):
                yield from value.lower().replace(".", "_").split("_")


@pytest.mark.parametrize("path", sorted((ROOT / "casework").glob("*.py")), ids=lambda path: path.name)
def test_casework_knows_no_word_of_the_domain(path):
    assert set(names_in(path)) & DOMAIN_WORDS == set()


def test_no_signals_of_ours():
    found = [
        str(path.relative_to(ROOT))
        for app in ROOT.glob("*/apps.py")
        for path in app.parent.rglob("*.py")
        if "django.dispatch" in path.read_text() or "django.db.models.signals" in path.read_text()
    ]
    assert found == []


@pytest.mark.parametrize("name", ["workflow", "notices", "queries", "models", "forms"])
def test_the_clock_is_read_in_views_tasks_and_commands_only(name):
    for app in ("referrals", "rapid_reviews", "casework", "access", "trail", "notifications"):
        folder = ROOT / app / name
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / app / f"{name}.py"]
        for path in files:
            if path.exists():
                assert not re.search(r"timezone\.now\(|datetime\.now\(|date\.today\(|\bNow\(", path.read_text()), path
