"""The appointment register: who decides, answers and acts for whom, since when, by whose authority.

Nobody enters or ends an appointment of their own. What was signed or answered under one stays when it ends; whoever is
asked to sign, or for a view, follows the register at once (`casework.handover.FOLLOWERS`).
"""

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from access.can import can
from appointments import cover, notices
from casework import handover
from casework.workflow import CannotProceed, NotAllowed
from partnership.models import Appointment, Membership, Partnership
from partnership.permissions import Permission as P
from trail import models as trail

Kind = Appointment.Kind
ALONE = (Kind.DELEGATION, Kind.VIRTUAL_PANEL)
"""Of these each partner has one at a time."""
ACTS_FOR = {Kind.DEPUTY: Kind.DELEGATION, Kind.ALTERNATE: Kind.VIRTUAL_PANEL}
"""Who stands in, and what the one they stand in for has to be."""


@atomic
def enter_appointment(*, by, on, kind, user, authority, from_on, reason, partner="", for_user=None, until_on=None):
    """This will enter a line of the register, and return it; who follows the register does so at once.

    Refused for oneself; a second delegation or Virtual Panel member of a partner at the same time; a deputy or
    alternate of somebody who is none; somebody who belongs to no agency of the partner.
    """
    check_right(by, user, for_user, on=on)
    if kind == Kind.COVER:
        return cover.give_cover(
            by=by,
            on=on,
            covered=for_user,
            covering=user,
            from_on=from_on,
            until_on=until_on,
            authority=authority,
            reason=reason,
        )
    row = Appointment(
        kind=kind, user=user, partner=partner, from_on=from_on, until_on=until_on, authority=authority.strip()
    )
    row.for_user = for_user if kind in ACTS_FOR else None
    lock()
    store(row, by=by, on=on, reason=reason)
    handover.follow_register(on=on)
    return row


def lock():
    """This will wait for whoever writes in the register: of two who fill one partner's place at the same moment the
    second finds it filled.
    """
    Partnership.objects.select_for_update().get()


def store(row, *, by, on, reason):
    """This will keep an appointment under `lock`, whoever enters it; refused with what the register forbids."""
    if problems := _problems(row):
        raise CannotProceed(*problems)
    trail.save(row, by=by, on=on, reason=reason)


def check_right(by, *people, on):
    """This will refuse who does not manage people, and who would do this to themselves."""
    if not can(by, P.MANAGE_PEOPLE, moment=on):
        raise NotAllowed(f"the appointment register is kept by who holds {P.MANAGE_PEOPLE}")
    if by.pk in [person.pk for person in people if person]:
        raise CannotProceed("Nobody enters or ends an appointment of their own: ask a colleague")


def _problems(row):
    found = []
    if not row.partner:
        return [("partner", "Select the statutory partner")]
    if row.until_on and row.until_on < row.from_on:
        found.append(("until_on", "The last day must be the first day or later"))
    agencies = Membership.objects.in_force(row.from_on).filter(user=row.user, agency__partner=row.partner)
    if not agencies.exists():
        found.append(("user", f"{row.user} belongs to no agency of this partner: {row.get_partner_display()}"))
    if row.kind in ALONE and (other := _at_the_same_time(row).filter(kind=row.kind).first()):
        found.append(
            ("kind", f"{other.user} is {row.get_kind_display()} for {row.get_partner_display()}: end that first")
        )
    if row.kind in ACTS_FOR:
        found += _problems_of_standing_in(row)
    return found


def _problems_of_standing_in(row):
    if row.for_user is None:
        return [("for_user", "Select the person they act for")]
    if row.for_user == row.user:
        return [("for_user", "Nobody acts for themselves")]
    wanted = ACTS_FOR[row.kind]
    if (
        not Appointment.objects.in_force(row.from_on)
        .filter(kind=wanted, user=row.for_user, partner=row.partner)
        .exists()
    ):
        words = f"{row.for_user} is not {wanted.label} for {row.get_partner_display()} on the first day"
        return [("for_user", words)]
    if _at_the_same_time(row).filter(kind=row.kind, user=row.user, for_user=row.for_user).exists():
        return [("user", f"{row.user} is {row.get_kind_display()} for {row.for_user} already")]
    return []


def _at_the_same_time(row):
    rows = Appointment.objects.filter(partner=row.partner).filter(Q(until_on=None) | Q(until_on__gte=row.from_on))
    return rows.filter(from_on__lte=row.until_on) if row.until_on else rows


@atomic
def end_appointment(appointment, *, by, on, from_on, reason):
    """This will end an appointment: it no longer holds from this day on, today or later. Signatures given stay.

    A delegation ends with its deputies, who act for its holder.
    """
    lock()
    appointment = (
        Appointment.objects.select_for_update(of=("self",)).select_related("user", "for_user").get(pk=appointment.pk)
    )
    check_right(by, appointment.user, on=on)
    close(appointment, by=by, on=on, from_on=from_on, reason=reason)
    if appointment.kind == Kind.COVER:
        notices.cover_ended(appointment, to=[appointment.user, appointment.for_user], on=on)
    handover.follow_register(on=on)
    return appointment


def close(appointment, *, by, on, from_on, reason):
    """This will write an appointment's last day, the one before `from_on`; a delegation's deputies end with it."""
    if appointment.has_ended(timezone.localdate(on)):
        raise CannotProceed("This appointment has ended already")
    if from_on < timezone.localdate(on):
        raise CannotProceed(("from_on", "It ends today or later: what was done under it stays as it is"))
    if appointment.until_on is not None and appointment.until_on < from_on:
        raise CannotProceed(("from_on", "It ends earlier than that already"))
    for row in [appointment, *_deputies_of(appointment, from_on)]:
        row.end_before(from_on)
        trail.save(row, by=by, on=on, reason=reason)


def _deputies_of(appointment, from_on):
    if appointment.kind != Kind.DELEGATION:
        return []
    rows = Appointment.objects.filter(kind=Kind.DEPUTY, for_user=appointment.user, partner=appointment.partner)
    return list(rows.filter(Q(until_on=None) | Q(until_on__gte=from_on)).order_by("pk"))
