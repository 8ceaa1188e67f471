"""What a person may do, and the only way a page gets a record."""

from django.http import Http404
from django.utils import timezone

from access.models import Access, Case, Exclusion
from partnership.models import Membership, User
from partnership.roles import BUSINESS_TEAM, GRANTS, CaseRole, roles_granting
from trail import models as trail


def can(user, permission, record=None, *, moment):
    """This will say whether the person holds the permission: for the case of this record, or anywhere at all.

    Without a record only standing roles count. `record` is a `Case` or has one as `.case`.
    """
    if record is not None:
        return permission in permissions_on(user, record, moment=moment)
    if not user.is_active:
        return False
    roles = roles_granting(permission)
    return any(role in roles for role, _ in user.standing(timezone.localdate(moment)))


def permissions_on(user, record, *, moment):
    """This will return every permission the person holds for the case of this record at this moment.

    The same rule as `access.models.cases_open_to`, asked of one case: rows of `Access` in force, standing roles unless
    the case was never sent or is restricted and not theirs to hold, nothing for who is excluded. A record may narrow
    it further (`narrowed_to`): an agency's rights in a case end at its own summary.
    """
    case = record if isinstance(record, Case) else record.case
    if not user.is_active or Exclusion.objects.in_force(moment).filter(case=case, user=user).exists():
        return frozenset()
    day = timezone.localdate(moment)
    roles = set(Access.objects.of(user, day).in_force(moment).filter(case=case).values_list("role", flat=True))
    if CaseRole.HOLDER in roles or not (case.restricted or case.stage in Case.UNSENT):
        roles |= {role for role, _ in user.standing(day)}
    granted = frozenset().union(*(GRANTS.get(role, ()) for role in roles))
    narrowed_to = getattr(record, "narrowed_to", None)
    return narrowed_to(user, granted, moment=moment) if narrowed_to else granted


def get_visible_or_404(queryset, request, reference, *, what=""):
    """This will fetch the record of this reference if the person may see it, and log the reading either way.

    A record that is not theirs and one that does not exist answer with the same 404. `what` names the page for the
    access log (default: the path without its query).
    """
    now = timezone.now()
    visible = queryset.visible_to(request.user, moment=now)
    beside = () if queryset.model is Case else ("case",)
    record = visible.filter(reference=reference).select_related(*beside).first()
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
    held = Access.objects.in_force(on).filter(case=case, role=role, user=user, agency=agency, until_at=until_at).first()
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


def people_with(case, role, *, moment):
    """This will return the active people who hold this role for a case, standing or in the case, now."""
    day = timezone.localdate(moment)
    rows = Access.objects.in_force(moment).filter(case=case, role=role)
    leads = Membership.objects.in_force(day).filter(agency__in=rows.values("agency"), role="agency_lead")
    standing = Membership.objects.in_force(day).filter(role=role)
    people = User.objects.filter(is_active=True)
    found = people.filter(pk__in=rows.values("user")) | people.filter(pk__in=leads.values("user"))
    if case is None or not (case.restricted or case.stage in Case.UNSENT):
        found |= people.filter(pk__in=standing.values("user"))
    elif case.restricted:
        holders = Access.objects.in_force(moment).filter(case=case, role=CaseRole.HOLDER)
        found |= people.filter(pk__in=standing.filter(user__in=holders.values("user")).values("user"))
    kept_out = Exclusion.objects.in_force(moment).filter(case=case).values("user") if case else User.objects.none()
    return found.exclude(pk__in=kept_out).distinct()


def business_team(case, *, moment):
    """This will return the people of the business team who may see this case now."""
    managers, coordinators = (people_with(case, role, moment=moment) for role in BUSINESS_TEAM)
    return (managers | coordinators).distinct()
