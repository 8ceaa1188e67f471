"""The Virtual Panel's decision, and the local authority's own: two records that may differ."""

from django.utils import timezone

from casework.workflow import CannotProceed, note, transition
from deadlines import clock, rules
from partnership.models import Partnership
from partnership.permissions import Permission as P
from partnership.roles import Role
from referrals import notices, queries
from referrals.models import NotificationDecision, PanelDecision, PanelView, Referral, SeriousIncidentNotification
from referrals.workflow.asking import ask_panel, start_clock
from referrals.workflow.referral import AFTER_RECEIPT
from trail import models as trail

Status = Referral.Status


@transition(
    Referral,
    sources=(Status.WITH_PANEL, *Referral.DECIDED),
    target=(Status.WITH_PANEL, *Referral.DECIDED),
    permission=P.GIVE_PANEL_VIEW,
    event=False,
    ways=[(Status.WITH_PANEL, outcome) for outcome in Referral.DECIDED if outcome != Status.REVIEW_OPENED],
)
def give_view(referral, *, by, on, **answers):
    """This will record a Virtual Panel member's view; the one that completes the quorum decides.

    An alternate counts for their partner, which counts once: a partner whose view another person gave is refused.
    A member may change their mind until the panel has decided. A view given after that (the third partner is still
    asked) is kept and changes nothing.
    """
    appointment = queries.panel_appointments(timezone.localdate(on)).filter(user=by).first()
    if appointment is None:
        raise CannotProceed("You are not appointed to the Virtual Panel today")
    _check_consistent(referral, answers)
    decided = referral.status in Referral.DECIDED
    earlier = queries.views_in_force(referral).filter(partner=appointment.partner).first()
    if earlier and earlier.member_id != by.pk:
        raise CannotProceed(f"{earlier.member} has given the view of {appointment.get_partner_display()} already")
    if earlier and decided:
        raise CannotProceed("The Virtual Panel has decided: a view given before that stays as it is")
    if earlier:
        earlier.superseded_at = on
        trail.save(earlier, by=by, on=on, reason="give_view")
    view = PanelView(
        referral=referral, partner=appointment.partner, member=by, appointment=appointment, given_at=on, **answers
    )
    trail.save(view, by=by, on=on, reason="give_view")
    # Without the rationale: it is for the others once they have given their own view, and they read the timeline.
    note(referral, "give_view", by=by, on=on, acting_for=appointment.for_user)
    _asked_no_more(referral, appointment.partner, by=by, on=on)
    agreed = None if decided else queries.agreed_outcome(referral)
    if agreed is None:
        return referral.status
    return _decide(referral, *agreed, by=by, on=on)


def _check_consistent(referral, answers):
    both_met = answers["abuse"] == answers["harm"] == "met"
    cannot_say = "cannot_say" in (answers["abuse"], answers["harm"])
    outcome = answers.get("outcome", "")
    if cannot_say:
        if outcome:
            raise CannotProceed(("outcome", "Leave the outcome empty while you cannot say whether a criterion is met"))
        return
    if not outcome:
        raise CannotProceed(("outcome", "Select the outcome"))
    if both_met and outcome not in ("rapid_review", "passed_on"):
        raise CannotProceed(("outcome", "Both criteria are met: the outcome is a rapid review"))
    if not both_met and outcome == "rapid_review":
        raise CannotProceed(("outcome", "A rapid review is only for a case that meets both criteria"))
    if queries.is_suspected_suicide(referral) and outcome not in ("rapid_review", "brief_learning_review", "passed_on"):
        raise CannotProceed(("outcome", "A suspected suicide that is no rapid review leads to a brief learning review"))


def _asked_no_more(referral, partner, *, by, on):
    """Meet the member's own timescale and stop those of others who could have answered for the same partner."""
    clock.meet(rules.VIRTUAL_PANEL, reference=referral.reference, on=on, by=by, key=str(by.pk))
    for other in queries.panel_appointments(timezone.localdate(on)).filter(partner=partner):
        clock.stop(
            rules.VIRTUAL_PANEL,
            reference=referral.reference,
            on=on,
            by=by,
            reason=f"Answered by {by}",
            key=str(other.user_id),
        )


def _decide(referral, outcome, partners, *, by, on):
    quorum = Partnership.load().quorum
    decision = PanelDecision(referral=referral, outcome=outcome, quorum=quorum, agreed=partners, decided_at=on)
    trail.save(decision, by=trail.SYSTEM, on=on, reason="decide")
    note(referral, "virtual_panel_decided", by=trail.SYSTEM, on=on, words=decision.get_outcome_display())
    start_clock(rules.OUTCOME_TOLD, referral, "tell-outcome", counts_from=on, on=on, by=by, role=Role.BUSINESS_MANAGER)
    notices.panel_decided(referral, on=on)
    return Status(outcome)


@transition(Referral, sources=Referral.DECIDED, target=None, permission=P.TELL_OUTCOME, words="told")
def tell_outcome(referral, *, by, on, told):
    """This will tell the referrer what the Virtual Panel decided and why, in the business manager's words."""
    decision = referral.panel_decision
    if decision is None:
        raise CannotProceed("The Virtual Panel has not decided on this referral")
    if decision.told_at:
        raise CannotProceed(f"{decision.told_by} has told the referrer already")
    decision.told, decision.told_by, decision.told_at = told, by, on
    trail.save(decision, by=by, on=on, reason="tell_outcome")
    clock.meet(rules.OUTCOME_TOLD, reference=referral.reference, on=on, by=by)
    notices.ended(referral, on=on)


@transition(Referral, sources=(Status.RAPID_REVIEW,), target=Status.REVIEW_OPENED, permission=P.RUN_RAPID_REVIEW)
def hand_over(referral, *, by, on):
    """This will note that the rapid review the Virtual Panel agreed was opened; the review's own app calls it."""


# The local authority


@transition(Referral, sources=AFTER_RECEIPT, target=None, permission=P.DECIDE_NOTIFICATION, words="why")
def decide_notification(referral, *, by, on, notify, why):
    """This will record the local authority's decision to notify or not, which may differ from the Virtual Panel's.

    A decision not to notify ends the timescale of the duty; a later decision to notify starts it again from the
    moment the local authority became aware.
    """
    _refuse_if_sent(referral)
    row = NotificationDecision(referral=referral, notify=notify, why=why, decided_by=by, decided_at=on)
    trail.save(row, by=by, on=on, reason="decide_notification")
    duty = (rules.SIN_LOCAL, rules.SIN_NATIONAL)
    for rule in duty:
        clock.stop(rule, reference=referral.reference, on=on, by=by, reason="The local authority decided")
    if notify:
        _restart_duty(referral, by=by, on=on)


def _restart_duty(referral, *, by, on):
    start_clock(rules.SIN_LOCAL, referral, "record-notification", counts_from=referral.received_at, on=on, by=by)
    if referral.la_aware_at:
        start_clock(rules.SIN_NATIONAL, referral, "record-notification", counts_from=referral.la_aware_at, on=on, by=by)


def _refuse_if_sent(referral):
    if sin := referral.sin:
        raise CannotProceed(f"The serious incident notification {sin.sin_reference} is recorded already")


@transition(Referral, sources=AFTER_RECEIPT, target=None, permission=P.DECIDE_NOTIFICATION, words="late_reason")
def record_notification(referral, *, by, on, sent_at, sin_reference, sent_by, late_reason=""):
    """This will record the serious incident notification as sent: moment, reference, person of the local authority.

    Ends the timescales of the duty. Sent before the referral was received, it moves the open local milestones earlier
    at once. Sent after the national date it needs its reason here and now.
    """
    _refuse_if_sent(referral)
    if referral.status == Status.REVIEW_OPENED and referral.notifications.exists():
        raise CannotProceed(
            "The notification before was withdrawn: the business team has to end the rapid review first"
        )
    if sent_at > on:
        raise CannotProceed(("sent_at", "The moment it was sent must be in the past"))
    if not queries.notifiers(timezone.localdate(sent_at)).filter(pk=sent_by.pk).exists():
        raise CannotProceed(("sent_by", "The person who sent it belongs to the local authority"))
    due = queries.notification_due_at(referral)
    if due and sent_at > due and not late_reason:
        raise CannotProceed(("late_reason", "It was sent after its national date: enter why"))
    row = SeriousIncidentNotification(
        referral=referral,
        sent_at=sent_at,
        sin_reference=sin_reference,
        sent_by=sent_by,
        late_reason=late_reason,
        recorded_by=by,
        recorded_at=on,
    )
    trail.save(row, by=by, on=on, reason="record_notification")
    for rule in (rules.SIN_LOCAL, rules.SIN_NATIONAL):
        clock.meet(rule, reference=referral.reference, on=sent_at, by=by)
    start_clock(rules.REPORT_NATIONAL, referral, "", counts_from=sent_at, on=on, by=by, role=Role.BUSINESS_MANAGER)
    if sent_at < referral.received_at:
        clock.reanchor(case=referral.case, day0=sent_at, on=on, by=by)


WITHDRAWN = "withdrawn"
"""The key under which the business team's own work waits after a notification was withdrawn."""


@transition(
    Referral,
    sources=AFTER_RECEIPT,
    target=AFTER_RECEIPT,
    permission=P.DECIDE_NOTIFICATION,
    words="withdrawn_why",
    ways=[(Status.RAPID_REVIEW, Status.WITH_PANEL)],
)
def withdraw_notification(referral, *, by, on, withdrawn_at, withdrawn_why):
    """This will record that the local authority withdrew its notification because the criteria proved unmet.

    The national timescale of the report stops. The case goes back to the Virtual Panel: at once where no rapid review
    is open, otherwise when the business team has ended that, which is then waiting for it.
    """
    sin = referral.sin
    if sin is None:
        raise CannotProceed("No serious incident notification is recorded that could be withdrawn")
    if not sin.sent_at <= withdrawn_at <= on:
        raise CannotProceed(("withdrawn_at", "It was withdrawn after it was sent, and not in the future"))
    sin.withdrawn_at, sin.withdrawn_why, sin.withdrawn_by = withdrawn_at, withdrawn_why, by
    trail.save(sin, by=by, on=on, reason="withdraw_notification")
    why = "The serious incident notification was withdrawn"
    clock.stop(rules.REPORT_NATIONAL, reference=referral.reference, on=on, by=by, reason=why)
    notices.notification_withdrawn(referral, on=on)
    if referral.status == Status.RAPID_REVIEW:
        _ask_anew(referral, by=by, on=on)
        return Status.WITH_PANEL
    if referral.status == Status.REVIEW_OPENED:
        start_clock(
            rules.WAITING,
            referral,
            "",
            counts_from=on,
            on=on,
            by=by,
            role=Role.BUSINESS_MANAGER,
            key=WITHDRAWN,
            label="End the rapid review: its serious incident notification was withdrawn",
        )
    return referral.status


@transition(Referral, sources=(Status.REVIEW_OPENED,), target=Status.WITH_PANEL, permission=P.RUN_RAPID_REVIEW)
def back_to_panel(referral, *, by, on, reason):
    """This will bring the case back to the Virtual Panel after its rapid review was ended; the review's app calls it.

    Every member is asked anew. What was decided before, and the views it rested on, stay on record.
    """
    clock.meet(rules.WAITING, reference=referral.reference, on=on, by=by, key=WITHDRAWN)
    _ask_anew(referral, by=by, on=on)


def _ask_anew(referral, *, by, on):
    decision = referral.panel_decision
    for row in (*queries.views_in_force(referral), *([decision] if decision else [])):
        row.superseded_at = on
        trail.save(row, by=by, on=on, reason="back_to_panel")
    for rule in (rules.OUTCOME_TOLD, rules.VIRTUAL_PANEL):
        clock.stop(rule, reference=referral.reference, on=on, by=by, reason="Back to the Virtual Panel")
    if not ask_panel(referral, counts_from=on, by=by, on=on):
        raise CannotProceed("Nobody is appointed to the Virtual Panel: add its members to the appointment register")
