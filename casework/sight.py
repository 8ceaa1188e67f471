"""Who may see a case: restricting it, keeping somebody out of it, and emergency access (domain.md, section 2)."""

from datetime import timedelta

from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone

from access import can
from access.models import Access, Case, Exclusion
from access.models import kept_out as is_kept_out
from casework import handover
from casework.notices import tell
from casework.workflow import CannotProceed, NotAllowed, WrongState, note, transition
from partnership.models import Membership, User
from partnership.permissions import Permission as P
from partnership.roles import BUSINESS_TEAM, CaseRole, Role
from trail import models as trail

EMERGENCY_LASTS = timedelta(hours=1)

RECEIVED = tuple(stage for stage in Case.Stage.values if stage not in Case.UNSENT)


def team(moment):
    """This will return the active people of the business team, whichever cases they see."""
    day = timezone.localdate(moment)
    held = Membership.objects.in_force(day).filter(role__in=BUSINESS_TEAM)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("full_name", "pk")


def kept_out(case, *, moment):
    """This will return who is kept out of a case now, with the reason: rows of `Exclusion`."""
    rows = Exclusion.objects.in_force(moment).filter(case=case).select_related("user")
    return rows.order_by("user__full_name", "pk")


def cases_held(person, *, moment):
    """This will list the restricted cases a person holds, for `handover`: somebody of the team has to hold each."""
    rows = Access.objects.in_force(moment).filter(user=person, role=CaseRole.HOLDER).select_related("case")
    found = []
    for row in rows.order_by("pk"):
        others = Access.objects.in_force(moment).filter(case=row.case, role=CaseRole.HOLDER, user__in=team(moment))
        others = others.exclude(user=person).exclude(user__in=kept_out(row.case, moment=moment).values("user"))
        hold = [other.user for other in others.select_related("user").order_by("user__full_name")]
        item = handover.Item("holder", row, "Holder of the restricted case", row.case.reference, row.case)
        item.people = list(team(moment).exclude(pk__in=[person.pk, *(one.pk for one in hold)]))
        item.otherwise = f"Held by {handover.names(hold)} as well" if hold else ""
        found.append(item)
    return found


def pass_hold(item, step):
    """This will let somebody else hold a restricted case."""
    handover.pass_on(item.case, CaseRole.HOLDER, step)


@transition(Case, sources=RECEIVED, target=None, permission=P.MANAGE_ACCESS)
def restrict_case(case, *, by, on, reason, holders=()):
    """This will keep a case to the people named: standing roles no longer reach it, except of those who hold it.

    Whoever restricts it holds it, and so do `holders`, people of the business team. Sight by a row of access (an agency
    that was asked, a panel member, a signatory) stays as it is.
    """
    if case.restricted:
        raise WrongState(case)
    case.restricted = True
    for person in {by, *holders}:
        _give_hold(case, person, "holders", by=by, on=on)


@transition(Case, sources=RECEIVED, target=None, permission=P.MANAGE_ACCESS)
def lift_restriction(case, *, by, on, reason):
    """This will open a restricted case again to the standing roles that reach cases."""
    if not case.restricted:
        raise WrongState(case)
    case.restricted = False
    can.end(case=case, role=CaseRole.HOLDER, on=on, by=by, reason="lift_restriction")


@transition(Case, sources=RECEIVED, target=None, permission=P.MANAGE_ACCESS)
def add_holder(case, *, by, on, person, reason):
    """This will let one more person of the business team hold a restricted case."""
    if not case.restricted:
        raise WrongState(case)
    _give_hold(case, person, "person", by=by, on=on)


def _give_hold(case, person, asked, *, by, on):
    """Let a person hold a case; `asked` is the question that named them."""
    if kept_out(case, moment=on).filter(user=person).exists():
        raise CannotProceed((asked, f"{person} is kept out of this case"))
    can.grant(case=case, role=CaseRole.HOLDER, user=person, reason="Holds the restricted case", on=on, by=by)


# The timeline says that it was done; why is for who manages the case's access, and stands in the row and its history.
@transition(Case, sources=RECEIVED, target=None, permission=P.MANAGE_ACCESS, words="")
def keep_out(case, *, by, on, person, reason):
    """This will keep a person from a case, whatever else would let them in: they are named in it, or have a conflict.

    A person of the business team is kept out only after another one sees the case: somebody has to hold it.
    """
    if Exclusion.objects.in_force(on).filter(case=case, user=person).exists():
        raise CannotProceed(("person", f"{person} is kept out of this case already"))
    left = can.business_team(case, moment=on).exclude(pk=person.pk)
    if not left.exists():
        raise CannotProceed(("person", "Another member of the business team must hold the case first"))
    trail.save(Exclusion(case=case, user=person, reason=reason, from_at=on), by=by, on=on, reason="keep_out")


@transition(Case, sources=RECEIVED, target=None, permission=P.MANAGE_ACCESS, words="")
def let_back_in(case, *, by, on, person, reason):
    """This will end that a person is kept from a case; what lets them in is what did before."""
    row = Exclusion.objects.in_force(on).filter(case=case, user=person).first()
    if row is None:
        raise CannotProceed(("person", f"{person} is not kept out of this case"))
    row.until_at = on
    trail.save(row, by=by, on=on, reason=reason)


@atomic
def take_emergency_access(reference, *, by, on, reason):
    """This will let a person read a case for one hour, and tell the partners and who runs the case at once.

    For a case that they do not see: restricted, or not theirs. Who is kept out of it is told what anybody is told of a
    reference that does not exist. Returns the case.
    """
    if not can.can(by, P.EMERGENCY_ACCESS, moment=on):
        raise NotAllowed(f"emergency access needs {P.EMERGENCY_ACCESS}")
    case = Case.objects.select_for_update().filter(reference=reference, stage__in=RECEIVED).first()
    if case is None or Exclusion.objects.in_force(on).filter(case=case, user=by).exists():
        raise CannotProceed(("reference", "No case has this reference"))
    if P.VIEW_TIMELINE in can.permissions_on(by, case, moment=on):
        raise CannotProceed(("reference", "You can see this case already"))
    can.grant(
        case=case,
        role=CaseRole.EMERGENCY,
        user=by,
        reason="Emergency access",
        on=on,
        by=by,
        until_at=on + EMERGENCY_LASTS,
    )
    note(case, "emergency_access", by=by, on=on, words=reason)
    told = can.people_with(None, Role.DELEGATED_PARTNER, moment=on) | can.business_team(case, moment=on)
    tell(
        "casework.emergency_access",
        record=case,
        to=told.exclude(pk=by.pk).distinct(),
        subject="emergency access was taken",
        path=reverse("emergency-access"),
        on=on,
        who=by.full_name,
        until=on + EMERGENCY_LASTS,
    )
    return case


def emergencies(user, *, moment):
    """This will return every emergency access there was, the newest first, but in cases this person is kept out of."""
    rows = Access.objects.filter(role=CaseRole.EMERGENCY).filter(~is_kept_out(user, moment=moment))
    return rows.select_related("case", "user").order_by("-from_at", "-pk")


def why_taken(rows):
    """This will return why each emergency access was taken: {(case's reference, person's key, moment): words}."""
    taken = trail.Event.objects.filter(verb="emergency_access", case__in=[row.case.reference for row in rows])
    return {(event.case, event.by_id, event.at): event.words for event in taken.select_related("text")}


def everybody():
    """This will return every active person of the hub, by name."""
    return User.objects.filter(is_active=True).order_by("full_name", "pk")
