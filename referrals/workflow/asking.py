"""Starting the timescales of a referral, and asking the Virtual Panel as the appointment register has it."""

from django.utils import timezone

from access import can
from access.models import Access
from casework import sight
from casework.workflow import WrongState, note, transition
from deadlines import clock, rules
from deadlines.models import Deadline
from partnership.models import Appointment
from partnership.permissions import Permission as P
from partnership.roles import CaseRole
from referrals import notices, queries
from referrals.models import Referral
from trail import models as trail

Status = Referral.Status


def path_of(referral, name):
    """This will return the address of a page of the referral."""
    return f"{referral.get_absolute_url()}{name}/"


def start_clock(rule, referral, page, *, counts_from, on, by, due=None, key="", **addressee):
    """This will start a timescale of the referral; `page` names the page that opens the work, "" the referral's own."""
    return clock.start(
        rule,
        case=referral.case,
        reference=referral.reference,
        path=path_of(referral, page) if page else referral.get_absolute_url(),
        counts_from=counts_from,
        on=on,
        by=by,
        due=due,
        key=key,
        **addressee,
    )


def ask_panel(referral, *, counts_from, by, on):
    """This will ask every member and alternate of the Virtual Panel for their view, and return whom it asked.

    Nobody who is kept out of the case.
    """
    out = set(sight.kept_out(referral.case, moment=on).values_list("user", flat=True))
    members = [appointment for appointment in panel(on=on) if appointment.user_id not in out]
    for appointment in members:
        _ask(referral, appointment, counts_from=counts_from, by=by, on=on)
    return members


def _ask(referral, appointment, *, counts_from, by, on):
    person = appointment.user
    reason = f"{appointment.get_kind_display()} for {appointment.get_partner_display()}"
    can.grant(case=referral.case, user=person, role=CaseRole.PANEL_MEMBER, reason=reason, on=on, by=by)
    waiting = start_clock(
        rules.VIRTUAL_PANEL,
        referral,
        "give-view",
        counts_from=counts_from,
        on=on,
        by=by,
        user=person,
        key=str(person.pk),
    )
    notices.panel_asked(referral, person, on=on, due=waiting.due_at)


def panel(*, on):
    """This will return the members and alternates of the Virtual Panel in force, by partner."""
    return list(queries.panel_appointments(timezone.localdate(on)).select_related("user"))


@transition(
    Referral,
    sources=(Status.WITH_PANEL, *Referral.DECIDED),
    target=None,
    permission=P.GIVE_PANEL_VIEW,
    event=False,
    system=True,
)
def follow_panel(referral, *, by, on):
    """This will ask whoever came to the Virtual Panel since it was asked, for a partner who has not answered yet.

    Whose appointment has ended is asked no more and sees the case no longer; a view that was given stays. Once the
    panel has decided, somebody new is asked only in place of one who was still to answer.
    """
    appointed = {one.user_id: one for one in panel(on=on)}
    rows = Access.objects.in_force(on).filter(case=referral.case, role=CaseRole.PANEL_MEMBER).select_related("user")
    asked = {row.user_id: row.user for row in rows}
    running = Deadline.objects.filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code).order_by("-pk")
    latest = running.first()
    left = [person for pk, person in asked.items() if pk not in appointed]
    open_to = _still_to_answer(referral, left, running)
    for person in left:
        reason = "The appointment has ended"
        can.end(case=referral.case, role=CaseRole.PANEL_MEMBER, user=person, on=on, by=by, reason=reason)
        clock.stop(rules.VIRTUAL_PANEL, reference=referral.reference, on=on, by=by, reason=reason, key=str(person.pk))
        note(referral, "panel_member_left", by=by, on=on, words=str(person))
    answered = {view.partner for view in queries.views_in_force(referral)}
    for pk, one in appointed.items():
        wanted = referral.status == Status.WITH_PANEL or one.partner in open_to
        if pk not in asked and one.partner not in answered and wanted:
            _ask(referral, one, counts_from=latest.counts_from if latest else referral.received_at, by=by, on=on)
            words = f"{one.user}: {one.get_kind_display()}, {one.get_partner_display()}"
            note(referral, "panel_member_asked", by=by, on=on, words=words)


def _still_to_answer(referral, people, running):
    """The partners for whom one of these people was still asked."""
    waiting = running.open().filter(user__in=people).values("user")
    kinds = (Appointment.Kind.VIRTUAL_PANEL, Appointment.Kind.ALTERNATE)
    return set(Appointment.objects.filter(user__in=waiting, kind__in=kinds).values_list("partner", flat=True))


def follow_register(*, on):
    """This will have every referral that the Virtual Panel is still asked about follow the appointment register."""
    waiting = Deadline.objects.open().filter(rule=rules.VIRTUAL_PANEL.code).values("reference")
    asked = Referral.objects.filter(status=Status.WITH_PANEL) | Referral.objects.filter(
        reference__in=waiting, status__in=Referral.DECIDED
    )
    for referral in asked.order_by("case"):
        try:
            follow_panel(referral, by=trail.SYSTEM, on=on)
        except WrongState:  # it moved on meanwhile: nobody is asked any more
            continue
