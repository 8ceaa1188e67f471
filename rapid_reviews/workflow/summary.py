"""How an agency's summary moves: written, approved, returned, accepted or sent back; or a nil return."""

from django.utils import timezone

from access import can
from casework import versions
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, RapidReview
from trail import models as trail

Status = AgencySummary.Status
RETURNING = (rules.SUMMARY_RETURNED, rules.SUMMARY_ASKED_LATER)


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.RETURN_SUMMARY, event=False)
def fill_in_summary(summary, *, by, on, values, seen=None):
    """This will save one section of the summary; nothing is required to save."""
    versions.check(summary, seen)
    for name, value in values.items():
        setattr(summary, name, value)
    summary.author = summary.author or by


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.RETURN_SUMMARY, event=False)
def fill_in_summary_row(summary, *, by, on, row, values, seen=None):
    """This will add or save one event, correction, action or practitioner of the summary."""
    row.summary = summary
    if row.pk:
        row.refresh_from_db()
        versions.check(row, seen)
    for name, value in values.items():
        setattr(row, name, value)
    trail.save(row, by=by, on=on, reason="fill_in_summary_row")


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.RETURN_SUMMARY, event=False)
def remove_summary_row(summary, *, by, on, row):
    """This will take one row off a summary that was not returned; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_summary_row")


@transition(
    AgencySummary,
    sources=(*AgencySummary.EDITABLE, Status.NIL),
    target=None,
    permission=P.RETURN_SUMMARY,
    words="records_where",
)
def secure_records(summary, *, by, on, records_where):
    """This will record that the agency's records are secured, and where; also after a nil return, if any are held."""
    summary.records_where, summary.records_secured_at, summary.records_secured_by = records_where, on, by
    clock.meet(rules.RECORDS_SECURED, reference=summary.reference, on=on, by=by)


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=Status.NIL, permission=P.RETURN_SUMMARY)
def return_nil(summary, *, by, on, systems_searched, names_used, searched_by):
    """This will return that the agency found no contact: systems searched, names and dates used, by whom.

    No approver is needed. The records timescale runs on only where the agency holds a record after all.
    """
    summary.involved, summary.author = False, by
    summary.systems_searched, summary.names_used, summary.searched_by = systems_searched, names_used, searched_by
    summary.returned_at = on
    _returned(summary, by=by, on=on)
    clock.stop(rules.RECORDS_SECURED, reference=summary.reference, on=on, by=by, reason="Nil return")


def _returned(summary, *, by, on):
    for rule in RETURNING:
        clock.meet(rule, reference=summary.reference, on=on, by=by)
    notices.summary_returned(summary, on=on)


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=Status.WITH_APPROVER, permission=P.RETURN_SUMMARY)
def send_for_approval(summary, *, by, on, approver):
    """This will send the finished summary to the agency's approver, who is somebody else than its author."""
    _refuse_gaps(summary)
    if approver == by:
        raise CannotProceed(("approver", "The approver is somebody other than the author"))
    summary.author, summary.approver = by, approver
    reason = f"Approves the summary {summary.reference}"
    can.grant(case=summary.case, user=approver, role=CaseRole.SUMMARY_APPROVER, reason=reason, on=on, by=by)
    clock.start(
        rules.SUMMARY_APPROVED,
        case=summary.case,
        reference=summary.reference,
        path=f"{summary.get_absolute_url()}approve-summary/",
        counts_from=on,
        on=on,
        by=by,
        user=approver,
    )
    notices.approval_asked(summary, on=on)


def _refuse_gaps(summary):
    if gaps := queries.summary_gaps(summary):
        raise CannotProceed(*[("", words) for _, _, words in gaps])


@transition(AgencySummary, sources=(Status.WITH_APPROVER,), target=Status.RETURNED, permission=P.APPROVE_SUMMARY)
def approve_summary(summary, *, by, on):
    """This will approve the summary and return it to the partnership."""
    summary.approver_name, summary.approved_at, summary.returned_at = by.full_name, on, on
    clock.meet(rules.SUMMARY_APPROVED, reference=summary.reference, on=on, by=by)
    _to_be_checked(summary, by=by, on=on)
    _returned(summary, by=by, on=on)


@transition(AgencySummary, sources=(Status.WITH_APPROVER,), target=Status.ASKED, permission=P.APPROVE_SUMMARY)
def return_to_author(summary, *, by, on, reason):
    """This will return the summary to its author with the approver's comment."""
    clock.stop(rules.SUMMARY_APPROVED, reference=summary.reference, on=on, by=by, reason="Returned to the author")
    notices.returned_to_author(summary, on=on)


def _to_be_checked(summary, *, by, on):
    clock.start(
        rules.SUMMARY_CHECKED,
        case=summary.case,
        reference=summary.reference,
        path=summary.get_absolute_url(),
        counts_from=on,
        on=on,
        by=by,
        role=Role.BUSINESS_COORDINATOR,
    )


# The business team


@transition(AgencySummary, sources=(Status.RETURNED,), target=Status.ACCEPTED, permission=P.ENTER_SUMMARY)
def accept_summary(summary, *, by, on):
    """This will accept the summary as it was returned."""
    summary.accepted_by, summary.accepted_at = by, on
    clock.meet(rules.SUMMARY_CHECKED, reference=summary.reference, on=on, by=by)


@transition(AgencySummary, sources=(Status.RETURNED,), target=Status.SENT_BACK, permission=P.ENTER_SUMMARY)
def send_back(summary, *, by, on, reason):
    """This will send the summary back to the agency with a comment; it is asked for again."""
    clock.stop(rules.SUMMARY_CHECKED, reference=summary.reference, on=on, by=by, reason="Sent back")
    summary.returned_at, summary.approved_at = None, None
    due = clock.start(
        rules.SUMMARY_ASKED_LATER,
        case=summary.case,
        reference=summary.reference,
        path=summary.get_absolute_url(),
        counts_from=on,
        on=on,
        by=by,
        agency=summary.agency,
    )
    notices.sent_back(summary, on=on, due=due.due_at)


@transition(
    AgencySummary,
    sources=AgencySummary.EDITABLE,
    target=Status.RETURNED,
    permission=P.ENTER_SUMMARY,
    words="approval_waived_why",
)
def enter_summary(summary, *, by, on, values, returned_at, approver_name="", approval_waived_why=""):
    """This will enter a summary that came by e-mail, for the agency: its text, when it came, who approved it.

    The approver is named, or the business manager waives the second person with a reason that the report prints.
    """
    if returned_at > on:
        raise CannotProceed(("returned_at", "The moment it came must be in the past"))
    if not (approver_name or approval_waived_why):
        raise CannotProceed(("approver_name", "Enter who approved it, or why nobody did"))
    for name, value in values.items():
        setattr(summary, name, value)
    summary.involved = True
    summary.approver_name, summary.approval_waived_why = approver_name, approval_waived_why
    summary.returned_at, summary.entered_by = returned_at, by
    _to_be_checked(summary, by=by, on=on)
    for rule in RETURNING:
        clock.meet(rule, reference=summary.reference, on=returned_at, by=by)
    clock.stop(rules.RECORDS_SECURED, reference=summary.reference, on=on, by=by, reason="Returned by e-mail")


@transition(AgencySummary, sources=(Status.NIL,), target=Status.ASKED, permission=P.ENTER_SUMMARY)
def reopen_summary(summary, *, by, on, reason):
    """This will ask an agency again after its nil return, because the family was found under another name."""
    if summary.review.status not in RapidReview.OPEN:
        raise CannotProceed("The rapid review is over")
    summary.returned_at, summary.involved = None, None
    due = clock.start(
        rules.SUMMARY_ASKED_LATER,
        case=summary.case,
        reference=summary.reference,
        path=summary.get_absolute_url(),
        counts_from=on,
        on=on,
        by=by,
        agency=summary.agency,
    )
    notices.summary_asked(summary, on=on, due=timezone.localtime(due.due_at))
