"""The partners decide and sign; the report goes to the National Panel; its reply comes back."""

import json
from datetime import timedelta

from django.utils import timezone

from access import can
from casework import documents, named, versions
from casework.models import Version
from casework.workflow import CannotProceed, note, transition
from deadlines import clock, rules
from deadlines.models import Deadline
from design.forms import say_date, say_moment
from partnership.models import Appointment, Partner, Partnership
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews import notices, queries
from rapid_reviews.models import Outcome, PanelReply, RapidReview, ReportSubmission, SignOff
from rapid_reviews.workflow.disclosure import keep_reviewing
from rapid_reviews.workflow.gathering import start_clock
from rapid_reviews.workflow.sections import end_sections
from referrals import queries as referral_queries
from referrals import workflow as referral_workflow
from trail import models as trail

Status = RapidReview.Status
REPORT = "rapid_review_report"
"""The kind of document that is signed and sent (`rapid_reviews.apps`)."""
A_MINUTE = timedelta(minutes=1)


def version_to_sign(review):
    """This will return the newest frozen version of the report itself, without signatures."""
    frozen = Version.objects.filter(reference=review.reference).order_by("-number")
    return next((version for version in frozen if "signatures" not in json.loads(version.content)), None)


def appointment_to_sign(review, user, *, on):
    """This will return the appointment by which a person may sign now; `CannotProceed` says why there is none.

    A deputy signs for their partner. Each partner counts once, and so does each person.
    """
    day = timezone.localdate(on)
    if free := queries.free_to_sign(review, user, day=day):
        return free[0]
    if known := named.conflicts(review.case).get(user.pk):
        raise CannotProceed(f"You cannot sign in this case: {named.of_oneself(known)}")
    held = queries.signatories(day).filter(user=user).first()
    if held is None:
        raise CannotProceed("You are not appointed to sign for a partner today")
    signed = {row.partner: row for row in queries.signatures_in_force(review)}
    if any(row.signed_by_id == user.pk for row in signed.values()):
        raise CannotProceed("You have signed already: nobody signs twice")
    raise CannotProceed(f"{signed[held.partner].signed_by} has signed for {held.get_partner_display()} already")


def capacity_of(appointment):
    """This will say in which capacity somebody signs: as the delegated partner, or as whose deputy."""
    if appointment.kind == Appointment.Kind.DEPUTY:
        return f"Deputy for {appointment.for_user}, delegated safeguarding partner"
    return "Delegated safeguarding partner"


@transition(
    RapidReview,
    sources=(Status.LOCKED, Status.DECIDED),
    target=(Status.LOCKED, Status.DECIDED),
    permission=P.SIGN_OFF,
    words="comments",
)
def sign_off(review, *, by, on, decision, sha256, comments="", outcome=""):
    """This will record one partner's decision and signature on the exact version that was shown (`sha256`).

    Who does not agree says what they decide instead (`outcome`) and why. The same decision by the quorum is the
    review's outcome; the third partner is still asked and may sign until the report is sent.
    """
    _refuse_if_withdrawn(review)
    version = version_to_sign(review)
    if version.sha256 != sha256 or not versions.is_intact(version):
        raise CannotProceed("The report was edited since this page was opened: read it again before you sign")
    appointment = appointment_to_sign(review, by, on=on)
    recommended = review.recommendation.outcome
    if decision != "agrees" and not comments:
        raise CannotProceed(("comments", "Enter your comments, or your reasons"))
    if decision == "does_not_agree" and outcome in ("", recommended):
        raise CannotProceed(("outcome", "Select what you decide instead"))
    row = SignOff(
        review=review,
        partner=appointment.partner,
        signed_by=by,
        appointment=appointment,
        capacity=capacity_of(appointment),
        decision=decision,
        comments=comments,
        outcome=outcome if decision == "does_not_agree" else recommended,
        signed_at=on,
        report_version=version,
    )
    trail.save(row, by=by, on=on, reason="sign_off")
    _asked_no_more(review, appointment.partner, by=by, on=on)
    return _outcome(review, version, by=by, on=on)


def _refuse_if_withdrawn(review):
    if queries.is_withdrawn(review):
        raise CannotProceed("The serious incident notification was withdrawn: the rapid review ends without a report")


def _asked_no_more(review, partner, *, by, on):
    clock.meet(rules.SIGN_OFF, reference=review.reference, on=on, by=by, key=str(by.pk))
    for other in queries.signatories(timezone.localdate(on)).filter(partner=partner):
        reason = f"Signed by {by}"
        clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason=reason, key=str(other.user_id))


def agreed_outcome(signed):
    """This will return the outcome that the quorum of these signatures has decided, or "" while there is none."""
    decisions = [row.outcome for row in signed]
    quorum = Partnership.load().quorum
    return next((outcome for outcome in decisions if decisions.count(outcome) >= quorum), "")


def _outcome(review, version, *, by, on):
    """Decide when the quorum decides the same; ask for the PDF with every signature there is."""
    signed = queries.signatures_in_force(review)
    decided = review.decided_outcome or agreed_outcome(signed)
    if not decided:
        return Status.LOCKED
    if review.decided_at is None:
        review.decided_at, review.decided_outcome = on, decided
        note(review, "partners_decided", by=trail.SYSTEM, on=on, words=str(Outcome(decided).label))
        notices.partners_decided(review, on=on)
    printed = json.loads(version.content) | {
        "version": {"number": version.number, "sha256": version.sha256, "frozen": say_moment(version.frozen_at)},
        "decision": {
            "outcome": str(review.get_decided_outcome_display()),
            "at": say_moment(review.decided_at),
            "quorum": Partnership.load().quorum,
        },
        "signatures": [signature_in_words(row) for row in signed],
        "unsigned": [partner.label for partner in Partner if partner not in {row.partner for row in signed}],
        "dated": timezone.localtime(on).isoformat(),
    }
    frozen = versions.freeze(review, printed, by=by, on=on)
    documents.request(review, kind=REPORT, version=frozen, by=by, on=on)
    return Status.DECIDED


def signature_in_words(row):
    """This will return a signature as page and PDF show it."""
    return {
        "partner": str(row.get_partner_display()),
        "name": str(row.signed_by),
        "role": row.signed_by.job_title,
        "capacity": row.capacity,
        "decision": str(row.get_decision_display()),
        "outcome": str(row.get_outcome_display()),
        "comments": row.comments,
        "at": say_moment(row.signed_at),
    }


@transition(
    RapidReview, sources=(Status.DECIDED,), target=Status.SUBMITTED, permission=P.SUBMIT_REPORT, words="late_reason"
)
def submit_report(review, *, by, on, recipient, sent_at, late_reason=""):
    """This will record that the exact PDF was sent to the National Panel: to whom, when, by whom.

    Ends the timescales. Sent after the national or the local date it needs its reason here and now. Refused until the
    PDF with the signatures is made.
    """
    _refuse_if_withdrawn(review)
    made = documents_of(review)
    if made and made[0].failed_at:
        raise CannotProceed("The PDF could not be made: have it made again first")
    if not made or not made[0].is_ready:
        raise CannotProceed("The PDF is still being made: try again in a minute")
    if sent_at > on:
        raise CannotProceed(("sent_at", "The moment it was sent must be in the past"))
    # A moment is typed to the minute; a signature that came after the sending made another PDF.
    sent = [document for document in made if document.rendered_at and document.rendered_at < sent_at + A_MINUTE]
    if not sent:
        first = say_moment(made[-1].rendered_at)
        raise CannotProceed(("sent_at", f"The PDF was made {first}: it cannot have been sent before"))
    late = [deadline for deadline in report_deadlines(review) if deadline.due_at and sent_at > deadline.due_at]
    if late and not late_reason:
        which = " and ".join("the national date" if deadline.national else "the local date" for deadline in late)
        raise CannotProceed(("late_reason", f"It was sent after {which}: enter why"))
    row = ReportSubmission(
        review=review,
        document=sent[0],
        recipient=recipient,
        sent_at=sent_at,
        recorded_at=on,
        recorded_by=by,
        late_reason=late_reason,
    )
    trail.save(row, by=by, on=on, reason="submit_report")
    clock.meet(rules.REPORT_LOCAL, reference=review.reference, on=sent_at, by=by)
    clock.meet(rules.REPORT_NATIONAL, reference=review.referral.reference, on=sent_at, by=by)
    clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason="The report was sent")
    start_clock(
        rules.NATIONAL_REPLY, review, "record-reply", on=on, by=by, counts_from=sent_at, role=Role.BUSINESS_MANAGER
    )


@transition(RapidReview, sources=(Status.DECIDED,), target=None, permission=P.SUBMIT_REPORT)
def make_pdf_again(review, *, by, on):
    """This will have the PDF with the signatures made again, after it could not be made."""
    made = documents_of(review)
    if not made or made[0].failed_at is None:
        raise CannotProceed("The PDF is made, or is being made")
    documents.try_again(made[0], by=by, on=on)


def documents_of(review):
    """This will return the PDFs of the decision as it stands, rendered or not, newest first."""
    return list(documents.of(review, REPORT).filter(requested_at__gte=review.decided_at)) if review.decided_at else []


def report_deadlines(review):
    """This will return the national and the local deadline of the report, met or open, as they last ran."""
    found = []
    for rule, reference in (
        (rules.REPORT_NATIONAL, review.referral.reference),
        (rules.REPORT_LOCAL, review.reference),
    ):
        deadline = Deadline.objects.filter(rule=rule.code, reference=reference).order_by("-pk").first()
        if deadline:
            found.append(deadline)
    return found


@transition(RapidReview, sources=(Status.SUBMITTED,), target=None, permission=P.SUBMIT_REPORT, words="text")
def record_reply(review, *, by, on, reply, replied_on, text=""):
    """This will record what the National Panel answered; another reply later stands beside it."""
    if replied_on < timezone.localdate(review.submission.sent_at):
        sent = say_date(timezone.localdate(review.submission.sent_at))
        raise CannotProceed(("replied_on", f"The report was sent {sent}: the reply cannot be from before"))
    row = PanelReply(review=review, reply=reply, replied_on=replied_on, text=text, recorded_by=by, recorded_at=on)
    trail.save(row, by=by, on=on, reason="record_reply")
    clock.meet(rules.NATIONAL_REPLY, reference=review.reference, on=on, by=by)


@transition(RapidReview, sources=(Status.SUBMITTED,), target=Status.CLOSED, permission=P.SUBMIT_REPORT)
def close_review(review, *, by, on, reason):
    """This will close the review: panel members, chair, signatories and agencies see it no longer.

    A suspected suicide for which the partners decided on no LCSPR cannot be closed: it needs a brief learning review.
    """
    if review.decided_outcome != Outcome.LCSPR and referral_queries.is_suspected_suicide(review.referral):
        raise CannotProceed("A suspected suicide without an LCSPR stays open until a brief learning review exists")
    _over(review, "The rapid review closed", by=by, on=on)


@transition(RapidReview, sources=RapidReview.OPEN, target=Status.ENDED, permission=P.RUN_RAPID_REVIEW)
def end_review(review, *, by, on, reason):
    """This will end the review because its serious incident notification was withdrawn: never for another reason.

    Everybody who took part is told and sees it no longer; the case goes back to the Virtual Panel. What was gathered,
    and what was signed, stays on record for the business team.
    """
    if not queries.is_withdrawn(review):
        raise CannotProceed("A rapid review is ended only when its serious incident notification was withdrawn")
    notices.review_ended(review, on=on)
    _over(review, "The rapid review was ended: its serious incident notification was withdrawn", by=by, on=on)
    referral_workflow.back_to_panel(review.referral, by=by, on=on, reason=reason)


def _over(review, why, *, by, on):
    review.closed_at, review.closed_by = on, by
    for role in (
        CaseRole.REVIEW_PANEL_MEMBER,
        CaseRole.PACK_READER,
        CaseRole.CHAIR,
        CaseRole.SIGNATORY,
        CaseRole.ASKED_AGENCY,
        CaseRole.SUMMARY_APPROVER,
    ):
        can.end(case=review.case, role=role, on=on, by=by, reason=why)
    for member in review.members.filter(until_at=None).order_by("pk"):
        member.until_at = on
        trail.save(member, by=by, on=on, reason=why)
    clock.stop(None, reference=review.reference, on=on, by=by, reason=why)
    for summary in review.summaries.select_related("case").order_by("pk"):
        end_sections(summary, by=by, on=on, why=why)
        clock.stop(None, reference=summary.reference, on=on, by=by, reason=why)
    keep_reviewing(review, by=by, on=on)
