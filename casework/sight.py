"""Who may see a case: restricting it, keeping somebody out of it, and emergency access (domain.md, section 2)."""

from datetime import timedelta

from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone

from access import can
from access.models import Access, Case, Exclusion
from access.models import kept_out as is_kept_out
from casework import handover
from casework.models import NameMatch
from casework.notices import tell
from casework.workflow import CannotProceed, NotAllowed, WrongState, note, transition
from partnership.models import Membership, User
from partnership.permissions import Permission as P
from partnership.roles import BUSINESS_TEAM, CaseRole, Role
from trail import models as trail

EMERGENCY_LASTS = timedelta(hours=1)

RECEIVED = tuple(stage for stage in Case.Stage.values if stage not in Case.UNSENT)


def team(moment, roles=BUSINESS_TEAM):
    """This will return the active people of the business team (in these roles of it), whichever cases they see."""
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("full_name", "pk")


def managers_of(case, *, moment):
    """This will return the business managers who see a case by their own right: they say who else does."""
    return can.people_with(case, Role.BUSINESS_MANAGER, moment=moment, cover=False)


def kept_out(case, *, moment):
    """This will return who is kept out of a case now, with the reason: rows of `Exclusion`."""
    rows = Exclusion.objects.in_force(moment).filter(case=case).select_related("user")
    return rows.order_by("user__full_name", "pk")


def let_in(case, *, moment):
    """This will list the rows of access by which somebody sees a case now: none of who is kept out or is not let in."""
    rows = Access.objects.in_force(moment).filter(case=case).exclude(user__is_active=False)
    rows = rows.exclude(user__in=kept_out(case, moment=moment).values("user"))
    return list(rows.select_related("user", "agency").order_by("pk"))


def leads_among(rows, case, *, moment):
    """This will say through whom agencies see a case: {agency's key: names of its safeguarding leads who do}."""
    found = {row.agency_id: [] for row in rows if row.agency_id}
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(agency__in=found, role=Role.AGENCY_LEAD)
    held = held.filter(user__is_active=True).exclude(user__in=kept_out(case, moment=moment).values("user"))
    for lead in held.select_related("user").order_by("user__full_name", "pk"):
        found[lead.agency_id].append(lead.user.full_name)
    return found


def cases_held(person, *, moment):
    """This will list the restricted cases a person holds, for `handover`: a business manager has to hold each.

    A co-ordinator who holds one could neither lift the restriction nor let anybody else in.
    """
    rows = Access.objects.in_force(moment).filter(user=person, role=CaseRole.HOLDER).select_related("case")
    found = []
    for row in rows.order_by("pk"):
        hold = list(managers_of(row.case, moment=moment).exclude(pk=person.pk).order_by("full_name", "pk"))
        item = handover.Item("holder", row, "Holder of the restricted case", row.case.reference, row.case)
        but = [person.pk, *(one.pk for one in hold), *_may_be_named(row.case).values_list("user", flat=True)]
        item.people = list(team(moment, [Role.BUSINESS_MANAGER]).exclude(pk__in=but))
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
    that was asked, a panel member, a signatory) stays as it is. The other business managers are told. Refused to who
    may be named in the case: it would be theirs alone.
    """
    if case.restricted:
        raise WrongState(case)
    if _may_be_named(case).filter(user=by).exists():
        raise CannotProceed("A colleague has to restrict this case: there is something they have to look at first")
    named = _may_be_named(case).values("user")
    told = list(managers_of(case, moment=on).exclude(pk=by.pk).exclude(pk__in=named))
    case.restricted = True
    for person in {by, *holders}:
        _give_hold(case, person, "holders", by=by, on=on)
    tell(
        "casework.restricted",
        record=case,
        to=told,
        subject="the case is restricted",
        path=case.get_absolute_url(),
        on=on,
    )


def _may_be_named(case):
    """The matches among the family that nobody has settled."""
    return NameMatch.objects.filter(case=case, kind=NameMatch.Kind.FAMILY, settled_at=None, gone_at=None)


def hold_instead(person, *, by, on):
    """This will let the other business managers hold what this person alone holds, who may no longer sign in.

    At once, whoever stops them: a restricted case is never left to somebody who cannot get in. Not by who may be named
    in the case or is kept out of it, and by who stopped them only where there is nobody else. The delegated partners
    are told who holds it from then on, or that nobody does, so that stopping a colleague is no quiet way to a case.
    """
    held = Access.objects.in_force(on).filter(user=person, role=CaseRole.HOLDER)
    list(Case.objects.select_for_update().filter(pk__in=held.values("case")).order_by("pk"))
    for item in cases_held(person, moment=on):
        if item.otherwise:
            continue
        out = set(kept_out(item.case, moment=on).values_list("user", flat=True))
        others = [one for one in item.people if one.pk not in out]
        others = [one for one in others if one != by] or others
        names = handover.names(others) if others else "nobody yet"
        for one in others:
            _give_hold(item.case, one, "person", by=by, on=on)
        trail.record(
            verb="handed_over",
            reference=item.reference,
            case=item.reference,
            by=by,
            on=on,
            words=f"{item.what}: {person} to {names}",
        )
        tell(
            "casework.held_instead",
            record=item.case,
            to=[*others, *can.people_with(None, Role.DELEGATED_PARTNER, moment=on, cover=False).order_by("pk")],
            subject="another person holds the restricted case",
            path=item.case.get_absolute_url(),
            on=on,
            who=str(person),
            line=names,
        )


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

    Somebody has to say who sees it: the last business manager of a case is kept out only after another one sees it. Who
    may be named in the case keeps out nobody but themselves: it would end in being theirs alone.
    """
    if person != by and _may_be_named(case).filter(user=by).exists():
        raise CannotProceed("A colleague has to do this: there is something they have to look at first")
    # Whenever it began: who pressed at the same moment may have done so an instant later, and been first.
    if Exclusion.objects.filter(case=case, user=person, until_at=None).exists():
        raise CannotProceed(("person", f"{person} is kept out of this case already"))
    if not managers_of(case, moment=on).exclude(pk=person.pk).exists():
        raise CannotProceed(("person", "Another business manager must hold the case first"))
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
