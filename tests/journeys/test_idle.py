"""Before an idle session ends the page says so, and one press keeps it open."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import page_ok

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(person, cast_committed):
    """The co-ordinator's browser, whose own clock the test moves on."""
    someone = person(cast_committed.coordinator)
    someone.page.clock.install()
    someone.goes_to("/referrals/")
    return someone.page


def warning(page):
    return page.get_by_role("dialog")


def test_after_25_minutes_one_is_warned_and_stays_signed_in_by_one_press(at_work):
    at_work.clock.run_for("24:50")
    expect(warning(at_work)).to_be_hidden()
    at_work.clock.run_for(15_000)
    expect(warning(at_work)).to_contain_text("You will soon be signed out")
    expect(at_work.get_by_role("button", name="Back to the page")).to_be_hidden()
    page_ok(at_work)
    stays = at_work.get_by_role("button", name="Stay signed in")
    expect(stays).to_be_focused()
    with at_work.expect_response("**/accounts/stay/") as answer:
        stays.press("Enter")
    assert answer.value.status == 204
    expect(warning(at_work)).to_be_hidden()
    at_work.clock.run_for("24:50")
    expect(warning(at_work)).to_be_hidden()
    at_work.clock.run_for(15_000)
    expect(warning(at_work)).to_be_visible()


def test_after_half_an_hour_it_says_that_it_is_over_and_leaves_the_page_as_it_is(at_work):
    at_work.clock.run_for("30:05")
    expect(warning(at_work)).to_contain_text("You have been signed out")
    expect(at_work.get_by_role("button", name="Stay signed in")).to_be_hidden()
    at_work.get_by_role("button", name="Back to the page").click()
    expect(warning(at_work)).to_be_hidden()
    at_work.clock.run_for("01:00")
    expect(warning(at_work)).to_be_hidden()


def test_the_escape_key_stays_signed_in_and_closes_what_is_over(at_work):
    at_work.clock.run_for("25:05")
    with at_work.expect_response("**/accounts/stay/"):
        at_work.keyboard.press("Escape")
    expect(warning(at_work)).to_be_hidden()
    at_work.clock.run_for("30:05")
    at_work.keyboard.press("Escape")
    at_work.clock.run_for("01:00")
    expect(warning(at_work)).to_be_hidden()


def test_an_answer_that_does_not_come_signs_nobody_out(at_work):
    at_work.route("**/accounts/stay/", lambda route: route.abort())
    at_work.clock.run_for("25:05")
    with at_work.expect_event("requestfailed"):
        at_work.get_by_role("button", name="Stay signed in").click()
    expect(warning(at_work)).to_contain_text("You will soon be signed out")


def test_work_in_another_tab_counts(at_work):
    at_work.clock.run_for("20:00")
    other = at_work.context.new_page()
    other.goto(at_work.url)
    other.evaluate("moment => localStorage.setItem('hub-last-request', moment)", at_work.evaluate("String(Date.now())"))
    at_work.clock.run_for("20:00")
    expect(warning(at_work)).to_be_hidden()


def test_whose_session_was_ended_elsewhere_is_told_when_they_press(at_work):
    at_work.clock.run_for("25:05")
    at_work.context.clear_cookies()
    at_work.get_by_role("button", name="Stay signed in").click()
    expect(warning(at_work)).to_contain_text("You have been signed out")
