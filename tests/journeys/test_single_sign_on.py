"""Signing in through one's organisation in a browser, under the policy that lets no other form leave the hub."""

import time
from datetime import timedelta

import pytest

from tests.provider import stand_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(settings, server, cast_committed):
    """A provider for the business unit; it sends whoever comes back at once, as one does where they are signed in."""
    settings.PUBLIC_URL = server
    with stand_in() as provider:
        settings.OPENID_CONNECT = (provider.setting(agency=cast_committed.unit.name),)
        yield provider


def knows(provider, person):
    """This will have the provider say that this person gave two factors there just now."""
    provider.claims = {"sub": f"s-{person.pk}", "email": person.email, "email_verified": True, "amr": ["mfa"]}
    provider.claims["auth_time"] = int(time.time())


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_button_to_your_work_and_a_fresh_factor(person, cast_committed, provider, clock, javascript):
    knows(provider, cast_committed.business_manager)
    manager = person(looks=javascript)
    manager.goes_to("/people/", narrow=True).has_heading("Sign in")
    manager.presses("Sign in with Harrowmere Council").has_heading("People")
    manager.goes_to("/").has_heading("Your work")

    clock.shift(timedelta(minutes=6))
    manager.goes_to("/people/invite/", narrow=True).has_heading("Sign in again with Harrowmere Council")
    manager.presses("Sign in again", narrow=True).reads("has not confirmed that you gave two factors just now")
    knows(provider, cast_committed.business_manager)
    manager.presses("Sign in again").has_heading("Invite somebody")


def test_whom_the_hub_does_not_know_and_a_provider_that_is_away(person, cast_committed, provider):
    knows(provider, cast_committed.referrer)  # who works elsewhere
    stranger = person()
    stranger.goes_to("/").presses("Sign in with Harrowmere Council", narrow=True)
    stranger.has_heading("You are not signed in through your organisation")
    stranger.follows("Try again, or sign in with your password").has_heading("Sign in")
    provider.answers["/.well-known/openid-configuration"] = (502, b"")
    stranger.presses("Sign in with Harrowmere Council", narrow=True)
    stranger.has_heading("Your organisation’s sign-in does not answer")


def test_the_browser_follows_no_form_to_where_the_page_may_not_lead(person, cast_committed, provider):
    """The provider's own page sends on to a place that is not named: the policy stops it there."""
    elsewhere = provider.address.replace("127.0.0.1", "localhost")
    provider.answers["/authorize"] = (302, b"", {"Location": f"{elsewhere}/authorize"})
    someone = person()
    someone.goes_to("/")
    with someone.page.expect_console_message(lambda message: "form-action" in message.text):
        someone.page.get_by_role("button", name="Sign in with Harrowmere Council").click()
    someone.has_heading("Sign in")
    assert provider.asked == []
