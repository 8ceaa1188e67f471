"""Part four of a case: meeting, report, signatures, National Panel, as its people walk it, with and without scripts.

Received on Friday 11 December 2026, notified on Monday 14 December, the pack issued before Christmas; the meeting is
on Day 10, Tuesday 29 December. The local date is Wednesday 6 January 2027 at 4pm, the national one the day after.
"""

import hashlib
import subprocess
from datetime import date

import pytest

from casework import documents, tasks
from casework.models import Version
from deadlines import rules
from deadlines.models import Deadline
from partnership import second_factor
from rapid_reviews.models import HEADINGS, PARTS, RapidReview
from referrals.models import Child
from tests.factories import rapid_reviews
from tests.journeys import answers
from tests.moments import london
from tests.sign_in import one_time_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-29 14:00")]
RR, HOUSING = "RR-2026-001", "AS-2026-001"
REVIEW, REPORT = f"/rapid-reviews/{RR}/", f"/rapid-reviews/{RR}/report/"


@pytest.mark.soak
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_meeting_to_the_national_panel(person, cast_committed, clock, javascript, tmp_path):
    cast, people = cast_committed, []
    rapid_reviews.pack_issued_of_monday(cast)
    not_asked = rapid_reviews.give_council_a_lead(cast)

    def visitor(user):
        second_factor.enrol(user)
        people.append(person(user, looks=javascript))
        return people[-1]

    team = visitor(cast.coordinator)
    sees_when_all_is_due(team)
    is_told_what_is_missing(team)
    writes_the_record(team)
    begins_the_report(team)
    names_its_sources(team)

    clock.move_to(london("2026-12-30 10:00"))
    team, manager, chair = visitor(cast.coordinator), visitor(cast.business_manager), visitor(cast.reviewer)
    edits(team, "2.2h", LEARNT_BEFORE)
    recommends(manager)
    analyses(chair)
    issues_the_draft(chair)
    agrees(visitor(cast.panel_la))
    comments(visitor(cast.agency_lead))

    clock.move_to(london("2027-01-04 15:00"))
    team, chair, council = visitor(cast.coordinator), visitor(cast.reviewer), visitor(cast.partner_la)
    closes_the_round(chair)
    locks(team)
    signs(council, "Agrees the recommendation")
    voids_the_signature(team)
    locks(team)
    clock.move_to(london("2027-01-04 15:10"))
    gives_a_new_code(council, cast.partner_la)
    signs(council, "Agrees the recommendation")
    council.reads("Signatures that no longer stand")
    deputy = visitor(cast.deputy)
    signs(deputy, "Agrees with comments", COMMENTS)
    cannot_count_twice(visitor(cast.partner_icb))

    clock.move_to(london("2027-01-05 09:00"))
    signs(visitor(cast.partner_police), "Agrees the recommendation")
    manager = visitor(cast.business_manager)
    waits_for_the_pdf(manager)
    made_by_a_worker()
    pdf = takes_the_pdf(manager)
    holds_everything(pdf, tmp_path / "report.pdf")
    if javascript:  # what the server refuses, it refuses either way
        of_the_report = sorted({path for one in people for path in one.been if RR in path})
        sees_nothing(person(cast.panel_police, looks=False), of_the_report)
        sees_nothing(person(not_asked, looks=False), of_the_report)
    sends_it(manager)

    clock.move_to(london("2027-01-19 11:00"))
    manager = visitor(cast.business_manager)
    records_the_reply(manager)
    closes(manager)


# The meeting


def sees_when_all_is_due(team):
    team.goes_to(REVIEW).reads(
        "Day 10 of 15", "Due Wednesday 6 January 2027 by 4pm", "Due Thursday 7 January 2027", "Tuesday 29 December 2026"
    )
    summary = Deadline.objects.get(rule=rules.SUMMARY_RETURNED.code, reference=HOUSING)
    team.goes_to(summary.get_absolute_url()).reads("Due Tuesday 22 December 2026", "Day 7").goes_to(REVIEW)


def is_told_what_is_missing(team):
    team.follows("Write the record of the meeting").follows("Record the meeting as held").presses("Record the meeting")
    assert len(team.problems()) == 6


def writes_the_record(team):
    team.goes_to(f"{REVIEW}meeting/").follows("Change when, where and who", narrow=True)
    for heading, page in (
        ("When, where and who", answers.MEETING),
        ("Who attended", answers.ATTENDANCE),
        ("Facts about the case", answers.HEARD | answers.FACTS),
        ("Discussion", answers.DISCUSSION),
        ("Each member’s view", answers.VIEWS),
    ):
        team.has_heading(heading).answers(page).presses("Save and continue")
    team.has_heading("SMART actions").follows("Add an action").answers(answers.ACTION)
    team.presses("Save").reads(answers.ACTION["Action"]).presses("Continue")
    team.has_heading("Next steps").answers(answers.NEXT_STEPS).presses("Save and continue")


def begins_the_report(team):
    team.has_heading("Meeting of the rapid review panel").follows("Record the meeting as held", narrow=True)
    team.presses("Record the meeting").reads("The meeting was recorded, and the report begun")


def names_its_sources(team):
    """Each passage is there, and where it came from is named beside it."""
    for number, (words, *sources) in PREFILLED.items():
        passage, _, named = team.text(f'[id="section-{number}"]').partition(" From: ")
        assert words in passage, (number, passage)
        assert [source for source in sources if source not in named] == [], (number, named)


REFERRAL = "Referral RF-2026-001, by MRK-referrer_name"
SUMMARY = f"Summary {HOUSING}, Larkspur Homes, by MRK-author_name"
THE_MEETING = "Meeting of the rapid review panel, by Idris Pell, 29 December 2026 at 2pm"
PREFILLED = {
    "1.1a": ("Lena Hollis", "Requests to agencies"),
    "1.1b": ("Thistledown Community Trust", "Nil returns"),
    "1.1c": ("Subject child", REFERRAL, "accepted summaries"),
    "1.1d": ("Every agency that was asked returned its summary in time.",),
    "2.1a": ("MRK-outline", REFERRAL),
    "2.1b": ("MRK-key_periods", "Combined chronology", SUMMARY),
    "2.1c": (answers.FACTS["Immediate safeguarding concerns"], REFERRAL, THE_MEETING),
    "2.1d": (answers.FACTS["Parallel processes"], REFERRAL, SUMMARY, THE_MEETING),
    "2.2a": ("MRK-pen_picture", SUMMARY),
    "2.2a.i": ("Ethnicity:", REFERRAL),
    "2.2b": ("MRK-about_parents", SUMMARY),
    "2.2c": ("MRK-perspective", SUMMARY),
    "2.2d": (answers.DISCUSSION["Immediate thoughts"], THE_MEETING),
    "2.2f": (answers.DISCUSSION["What are we worried about?"], SUMMARY, THE_MEETING),
    "2.2g": (answers.DISCUSSION["What worked well?"], SUMMARY, THE_MEETING),
    "2.3a": (answers.ACTION["Action"], "Lessons and actions in the agencies’ summaries", THE_MEETING),
    "2.4a": (answers.MEETING["Agencies not represented"], THE_MEETING),
    "2.4b": ("Edda Marsh, in place of Pavel Ormond", THE_MEETING),
    "2.4c": (answers.NEXT_STEPS["Dissent"], THE_MEETING),
    "2.4e": (answers.DISCUSSION["Summary of emerging learning"], THE_MEETING),
}


# The report

LEARNT_BEFORE = "The review of 2024 asked for one list of cold homes. There is none."
AFTER_THE_SIGNATURE = "The duty team’s log came on Monday: two calls were not answered."
DECILES = "10 the least (English Indices of Deprivation 2025)"
COMMENT = "Say that the repairs line closes at five."
COMMENTS = "The board would like the protocol by March."


def edits(person, number, text):
    person.goes_to(REPORT).follows(f"Edit (section {number})")
    person.answer(f"{number} {HEADINGS[number]}", text)
    person.presses("Save").reads("The change was saved", text)


def recommends(manager):
    manager.goes_to(REPORT).follows("Edit (section 2.4c)").reads("2.4d Issues of national importance")
    manager.answers(answers.RECOMMENDATION).presses("Save", narrow=True)
    home = Child.objects.get().home_address
    manager.follows("Enter deprivation deciles (section 1.1c)")
    manager.answers({f"Decile of {home.text}, {home.postcode}": "3"}).presses("Save").reads(DECILES)


def analyses(chair):
    chair.goes_to(REPORT).follows("Add an area of concern (section 2.2e)").answers(answers.CONCERN).presses("Save")
    chair.follows("Add a key practice episode (section 2.2e)").answers(answers.EPISODE)
    chair.presses("Save", narrow=True).reads("Area of concern 1", answers.CONCERN["Cause"], answers.EPISODE["Dates"])


def issues_the_draft(chair):
    chair.takes_up("Issue the draft report", RR, narrow=True).follows("Issue the draft to the rapid review panel")
    chair.presses("Issue the draft", narrow=True)
    chair.reads("The draft was issued to the rapid review panel", "Draft with the rapid review panel")


def agrees(member):
    member.takes_up("Agree the draft report or comment on it", RR, narrow=True).presses("Send")
    assert member.problems() == ["Select whether you agree the draft or have a comment"]
    member.answer("Do you agree the draft?", "I agree the draft")
    member.presses("Send").reads("You agreed the draft").does_not_read("Edit (section")
    for path in (f"{REPORT}sections/2.2d/", f"{REVIEW}close-comments/", f"{REVIEW}lock-for-signature/"):
        assert member.status_of(path) == 403, path


def comments(member):
    member.takes_up("Agree the draft report or comment on it", RR)
    member.answer("Do you agree the draft?", "I have a comment")
    member.answers({"About which section?": f"2.2g {HEADINGS['2.2g']}", "Your comment": COMMENT})
    member.presses("Send").reads("Your comment was added", COMMENT)


def closes_the_round(chair):
    chair.goes_to(REPORT).follows("Comments, and who has replied", narrow=True).reads(COMMENT, "Has not replied")
    chair.goes_to(REPORT).follows("Close the round of comments").presses("Close the round", narrow=True)
    assert COMMENT in chair.text('[id="section-2.2g"]')


def locks(team):
    team.goes_to(REPORT).follows("Lock for signature").reads("Deputy for Dominic Yarrow")
    team.presses("Lock for signature").reads("The report was locked", "Has not signed")


# The decision


def signs(partner, decision, words=""):
    version = newest_version()
    partner.takes_up("Decide and sign the report", RR).reads(
        version.sha256, LEARNT_BEFORE, "The rapid review panel recommends"
    )
    partner.answer("Your decision", decision)
    if words:
        partner.presses("Sign")
        assert partner.problems() == ["Enter your comments"]
        partner.answer("Your comments, or your reasons", words)
    partner.presses("Sign").reads("Your decision and signature were recorded")


def newest_version():
    """The version that is signed: the newest without signatures."""
    versions = Version.objects.filter(reference=RR).order_by("-number")
    return next(version for version in versions if '"signatures"' not in version.content)


def voids_the_signature(team):
    team.goes_to(REPORT).reads("Any change opens it again and makes these signatures void: Delia Ravenscroft")
    team.follows("Edit (section 2.2h)", narrow=True).reads("makes these signatures void: Delia Ravenscroft")
    team.answer(f"2.2h {HEADINGS['2.2h']}", f"{LEARNT_BEFORE} {AFTER_THE_SIGNATURE}")
    team.presses("Save").reads("these signatures are void: Delia Ravenscroft", "Report being drafted")


def gives_a_new_code(partner, user):
    """The code of ten minutes ago is too old to sign with."""
    partner.takes_up("Decide and sign the report", RR).has_heading("Enter a new one-time code")
    partner.answer("One-time code", one_time_code(user))
    partner.presses("Continue").has_heading("Decide and sign")


def cannot_count_twice(partner):
    partner.goes_to(f"{REVIEW}sign-off/").reads("Della Quince has signed for", "Deputy for Dominic Yarrow")
    assert not partner.page.get_by_role("button", name="Sign", exact=True).count()


# The document


def waits_for_the_pdf(manager):
    manager.takes_up("Send the report to the National Panel (local date)", RR)
    manager.follows("Record that the report was sent").reads("The PDF with the signatures is")
    manager.answers({"When was it sent?": (date(2027, 1, 5), "9am")}).presses("Record that it was sent")
    assert manager.problems() == ["The PDF is still being made: try again in a minute"]


def made_by_a_worker():
    """The newest of the two: the one that was asked for by the second signature is not sent."""
    tasks.render_document(documents.waiting().last().pk)


def takes_the_pdf(manager):
    manager.goes_to(f"{REVIEW}submit-report/", narrow=True)
    pdf = manager.downloads(f"{RR}.pdf")
    manager.reads(f"SHA-256 of the file: {hashlib.sha256(pdf).hexdigest()}")
    return pdf


def holds_everything(pdf, path):
    """Every section with what was typed into it, each signature, the hash of what was signed."""
    path.write_bytes(pdf)
    made = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True)
    text = in_one_line(made.stdout)
    headings = [f"{number} {heading}" for number, heading in {**PARTS, **HEADINGS}.items()]
    typed = [*answers.words_of(*IN_THE_REPORT), LEARNT_BEFORE, AFTER_THE_SIGNATURE, DECILES, COMMENTS]
    sought = [*headings, *typed, *SIGNATURES, newest_version().sha256]
    missing = [words for words in sought if in_one_line(words) not in text]
    assert not missing, missing


def in_one_line(text):
    return "".join(text.split())


IN_THE_REPORT = (
    answers.MEETING,
    answers.ATTENDANCE,
    answers.FACTS,
    answers.DISCUSSION,
    answers.VIEWS,
    answers.ACTION,
    answers.NEXT_STEPS,
    answers.CONCERN,
    answers.EPISODE,
    answers.RECOMMENDATION,
)
SIGNATURES = (
    "Delia Ravenscroft",
    "4 January 2027 at 3:10pm",
    "Della Quince",
    "Deputy for Dominic Yarrow, delegated safeguarding partner",
    "Agrees with comments",
    "Dana Kestrel",
    "5 January 2027 at 9am",
)


def sees_nothing(stranger, paths):
    """A panel member who is not on this review; the lead of an agency that was not asked."""
    assert len(paths) > 20
    assert {path: stranger.status_of(path) for path in paths} == dict.fromkeys(paths, 404)


# The National Panel


def sends_it(manager):
    manager.answers({"When was it sent?": (date(2027, 1, 5), "9am")})
    manager.presses("Record that it was sent").reads(
        "It is recorded that the report was sent", "5 January 2027 at 9am, to rapid.reviews@national-panel.example"
    )
    assert manager.text().count("Done, in time") == 2


def records_the_reply(manager):
    manager.takes_up("Chase the National Panel’s reply", RR).presses("Record the reply")
    assert len(manager.problems()) == 2
    manager.answers({"Reply": "Agrees", "Date of the reply": date(2027, 1, 18), "What it says": "The Panel agrees."})
    manager.presses("Record the reply").reads("Reply of the National Panel: Agrees", "The Panel agrees.")


def closes(manager):
    manager.follows("Close the review", narrow=True).answer("Reason", "The LCSPR begins.")
    manager.presses("Close the review").reads("The rapid review was closed")
    assert RapidReview.objects.get().status == RapidReview.Status.CLOSED
    assert not Deadline.objects.open().filter(reference__in=[RR, HOUSING]).exists()
