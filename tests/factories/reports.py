"""Rapid reviews from the meeting to the National Panel, reached as people reach it: through the workflow functions.

    review = reports.drafting(cast)          # the meeting is recorded, the report begun
    review = reports.report_locked(cast)     # frozen, the partners are asked

After `rapid_reviews.pack_issued`, on Friday 11 December 2026: meeting recorded 13:56, draft issued and comments closed
13:57, locked and decided 13:58, PDF made, sent and answered 13:59. Every text entered is a marker of its own.
"""

from contextlib import contextmanager
from datetime import date, time, timedelta
from unittest import mock

from casework import documents
from rapid_reviews import queries, workflow
from rapid_reviews.models import (
    Action,
    AnalysisBranch,
    KeyEpisode,
)
from referrals import workflow as referral_workflow
from tests.factories import rapid_reviews
from tests.factories.answers import marker
from tests.factories.situations import DAY, at
from tests.factories.way import situation
from trail.models import save

GROUPS = {
    "when": ("place", "chaired_by", "note_taker", "conflicts", "moved_reason", "agencies_not_represented"),
    "facts": ("the_case", "parallel", "immediate_concerns", "involvement"),
    "discussion": ("thoughts", "worried_about", "worked_well", "to_share", "emerging"),
    "next-steps": ("threshold", "recommendations", "dissent"),
}
"""The texts of the meeting's record."""


def said(review, *parts):
    """This will return the marker that these situations enter for a passage."""
    return marker(review.reference, *parts)


@situation
def meeting_filled_in(cast, *, side=None, day=DAY, **answers):
    """The pack is issued and the meeting written down, everything of it; not recorded as held yet."""
    review = rapid_reviews.pack_issued(cast, side=side, day=day, **answers)
    return fill_in_meeting(cast, review, on=at(day, "13:56"))


def fill_in_meeting(cast, review, *, on, held_on=None, **answers):
    """This will write down a meeting: its texts, who came, their views, two actions."""
    by = cast.coordinator
    texts = {name: said(review, name) for group in GROUPS.values() for name in group}
    values = {
        "held_on": held_on or (on - timedelta(hours=1)).date(),
        "began_at": time(10),
        "ended_at": time(12, 30),
        "confidentiality_read": True,
        "conflicts_asked": True,
        "recommends_lcspr": True,
        "unanimous": False,
    }
    workflow.fill_in_meeting(review, by=by, on=on, values=texts | values | answers)
    meeting = queries.meeting_of(review)
    for number, person in enumerate(queries.people_invited(meeting)):
        came = {"attended": "attended", "view": "meets", "rationale": said(review, "view", str(number))}
        sent = {"attended": "substitute", "in_place": said(review, "in place")} | {"view": "does_not_meet"}
        row = came | (sent if number == 1 else {})
        workflow.fill_in_meeting_row(review, by=by, on=on, row=person, values=row)
    for number, immediate in enumerate((True, False)):
        values = {
            "action": said(review, "action", str(number)),
            "outcome": said(review, "outcome", str(number)),
            "lead_officer": said(review, "lead officer", str(number)),
            "due_on": date(2027, 3, 9 + number),
            "immediate": immediate,
        }
        workflow.fill_in_meeting_row(review, by=by, on=on, row=Action(), values=values)
    review.refresh_from_db()
    return review


@situation
def drafting(cast, *, side=None, day=DAY, **answers):
    """The meeting is recorded and the report begun, prefilled from all that was gathered."""
    review = meeting_filled_in(cast, side=side, day=day, **answers)
    return workflow.record_meeting(review, by=cast.coordinator, on=at(day, "13:56"))


meeting_recorded = drafting


@situation
def report_written(cast, *, side=None, day=DAY, **answers):
    """The report says everything it must: texts, analysis, recommendation, deciles."""
    return write_report(cast, drafting(cast, side=side, day=day, **answers), on=at(day, "13:56"))


def write_report(cast, review, *, on, **recommendation):
    """This will write what the prefilled report lacks; what is there already stays."""
    by = cast.coordinator
    for row in review.sections.order_by("pk"):
        if not row.text:
            text = said(review, row.section)
            workflow.edit_section(review, by=by, on=on, section=row.section, text=text)
    branch = {name: said(review, name) for name in ("concern", "cause", "effect")}
    workflow.edit_analysis(review, by=by, on=on, row=AnalysisBranch(), values=branch)
    episode = {name: said(review, "episode", name) for name in ("dates", "what", "why", "shows")}
    workflow.edit_analysis(review, by=by, on=on, row=KeyEpisode(), values=episode)
    children = review.referral.children.select_related("home_address")
    deciles = {child.home_address: 3 for child in children if child.home_address}
    workflow.edit_deciles(review, by=by, on=on, deciles=deciles, edition="English Indices of Deprivation 2025")
    values = {
        name: said(review, name)
        for name in ("timescales", "period", "lines_of_enquiry", "agencies", "national_issues", "family_why")
    } | {
        "outcome": "lcspr",
        "criteria": ["improvements", "working_together"],
        "circumstances": ["several_areas"],
        "method": "appreciative_inquiry",
        "national_importance": True,
        "share_with_family": True,
    }
    return workflow.edit_recommendation(review, by=by, on=on, values=values | recommendation)


@situation
def with_members(cast, *, side=None, day=DAY, **answers):
    """The draft is with the panel members; one has agreed, one has commented, the others have not replied."""
    review = report_written(cast, side=side, day=day, **answers)
    review = workflow.issue_draft(review, by=cast.reviewer, on=at(day, "13:57"))
    on = at(day, "13:57")
    agreed, commented = [member.user for member in review.members.order_by("pk")[:2]]
    workflow.comment(review, by=agreed, on=on, agrees=True)
    text = said(review, "comment")
    return workflow.comment(review, by=commented, on=on, agrees=False, section="2.2f", text=text)


@situation
def comments_closed(cast, *, side=None, day=DAY, **answers):
    """The chair has closed the round: the report can be locked."""
    review = with_members(cast, side=side, day=day, **answers)
    return workflow.close_comments(review, by=cast.reviewer, on=at(day, "13:57"))


@situation
def report_locked(cast, *, side=None, day=DAY, **answers):
    """Frozen as one exact version; the three partners and the deputy are asked to decide and sign."""
    review = comments_closed(cast, side=side, day=day, **answers)
    return workflow.lock_for_signature(review, by=cast.coordinator, on=at(day, "13:58"))


def sign(review, *, by, on, decision="agrees", comments="", outcome=""):
    """This will sign the version there is to sign."""
    if decision != "agrees":
        comments = comments or said(review, by.email, "comments")
    if decision == "does_not_agree":
        outcome = outcome or "no_further"
    sha256 = workflow.version_to_sign(review).sha256
    return workflow.sign_off(review, by=by, on=on, decision=decision, comments=comments, outcome=outcome, sha256=sha256)


@situation
def one_signature(cast, *, side=None, day=DAY, **answers):
    """Locked; the local authority's delegated partner has signed."""
    return sign(report_locked(cast, side=side, day=day, **answers), by=cast.partner_la, on=at(day, "13:58"))


@situation
def decided(cast, *, side=None, day=DAY, **answers):
    """Two of three partners decided the same, one of them with comments; the PDF is asked for, not made."""
    review = one_signature(cast, side=side, day=day, **answers)
    return sign(review, by=cast.partner_icb, on=at(day, "13:58"), decision="agrees_with_comments")


@situation
def pdf_made(cast, *, side=None, day=DAY, **answers):
    """Decided, and a worker has made the PDF."""
    review = decided(cast, side=side, day=day, **answers)
    render(review, on=at(day, "13:59"))
    return review


@situation
def pdf_failed(cast, *, side=None, day=DAY, **answers):
    """Decided, and the PDF could not be made."""
    review = decided(cast, side=side, day=day, **answers)
    document = documents.of(review, workflow.REPORT).first()
    document.failed_at = at(day, "13:59")
    save(document, by=None, on=at(day, "13:59"))
    return review


@contextmanager
def quick_pdf():
    """What a PDF holds is the matter of tests of its own, and takes seconds: within, it only has to be there."""
    with mock.patch.object(documents.pdf, "render", lambda html: f"%PDF-1.7 {len(html)}".encode()):
        yield


def render(review, *, on):
    """This will render what waits for this review, as a worker does; returns the newest document."""
    for document in documents.waiting().filter(reference=review.reference):
        documents.render(document.pk, on=on)
    return documents.of(review, workflow.REPORT).first()


@situation
def submitted(cast, *, side=None, day=DAY, **answers):
    """Sent to the National Panel, in time."""
    review = pdf_made(cast, side=side, day=day, **answers)
    return workflow.submit_report(
        review,
        by=cast.business_manager,
        on=at(day, "13:59"),
        recipient="rapid.reviews@national-panel.example",
        sent_at=at(day, "13:59"),
    )


@situation
def notification_withdrawn(cast, *, side=None, day=DAY, **answers):
    """Agencies were asked; then the local authority withdrew the notification. The review is not ended yet."""
    review = rapid_reviews.review_gathering(cast, side=side, day=day, **answers)
    withdraw_notification(cast, review, on=at(day, "13:59"))
    return review


def withdraw_notification(cast, review, *, on):
    """This will withdraw the notification that a review rests on."""
    why = said(review, "why withdrawn")
    return referral_workflow.withdraw_notification(
        review.referral, by=cast.la_notifier, on=on, withdrawn_at=on, withdrawn_why=why
    )


@situation
def review_closed(cast, *, side=None, day=DAY, **answers):
    """Answered by the National Panel and closed."""
    review = submitted(cast, side=side, day=day, **answers)
    by, on = cast.business_manager, at(day, "13:59")
    text = said(review, "reply")
    workflow.record_reply(review, by=by, on=on, reply="agrees", replied_on=date.fromisoformat(day), text=text)
    return workflow.close_review(review, by=by, on=on, reason=said(review, "close reason"))
