"""What stands between a fault and harm: roles of the database, checks at start, headers, a cache that may be away."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.checks import run_checks
from django.db import ProgrammingError, connection
from django.http import HttpResponse
from django.utils import timezone

from config.cache import ForgivingRedisCache
from config.grants import append_only_tables
from config.middleware import headers
from notifications import outbox
from notifications.models import Notice


def rights(table):
    wanted = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT r FROM unnest(%s::text[]) r WHERE has_table_privilege(%s, r)", [list(wanted), table])
        return {right for (right,) in cursor.fetchall()}


@pytest.mark.django_db
def test_tests_and_pages_work_in_the_applications_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("hub_app", False)


@pytest.mark.django_db
def test_every_table_is_open_for_rows_and_the_records_of_the_past_only_for_more():
    tables = set(connection.introspection.table_names())
    past = append_only_tables()
    assert {"trail_event", "trail_reading", "trail_text"} <= past <= tables
    assert {table: rights(table) for table in past} == {table: {"SELECT", "INSERT"} for table in past}
    assert rights("django_migrations") == {"SELECT"}
    others = tables - past - {"django_migrations"}
    for table in others:
        assert rights(table) == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


@pytest.mark.django_db
def test_the_application_makes_no_tables():
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")


def found(settings):
    return {message.id for message in run_checks() if message.id.startswith("config.")}


def test_one_time_codes_are_refused_on_other_servers(settings):
    settings.SHOW_ONE_TIME_CODES = True
    assert found(settings) == set()
    settings.EMBEDDED = False
    assert found(settings) == {"config.E001"}


def test_one_role_for_tables_and_rows_is_refused(settings):
    settings.APPLICATION_ROLE = settings.OWNER_ROLE
    assert found(settings) == {"config.E003"}


@pytest.mark.parametrize("url", ["http://hub.partnership.example", "https://hub.partnership.example/hub", "hub"])
def test_a_public_address_that_is_not_safe_is_refused(settings, url):
    settings.PUBLIC_URL = url
    assert found(settings) == {"config.E002"}


def test_every_page_carries_the_policy_and_no_page_is_kept():
    answer = headers(lambda request: HttpResponse())(None)
    policy = answer["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_health_names_what_is_not_alive_and_nothing_else(client):
    caches["default"].clear()
    answer = client.get("/health/")
    assert answer.status_code == 503
    alive = {"web": True, "database": True, "broker": True, "worker": False, "beat": False, "outbox": True}
    assert answer.json() == alive | {"oldest_unsent_seconds": None}
    for name in ("worker", "beat"):
        caches["default"].set(f"alive:{name}", 1, 45)
    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
def test_health_says_how_old_the_oldest_unsent_notice_is_and_whether_it_is_tried(client, clock):
    for name in ("worker", "beat"):
        caches["default"].set(f"alive:{name}", 1, 10**6)
    queued = timezone.now()
    notice = outbox.queue(
        kind="t", to="somebody@harrowmere.example", subject="s", body="b", dedupe_key="health", on=queued
    )
    clock.shift(599)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["outbox"], answer.json()["oldest_unsent_seconds"]) == (200, True, 599)
    clock.shift(1)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["outbox"], answer.json()["oldest_unsent_seconds"]) == (503, False, 600)
    Notice.objects.filter(pk=notice.pk).update(given_up_at=timezone.now())
    assert client.get("/health/").json()["oldest_unsent_seconds"] is None


def test_without_redis_the_cache_is_empty_and_nothing_stops(tmp_path):
    away = ForgivingRedisCache(f"unix://{tmp_path}/nobody.sock", {})
    away.set("key", 1)
    assert away.get("key", "otherwise") == "otherwise"
    assert away.add("key", 1) is True
    assert away.get_many(["key"]) == {}
    with pytest.raises(ValueError, match="not found"):
        away.incr("key")


def test_what_serves_pages_never_loads_the_embedded_servers():
    for name in ("settings", "wsgi", "celery"):
        lines = Path("config", f"{name}.py").read_text().splitlines()
        assert not [line for line in lines if "import" in line and "embedded" in line]
