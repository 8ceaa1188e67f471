"""How an agency's summary moves: written, approved, returned, accepted or sent back; or a nil return."""

from access import addresses, can
from casework import named, versions
from casework.workflow import CannotProceed, NotAllowed, note, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, RapidReview, SectionComment
from rapid_reviews.workflow.disclosure import forget_disclosure
from rapid_reviews.workflow.gathering import start_late_request
from rapid_reviews.workflow.sections import end_sections, refuse_others_section
from trail import models as trail

Status = AgencySummary.Status
RETURNING = (rules.SUMMARY_RETURNED, rules.SUMMARY_ASKED_LATER)


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.WRITE_SECTION, event=False)
def fill_in_summary(summary, *, by, on, values, seen=None, section=""):
    """This will save one section of the summary; nothing is required to save.

    Who was given sections saves those alone (`section`), and nothing in them that is withheld from them.
    """
    refuse_others_section(summary, section, by=by, on=on)
    _refuse_withheld(summary, "answer", values, by=by, on=on)
    versions.check(summary, seen)
    for name, value in values.items():
        setattr(summary, name, value)
    summary.author = summary.author or _author(summary, by=by, on=on)


def _refuse_withheld(summary, kind, things, *, by, on):
    """Refuse to write over what is withheld from who writes."""
    if can.can(by, P.RETURN_SUMMARY, summary, moment=on):
        return
    marks = queries.marks_of(summary.review, queries.reader_of(summary.review, by, moment=on))
    if any(marks.hides(summary, kind, which) for which in things):
        raise NotAllowed("what is withheld from somebody they do not write")


def _author(summary, *, by, on):
    """The person who writes for the agency; nobody where the business team types in what came by e-mail."""
    return by if AgencySummary.objects.written_by(by, moment=on).filter(pk=summary.pk).exists() else None


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.WRITE_SECTION, event=False)
def fill_in_summary_row(summary, *, by, on, row, values, seen=None, section="", kind=""):
    """This will add or save one event, correction, action or practitioner of the summary.

    Who was given sections does so in those alone; `kind` names the row as marks do (`queries.ROWS`).
    """
    refuse_others_section(summary, section, by=by, on=on)
    _refuse_withheld(summary, kind, [row.pk], by=by, on=on)
    row.summary = summary
    if row.pk:
        row.refresh_from_db()
        versions.check(row, seen)
    addresses.assign(row, values, case=summary.case, by=by, on=on)
    trail.save(row, by=by, on=on, reason="fill_in_summary_row")


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.WRITE_SECTION, event=False)
def remove_summary_row(summary, *, by, on, row, section="", kind=""):
    """This will take one row off a summary that was not returned, with its marks; their history stays.

    Who was given sections does so in those alone.
    """
    refuse_others_section(summary, section, by=by, on=on)
    _refuse_withheld(summary, kind, [row.pk], by=by, on=on)
    forget_disclosure(summary, row, by=by, on=on)
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
def return_nil(summary, *, by, on, systems_searched, names_used, searched_by, returned_at=None):
    """This will return that the agency found no contact: systems searched, names and dates used, by whom.

    No approver is needed. The records timescale runs on only where the agency holds a record after all. What came by
    e-mail counts from the moment it came (`returned_at`).
    """
    summary.involved, summary.author, summary.approver = False, _author(summary, by=by, on=on), None
    summary.systems_searched, summary.names_used, summary.searched_by = systems_searched, names_used, searched_by
    if returned_at and returned_at > on:
        raise CannotProceed(("returned_at", "The moment it came must be in the past"))
    summary.returned_at = on if returned_at is None or summary.author else returned_at
    end_sections(summary, by=by, on=on, why="Nil return")
    _returned(summary, by=by, on=on)
    clock.stop(rules.RECORDS_SECURED, reference=summary.reference, on=on, by=by, reason="Nil return")


def _returned(summary, *, by, on):
    for rule in RETURNING:
        clock.meet(rule, reference=summary.reference, on=summary.returned_at, by=by)
    if summary.author:  # what the business team typed in itself it knows of
        notices.summary_returned(summary, on=on)


@transition(
    AgencySummary,
    sources=AgencySummary.EDITABLE,
    target=(Status.WITH_APPROVER, Status.RETURNED),
    permission=P.RETURN_SUMMARY,
)
def send_for_approval(summary, *, by, on, approver=None):
    """This will send the finished summary to the agency's approver, who is somebody else than its author.

    Without an approver it is returned at once, where the business team has waived the second person.
    """
    _refuse_gaps(summary)
    if _author(summary, by=by, on=on) is None:
        raise CannotProceed("What came by e-mail is returned with who approved it, not sent for approval")
    if approver == by:
        raise CannotProceed(("approver", "The approver is somebody other than the author"))
    if approver and (known := queries.approver_conflicts(summary).get(approver.pk)):
        raise CannotProceed(("approver", f"{approver} cannot approve it: {known}"))
    summary.author, summary.approver = by, approver
    end_sections(summary, by=by, on=on, why="The summary was sent")
    named.match(summary.case, on=on, also=queries.practitioners_named([summary]))
    if approver is None:
        if not summary.approval_waived_why:
            raise CannotProceed(("approver", "Select who approves the summary"))
        summary.returned_at = on
        _to_be_checked(summary, by=by, on=on)
        _returned(summary, by=by, on=on)
        return Status.RETURNED
    summary.approval_waived_why = ""
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
        due=queries.due_of_summary(summary),
    )
    notices.approval_asked(summary, on=on, due=queries.due_of_summary(summary))
    return Status.WITH_APPROVER


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.WAIVE_APPROVAL)
def waive_approval(summary, *, by, on, reason):
    """This will let the agency return its summary without a second person's approval; the report prints why."""
    summary.approval_waived_why = reason
    notices.approval_waived(summary, on=on)


def _refuse_gaps(summary):
    if gaps := queries.summary_gaps(summary):
        raise CannotProceed(*[("", words) for _, _, words in gaps])


@transition(AgencySummary, sources=(Status.WITH_APPROVER,), target=Status.RETURNED, permission=P.APPROVE_SUMMARY)
def approve_summary(summary, *, by, on):
    """This will approve the summary and return it to the partnership: in the name of who does it, also as cover.

    Who may be named in the case does not approve.
    """
    if known := queries.approver_conflicts(summary).get(by.pk):
        raise CannotProceed(f"You cannot approve it: {named.of_oneself(known)}")
    summary.approver_name, summary.approved_at, summary.returned_at = by.full_name, on, on
    clock.meet(rules.SUMMARY_APPROVED, reference=summary.reference, on=on, by=by)
    _to_be_checked(summary, by=by, on=on)
    _returned(summary, by=by, on=on)


@transition(AgencySummary, sources=(Status.WITH_APPROVER,), target=Status.ASKED, permission=P.APPROVE_SUMMARY)
def return_to_author(summary, *, by, on, reason, comments=None):
    """This will return the summary to its author with the approver's comment, and one for each section named."""
    _comment(summary, comments, by=by, on=on)
    clock.stop(rules.SUMMARY_APPROVED, reference=summary.reference, on=on, by=by, reason="Returned to the author")
    notices.returned_to_author(summary, on=on, due=queries.due_of_summary(summary))


def _comment(summary, comments, *, by, on):
    rows = [
        SectionComment(summary=summary, section=section, text=text, made_at=on, made_by=by)
        for section, text in (comments or {}).items()
    ]
    trail.add_many(rows, by=by, on=on, reason="comment_on_section")


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
    if summary.review.pack_issued_at:
        notices.late_paper(summary, on=on)


# The business team


@transition(AgencySummary, sources=(Status.RETURNED,), target=Status.ACCEPTED, permission=P.ENTER_SUMMARY)
def accept_summary(summary, *, by, on, additions=(), ask_again=()):
    """This will accept the summary as it was returned; who it adds to the family may join it in the same step."""
    summary.accepted_by, summary.accepted_at = by, on
    clock.meet(rules.SUMMARY_CHECKED, reference=summary.reference, on=on, by=by)
    _join_family(summary, additions, ask_again, by=by, on=on)


@transition(AgencySummary, sources=(Status.ACCEPTED,), target=None, permission=P.ENTER_SUMMARY, event=False)
def accept_additions(summary, *, by, on, additions, ask_again=()):
    """This will settle who of those an accepted summary names has joined the family; who is left out leaves it again.

    The referral itself stays as it was approved. `ask_again` are the nil returns to be asked again with the new name.
    """
    _join_family(summary, additions, ask_again, by=by, on=on)


SEARCH_AGAIN = "Somebody was added to the family. Please search your records for the new name."


def _join_family(summary, additions, ask_again, *, by, on):
    chosen = {row.pk for row in additions}
    rows = list(queries.proposed_additions(summary))
    changed = [row for row in rows if (row.accepted_at is not None) != (row.pk in chosen)]
    if chosen - {row.pk for row in rows}:
        raise CannotProceed(("additions", "Select people whom this summary names"))
    marked = queries.marks_of(summary.review, queries.anybody(on)).hidden("correction", summary)
    if any(row.pk in chosen and row.accepted_at is None for row in rows if row.pk in marked):
        raise CannotProceed(("additions", "Somebody who is marked as not to be shared cannot join the family"))
    if not changed:
        return
    if not queries.family_can_grow(summary.review):
        raise CannotProceed("The report is locked for signature, or was sent: nobody joins the family any more")
    for row in changed:
        joins = row.pk in chosen
        row.accepted_at, row.accepted_by = (on, by) if joins else (None, None)
        trail.save(row, by=by, on=on, reason="accept_additions")
        words = f"{row.name}, proposed by {summary.agency}"
        note(summary, "joined_family" if joins else "left_family", by=by, on=on, words=words)
    named.match(summary.case, on=on)
    if not any(row.accepted_at for row in changed):
        return
    wanted = {other.pk for other in ask_again}
    for other in queries.nil_returns(summary.review):
        if other.pk in wanted:
            reopen_summary(other, by=by, on=on, reason=SEARCH_AGAIN)
    for other in summary.review.summaries.filter(status__in=AgencySummary.EDITABLE).exclude(pk__in=wanted):
        notices.family_added(other, on=on)


@transition(AgencySummary, sources=(Status.RETURNED,), target=Status.SENT_BACK, permission=P.ENTER_SUMMARY)
def send_back(summary, *, by, on, reason, comments=None):
    """This will send the summary back to the agency with a comment, and one for each section named: {its slug: text}.

    It is asked for again.
    """
    _comment(summary, comments, by=by, on=on)
    summary.went_without_at, summary.went_without_by, summary.went_without_why = None, None, ""
    clock.stop(rules.SUMMARY_CHECKED, reference=summary.reference, on=on, by=by, reason="Sent back")
    summary.returned_at, summary.approved_at = None, None
    due = start_late_request(summary, by=by, on=on)
    notices.sent_back(summary, on=on, due=due.due_at)


ONLY_WHO_READS_IT = "Something of this summary is not to be shared: the business manager enters it"


@transition(AgencySummary, sources=AgencySummary.EDITABLE, target=None, permission=P.ENTER_SUMMARY)
def key_in_summary(summary, *, by, on):
    """This will begin to type in, for the agency, a summary that came by e-mail: the business team may now fill it in.

    `enter_summary` (or `return_nil`) ends it. Who types reads all of it: where something is marked as not to be shared,
    that is for who reads what is marked.
    """
    if summary.restrictions.filter(lifted_at=None).exists() and not can.can(by, P.SEE_RESTRICTED, summary, moment=on):
        raise CannotProceed(ONLY_WHO_READS_IT)
    summary.entered_by = by


@transition(
    AgencySummary,
    sources=AgencySummary.EDITABLE,
    target=Status.RETURNED,
    permission=P.ENTER_SUMMARY,
    words="approval_waived_why",
)
def enter_summary(summary, *, by, on, returned_at, values=None, approver_name="", approval_waived_why=""):
    """This will enter a summary that came by e-mail, for the agency: its text, when it came, who approved it.

    The approver is named, or the business manager waives the second person with a reason that the report prints. What
    the e-mail left out is not asked for here: a summary that lacks too much is sent back. Refused for what nobody began
    to type in, and where something is marked as not to be shared for who does not read that.
    """
    if summary.entered_by_id is None:
        raise CannotProceed("Begin with “Type it in for the agency”")
    if not (summary.is_known_to_who_types(by) or can.can(by, P.SEE_RESTRICTED, summary, moment=on)):
        raise CannotProceed(ONLY_WHO_READS_IT)
    if returned_at > on:
        raise CannotProceed(("returned_at", "The moment it came must be in the past"))
    if not (approver_name or approval_waived_why):
        raise CannotProceed(("approver_name", "Enter who approved it, or why nobody did"))
    for name, value in (values or {}).items():
        setattr(summary, name, value)
    summary.involved, summary.approver = True, None
    summary.approver_name, summary.approval_waived_why = approver_name, approval_waived_why
    summary.returned_at, summary.entered_by = returned_at, by
    end_sections(summary, by=by, on=on, why="Returned by e-mail")
    named.match(summary.case, on=on, also=queries.practitioners_named([summary]))
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
    due = start_late_request(summary, by=by, on=on)
    if summary.records_secured_at is None:
        clock.start(
            rules.RECORDS_SECURED,
            case=summary.case,
            reference=summary.reference,
            path=f"{summary.get_absolute_url()}secure-records/",
            counts_from=on,
            on=on,
            by=by,
            agency=summary.agency,
        )
    notices.summary_asked(summary, on=on, due=due.due_at)
