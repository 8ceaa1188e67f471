"""The report: edited, commented on by the panel members, locked for signature; and opened again by any edit."""

from django.utils import timezone

from access import can
from access.models import Access
from casework import versions
from casework.workflow import CannotProceed, WrongState, note, transition
from deadlines import clock, rules
from partnership.models import Partner, Partnership
from partnership.permissions import Permission as P
from partnership.roles import CaseRole
from rapid_reviews import notices, queries
from rapid_reviews.models import AddressDecile, RapidReview, Recommendation, ReportComment
from rapid_reviews.workflow.gathering import start_clock
from rapid_reviews.workflow.meeting import save_row
from trail import models as trail

Status = RapidReview.Status
EDITABLE = (Status.DRAFTING, Status.WITH_MEMBERS, Status.LOCKED, Status.DECIDED)
SIGNED = (Status.LOCKED, Status.DECIDED)
OPENED_AGAIN = [(status, Status.DRAFTING) for status in SIGNED]


def _edited(review, *, by, on):
    """Return the status an edit leads to: a locked or signed report is open again and every signature voided."""
    if review.status not in SIGNED:
        return review.status
    voided = queries.signatures_in_force(review)
    for sign_off in voided:
        sign_off.voided_at, sign_off.voided_by = on, by
        trail.save(sign_off, by=by, on=on, reason="edited after signature")
    review.decided_at, review.decided_outcome = None, ""
    clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason="The report was edited")
    whose = ", ".join(f"{sign_off.signed_by} ({sign_off.get_partner_display()})" for sign_off in voided)
    words = f"The report was edited. Voided: {whose or 'no signature had been given'}"
    note(review, "void_signatures", by=by, on=on, words=words)
    for sign_off in voided:
        notices.signature_voided(review, sign_off.signed_by, on=on)
    return Status.DRAFTING


@transition(RapidReview, sources=EDITABLE, target=EDITABLE, permission=P.EDIT_REPORT, event=False, ways=OPENED_AGAIN)
def edit_section(review, *, by, on, section, text, seen=None):
    """This will save the text of one section. Edited after it was locked or signed, the report is open again.

    Refused with words in it that are withheld: a page that was open, or a draft that was kept, does not put them back.
    """
    row = review.sections.get(section=section)
    versions.check(row, seen)
    if row.text == text:
        return review.status
    if queries.holds_withheld(text, review, rules.london_day(on)):
        message = "These words hold what an agency has marked as not to be shared since: take it out"
        raise CannotProceed(("text", message))
    row.text, row.edited_by, row.edited_at = text, by, on
    trail.save(row, by=by, on=on, reason="edit_section")
    return _edited(review, by=by, on=on)


@transition(RapidReview, sources=EDITABLE, target=EDITABLE, permission=P.EDIT_REPORT, event=False, ways=OPENED_AGAIN)
def edit_recommendation(review, *, by, on, values, seen=None):
    """This will save the recommendation (2.4c to 2.4f)."""
    row = Recommendation.objects.filter(review=review).first() or Recommendation(review=review)
    changed = save_row(row, values, seen, by=by, on=on)
    return _edited(review, by=by, on=on) if changed else review.status


@transition(RapidReview, sources=EDITABLE, target=EDITABLE, permission=P.EDIT_REPORT, event=False, ways=OPENED_AGAIN)
def edit_analysis(review, *, by, on, row, values, seen=None):
    """This will add or save an area of concern or a key practice episode (2.2e)."""
    row.review = review
    changed = save_row(row, values, seen, by=by, on=on)
    return _edited(review, by=by, on=on) if changed else review.status


@transition(RapidReview, sources=EDITABLE, target=EDITABLE, permission=P.EDIT_REPORT, event=False, ways=OPENED_AGAIN)
def remove_analysis(review, *, by, on, row):
    """This will take an area of concern or a key practice episode off the report; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_analysis")
    return _edited(review, by=by, on=on)


@transition(RapidReview, sources=EDITABLE, target=EDITABLE, permission=P.EDIT_REPORT, event=False, ways=OPENED_AGAIN)
def edit_deciles(review, *, by, on, deciles, edition):
    """This will save how deprived the places of the family's addresses are (1.1c).

    `deciles` is {address: 1 to 10, or None where it is not known}; `edition` names the index they were read from.
    """
    held = {row.address_id: row for row in review.deciles.select_related("address").order_by("pk")}
    changed = False
    for address, decile in deciles.items():
        row = held.get(address.pk) or AddressDecile(review=review, address=address)
        if (row.decile, row.edition) != (decile, edition):
            row.decile, row.edition = decile, edition
            trail.save(row, by=by, on=on, reason="edit_deciles")
            changed = True
    return _edited(review, by=by, on=on) if changed else review.status


@transition(RapidReview, sources=(Status.DRAFTING,), target=Status.WITH_MEMBERS, permission=P.EDIT_REPORT)
def issue_draft(review, *, by, on):
    """This will send the draft to the panel members, who agree it or comment by section by Day 13.

    Refused while a section holds words that are withheld: the members are none of those who may read them.
    """
    if problems := queries.withheld_in_report(review, rules.london_day(on)):
        raise CannotProceed(*problems)
    review.draft_issued_at, review.comments_closed_at, review.comments_closed_by = on, None, None
    clock.meet(rules.DRAFT_ISSUED, reference=review.reference, on=on, by=by)
    for member in review.members.filter(until_at=None).select_related("user").order_by("pk"):
        waiting = start_clock(
            rules.PANEL_COMMENTS, review, "comment", on=on, by=by, user=member.user, key=str(member.user_id)
        )
        notices.draft_issued(review, member.user, on=on, due=waiting.due_at)


@transition(RapidReview, sources=(Status.WITH_MEMBERS,), target=None, permission=P.COMMENT_REPORT, words="text")
def comment(review, *, by, on, agrees, section="", text=""):
    """This will record that a panel member, or who covers for one, agrees the draft or says something about it."""
    if not agrees and not text:
        raise CannotProceed(("text", "Enter your comment, or say that you agree"))
    row = ReportComment(review=review, member=by, given_at=on, agrees=agrees, section=section, text=text)
    row.acting_for = can.acts_for(by, P.COMMENT_REPORT, review, moment=on)
    trail.save(row, by=by, on=on, reason="comment")
    whose = row.acting_for or by
    clock.meet(rules.PANEL_COMMENTS, reference=review.reference, on=on, by=by, key=str(whose.pk))


@transition(RapidReview, sources=(Status.WITH_MEMBERS,), target=Status.DRAFTING, permission=P.CLOSE_COMMENTS)
def close_comments(review, *, by, on):
    """This will close the round of comments, as the chair: who has not answered is shown as not having replied."""
    review.comments_closed_at, review.comments_closed_by = on, by
    clock.stop(rules.PANEL_COMMENTS, reference=review.reference, on=on, by=by, reason="The chair closed the round")


@transition(RapidReview, sources=(Status.DRAFTING,), target=Status.LOCKED, permission=P.EDIT_REPORT)
def lock_for_signature(review, *, by, on):
    """This will freeze the report as one exact version and ask the three partners to decide and sign it.

    Refused while the serious incident notification's reference is not recorded, while the comment round is open, and
    while the report lacks what it must say: everything at once. Who may be named in the case is not asked to sign.
    """
    day = timezone.localdate(on)
    signatories = list(queries.able_to_sign(review, day).select_related("user", "for_user"))
    if problems := gaps_before_lock(review, signatories, day):
        raise CannotProceed(*problems)
    version = versions.freeze(review, queries.content(review, queries.anybody(on)), by=by, on=on)
    # Whoever could sign an earlier version and is not appointed any more loses sight of the case here.
    reason = f"Version {version.number} is locked for signature"
    can.end(case=review.case, role=CaseRole.SIGNATORY, on=on, by=by, reason=reason)
    for appointment in {one.user: one for one in signatories}.values():
        _ask_to_sign(review, appointment, by=by, on=on)
    note(review, "freeze_version", by=by, on=on, words=f"Version {version.number}, SHA-256 {version.sha256}")


def _ask_to_sign(review, appointment, *, by, on):
    person = appointment.user
    reason = f"{appointment.get_kind_display()}, {appointment.get_partner_display()}"
    can.grant(case=review.case, user=person, role=CaseRole.SIGNATORY, reason=reason, on=on, by=by)
    waiting = start_clock(rules.SIGN_OFF, review, "sign-off", on=on, by=by, user=person, key=str(person.pk))
    notices.signature_asked(review, person, on=on, due=waiting.due_at)


@transition(RapidReview, sources=SIGNED, target=None, permission=P.SIGN_OFF, event=False, system=True)
def follow_register(review, *, by, on):
    """This will ask whoever was appointed to sign since the report was locked, for a partner who has not signed yet.

    They sign the very version that is locked. Whose appointment has ended loses sight of the case; a signature that
    was given stays. Who may be named in the case is not asked.
    """
    day = timezone.localdate(on)
    appointed = {one.user_id: one for one in queries.signatories(day).select_related("user")}
    able = {one.user_id for one in queries.able_to_sign(review, day)}
    rows = Access.objects.in_force(on).filter(case=review.case, role=CaseRole.SIGNATORY).select_related("user")
    asked = {row.user_id: row.user for row in rows}
    signed = {row.partner for row in queries.signatures_in_force(review)}
    for pk, appointment in appointed.items():
        if pk in able and pk not in asked and appointment.partner not in signed:
            _ask_to_sign(review, appointment, by=by, on=on)
            words = f"{appointment.user}: {appointment.get_kind_display()}, {appointment.get_partner_display()}"
            note(review, "signatory_asked", by=by, on=on, words=words)
    for pk, person in asked.items():
        if pk not in appointed:
            reason = "The appointment has ended"
            can.end(case=review.case, role=CaseRole.SIGNATORY, user=person, on=on, by=by, reason=reason)
            clock.stop(rules.SIGN_OFF, reference=review.reference, on=on, by=by, reason=reason, key=str(pk))
            note(review, "signatory_left", by=by, on=on, words=str(person))


def follow_register_of_all(*, on):
    """This will have every report that is locked for signature follow the appointment register."""
    for review in RapidReview.objects.filter(status__in=SIGNED).order_by("case"):
        try:
            follow_register(review, by=trail.SYSTEM, on=on)
        except WrongState:  # it moved on meanwhile: nobody is asked any more
            continue


def gaps_before_lock(review, signatories, day=None):
    """This will list all that stands between the report and its signatures, as (where it is put right, message).

    Nothing is frozen that holds the words of a passage that is withheld on this day.
    """
    problems = [*queries.gaps_of_report(review), *queries.withheld_in_report(review, day)]
    if review.comments_closed_at is None:
        problems.append(("comments", "The rapid review panel’s round of comments must be closed by the chair"))
    able = {appointment.partner for appointment in signatories}
    quorum = Partnership.load().quorum
    if len(able) < quorum:
        missing = ", ".join(partner.label for partner in Partner if partner not in able)
        problems.append(("", f"{quorum} partners must be able to sign. Nobody is appointed for: {missing}"))
    return problems
