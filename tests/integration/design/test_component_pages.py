"""Every component on its page: one heading, nothing inline, every link within the page lands."""

import re

import pytest

from design import views
from tests.unit.design.test_forms import ids_in

# Routed in the demo only, so here by the tests' own list of addresses.
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.design.urls")]


@pytest.fixture
def get(client):
    """This will fetch one of the example pages."""
    return lambda name="": client.get(f"/design/{name}/" if name else "/design/").content.decode()


@pytest.mark.parametrize("name", ["", *views.PAGES, *views.FAILURES])
def test_a_page_obeys_the_strictest_policy_and_has_one_heading(get, name):
    html = get(name)
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert '<main class="govuk-main-wrapper" id="main-content">' in html
    assert len(re.findall(r"<h1\b", html)) == (1 if name else 2)  # the page of components shows a panel
    assert re.search(r"<title>(Error: )?[^<]+ – Safeguarding Learning Hub</title>", html)
    ids_in(html)
    assert not re.search("crown|crest|GDS", html, re.IGNORECASE)


@pytest.mark.parametrize("name", ["", *views.PAGES])
def test_every_link_within_a_page_lands(get, name):
    html = get(name)
    ids = ids_in(html)
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids or target.startswith("RR-"), target
    for about in re.findall(r'aria-(?:describedby|labelledby)="([^"]*)"', html):
        assert set(about.split()) <= ids, about


def test_a_page_with_a_mistake_says_so_in_its_title(client, get):
    assert "<title>Error: Contact with the family" in client.post("/design/question/", {"x": "1"}).content.decode()
    assert "Error: " not in get("question")
