"""The rapid review meeting, as it is recorded."""

from casework import versions
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from rapid_reviews import queries
from rapid_reviews.models import (
    SECTIONS,
    Attendance,
    Outcome,
    RapidReview,
    Recommendation,
    ReportSection,
)
from trail import models as trail

Status = RapidReview.Status
BEFORE_SIGNATURE = (Status.PACK_ISSUED, Status.DRAFTING, Status.WITH_MEMBERS)


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def fill_in_meeting(review, *, by, on, values, seen=None):
    """This will save a page of the meeting's record; the first save lists everybody on the panel as invited."""
    meeting = queries.meeting_of(review)
    if meeting.pk:
        versions.check(meeting, seen)
    new = meeting.pk is None
    for name, value in values.items():
        setattr(meeting, name, value)
    trail.save(meeting, by=by, on=on, reason="fill_in_meeting")
    if new:
        for member in review.members.filter(until_at=None).select_related("user", "agency").order_by("pk"):
            row = Attendance(
                meeting=meeting,
                member=member,
                name=str(member.user),
                agency=member.agency,
                role=member.user.job_title,
            )
            trail.save(row, by=by, on=on, reason="fill_in_meeting")


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def fill_in_meeting_row(review, *, by, on, row, values, seen=None):
    """This will add or save one person's attendance and view, or one action."""
    meeting = queries.meeting_of(review)
    if meeting.pk is None:
        raise CannotProceed("Save when and where the meeting was first")
    row.meeting = meeting
    save_row(row, values, seen, by=by, on=on)


def save_row(row, values, seen, *, by, on):
    """This will save a row of meeting or report under the review's lock, and say whether anything changed."""
    if row.pk:
        row.refresh_from_db()
        versions.check(row, seen)
        if all(getattr(row, name) == value for name, value in values.items()):
            return False
    for name, value in values.items():
        setattr(row, name, value)
    trail.save(row, by=by, on=on, reason="fill_in_row")
    return True


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def remove_meeting_row(review, *, by, on, row):
    """This will take one row off the meeting's record; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_meeting_row")


@transition(RapidReview, sources=(Status.PACK_ISSUED,), target=Status.DRAFTING, permission=P.EDIT_REPORT)
def record_meeting(review, *, by, on):
    """This will record that the meeting was held and begin the report, prefilled from all that was gathered.

    The meeting counts as held when it ended, not when it was recorded. Everything it still lacks is said at once.
    """
    if gaps := queries.gaps_of_meeting(review):
        raise CannotProceed(*gaps)
    meeting = queries.meeting_of(review)
    held_at = rules.at(meeting.held_on, meeting.ended_at)
    if held_at > on:
        raise CannotProceed(("when", "The meeting must have ended before it is recorded"))
    meeting.recorded_at, meeting.recorded_by = on, by
    trail.save(meeting, by=by, on=on, reason="record_meeting")
    clock.meet(rules.MEETING, reference=review.reference, on=held_at, by=by)
    _begin_report(review, meeting, by=by, on=on)


def _begin_report(review, meeting, *, by, on):
    review.meeting = meeting
    prefilled = queries.prefill(review, queries.anybody(on))
    for section in SECTIONS:
        text, sources = prefilled[section]
        row = ReportSection(review=review, section=section, text=text, sources=sources)
        trail.save(row, by=by, on=on, reason="prefill")
    recommendation = Recommendation(
        review=review,
        outcome=Outcome.LCSPR if meeting.recommends_lcspr else "",
        rationale="\n\n".join(text for text in (meeting.threshold, meeting.recommendations) if text),
        unanimous=meeting.unanimous,
        dissent=meeting.dissent,
        learning_shared="\n\n".join(text for text in (meeting.to_share, meeting.emerging) if text),
        sources=queries.source_of_meeting(meeting),
    )
    trail.save(recommendation, by=by, on=on, reason="prefill")
