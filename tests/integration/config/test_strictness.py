"""The test run's own strictness works: a rule that never bites is worse than none."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db.models import DateField
from django.template import Context, Template, engines
from django.template.base import Origin

from tests.strictness import ROOT


@pytest.mark.django_db
def test_rows_without_an_order_come_in_any_order():
    orders = {tuple(row.pk for row in Permission.objects.order_by()) for _ in range(5)}
    assert len(orders) > 1
    assert len({tuple(row.pk for row in Permission.objects.order_by("pk")) for _ in range(5)}) == 1


@pytest.mark.django_db
def test_questions_about_unordered_rows_still_work():
    assert Permission.objects.order_by().count() == len(Permission.objects.order_by().values_list("pk").distinct())
    assert Permission.objects.order_by().exists()
    assert Permission.objects.order_by().select_for_update(of=("self",)).first()
    assert Permission.objects.filter(pk__in=Permission.objects.order_by()).exists()


def test_a_moment_is_not_a_date():
    field = DateField()
    assert field.get_prep_value(date(2026, 12, 11)) == date(2026, 12, 11)
    with pytest.raises(TypeError, match="given the moment"):
        field.get_prep_value(datetime(2026, 12, 11, 23, 30, tzinfo=UTC))


def rendered(source, folder):
    origin = Origin(str(folder / "some.html"), "some.html")
    return Template(source, origin, engine=engines["django"].engine).render(Context({"known": ""}))


def test_an_undefined_variable_fails_in_our_templates_only():
    assert rendered("[{{ known }}]", ROOT / "templates") == "[]"
    with pytest.raises(AssertionError, match=r"\{\{ unknown \}\} is undefined in templates/some.html"):
        rendered("{{ unknown }}", ROOT / "templates")
    assert rendered("[{{ unknown }}]", ROOT / ".venv" / "theirs") == "[]"


def test_the_clock_stands_still(clock):
    assert datetime.now(UTC) == datetime(2026, 12, 11, 14, tzinfo=UTC)


@pytest.mark.moment("2026-06-01 10:00")
def test_a_marked_moment_is_londons():
    assert datetime.now(UTC) == datetime(2026, 6, 1, 9, tzinfo=UTC)
