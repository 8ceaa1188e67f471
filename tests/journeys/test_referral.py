"""A referral from the threshold page to the Virtual Panel, as each of its people walks it, with and without scripts.

Friday 11 December 2026: opened at 10, sent, returned, sent again, approved (received) at half past; another keyed in,
the first screened, asked and answered about, put to the Virtual Panel before eleven.
"""

from datetime import date

import pytest
from playwright.sync_api import expect

from partnership import second_factor
from referrals.models import Referral
from tests.journeys import answers
from tests.journeys.conftest import BOTH_WAYS
from tests.moments import london
from tests.sign_in import PASSWORD, one_time_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 10:00")]
RF1, RF2 = "RF-2026-001", "RF-2026-002"


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_from_the_threshold_page_to_the_virtual_panel(person, cast_committed, clock, javascript):
    cast = cast_committed
    referrer = person(looks=javascript)
    signs_in(referrer, cast.referrer)
    opens(referrer)
    is_told_what_is_missing(referrer)
    fills_in_the_case(referrer)
    names_the_children(referrer)
    names_the_family(referrer)
    names_the_services(referrer)
    checks_and_sends(referrer, cast.approver)

    clock.move_to(london("2026-12-11 10:10"))
    approver = person(cast.approver, looks=javascript)
    returns_it(approver)
    clock.move_to(london("2026-12-11 10:20"))
    changes_and_sends_again(referrer, cast.approver)
    clock.move_to(london("2026-12-11 10:30"))
    approves(approver)

    clock.move_to(london("2026-12-11 10:35"))
    team = person(cast.business_manager, looks=javascript)
    keys_in_another(team)
    screens(team)
    asks(team)
    clock.move_to(london("2026-12-11 10:45"))
    answers_the_question(person(cast.referrer, looks=javascript))
    clock.move_to(london("2026-12-11 10:50"))
    puts_to_the_virtual_panel(team)
    reads_as_panel_member(person(cast.panel_la, looks=javascript))
    if javascript:  # what the server refuses, it refuses either way
        sees_nothing(person(cast.other_referrer, looks=False), {*referrer.been, *approver.been, *team.been})


def signs_in(visitor, user):
    second_factor.enrol(user)
    visitor.goes_to("/").has_heading("Sign in")
    visitor.answers({"E-mail address": user.email, "Password": PASSWORD}).presses("Continue")
    visitor.has_heading("Enter your one-time code")
    visitor.answers({"One-time code": one_time_code(user)}).presses("Sign in")
    visitor.has_heading("Your work")


def opens(referrer):
    referrer.follows("Referrals").presses("Refer a serious incident")
    referrer.reads("If a child is at risk now, call", "abuse or neglect of a child is known or suspected")
    referrer.presses("Start a referral", narrow=True).has_heading(RF1)


def is_told_what_is_missing(referrer):
    """All of it in one summary, and each line leads to where it is answered."""
    referrer.presses("Check answers and send").presses("Send the referral")
    assert len(referrer.problems()) > 5
    for link in [link.get_attribute("href") for link in referrer.page.locator(".govuk-error-summary__list a").all()]:
        referrer.page.goto(referrer.address + link)
        if "#" in link:
            target = referrer.page.locator(f"[id='{link.partition('#')[2]}']")
            expect(target).to_be_visible()
            target.focus()
            expect(target).to_be_focused()
    referrer.goes_to(f"/referrals/{RF1}/")


def fills_in_the_case(referrer):
    referrer.follows("Notifying area").answers(answers.NOTIFYING_AREA).presses("Save and continue")
    referrer.has_heading("Referrer").answers(answers.REFERRER).presses("Save and continue")

    referrer.has_heading("The incident").answers({**answers.INCIDENT, "Date of the incident": date(2026, 12, 14)})
    referrer.presses("Save and continue")
    assert referrer.problems() == ["Date of the incident must be today or in the past"]
    expect(referrer.page.get_by_label("Incident outline")).to_have_value(answers.INCIDENT["Incident outline"])
    expect(referrer.page).to_have_title("Error: The incident – Safeguarding Learning Hub")
    referrer.answers(answers.INCIDENT).presses("Save and continue")

    referrer.has_heading("Case factors").answers(answers.FACTORS).presses("Save and continue")
    referrer.has_heading("Subject children")


def names_the_children(referrer):
    referrer.presses("Add a child")
    for page in answers.CHILD_PAGES:
        if "Kind of need" in page:
            referrer.opens("Which kind of special educational need")
        referrer.answers(page).presses("Save and continue", narrow=True)
    referrer.reads("Merryn Fairbrook", "23 April 2019")

    referrer.presses("Add another child").answers(answers.SECOND_CHILD)
    for question, why in answers.NOT_KNOWN.items():
        referrer.says_why(question, why)
    referrer.presses("Save and continue").answers(answers.SECOND_HAPPENED).presses("Save and continue")
    referrer.presses("Save and continue").says_why("level of help at the time of the incident", "Nobody at hand knows")
    referrer.presses("Save and continue").reads("Child without a name yet", "2 August 2024").presses("Continue")


def names_the_family(referrer):
    for heading, add, page in (
        ("Parents and carers", "Add a parent or carer", answers.CARER),
        ("Siblings", "Add a sibling", answers.SIBLING),
        ("Other significant people", "Add a person", answers.OTHER),
    ):
        referrer.has_heading(heading).presses(add).answers(page).presses("Save and continue")
        referrer.reads(page["Name"]).presses("Continue")


def names_the_services(referrer):
    referrer.has_heading("Agencies working with the family")
    referrer.presses("Add a service").answers(answers.SERVICE).presses("Save and continue")
    referrer.presses("Add another service").answers(answers.OTHER_SERVICE).presses("Save and continue")
    referrer.presses("Continue").has_heading("Management oversight").answers(answers.OVERSIGHT)
    referrer.presses("Save and continue").has_heading("Other considerations")
    referrer.presses("Add a parallel process").answers(answers.PROCESS).presses("Save and continue")
    referrer.answers(answers.CONSIDERATIONS).presses("Save and continue")


EVERYTHING = answers.words_of(
    answers.NOTIFYING_AREA,
    answers.REFERRER,
    answers.INCIDENT,
    answers.FACTORS,
    *answers.CHILD_PAGES,
    answers.SECOND_CHILD,
    answers.SECOND_HAPPENED,
    answers.SIBLING,
    answers.SERVICE,
    answers.OTHER_SERVICE,
    answers.OVERSIGHT,
    answers.CONSIDERATIONS,
    answers.PROCESS,
)
CONFIDENTIAL = answers.CARER["Address"]


def checks_and_sends(referrer, approver):
    referrer.has_heading("Check your answers").reads(*EVERYTHING, *answers.NOT_KNOWN.values())
    referrer.does_not_read("still needed")
    referrer.answers({"Who approves the referral?": f"{approver.full_name}, {approver.job_title}"})
    referrer.presses("Send the referral").has_heading("The referral was sent for approval").reads(RF1)


def returns_it(approver):
    approver.takes_up("Approve the referral, or return it", RF1).reads(*EVERYTHING)
    approver.does_not_read(CONFIDENTIAL).reads("Address withheld")
    approver.presses("Return it with a comment").presses("Return the referral")
    assert approver.problems() == ["Enter the reason"]
    approver.answers({"Reason": "Say who found the children."}).presses("Return the referral")
    approver.reads("Returned by the approver")


def changes_and_sends_again(referrer, approver):
    referrer.takes_up("Change what was sent back and send it again", RF1)
    referrer.reads("Say who found the children.")
    referrer.follows("The incident").answers({"Incident outline": "Their aunt found both children unconscious."})
    referrer.presses("Save and continue").goes_to(f"/referrals/{RF1}/").presses("Check answers and send")
    referrer.answers({"Who approves the referral?": f"{approver.full_name}, {approver.job_title}"})
    referrer.presses("Send the referral")


def approves(approver):
    approver.goes_to(f"/referrals/{RF1}/approve/").reads("Their aunt found both children unconscious.")
    approver.presses("Approve the referral").reads("Received 11 December 2026 at 10:30am")


def keys_in_another(team):
    """The health visitor’s e-mail about the same child, which had come at half past nine."""
    team.goes_to("/").follows("Referrals").reads(RF1).presses("Key in a referral")
    team.answers(
        {
            "When did it reach the partnership?": (answers.FRIDAY, "9:30am"),
            "How did it come?": "E-mail",
            "The original": answers.LETTER,
        }
    )
    team.presses("Save and continue").has_heading(RF2)
    team.follows("Notifying area").answers(answers.NOTIFYING_AREA).presses("Save and continue")
    team.answers({**answers.REFERRER, "Referrer’s name": "Averil Moss"}).presses("Save and continue")
    team.answers(answers.INCIDENT).presses("Save and continue").answers(answers.FACTORS).presses("Save and continue")
    team.presses("Add a child").opens("Which kind of special educational need")
    team.answers({q: a for page in answers.CHILD_PAGES for q, a in page.items()})
    team.answers({"Name": "Merrin Fairbrook"}).presses("Save and continue", narrow=True)
    team.follows(RF2).follows("Management oversight and immediate safeguarding").answers(answers.OVERSIGHT)
    team.presses("Save and continue").follows(RF2).presses("Check answers and send").presses("Receive the referral")
    team.has_heading("The partnership has received the referral").reads("11 December 2026 at 9:30am")


def screens(team):
    """A second child of nearly the same name: the possible duplicate is listed, and says why."""
    team.takes_up("Screen the referral", RF2, narrow=True)
    team.reads(RF1, "similar name", "same date of birth", "same NHS number")
    team.goes_to(f"/referrals/{RF1}/").presses("Screen").reads(RF2).presses("Save the screening")
    assert "Select whether the referral is complete" in team.problems()
    team.answers(
        {
            "Child reference": "HSCP 118",
            "Is the referral complete?": "Yes",
            "Did the incident happen in our area?": "Yes",
            "Moment the local authority became aware": (answers.THURSDAY, "9:15am"),
            "Has the local authority already notified?": "No, being considered",
            "Possible duplicates checked": True,
            "Notes of the screening": "The health visitor referred it too.",
        }
    )
    team.presses("Save the screening").reads("The health visitor referred it too.")


def asks(team):
    team.presses("Ask for more information")
    team.answers({"What do you need to know?": "Who mended the boiler?", "By when": date(2026, 12, 14)})
    team.presses("Ask").reads("More information asked", "Who mended the boiler?", "Not answered yet.")


def answers_the_question(referrer):
    referrer.takes_up("Answer the business unit’s questions", RF1).reads("Who mended the boiler?")
    referrer.does_not_read("The health visitor referred it too.")
    referrer.answers({"Your answer": "Nobody since 2019."}).presses("Send the answer").reads("Nobody since 2019.")


def puts_to_the_virtual_panel(team):
    team.goes_to(f"/referrals/{RF1}/").reads("Nobody since 2019.", CONFIDENTIAL).presses("Put to the Virtual Panel")
    team.answers({"Rationale, and what the Virtual Panel should look at": "Both criteria appear to be met."})
    team.presses("Put to the Virtual Panel").reads("With the Virtual Panel")
    team.follows("Timeline, and who can see this case", narrow=True)
    team.reads("Both criteria appear to be met.")
    team.follows("Who can see this case, and why", narrow=True).reads("Petra Lindqvist")
    assert Referral.objects.get(reference=RF1).status == Referral.Status.WITH_PANEL


def reads_as_panel_member(member):
    member.takes_up("Give your view as a Virtual Panel member", RF1)
    member.goes_to(f"/referrals/{RF1}/").reads(
        "Merryn Fairbrook", "Both criteria appear to be met.", "Address withheld"
    )
    member.does_not_read(CONFIDENTIAL, "The health visitor referred it too.")


def sees_nothing(stranger, pages):
    """Somebody of another agency gets, for every page of the case, the answer that a case without existence gets."""
    of_the_case = sorted(page for page in pages if RF1 in page or "C-2026-001" in page)
    assert len(of_the_case) > 10
    assert {page: stranger.status_of(page) for page in of_the_case} == dict.fromkeys(of_the_case, 404)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_what_was_typed_outlives_the_session(person, cast_committed, clock, javascript):
    cast = cast_committed
    referrer = person()
    signs_in(referrer, cast.referrer)
    opens(referrer)
    referrer.follows("The incident").answers({"Incident outline": "Typed before lunch."})
    clock.move_to(london("2026-12-11 11:00"))  # an hour without a click

    referrer.presses("Save and continue").has_heading("Sign in")
    referrer.answers({"E-mail address": cast.referrer.email, "Password": PASSWORD}).presses("Continue")
    referrer.answers({"One-time code": one_time_code(cast.referrer)}).presses("Sign in")

    referrer.has_heading("The incident").reads("This is what was typed here")
    expect(referrer.page.get_by_label("Incident outline")).to_have_value("Typed before lunch.")
    referrer.presses("Save and continue").has_heading("Case factors")
