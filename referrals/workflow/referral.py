"""From the first line of a referral to the Virtual Panel, and its ends before a decision."""

from datetime import datetime, time

from django.utils import timezone

from access import addresses, can
from access.models import Case
from casework import named, references, versions
from casework.models import Correction
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.models import Membership
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from referrals import notices, queries
from referrals.models import Question, Referral
from referrals.workflow.asking import ask_panel, panel, path_of, start_clock
from trail import models as trail

Status = Referral.Status
RECEIVED = (Status.RECEIVED, Status.MORE_INFORMATION)
BEFORE_THE_DECISION = (Status.WITH_APPROVER, *RECEIVED, Status.WITH_PANEL)
AFTER_RECEIPT = (*RECEIVED, Status.WITH_PANEL, Status.WITHDRAWN, *Referral.DECIDED)
SENT = tuple(status for status in Status if status not in Referral.EDITABLE)


# Opening and filling in


def _open(*, by, on, stage, **fields):
    case = Case(
        reference=references.take("C", year=timezone.localdate(on).year),
        stage=stage,
        opened_on=timezone.localdate(on),
    )
    trail.save(case, by=by, on=on, reason="open_referral")
    return Referral(
        case=case,
        reference=references.take("RF", year=case.opened_on.year),
        status=Status.DRAFT,
        opened_by=by,
        **fields,
    )


@transition(Referral, sources=(), target=None, permission=P.OPEN_REFERRAL)
def open_referral(*, by, on):
    """This will open a referral with its case and reference; nobody but the referrer sees it until it is sent."""
    membership = Membership.objects.in_force(timezone.localdate(on)).filter(user=by).select_related("agency").first()
    agency = membership.agency if membership else None
    referral = _open(
        by=by,
        on=on,
        stage=Case.Stage.BEING_REFERRED,
        agency=agency,
        referrer_name=by.full_name,
        referrer_organisation=agency.name if agency else "",
        referrer_telephone=by.telephone,
        referrer_email=by.email,
        referred_on=timezone.localdate(on),
    )
    can.grant(case=referral.case, user=by, role=CaseRole.REFERRER, reason="Opened the referral", on=on, by=by)
    return referral


@transition(Referral, sources=(), target=None, permission=P.KEY_IN_REFERRAL)
def key_in_referral(*, by, on, received_at, channel):
    """This will open a referral that came by e-mail, letter or telephone, for a referrer without an account.

    `received_at` is when it reached the partnership, which may lie in the past and never in the future: Day 0 and
    every local timescale count from it. The business team sees the referral from the start.
    """
    if received_at > on:
        raise CannotProceed(("received_at", "The moment it was received must be in the past"))
    return _open(by=by, on=on, stage=Case.Stage.REFERRAL, keyed_in=True, received_at=received_at, channel=channel)


@transition(Referral, sources=Referral.EDITABLE, target=None, permission=P.EDIT_REFERRAL, event=False)
def fill_in(referral, *, by, on, values, seen=None):
    """This will save one section: `values` holds the cleaned answers of its form. Nothing is required to save.

    Refused (`versions.Overtaken`) when somebody else saved these answers since `seen`.
    """
    versions.check(referral, seen)
    addresses.assign(referral, values, case=referral.case, by=by, on=on)


@transition(Referral, sources=Referral.EDITABLE, target=None, permission=P.EDIT_REFERRAL, event=False)
def fill_in_row(referral, *, by, on, row, values, seen=None):
    """This will add or save one child, carer, sibling, other person, service or process of the referral."""
    row.referral = referral
    if row.pk:
        row.refresh_from_db()
        versions.check(row, seen)
    addresses.assign(row, values, case=referral.case, by=by, on=on)
    trail.save(row, by=by, on=on, reason="fill_in_row")


@transition(Referral, sources=Referral.EDITABLE, target=None, permission=P.EDIT_REFERRAL, event=False)
def remove_row(referral, *, by, on, row):
    """This will take one row off a referral that has not been sent; its history stays."""
    trail.remove(row, by=by, on=on, reason="remove_row")


# Sending, approving, receiving


@transition(
    Referral,
    sources=Referral.EDITABLE,
    target=(Status.WITH_APPROVER, Status.RECEIVED),
    permission=P.SUBMIT_REFERRAL,
)
def submit(referral, *, by, on, approver=None, senior_manager=False):
    """This will send the referral to the agency's senior manager, or receive it at once.

    At once: when the referrer is the senior manager, and when the business unit keyed it in. Every gap is collected
    and refused together.
    """
    if missing := queries.gaps(referral):
        raise CannotProceed(*[(gap.section, gap.message) for gap in missing])
    referral.sent_for_approval_at = on
    if referral.keyed_in:
        return _receive(referral, by=by, on=on, received_at=referral.received_at, channel=referral.channel)
    clock.stop(rules.RETURNED, reference=referral.reference, on=on, by=by, reason="Sent again")
    if senior_manager:
        referral.approved_by, referral.approved_at = by, on
        return _receive(referral, by=by, on=on, received_at=on, channel="service")
    if approver is None or approver == by:
        raise CannotProceed(("approver", "Select the senior manager who approves, or say that you are"))
    referral.approver = approver
    can.grant(case=referral.case, user=approver, role=CaseRole.APPROVER, reason="Asked to approve", on=on, by=by)
    waiting = clock.start(
        rules.APPROVAL,
        case=referral.case,
        reference=referral.reference,
        path=path_of(referral, "approve"),
        counts_from=on,
        on=on,
        by=by,
        user=approver,
    )
    notices.approval_needed(referral, on=on, due=waiting.due_at)
    return Status.WITH_APPROVER


@transition(Referral, sources=(Status.WITH_APPROVER,), target=Status.RETURNED, permission=P.APPROVE_REFERRAL)
def return_to_referrer(referral, *, by, on, reason):
    """This will return the referral to the referrer with the approver's comment."""
    clock.stop(rules.APPROVAL, reference=referral.reference, on=on, by=by, reason="Returned to the referrer")
    clock.start(
        rules.RETURNED,
        case=referral.case,
        reference=referral.reference,
        path=referral.get_absolute_url(),
        counts_from=on,
        on=on,
        by=by,
        user=queries.referrer_of(referral, moment=on),
    )
    notices.returned(referral, on=on)


@transition(Referral, sources=(Status.WITH_APPROVER,), target=Status.RECEIVED, permission=P.APPROVE_REFERRAL)
def approve(referral, *, by, on):
    """This will approve the referral, which is the moment the partnership receives it: Day 0 and every clock begin.

    Who covers for the approver approves in their own name, unless they referred it, or cover for who did.
    """
    if by.pk != referral.approver_id and can.can(by, P.SUBMIT_REFERRAL, referral, moment=on):
        raise CannotProceed("The referral is approved by somebody who did not refer it")
    referral.approved_by, referral.approved_at = by, on
    clock.meet(rules.APPROVAL, reference=referral.reference, on=on, by=by)
    return _receive(referral, by=by, on=on, received_at=on, channel="service")


def _moment(day, at_time):
    """A date and a time that may be missing, as a moment in London; a missing time is the day's first minute."""
    return timezone.make_aware(datetime.combine(day, at_time or time(0)))


def _receive(referral, *, by, on, received_at, channel):
    referral.received_at, referral.channel = received_at, channel
    if referral.case.stage != Case.Stage.REFERRAL:
        # Here and not with the status at the end: who may see a case that was received is who is told of it below.
        referral.case.stage = Case.Stage.REFERRAL
        trail.save(referral.case, by=by, on=on, reason=referral.reference)
    if referral.la_aware_on and not referral.la_aware_at:
        referral.la_aware_at = _moment(referral.la_aware_on, referral.la_aware_at_time)
    referral.already_notified = referral.already_notified or referral.la_reported
    manager = Role.BUSINESS_MANAGER
    screening = start_clock(rules.SCREENING, referral, "screen", counts_from=received_at, on=on, by=by, role=manager)
    _start_notification_clocks(referral, on=on, by=by)
    notices.received(referral, on=on, due=screening.due_at)
    named.match(referral.case, on=on)
    return Status.RECEIVED


def _start_notification_clocks(referral, *, on, by):
    """Start the clocks of the local authority's duty, as far as their moments are known."""
    for person in _holders(Role.LA_NOTIFIER, on=on):
        can.grant(
            case=referral.case,
            user=person,
            role=CaseRole.NOTIFIER,
            reason="Notifies for the local authority",
            on=on,
            by=by,
        )
    start_clock(
        rules.SIN_LOCAL,
        referral,
        "record-notification",
        counts_from=referral.received_at,
        on=on,
        by=by,
        role=CaseRole.NOTIFIER,
    )
    _start_awareness_clocks(referral, on=on, by=by)


def _start_awareness_clocks(referral, *, on, by):
    if referral.la_aware_at is None:
        return
    aware = referral.la_aware_at
    start_clock(
        rules.SIN_NATIONAL, referral, "record-notification", counts_from=aware, on=on, by=by, role=CaseRole.NOTIFIER
    )
    start_clock(
        rules.PARTNERS_TOLD, referral, "tell-partners", counts_from=aware, on=on, by=by, role=Role.BUSINESS_MANAGER
    )


def _holders(role, *, on):
    memberships = Membership.objects.in_force(timezone.localdate(on)).filter(role=role, user__is_active=True)
    return [membership.user for membership in memberships.select_related("user")]


# Screening


@transition(Referral, sources=RECEIVED, target=None, permission=P.SCREEN_REFERRAL, words="screening_notes")
def screen(referral, *, by, on, **values):
    """This will record the screening: complete, area, the moment the LA became aware, already notified, duplicates.

    A moment of awareness that becomes known starts the national timescales, one that is corrected moves them.
    """
    aware = referral.la_aware_at
    if values.get("la_aware_at") and values["la_aware_at"] > on:
        raise CannotProceed(("la_aware_at", "The moment the local authority became aware must be in the past"))
    addresses.assign(referral, values, case=referral.case, by=by, on=on)
    referral.screened_at, referral.screened_by = on, by
    if referral.la_aware_at != aware:
        for rule in (rules.SIN_NATIONAL, rules.PARTNERS_TOLD):
            clock.stop(rule, reference=referral.reference, on=on, by=by, reason="The moment of awareness was corrected")
        _start_awareness_clocks(referral, on=on, by=by)


@transition(
    Referral, sources=(Status.RECEIVED,), target=Status.MORE_INFORMATION, permission=P.SCREEN_REFERRAL, words="question"
)
def ask(referral, *, by, on, question, needed_by=None):
    """This will ask the referrer for more information, by a day if one is named; the clocks run on."""
    row = Question(referral=referral, question=question, needed_by=needed_by, asked_by=by, asked_at=on)
    trail.save(row, by=by, on=on, reason="ask")
    referrer = queries.referrer_of(referral, moment=on)
    addressee = {"role": Role.BUSINESS_COORDINATOR} if referral.keyed_in else {"user": referrer}
    start_clock(rules.MORE_INFORMATION, referral, "answer", counts_from=on, on=on, by=by, due=needed_by, **addressee)
    notices.question_asked(referral, on=on, needed_by=needed_by)


@transition(
    Referral, sources=(Status.MORE_INFORMATION,), target=Status.RECEIVED, permission=P.ANSWER_QUESTIONS, words="answer"
)
def answer(referral, *, by, on, answer):
    """This will put the answer beside the question; the referral itself stays as it was approved."""
    row = referral.questions.filter(answer="").order_by("-asked_at").first()
    row.answer, row.answered_by, row.answered_at = answer, by, on
    trail.save(row, by=by, on=on, reason="answer")
    clock.meet(rules.MORE_INFORMATION, reference=referral.reference, on=on, by=by)
    notices.question_answered(referral, on=on)


@transition(Referral, sources=AFTER_RECEIPT, target=None, permission=P.SCREEN_REFERRAL, words="told")
def tell_partners(referral, *, by, on, told):
    """This will record that the safeguarding partners and the other areas concerned were told: whom, when and how.

    Working Together asks for it within five working days of the local authority becoming aware.
    """
    met = clock.meet(rules.PARTNERS_TOLD, reference=referral.reference, on=on, by=by)
    if not met:
        raise CannotProceed("No timescale to tell the partners is running on this referral")


@transition(Referral, sources=SENT, target=None, permission=P.SCREEN_REFERRAL, words="text")
def correct(referral, *, by, on, about, text):
    """This will put a correction beside the original, which nobody edits after it was sent."""
    row = Correction(case=referral.case, reference=referral.reference, about=about, text=text, made_by=by, made_at=on)
    trail.save(row, by=by, on=on, reason="correct")
    named.match(referral.case, on=on)


@transition(Referral, sources=RECEIVED, target=Status.WITH_PANEL, permission=P.SCREEN_REFERRAL, words="rationale")
def send_to_panel(referral, *, by, on, rationale):
    """This will put the referral to the Virtual Panel: every member and alternate is asked and sees the referral.

    Refused until the screening is recorded and the possible duplicates were looked at.
    """
    problems = []
    if referral.screened_at is None:
        problems.append("Record the screening before the referral is put to the Virtual Panel")
    elif not referral.duplicates_checked:
        problems.append("Look at the possible duplicates and say so in the screening")
    if not panel(on=on):
        problems.append("Nobody is appointed to the Virtual Panel: add its members to the appointment register")
    if problems:
        raise CannotProceed(*problems)
    referral.outcome, referral.rationale = "virtual_panel", rationale
    clock.meet(rules.SCREENING, reference=referral.reference, on=on, by=by)
    clock.stop(rules.MORE_INFORMATION, reference=referral.reference, on=on, by=by, reason="Put to the Virtual Panel")
    ask_panel(referral, counts_from=referral.received_at, by=by, on=on)


# Other ends


def _end(referral, *, by, on, outcome, rationale, why, keep_notification=False):
    referral.outcome, referral.rationale = outcome, rationale
    for rule in (rules.SCREENING, rules.VIRTUAL_PANEL, rules.MORE_INFORMATION, rules.APPROVAL):
        clock.stop(rule, reference=referral.reference, on=on, by=by, reason=why)
    if not keep_notification:
        for rule in (rules.SIN_LOCAL, rules.SIN_NATIONAL, rules.PARTNERS_TOLD):
            clock.stop(rule, reference=referral.reference, on=on, by=by, reason=why)
    notices.ended(referral, on=on)


@transition(Referral, sources=RECEIVED, target=Status.ADDITIONAL, permission=P.SCREEN_REFERRAL, words="rationale")
def attach(referral, *, by, on, first, rationale):
    """This will attach the referral to the case of an earlier one about the same incident.

    The first referral's Day 0 stands; both referrers are told. It can be undone by `detach`.
    """
    if first == referral:
        raise CannotProceed(("first", "Select the first referral of the incident"))
    # Read behind a lock, or two that are attached to each other at once would close both cases; never waited for: the
    # other one may be waiting for this.
    first = Referral.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=first.pk).first()
    if first is None:
        raise CannotProceed(("first", "Somebody is working on that referral at this moment: try again"))
    if first.status == Status.ADDITIONAL:
        raise CannotProceed(("first", "Select the first referral of the incident"))
    referral.attached_to = first
    _end(
        referral, by=by, on=on, outcome="additional_referral", rationale=rationale, why=f"Attached to {first.reference}"
    )
    notices.joined(first, on=on)


@transition(Referral, sources=(Status.ADDITIONAL,), target=Status.RECEIVED, permission=P.SCREEN_REFERRAL)
def detach(referral, *, by, on, reason):
    """This will undo `attach`: the referral is a case of its own again, its timescales count from its own receipt."""
    referral.attached_to, referral.outcome, referral.rationale = None, "", ""
    received_at = referral.received_at
    start_clock(rules.SCREENING, referral, "screen", counts_from=received_at, on=on, by=by, role=Role.BUSINESS_MANAGER)
    _start_notification_clocks(referral, on=on, by=by)


@transition(Referral, sources=RECEIVED, target=Status.PASSED_ON, permission=P.SCREEN_REFERRAL, words="rationale")
def pass_on(referral, *, by, on, passed_to, passed_at, rationale):
    """This will record that the incident happened elsewhere and which partnership it was passed to, and when."""
    if passed_at > on:
        raise CannotProceed(("passed_at", "The moment it was passed on must be in the past"))
    referral.passed_to, referral.passed_at = passed_to, passed_at
    _end(referral, by=by, on=on, outcome="passed_on", rationale=rationale, why=f"Passed to {passed_to}")


@transition(
    Referral, sources=(*Referral.EDITABLE, *BEFORE_THE_DECISION), target=Status.WITHDRAWN, permission=P.SUBMIT_REFERRAL
)
def withdraw(referral, *, by, on, reason):
    """This will withdraw the referral before the Virtual Panel decides.

    The local authority's timescale to notify runs on until the local authority decides: a withdrawn referral does not
    end its duty.
    """
    _end(referral, by=by, on=on, outcome="withdrawn", rationale=reason, why="Withdrawn", keep_notification=True)
    clock.stop(rules.RETURNED, reference=referral.reference, on=on, by=by, reason="Withdrawn")
