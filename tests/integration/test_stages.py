"""Every situation that other tests start from, one after another: its status, and the rapid review's page in it.

One way from beginning to end: each situation stands on the one before (tests/factories/way.py).
"""

import pytest

from tests.client import Visitor
from tests.factories import rapid_reviews, reports, situations
from tests.factories.way import SITUATIONS, Way, one_after_another
from tests.house_rules.world import undone

pytestmark = [pytest.mark.in_order, pytest.mark.usefixtures("quick_pdf")]

STATUS = {
    # Referrals
    "empty": "draft",
    "screened": "received",
    "keyed_in": "draft",
    "with_file": "received",
    "never_sent": "withdrawn",
    "one_view": "with_panel",
    "restricted": "with_panel",
    "timescale_paused": "with_panel",
    "email_undelivered": "with_panel",
    "somebody_named": "with_panel",
    "rapid_review_decided": "rapid_review",
    "sin_sent": "rapid_review",
    # Rapid reviews and summaries
    "review_opened": "gathering",
    "chair_appointed": "gathering",
    "review_gathering": "gathering",
    "chronology_shared": "gathering",
    "summary_asked": "asked",
    "summary_filled_in": "asked",
    "section_given": "asked",
    "section_finished": "asked",
    "chronology_brought": "asked",
    "chronology_imported": "asked",
    "summary_keyed_in": "asked",
    "summary_with_approver": "with_approver",
    "summary_returned": "returned",
    "summary_returned_again": "returned",
    "summary_restricted": "returned",
    "summary_accepted": "accepted",
    "summary_nil": "nil",
    # Meeting and report
    "meeting_filled_in": "pack_issued",
    "report_written": "drafting",
    "comments_closed": "drafting",
    "report_locked": "locked",
    "one_signature": "locked",
    "pdf_made": "decided",
    "pdf_failed": "decided",
    "notification_withdrawn": "gathering",
    "review_closed": "closed",
}
"""Where the status is not called what the situation is."""


BUTTONS = {
    # situation: what the co-ordinator, the chair and a panel member are offered
    "review_opened": (
        [
            "Ask agencies",
            "Appoint the chair",
            "Set the period and the meeting",
            "Issue the pack",
            "Add an agency and ask it",
            "Share the chronology with the chair",
        ],
        None,
        None,
    ),
    "review_gathering": (
        [
            "Set the period and the meeting",
            "Issue the pack",
            "Add an agency and ask it",
            "Share the chronology with the chair",
        ],
        [],
        None,
    ),
    "chair_appointed": (
        [
            "Ask agencies",
            "Set the period and the meeting",
            "Issue the pack",
            "Add an agency and ask it",
            "Share the chronology with the chair",
        ],
        ["Declare that you have no conflict"],
        None,
    ),
    "pack_issued": (
        ["Write the record of the meeting", "Set the period and the meeting", "Add an agency and ask it"],
        ["Write the record of the meeting"],
        [],
    ),
    "with_members": (
        ["Set the period and the meeting", "Add an agency and ask it"],
        ["Agree the draft or comment on it", "Close the round of comments"],
        ["Agree the draft or comment on it"],
    ),
    "submitted": (["Record the National Panel’s reply", "Close the rapid review"], [], []),
}


SAYS = {
    "review_gathering": "0 of 2 agencies have returned their summary. Next the pack is issued",
    "summary_returned": "1 of 2 agencies has returned their summary",
    "pack_issued": "Next the rapid review meeting is held",
    "drafting": "Next the draft is issued to the rapid review panel",
    "with_members": (
        "members of the rapid review panel have replied to the draft. Next the chair closes the round of comments"
    ),
    "report_locked": "0 of 3 statutory partners have signed. The report is decided when 2 decide the same",
    "decided": "Next the report is sent to the National Panel",
    "submitted": "The National Panel’s reply is waited for",
}


STANDS = ("drafting", "report_locked", "decided")
"""Where the page leads to the report and the meeting, for everybody who takes part."""


@pytest.fixture(scope="module")
def way_of_module(cast_of_module):
    return Way(cast_of_module)


def test_the_situations_are_of_these_modules():
    assert {situations.__name__, rapid_reviews.__name__, reports.__name__} == {
        function.__module__ for function in SITUATIONS.values()
    }
    assert {*STATUS, *BUTTONS, *SAYS, *STANDS} <= set(SITUATIONS)


@pytest.mark.parametrize("name", one_after_another())
def test_a_situation_is_in_the_status_it_says_and_its_page_offers_what_comes_next(name, way_of_module, cast_of_module):
    cast, record = cast_of_module, way_of_module.reach(name)
    assert record.status == STATUS.get(name, name)
    review = getattr(record, "review", record)
    with undone():
        if name in BUTTONS:
            is_offered(review, name, cast)
        if name in SAYS:
            assert SAYS[name] in Visitor(cast.coordinator).text(review)
        if name in STANDS:
            leads_to_report_and_meeting(review, cast)


def is_offered(review, name, cast):
    for person, wanted in zip((cast.coordinator, cast.reviewer, cast.panel_la), BUTTONS[name], strict=True):
        visitor = Visitor(person)
        if wanted is None:
            assert visitor.get(review).status_code == 404
            continue
        group = visitor.read(review).select("main .govuk-button-group .govuk-button")
        assert [button.get_text(strip=True) for button in group] == wanted, (name, person)
        standing_out = [button for button in group if "govuk-button--secondary" not in button["class"]]
        assert standing_out in ([], list(group[:1])), (name, person)
        for button in group:
            assert visitor.get(button["href"]).status_code == 200, button["href"]


def leads_to_report_and_meeting(review, cast):
    for person in (cast.coordinator, cast.reviewer, cast.panel_la):
        links = [link["href"] for link in Visitor(person).read(review).select("main .govuk-list a")]
        assert f"{review.get_absolute_url()}report/" in links
        assert f"{review.get_absolute_url()}meeting/" in links
