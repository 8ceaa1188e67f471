"""Help, accessibility and privacy: there for everybody, signed in or not, and led to from every page."""

import pytest
from django.urls import reverse

from config.about import PAGES
from tests.client import Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", PAGES)
def test_it_is_there_for_everybody_and_says_whom_to_ask(cast, name):
    for visitor in (Visitor(), Visitor(cast.referrer)):
        text = visitor.text(reverse(name))
        assert PAGES[name] in text
        assert "write to" in text


def test_every_page_leads_there(cast):
    wanted = [(title, reverse(name)) for name, title in PAGES.items()]
    for visitor, where in ((Visitor(), reverse("account_login")), (Visitor(cast.coordinator), reverse("your-work"))):
        links = visitor.read(where).select("footer a")
        assert [(link.get_text(strip=True), link["href"]) for link in links] == wanted


def test_they_say_nothing_that_is_not_so(cast, settings):
    """What the pages promise in figures is what is set."""
    for name in ("help", "privacy"):
        assert f"{settings.SESSION_COOKIE_AGE // 60} minutes" in Visitor().text(reverse(name))
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
