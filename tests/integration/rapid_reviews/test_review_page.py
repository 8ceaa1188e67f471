"""The page of a rapid review in every status: what can be done now, and nothing that cannot."""

import pytest

from tests.client import Visitor

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


@pytest.mark.usefixtures("quick_pdf")
def test_each_person_is_offered_what_they_can_do_now(way, cast):
    for name in BUTTONS:
        is_offered(way.reach(name), name, cast)


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


def test_the_page_stands_in_every_status(way, cast):
    for name in ("drafting", "report_locked", "decided"):
        review = way.reach(name)
        for person in (cast.coordinator, cast.reviewer, cast.panel_la):
            page = Visitor(person).read(review)
            links = [link["href"] for link in page.select("main .govuk-list a")]
            assert f"{review.get_absolute_url()}report/" in links
            assert f"{review.get_absolute_url()}meeting/" in links


SAYS = {
    "review_gathering": "0 of 2 agencies have returned their summary. Next the pack is issued",
    "summary_returned": "1 of 2 agencies has returned their summary",
    "pack_issued": "Next the rapid review meeting is held",
    "drafting": "Next the draft is issued to the panel members",
    "with_members": "panel members have replied to the draft. Next the chair closes the round of comments",
    "report_locked": "0 of 3 statutory partners have signed. The report is decided when 2 decide the same",
    "decided": "Next the report is sent to the National Panel",
    "submitted": "The National Panel’s reply is waited for",
}


@pytest.mark.usefixtures("quick_pdf")
def test_it_says_what_comes_next(way, cast):
    for name, said in SAYS.items():
        record = way.reach(name)
        assert said in Visitor(cast.coordinator).text(getattr(record, "review", record)), name
