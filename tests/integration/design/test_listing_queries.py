"""A list asks two queries whatever its length, and the same row never stands on two pages."""

from math import ceil

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict

from design.lists import Column, Listing

pytestmark = pytest.mark.django_db

LISTING = Listing(
    name="kinds",
    columns=[Column("Model", "model", sort="model"), Column("App", "app_label", sort="app_label")],
    filter_by={},
    order="app",
    per_page=3,
)


@pytest.mark.parametrize("rows", [2, 20])
def test_two_queries_for_two_rows_and_for_twenty(rows, django_assert_num_queries):
    ids = list(ContentType.objects.order_by("pk").values_list("pk", flat=True)[:rows])
    with django_assert_num_queries(2):
        page = LISTING.page(QueryDict(), ContentType.objects.filter(pk__in=ids))
    assert page["count"] == rows
    assert len(page["rows"]) == min(rows, 3)


def test_an_export_asks_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        LISTING.export("csv", QueryDict(), ContentType.objects.all())


def test_equal_rows_keep_their_order_from_page_to_page():
    everything = ContentType.objects.all()
    seen = []
    for number in range(1, ceil(everything.count() / 3) + 1):
        page = LISTING.page(QueryDict(f"page={number}"), everything)
        seen += [tuple(str(cell["text"]) for cell in row) for row in page["rows"]]
    assert len(seen) == len(set(seen)) == everything.count()
    assert [app for _, app in seen] == sorted(app for _, app in seen)


def test_a_list_without_an_order_comes_by_primary_key():
    listing = Listing(name="plain", columns=[Column("Model", "pk")], per_page=100)
    numbers = [row[0]["text"] for row in listing.page(QueryDict(), ContentType.objects.all())["rows"]]
    assert numbers == sorted(numbers)
