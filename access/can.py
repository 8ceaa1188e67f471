"""What a person may do, and the only way a page gets a record."""

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone

from access.models import Access, Case, Exclusion, lending
from partnership.models import Appointment, Membership, User, led_among
from partnership.roles import BUSINESS_TEAM, GRANTS, LENT, CaseRole, Role, roles_granting
from trail import models as trail


def can(user, permission, record=None, *, moment):
    """This will say whether the person holds the permission: for the case of this record, or anywhere at all.

    Without a record only standing roles count, their own and those lent by whom they cover for. `record` is a `Case` or
    has one as `.case`.
    """
    if record is not None:
        return permission in permissions_on(user, record, moment=moment)
    if not user.is_active:
        return False
    roles, held = roles_granting(permission), user.roles(timezone.localdate(moment))
    return any(role in roles for role, _ in held.own) or bool(lending(held, permission))


def permissions_on(user, record, *, moment):
    """This will return every permission the person holds for the case of this record at this moment.

    The same rule as `access.models.cases_open_to`, asked of one case: rows of `Access` in force, standing roles unless
    the case was never sent or is restricted and not theirs to hold, what is lent by whom they cover for, nothing for
    who is excluded. A record may narrow it further (`narrowed_to`): an agency's rights in a case end at its own
    summary.
    """
    case = record if isinstance(record, Case) else record.case
    own, lent = _own_and_lent(user, case, moment=moment)
    granted = own.union(*lent.values())
    narrowed_to = getattr(record, "narrowed_to", None)
    return narrowed_to(user, granted, moment=moment) if narrowed_to else granted


def _own_and_lent(user, case, *, moment):
    """What a person may do in a case by themselves, and {key of whom they cover for: what that person lends}."""
    held = user.roles(timezone.localdate(moment))
    kept_out = set(Exclusion.objects.in_force(moment).filter(case=case).values_list("user", flat=True))
    if not user.is_active or user.pk in kept_out:
        return frozenset(), {}
    rows = Access.objects.of(user, moment).in_force(moment).filter(case=case).values_list("role", "user", "agency")
    rows = list(rows)
    roles = {role for role, holder, agency in rows if holder == user.pk or agency in held.led}
    open_to_standing = CaseRole.HOLDER in roles or not (case.restricted or case.stage in Case.UNSENT)
    if open_to_standing:
        roles |= {role for role, _ in held.own}
    lent = {}
    for covered in held.lent.keys() - kept_out:
        agencies = led_among(held.lent[covered])
        theirs = [GRANTS.get(role, ()) for role, holder, agency in rows if holder == covered or agency in agencies]
        if open_to_standing:
            theirs += [LENT[role] for role, _ in held.lent[covered]]
        lent[covered] = frozenset().union(*theirs)
    return frozenset().union(*(GRANTS.get(role, ()) for role in roles)), lent


def lent_by(user, record, *, moment):
    """This will return what a person may do in a case by covering: {key of whom they cover for: permissions}."""
    case = record if isinstance(record, Case) else record.case
    lent = _own_and_lent(user, case, moment=moment)[1] if user.covers(timezone.localdate(moment)) else {}
    return {covered: permissions for covered, permissions in lent.items() if permissions}


def acts_for(user, permission, record, *, moment):
    """This will return for whom a person acts who holds this permission by covering alone; None for their own right.

    The system (no user) covers for nobody.
    """
    if user is None or not user.covers(timezone.localdate(moment)):
        return None
    own, lent = _own_and_lent(user, record if isinstance(record, Case) else record.case, moment=moment)
    if permission in own:
        return None
    lenders = [covered for covered, permissions in lent.items() if permission in permissions]
    return User.objects.filter(pk__in=lenders).order_by("full_name", "pk").first()


def get_visible_or_404(queryset, request, reference, *, what="", reads=True):
    """This will fetch the record of this reference if the person may see it, and log the reading either way.

    A record that is not theirs and one that does not exist answer with the same 404. `what` names the page for the
    access log (default: the path without its query). `reads=False` is for a request that is shown nothing of the
    record: only that it was refused is logged.
    """
    now = timezone.now()
    visible = queryset.visible_to(request.user, moment=now)
    beside = () if queryset.model is Case else ("case",)
    record = visible.filter(reference=reference).select_related(*beside).first()
    if reads or record is None:
        log_reading(
            request,
            reference=reference,
            case=record.case.reference if record else "",
            allowed=record is not None,
            on=now,
            what=what,
        )
    if record is None:
        raise Http404
    return record


def log_reading(request, *, reference, case, allowed, on, what=""):
    """This will write one line of the access log: also for files, exports, and looks that were refused."""
    trail.Reading.objects.create(
        at=on,
        by=request.user if request.user.is_authenticated else None,
        what=(what or request.resolver_match.view_name)[:200],
        reference=reference[:100],
        case=case,
        allowed=allowed,
        address=request.META.get("REMOTE_ADDR") or None,
    )


def grant(*, case, role, reason, on, by, user=None, agency=None, until_at=None):
    """This will give a person, or an agency's leads, sight of a case with the reason; what is held already stays."""
    # Whenever it began: who acted at the same moment may have done so an instant later, and been first.
    held = Access.objects.filter(case=case, role=role, user=user, agency=agency, until_at=until_at).first()
    if held:
        return held
    row = Access(case=case, role=role, reason=reason, user=user, agency=agency, from_at=on, until_at=until_at)
    return trail.save(row, by=by, on=on, reason=reason)


def end(*, case, role, on, by, reason, user=None, agency=None):
    """This will end every open access of this role in the case: one person's, one agency's, or everyone's."""
    rows = Access.objects.in_force(on).filter(case=case, role=role)
    if user:
        rows = rows.filter(user=user)
    if agency:
        rows = rows.filter(agency=agency)
    for row in rows:
        row.until_at = on
        trail.save(row, by=by, on=on, reason=reason)


def people_with(case, role, *, moment, cover=True):
    """This will return the active people who hold this role for a case, standing or in the case, now.

    And who covers for one of them, where the role is lent: `cover=False` leaves them out.
    """
    held = Membership.objects.in_force(timezone.localdate(moment))
    rows = Access.objects.in_force(moment).filter(case=case, role=role)
    leads = held.filter(agency__in=rows.values("agency"), role=Role.AGENCY_LEAD)
    standing = held.filter(role=role)
    if case is not None and case.restricted:
        holders = Access.objects.in_force(moment).filter(case=case, role=CaseRole.HOLDER)
        standing = standing.filter(user__in=holders.values("user"))
    elif case is not None and case.stage in Case.UNSENT:
        standing = standing.none()
    found = Q(pk__in=rows.values("user")) | Q(pk__in=leads.values("user")) | Q(pk__in=standing.values("user"))
    if cover:
        found |= Q(pk__in=_covering(case, role, rows, moment=moment).values("user"))
    kept_out = Exclusion.objects.in_force(moment).filter(case=case).values("user") if case else User.objects.none()
    return User.objects.filter(found, is_active=True).exclude(pk__in=kept_out).distinct()


def _covering(case, role, rows, *, moment):
    """The cover by which somebody holds a role for a case: rows of the appointment register."""
    return _lent(case, _ways(case, role, rows, moment=moment), moment=moment)


def _ways(case, role, rows, *, moment):
    """The condition under which a cover brings a role for a case; `rows` are the case's own rows of that role."""
    day = timezone.localdate(moment)
    here = Membership.objects.in_force(day).filter(user=OuterRef("for_user"), agency=OuterRef("agency"))
    ways = Q(Exists(here.filter(role=Role.AGENCY_LEAD)), agency__in=rows.values("agency"))
    if role in LENT and role in CaseRole:
        ways |= Q(for_user__in=rows.values("user"))
    elif role in LENT and (case is None or case.stage not in Case.UNSENT):
        standing = Q(Exists(here.filter(role=role)))
        if role in BUSINESS_TEAM:
            team = Membership.objects.in_force(day).filter(role__in=BUSINESS_TEAM)
            standing &= Q(user__in=team.values("user"))
        if case is not None and case.restricted:
            holders = Access.objects.in_force(moment).filter(case=case, role=CaseRole.HOLDER)
            standing &= Q(user__in=holders.values("user"))
        ways |= standing
    return ways


def _lent(case, ways, *, moment):
    """The covers in force that fit. Whoever is kept out of the case lends nothing in it."""
    covers = Appointment.objects.covers(timezone.localdate(moment)).filter(ways)
    if case is None:
        return covers
    return covers.exclude(for_user__in=Exclusion.objects.in_force(moment).filter(case=case).values("user"))


def covers_in(case, *, moment):
    """This will return the cover that lets somebody see a case now: rows of the appointment register. One query."""
    rows = Access.objects.in_force(moment).filter(case=case)
    ways = Q()
    for role in (*CaseRole, *BUSINESS_TEAM):
        ways |= _ways(case, role, rows.filter(role=role), moment=moment)
    kept_out = Exclusion.objects.in_force(moment).filter(case=case).values("user")
    covers = _lent(case, ways, moment=moment).filter(user__is_active=True).exclude(user__in=kept_out)
    return covers.select_related("user", "for_user").order_by("user__full_name", "for_user__full_name", "pk")


def business_team(case, *, moment):
    """This will return the people of the business team who may see this case now."""
    managers, coordinators = (people_with(case, role, moment=moment) for role in BUSINESS_TEAM)
    return (managers | coordinators).distinct()
