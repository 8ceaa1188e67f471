import os
import subprocess
import sys

import pytest

from config.settings import NEEDED


def start(**environment):
    """This will import the settings in a process of their own and return what it says when it refuses."""
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}
    whole = {name: f"x://{name.lower()}" for name in NEEDED} | {
        "DATABASE_URL": "postgres://hub_app@db/hub",
        "MIGRATE_URL": "postgres://hub_owner@db/hub",
        "EMAIL_URL": "smtp://mail",
        "REDIS_URL": "redis://redis/0",
        "PUBLIC_URL": "https://hub.partnership.example",
    }
    show = "from config import settings as s; print(s.SESSION_COOKIE_NAME, s.APPLICATION_ROLE, s.CELERY_BROKER_URL)"
    return subprocess.run(
        [sys.executable, "-c", show],
        env=base | {name: value for name, value in (whole | environment).items() if value},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", NEEDED)
def test_it_does_not_start_without(name):
    refused = start(**{name: ""})
    assert refused.returncode == 1
    assert (
        refused.stderr.strip()
        .splitlines()[-1]
        .endswith(f"Set in the environment: {name} ({NEEDED[name]}). Or start with `make demo` or manage.py.")
    )


def test_it_does_not_start_with_an_organisation_that_it_cannot_use():
    refused = start(OPENID_CONNECT='[{"id": "council", "secret": "hush hush"}]')
    assert refused.returncode == 1
    said = refused.stderr.strip().splitlines()[-1]
    assert said.endswith("OPENID_CONNECT cannot be used: entry 1 has no name. See docs/single-sign-on.md.")
    assert "hush" not in refused.stderr


def test_https_gives_host_bound_cookies_and_roles_come_from_the_urls():
    assert start().stdout.split() == ["__Host-session", "hub_app", "redis://redis/0"]


def test_on_localhost_each_port_has_cookies_of_its_own():
    url = "postgres://hub_owner@//run/hub?options=-c%20role%3Dhub_app"
    said = start(PUBLIC_URL="http://localhost:8123", DATABASE_URL=url, REDIS_URL="unix:///run/valkey.sock?db=2").stdout
    assert said.split() == ["hub_session_8123", "hub_app", "redis+socket:///run/valkey.sock?virtual_host=2"]
