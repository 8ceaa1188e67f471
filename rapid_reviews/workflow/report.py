"""The report: edited, commented on by the panel members, locked for signature; and opened again by any edit."""

from django.utils import timezone

from access import can
from casework import versions
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from partnership.roles import CaseRole
from rapid_reviews import notices, queries
from rapid_reviews.models import RapidReview, Recommendation, ReportComment
from rapid_reviews.workflow.gathering import start_clock
from rapid_reviews.workflow.meeting import _save_row
from trail import models as trail

Status = RapidReview.Status
EDITABLE = (Status.DRAFTING, Status.WITH_MEMBERS, Status.LOCKED, Status.DECIDED)


def _open_again(review, *, by, on):
    """Void every signature when a locked or signed report is edited, and say so; return the status it goes to."""
    if review.status not in (Status.LOCKED, Status.DECIDED):
        return review.status
    voided = queries.signatures_in_force(review)
    for sign_off in voided:
        sign_off.voided_at, sign_off.voided_by = on, by
        trail.save(sign_off, by=by, on=on, reason="edited after signature")
    review.decided_at, review.decided_lcspr = None, None
    clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason="The report was edited")
    can.end(case=review.case, role=CaseRole.SIGNATORY, on=on, by=by, reason="The report was edited")
    who = ", ".join(str(sign_off.signed_by) for sign_off in voided) or "nobody"
    trail.record(
        verb="void_signatures",
        reference=review.reference,
        case=review.case.reference,
        by=by,
        on=on,
        words=f"The report was edited. Voided: {who}",
    )
    for sign_off in voided:
        notices.signature_voided(review, sign_off.signed_by, on=on)
    return Status.DRAFTING


@transition(RapidReview, sources=EDITABLE, target=(Status.DRAFTING, *EDITABLE), permission=P.EDIT_REPORT, event=False)
def edit_section(review, *, by, on, section, text, seen=None):
    """This will save the text of one section. Edited after it was locked or signed, the report is open again."""
    row = review.sections.get(section=section)
    versions.check(row, seen)
    if row.text == text:
        return review.status
    row.text, row.edited_by, row.edited_at = text, by, on
    trail.save(row, by=by, on=on, reason="edit_section")
    return _open_again(review, by=by, on=on)


@transition(RapidReview, sources=EDITABLE, target=(Status.DRAFTING, *EDITABLE), permission=P.EDIT_REPORT, event=False)
def edit_recommendation(review, *, by, on, values, seen=None):
    """This will save the recommendation (2.4c to 2.4f)."""
    row = getattr(review, "recommendation", None) or Recommendation(review=review)
    _save_row(row, values, seen, by=by, on=on)
    return _open_again(review, by=by, on=on)


@transition(RapidReview, sources=EDITABLE, target=(Status.DRAFTING, *EDITABLE), permission=P.EDIT_REPORT, event=False)
def edit_analysis(review, *, by, on, row, values, seen=None):
    """This will add or save an area of concern or a key practice episode (2.2e)."""
    row.review = review
    _save_row(row, values, seen, by=by, on=on)
    return _open_again(review, by=by, on=on)


@transition(RapidReview, sources=EDITABLE, target=(Status.DRAFTING, *EDITABLE), permission=P.EDIT_REPORT, event=False)
def remove_analysis(review, *, by, on, row):
    """This will take an area of concern or a key practice episode off the report; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_analysis")
    return _open_again(review, by=by, on=on)


@transition(RapidReview, sources=(Status.DRAFTING,), target=Status.WITH_MEMBERS, permission=P.EDIT_REPORT)
def issue_draft(review, *, by, on):
    """This will send the draft to the panel members, who agree it or comment by section by Day 13."""
    review.draft_issued_at, review.comments_closed_at, review.comments_closed_by = on, None, None
    clock.meet(rules.DRAFT_ISSUED, reference=review.reference, on=on, by=by)
    clock.stop(rules.PANEL_COMMENTS, reference=review.reference, on=on, by=by, reason="A new draft was issued")
    for member in review.members.filter(until_at=None).select_related("user").order_by("pk"):
        waiting = start_clock(
            rules.PANEL_COMMENTS, review, "comment", on=on, by=by, user=member.user, key=str(member.user_id)
        )
        notices.draft_issued(review, member.user, on=on, due=waiting.due_at)


@transition(RapidReview, sources=(Status.WITH_MEMBERS,), target=None, permission=P.COMMENT_REPORT, words="text")
def comment(review, *, by, on, agrees, section="", text=""):
    """This will record that a panel member agrees the draft, or what they say about a section."""
    if not agrees and not text:
        raise CannotProceed(("text", "Enter your comment, or say that you agree"))
    row = ReportComment(review=review, member=by, given_at=on, agrees=agrees, section=section, text=text)
    trail.save(row, by=by, on=on, reason="comment")
    clock.meet(rules.PANEL_COMMENTS, reference=review.reference, on=on, by=by, key=str(by.pk))


@transition(RapidReview, sources=(Status.WITH_MEMBERS,), target=Status.DRAFTING, permission=P.CLOSE_COMMENTS)
def close_comments(review, *, by, on):
    """This will close the round of comments, as the chair: who has not answered is shown as not having replied."""
    review.comments_closed_at, review.comments_closed_by = on, by
    clock.stop(rules.PANEL_COMMENTS, reference=review.reference, on=on, by=by, reason="The chair closed the round")


@transition(RapidReview, sources=(Status.DRAFTING,), target=Status.LOCKED, permission=P.EDIT_REPORT)
def lock_for_signature(review, *, by, on):
    """This will freeze the report as one exact version and ask the three partners to decide and sign it.

    Refused while the serious incident notification's reference is not recorded, while the comment round is open, and
    while the report lacks what it must say.
    """
    problems = queries.gaps_of_report(review)
    if review.comments_closed_at is None:
        problems.append("The panel members have not been asked for their comments, or the round is not closed")
    signatories = list(queries.signatories(timezone.localdate(on)).select_related("user"))
    if not signatories:
        problems.append("Nobody may sign: add the delegated partners to the appointment register")
    if problems:
        raise CannotProceed(*problems)
    version = versions.freeze(review, queries.content(review), by=by, on=on)
    clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason="Locked anew")
    for appointment in signatories:
        reason = f"{appointment.get_kind_display()}, {appointment.get_partner_display()}"
        can.grant(case=review.case, user=appointment.user, role=CaseRole.SIGNATORY, reason=reason, on=on, by=by)
        waiting = start_clock(
            rules.SIGN_OFF, review, "sign-off", on=on, by=by, user=appointment.user, key=str(appointment.user_id)
        )
        notices.signature_asked(review, appointment.user, on=on, due=waiting.due_at)
    trail.record(
        verb="freeze_version",
        reference=review.reference,
        case=review.case.reference,
        by=by,
        on=on,
        words=f"Version {version.number}, SHA-256 {version.sha256}",
    )
