"""Part three of a case: a rapid review gathers, as each of its people walks it, with and without scripts.

Received on Friday 11 December 2026; on Monday 14 December the notification is sent and the review opened at ten. Asked
that morning, the agencies' summaries are due on Tuesday 22 December.
"""

from datetime import date

import pytest

from notifications.models import Notice
from partnership import second_factor
from rapid_reviews.models import AgencySummary, RapidReview
from tests.factories import rapid_reviews
from tests.moments import london
from tests.sign_in import PASSWORD, one_time_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-14 10:00")]
RR, HOUSING, TRUST, NURSERY = "RR-2026-001", "AS-2026-001", "AS-2026-002", "AS-2026-003"
REVIEW, SUMMARIES = f"/rapid-reviews/{RR}/", "/rapid-reviews/summaries/"


@pytest.mark.soak
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_rapid_review_gathers(person, cast_committed, clock, javascript):
    cast = cast_committed
    referral = rapid_reviews.notified_on_monday(cast)
    team = person(cast.coordinator, looks=javascript)
    opens(team, referral)
    appoints_the_chair(team)
    declares(person(cast.reviewer, looks=javascript))
    plans_the_meeting(team)
    asks_the_agencies(team)
    adds_an_agency(team)
    no_mail_says_anything(referral)

    clock.move_to(london("2026-12-15 09:00"))
    returns_nil_in_five_pages(person(looks=javascript), cast.other_lead)
    author = person(cast.agency_lead, looks=javascript)
    sees_what_is_asked(author, referral)
    is_told_what_is_missing(author)
    fills_it_in(author)
    sends_it(author, cast.second_lead)
    approver = person(cast.second_lead, looks=javascript)
    returns_it(approver)
    changes_it_and_sends_it_again(author, cast.second_lead)
    approves_it(approver)

    clock.move_to(london("2026-12-16 10:00"))
    monday, team = team.been, person(cast.coordinator, looks=javascript)
    accepts_it(team)
    types_one_in(team)
    if javascript:  # what the server refuses, it refuses either way
        nobody_sees_more_than_their_own(person, cast)
    shares_the_chronology(team)
    reads_the_chronology(person(cast.reviewer, looks=javascript))
    issues_the_pack(team)
    reads_the_pack(person(cast.panel_la, looks=javascript))
    if javascript:
        sees_nothing(person(cast.school, looks=False), {*monday, *team.been, *author.been, *approver.been})


# The business team


def opens(team, referral):
    team.goes_to(referral.get_absolute_url()).follows("Open the rapid review", narrow=True)
    team.presses("Open the rapid review").has_heading(f"Rapid review {RR}")
    team.reads(
        "Day 1 of 15", "Due Wednesday 6 January 2027 by 4pm", "Due Thursday 7 January 2027", "No agency has been asked"
    )


def appoints_the_chair(team):
    team.follows("Appoint the chair").presses("Appoint the chair")
    assert team.problems() == [
        "Select who chairs the rapid review",
        "Enter the skills and experience for this case",
    ]
    team.answers({"Chair and author": "Rowan Beck", "Skills and experience for this case": "Many reviews of neglect"})
    team.presses("Appoint the chair", narrow=True).reads("Rowan Beck, appointed", "No declaration yet")


def declares(chair):
    chair.takes_up("Declare that you have no conflict of interest as chair", RR, narrow=True)
    chair.presses("I declare that I have no conflict of interest").reads("Declared no conflict of interest")
    assert chair.status_of(f"{REVIEW}chronology/") == 404


def plans_the_meeting(team):
    team.goes_to(REVIEW).follows("Set the period and the meeting")
    team.answers({"When": (date(2026, 12, 29), "10am"), "Place or link": "Weir Room"})
    team.presses("Save", narrow=True).reads("Tuesday 29 December 2026 at 10am, Weir Room")


def asks_the_agencies(team):
    team.follows("Ask agencies", narrow=True).reads("Tuesday 22 December 2026", "Cannot be asked yet")
    team.presses("Ask the selected agencies")
    assert team.problems() == ["Select at least one agency"]
    team.answer("Agencies", ["Larkspur Homes", "Thistledown Community Trust"])
    team.presses("Ask the selected agencies", narrow=True).reads("Due Tuesday 22 December 2026")


def adds_an_agency(team):
    team.follows("Add an agency and ask it", narrow=True)
    team.answers(
        {
            "Name of the agency": "Bramble Lane Nursery",
            "Kind of agency": "Education",
            "Lead’s name": "Posy Withers",
            "Lead’s e-mail": "posy.withers@bramblelane.example",
            "Escalation contact’s name": "Chair of the committee",
            "Escalation contact’s e-mail": "committee@bramblelane.example",
        }
    )
    team.presses("Add the agency and ask it").reads("Bramble Lane Nursery")
    assert [summary.reference for summary in AgencySummary.objects.order_by("pk")] == [HOUSING, TRUST, NURSERY]


def no_mail_says_anything(referral):
    """References alone: not a child's name, not an agency's part in it."""
    child = referral.children.get()
    for notice in Notice.objects.filter(kind__startswith="rapid_reviews."):
        assert notice.subject.startswith(("AS-2026-", RR))
        for hidden in (child.name, referral.outline, "Larkspur", "Thistledown"):
            assert hidden not in notice.subject + notice.body


# An agency


def returns_nil_in_five_pages(lead, user):
    """Sign in, code, what is asked, what was searched, received."""
    second_factor.enrol(user)
    lead.goes_to(f"{SUMMARIES}{TRUST}/", narrow=True).has_heading("Sign in")
    lead.answers({"E-mail address": user.email, "Password": PASSWORD}).presses("Continue")
    lead.answers({"One-time code": one_time_code(user)}).presses("Sign in").has_heading("Single agency summary")
    lead.answer("Has the agency had contact with the child, the family or close associates?", "No")
    lead.presses("Continue", narrow=True).has_heading("Nil return")
    lead.answer("Systems searched", "Child health records, appointments")
    lead.presses("Make the nil return", narrow=True).has_heading("Nil return received")
    assert len(lead.been) == 5
    assert lead.status_of(f"{SUMMARIES}{HOUSING}/") == 404


def sees_what_is_asked(author, referral):
    author.takes_up("Return the single agency summary", HOUSING, narrow=True)
    author.reads(
        "Tuesday 22 December 2026: 6 working days from the request",
        "Rapid review meeting",
        "Children Act 2004 section 16H",
        referral.children.get().name,
    )
    author.does_not_read(referral.outline)
    author.presses("Continue")
    assert author.problems() == ["Select yes if your agency has had contact"]
    author.answer("Has the agency had contact with the child, the family or close associates?", "Yes")
    author.presses("Continue", narrow=True).reads("Fill in the summary", "Not yet started")


def is_told_what_is_missing(author):
    author.follows("Check answers and send").presses("Send for approval")
    assert len(author.problems()) == 13
    author.goes_to(f"{SUMMARIES}{HOUSING}/")


CHILD = {
    "Pen picture of the child": "He knew the names of all the buses.",
    "The child’s views, wishes and feelings": "He asked to stay with his grandmother.",
}
PRACTICE = {
    "Key professionals’ perspective": "The wardens say that they were told to wait.",
    "What worked well?": "The repairs team rang social care the same day.",
    "What were you worried about?": "The broken locks.",
}


def fills_it_in(author):
    author.follows("Agency and declaration")
    author.answers({"Designation": "Head of tenancies", "Is the author independent of the work with the child?": "No"})
    author.answer("Why not", "Manages the wardens; nobody else could write it.")
    author.presses("Save and continue", narrow=True).has_heading("Records secured")
    author.answer("Which records are secured, and where", "Tenancy file, locked on Monday")
    author.presses("The records are secured", narrow=True).has_heading("Family and significant others")
    author.presses("Add a correction or addition")
    author.answers({"Name": "Fennel Ash", "What differs or is new": "Lives there as well since the summer"})
    author.presses("Save and continue").reads("Fennel Ash")
    author.answer("Do the family’s details match what the agency holds?", "No")
    author.presses("Save and continue").has_heading("Other processes").presses("Save and continue")
    adds_events(author)
    author.presses("Continue").has_heading("About the child").answers(CHILD).presses("Save and continue")
    author.has_heading("Summary of involvement")
    author.answers({"From": date(2024, 5, 1), "Summary of the agency’s involvement": "Tenants since 2024."})
    author.presses("Save and continue", narrow=True).has_heading("Practice").answers(PRACTICE)
    author.presses("Save and continue").has_heading("Learning")
    author.answers({"Lessons learnt": "A broken lock is reported to safeguarding.", "What about it": "Who is told"})
    author.answer("If a further review is needed, what should it focus on?", ["Issues for practice"])
    author.presses("Save and continue", narrow=True).has_heading("Involved practitioners").presses("Continue")


def adds_events(author):
    author.has_heading("Chronology of involvement").presses("Add an event")
    author.presses("Save and continue")
    assert len(author.problems()) == 3
    author.answers(
        {
            "Date and time as the record writes it": "?3 March 2026",
            "Source of the record": "Repairs log",
            "What happened": "The locks of both doors were broken.",
            "Significance": "Significant",
        }
    )
    author.presses("Save and add another", narrow=True).has_heading("Event")
    author.opens("Say yourself which date it is")
    author.answers(
        {
            "Date and time as the record writes it": "weekly until June",
            "How exact is it?": "Range of dates",
            "Date, or first day": date(2019, 3, 3),
            "Last day, for a range": date(2019, 6, 1),
            "Source of the record": "Rent account",
            "What happened": "Rent collected at the door; nothing of note.",
            "Significance": "Routine",
        }
    )
    author.presses("Save and continue", narrow=True)
    author.reads("About 3 March 2026", "Significant, without an analysis", "Outside the period")


def sends_it(author, approver):
    author.has_heading("Check your answers").reads(*CHILD.values(), *PRACTICE.values(), "Fennel Ash", "?3 March 2026")
    author.answer("Who approves the summary?", approver.full_name)
    author.presses("Send for approval", narrow=True).reads("The summary is with the approver", approver.full_name)


def returns_it(approver):
    approver.takes_up("Approve the single agency summary", HOUSING, narrow=True).reads(*CHILD.values())
    approver.follows("Return it with a comment", narrow=True)
    approver.answer("Reason", "Say who was told of the locks.")
    approver.presses("Return the summary").reads("The summary was returned to its author")


def changes_it_and_sends_it_again(author, approver):
    author.goes_to(f"{SUMMARIES}{HOUSING}/").reads("Say who was told of the locks.").follows("Practice")
    author.answer("What were you worried about?", "The broken locks. Nobody was told.")
    author.presses("Save and continue").goes_to(f"{SUMMARIES}{HOUSING}/send-for-approval/")
    author.answer("Who approves the summary?", approver.full_name)
    author.presses("Send for approval").reads("The summary is with the approver")


def approves_it(approver):
    approver.goes_to(f"{SUMMARIES}{HOUSING}/approve-summary/").reads("Nobody was told.")
    approver.presses("Approve the summary").reads("The summary was returned")


# Reading what came, and bringing it together


def accepts_it(team):
    team.takes_up("Accept the single agency summary, or send it back", HOUSING, narrow=True).reads("Nobody was told.")
    team.follows("Accept", narrow=True).presses("Accept the summary").reads("The summary was accepted")


def types_one_in(team):
    """The nursery has sent its summary by e-mail: typed in for it, with the original."""
    team.goes_to(f"{SUMMARIES}{NURSERY}/").follows("Type it in for the agency", narrow=True)
    mail = b"From: posy.withers@bramblelane.example\r\nSubject: x\r\n\r\ny\r\n"
    team.answer("The original", {"name": "summary.eml", "mimeType": "message/rfc822", "buffer": mail})
    team.presses("Save and continue").reads("You type in what came from Bramble Lane Nursery")
    team.answer("Has the agency had contact with the child, the family or close associates?", "Yes")
    team.presses("Continue").follows("About the child")
    team.answer("Pen picture of the child", "Came hungry on Mondays.")
    team.presses("Save and continue").goes_to(f"{SUMMARIES}{NURSERY}/").follows("Check answers and enter it")
    team.answer("When did it come?", (date(2026, 12, 16), "9:15am"))
    team.presses("Enter the summary")
    assert team.problems() == ["Enter who approved it, or why nobody did"]
    team.answer("If nobody approved it, why that is accepted", "A nursery of three staff")
    team.presses("Enter the summary", narrow=True).reads("Came hungry on Mondays.", "A nursery of three staff")


def nobody_sees_more_than_their_own(person, cast):
    for part in ("agency_lead", "other_lead", "panel_la", "referrer", "la_notifier", "manager"):
        visitor = person(getattr(cast, part), looks=False)
        for path in (REVIEW, f"{REVIEW}pack/", f"{REVIEW}chronology/", f"{SUMMARIES}{NURSERY}/"):
            assert visitor.status_of(path) == 404, (part, path)


def shares_the_chronology(team):
    team.goes_to(REVIEW).follows("Combined chronology", narrow=True)
    team.reads("About 3 March 2026", "Larkspur Homes", "The locks of both doors were broken.", "Outside the period")
    team.follows(RR).follows("Share the chronology with the chair", narrow=True)
    team.reads("Rowan Beck, the chair,", "Thistledown Community Trust: Nil return")
    team.presses("Share the chronology").reads("The chair can read the chronology and the summaries")


def reads_the_chronology(chair):
    chair.goes_to(REVIEW).follows("Combined chronology").reads("3 March 2019 to 1 June 2019", "As the record writes it")


def issues_the_pack(team):
    team.goes_to(REVIEW).follows("Issue the pack", narrow=True)
    team.reads("The meeting is on Tuesday 29 December 2026 at 10am").presses("Issue the pack")
    team.reads("The pack was issued to the rapid review panel", "Petra Lindqvist, Harrowmere Council")
    assert RapidReview.objects.get().status == RapidReview.Status.PACK_ISSUED
    team.follows("The pack", narrow=True).reads(
        "Larkspur Homes, AS-2026-001", "Thistledown Community Trust, AS-2026-002"
    )


def reads_the_pack(member):
    member.goes_to("/").follows("Rapid reviews", narrow=True).follows(RR).follows("The pack")
    member.reads("Nil returns", "Introduction of the case, by the referrer", "Fennel Ash")
    member.follows("Larkspur Homes, AS-2026-001").reads(*CHILD.values()).does_not_read("Type it in for the agency")
    assert member.status_of(f"{REVIEW}issue-pack/") == 403


def sees_nothing(stranger, paths):
    """Somebody of an agency that was not asked: every page of the case is one that does not exist."""
    for path in paths:
        if RR in path or "AS-2026-" in path:
            assert stranger.status_of(path) == 404, path
