"""Nothing typed is ever lost: the browser is killed, the session ends, the network fails, somebody else saves first.

The page's own clock is moved on, so that nobody waits for it to keep what is typed.
"""

import os
import signal

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from casework.models import Draft
from referrals.models import Referral
from tests.factories import situations
from tests.journeys.browser import Person, page_ok
from tests.sign_in import sign_in_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 14:02")]
TYPED = "Nobody had seen the child since Monday"
KEPT_AFTER, AGAIN_AFTER = 5_000, 15_000


@pytest.fixture
def referral(cast_committed):
    """A referral that the business unit types in: the co-ordinator and the business manager may both fill it in."""
    return situations.keyed_in(cast_committed)


@pytest.fixture
def address(referral):
    return reverse("fill-in", args=[referral.reference, "incident"])


def opens(someone, address):
    """This will open the page in a browser whose own clock the test moves on, and return the box for the outline."""
    someone.page.clock.install()
    someone.goes_to(address)
    return box(someone)


def box(someone):
    return someone.page.locator("#id_outline")


def keeps(someone):
    """This will let the time pass after which the page keeps what is typed, and return what it says of that."""
    someone.page.clock.run_for(KEPT_AFTER)
    return someone.page.locator("[data-autosave]")


def test_the_browser_is_killed_while_somebody_types(
    browser_type, browser_type_launch_args, server, person, cast_committed, address
):
    doomed = browser_type.launch(**browser_type_launch_args)
    someone = Person(doomed.new_context(), server, cast_committed.coordinator, looks=False)
    opens(someone, address).fill(TYPED)
    expect(keeps(someone)).to_have_text("Saved as a draft at 14:02")
    box(someone).press_sequentially(" or Tuesday")
    processes = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(each["id"] for each in processes if each["type"] == "browser"), signal.SIGKILL)

    again = person(cast_committed.coordinator).goes_to(address)
    again.reads("This is what was typed here, kept at", "2:02pm")
    expect(box(again)).to_have_value(TYPED)
    again.presses("Discard the draft")
    expect(box(again)).not_to_have_value(TYPED)


def test_the_session_ends_while_somebody_types(person, cast_committed, address):
    someone = person(cast_committed.coordinator)
    opens(someone, address)
    Session.objects.all().delete()
    box(someone).fill(TYPED)
    expect(keeps(someone)).to_contain_text("You have been signed out. What you typed stays on this page.")
    page_ok_but_for_the_refusal(someone.page)
    with someone.page.context.expect_page() as opened:
        someone.page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in_browser(someone.context, someone.address, cast_committed.coordinator)
    opened.value.goto(someone.page.url)
    expect(opened.value.locator("#id_outline")).to_have_value(TYPED)
    expect(box(someone)).to_have_value(TYPED)
    box(someone).press_sequentially(".")
    expect(keeps(someone)).to_have_text("Saved as a draft at 14:02")


def page_ok_but_for_the_refusal(page):
    """This will look at the page; that the browser logs the refusal of what it sent is what the test asked for."""
    page.troubles = [trouble for trouble in page.troubles if "401" not in trouble]
    page_ok(page, narrow=True)


def test_the_hub_cannot_be_reached_for_a_while(person, cast_committed, address):
    someone = person(cast_committed.coordinator)
    opens(someone, address)
    someone.page.route(f"**{address}", lambda route: route.abort())
    box(someone).fill(TYPED)
    expect(keeps(someone)).to_contain_text("The hub cannot be reached. What you typed stays on this page")
    someone.page.unroute(f"**{address}")
    someone.page.clock.run_for(AGAIN_AFTER)
    expect(someone.page.locator("[data-autosave]")).to_have_text("Saved as a draft at 14:02")
    assert Draft.objects.get().answers["outline"] == TYPED


def test_leaving_the_page_keeps_what_was_just_typed_and_a_page_left_alone_sends_nothing(
    person, cast_committed, address
):
    someone = person(cast_committed.coordinator)
    sent = []
    someone.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    opens(someone, address).fill(TYPED)
    expect(keeps(someone)).to_have_text("Saved as a draft at 14:02")
    someone.page.clock.run_for("24:50")
    assert len(sent) == 1, "only typing keeps a session open"
    expect(someone.page.get_by_role("dialog")).to_be_hidden()
    someone.page.clock.run_for(15_000)
    expect(someone.page.get_by_role("dialog")).to_contain_text("You will soon be signed out")
    someone.page.clock.run_for(60_000)
    someone.page.keyboard.press("Escape")
    expect(someone.page.get_by_role("dialog")).to_be_hidden()
    box(someone).press("Control+End")
    box(someone).press_sequentially(", nor on Tuesday")
    someone.goes_to("/referrals/")
    someone.goes_to(address)
    expect(box(someone)).to_have_value(f"{TYPED}, nor on Tuesday")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_two_people_at_one_page_put_their_texts_together(person, cast_committed, referral, address, javascript):
    cast = cast_committed
    first, second = person(cast.coordinator), person(cast.business_manager)
    if javascript:
        opens(first, address)
    else:
        first.goes_to(address)
    second.goes_to(address).reads(f"{cast.coordinator} has this page open, opened 14:02")
    box(first).fill("Not seen since Monday")
    if javascript:
        expect(keeps(first)).to_have_text("Saved as a draft at 14:02")
        first.reads(f"{cast.business_manager} has this page open, opened 14:02")
        second.goes_to(address).reads(f"{cast.coordinator} has this page open, last typed 14:02")
    box(second).fill("A neighbour called")
    second.presses("Save and continue")
    first.presses("Save and continue", narrow=True)
    first.reads("Somebody else saved these answers", "Saved by somebody else A neighbour called")
    first.reads("Typed here Not seen since Monday")
    box(first).fill("A neighbour called. Not seen since Monday")
    first.presses("Save and continue")
    assert Referral.objects.get(pk=referral.pk).outline == "A neighbour called. Not seen since Monday"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("javascript", [False])
def test_without_scripts_a_session_that_ended_loses_no_text(person, cast_committed, address, javascript):
    someone = person(cast_committed.coordinator)
    someone.goes_to(address)
    box(someone).fill(TYPED)
    Session.objects.all().delete()
    someone.presses("Save and continue").reads("What you typed is kept")
    sign_in_browser(someone.context, someone.address, cast_committed.coordinator)
    someone.goes_to(address)
    expect(box(someone)).to_have_value(TYPED)
