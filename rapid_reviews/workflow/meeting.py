"""The rapid review meeting, as it is recorded."""

from casework import versions
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from rapid_reviews import queries
from rapid_reviews.models import SECTIONS, Attendance, Meeting, RapidReview, ReportSection
from trail import models as trail

Status = RapidReview.Status
BEFORE_SIGNATURE = (Status.PACK_ISSUED, Status.DRAFTING, Status.WITH_MEMBERS)


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def fill_in_meeting(review, *, by, on, values, seen=None):
    """This will save a page of the meeting's record; the first save invites everybody on the panel to the list."""
    meeting = getattr(review, "meeting", None)
    if meeting is None:
        meeting = Meeting(review=review)
    else:
        meeting.refresh_from_db()
        versions.check(meeting, seen)
    new = meeting.pk is None
    for name, value in values.items():
        setattr(meeting, name, value)
    trail.save(meeting, by=by, on=on, reason="fill_in_meeting")
    if new:
        for member in review.members.filter(until_at=None).select_related("user", "agency").order_by("pk"):
            row = Attendance(meeting=meeting, member=member, name=str(member.user), agency=member.agency)
            trail.save(row, by=by, on=on, reason="fill_in_meeting")


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def fill_in_meeting_row(review, *, by, on, row, values, seen=None):
    """This will add or save one attendance, action or member's view of the meeting."""
    if getattr(review, "meeting", None) is None:
        raise CannotProceed("Save the meeting's date first")
    row.meeting = review.meeting
    _save_row(row, values, seen, by=by, on=on)


def _save_row(row, values, seen, *, by, on):
    if row.pk:
        row.refresh_from_db()
        versions.check(row, seen)
    for name, value in values.items():
        setattr(row, name, value)
    trail.save(row, by=by, on=on, reason="fill_in_row")


@transition(RapidReview, sources=BEFORE_SIGNATURE, target=None, permission=P.EDIT_REPORT, event=False)
def remove_meeting_row(review, *, by, on, row):
    """This will take one row off the meeting's record; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_meeting_row")


@transition(
    RapidReview, sources=(Status.PACK_ISSUED,), target=Status.DRAFTING, permission=P.EDIT_REPORT, words="recommendation"
)
def record_meeting(review, *, by, on):
    """This will record that the meeting was held and begin the report, prefilled from all that was gathered."""
    meeting = getattr(review, "meeting", None)
    problems = []
    if meeting is None or meeting.held_on is None:
        problems.append("Enter the date of the meeting")
    else:
        if not meeting.chaired_by:
            problems.append("Enter who chaired the meeting")
        if not meeting.confidentiality_read:
            problems.append("Say that the confidentiality statement was read")
        if not meeting.conflicts_asked:
            problems.append("Say that conflicts of interest were asked about")
        if meeting.attendances.filter(attended="").exists():
            problems.append("Enter the attendance of everybody invited")
        if meeting.recommends_lcspr is None:
            problems.append("Select whether the panel recommends an LCSPR")
        if meeting.unanimous is None:
            problems.append("Select whether the recommendation is unanimous")
        elif meeting.unanimous is False and not meeting.dissent:
            problems.append("Enter the dissent")
        if meeting.actions.filter(outcome="").exists() or meeting.actions.filter(lead_officer="").exists():
            problems.append("Each action needs an outcome and a lead officer")
        if meeting.actions.filter(due_on=None).exists():
            problems.append("Each action needs a date")
    if problems:
        raise CannotProceed(*problems)
    meeting.recorded_at, meeting.recorded_by = on, by
    trail.save(meeting, by=by, on=on, reason="record_meeting")
    clock.meet(rules.MEETING, reference=review.reference, on=on, by=by)
    prefilled = queries.prefill(review)
    for section in SECTIONS:
        text, sources = prefilled[section]
        row = ReportSection(review=review, section=section, text=text, sources=sources)
        trail.save(row, by=by, on=on, reason="prefill")
