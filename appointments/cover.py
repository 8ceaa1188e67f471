"""Cover: who takes what waits for a colleague who is away, with dates (domain.md, section 2, "Cover and leaving").

What a cover brings stands in `partnership.roles.LENT`. It is no way to sign, to answer for the Virtual Panel, to chair,
or to see a restricted case: these take an appointment of their own.
"""

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from appointments import notices
from casework.workflow import CannotProceed, NotAllowed
from deadlines.calendar import add_months
from partnership.models import Appointment, Membership, User
from partnership.roles import BUSINESS_TEAM, Role
from trail import models as trail

MONTHS = 3
"""The longest a cover lasts; after that it is somebody's role."""
IN_PERSON = (Role.REVIEWER, Role.SCRUTINEER)
"""Who is appointed for a case in person, and declares for themselves: nobody covers for them."""


def who_may_cover(person, *, day):
    """This will return who may cover for a person: active people who belong to each agency that the person belongs to.

    For somebody of the business team, others of the team alone; for an independent reviewer or scrutineer nobody.
    """
    held = Membership.objects.in_force(day)
    theirs = list(held.filter(user=person).values_list("role", "agency"))
    if any(role in IN_PERSON for role, _ in theirs):
        return User.objects.none()
    people = User.objects.filter(is_active=True).exclude(pk=person.pk)
    for agency in {agency for _, agency in theirs}:
        people = people.filter(pk__in=held.filter(agency=agency).values("user"))
    if any(role in BUSINESS_TEAM for role, _ in theirs):
        people = people.filter(pk__in=held.filter(role__in=BUSINESS_TEAM).values("user"))
    return people.order_by("full_name", "pk") if theirs else people.none()


def covers_of(person):
    """This will return the cover a person has given and taken, ended too."""
    rows = Appointment.objects.filter(Q(user=person) | Q(for_user=person), kind=Appointment.Kind.COVER)
    return rows.select_related("user", "for_user", "agency")


@atomic
def name_cover(*, by, on, covering, from_on, until_on):
    """This will let a colleague of one's own agency cover for oneself on these days, both included. Returns the line.

    They are told by e-mail.
    """
    row = _add(by, covering, from_on, until_on, authority=f"Named by {by}", reason="name_cover", by=by, on=on)
    notices.cover_taken(row, on=on)
    return row


@atomic
def give_cover(*, by, on, covered, covering, from_on, until_on, authority, reason):
    """This will let somebody cover for a colleague who named nobody; `register` checks who may do so. Both are told."""
    if covered is None:
        raise CannotProceed(("for_user", "Select the person they act for"))
    row = _add(covered, covering, from_on, until_on, authority=authority, reason=reason, by=by, on=on, who="user")
    notices.cover_taken(row, on=on)
    notices.cover_given(row, on=on)
    return row


def _add(covered, covering, from_on, until_on, *, authority, reason, by, on, who="covering"):
    # Locked, so that two who name the same cover at once do not both.
    User.objects.select_for_update(no_key=True).get(pk=covered.pk)
    if problems := _problems(covered, covering, from_on, until_on, today=timezone.localdate(on), who=who):
        raise CannotProceed(*problems)
    held = Membership.objects.in_force(timezone.localdate(on)).filter(user=covered)
    rows = [
        Appointment(
            kind=Appointment.Kind.COVER,
            user=covering,
            for_user=covered,
            agency_id=agency,
            from_on=from_on,
            until_on=until_on,
            authority=authority,
        )
        for agency in sorted(set(held.values_list("agency", flat=True)))
    ]
    for row in rows:
        trail.save(row, by=by, on=on, reason=reason)
    return rows[0]


def _problems(covered, covering, from_on, until_on, *, today, who):
    found = []
    if from_on < today:
        found.append(("from_on", "Cover begins today or later"))
    if until_on is None:
        found.append(("until_on", "Enter the last day of the cover"))
    elif until_on < from_on:
        found.append(("until_on", "The last day must be the first day or later"))
    elif until_on > add_months(from_on, MONTHS):
        found.append(("until_on", f"Cover lasts {MONTHS} months at most: a longer absence takes another role"))
    if not who_may_cover(covered, day=today).filter(pk=covering.pk).exists():
        found.append((who, f"{covering} cannot cover for {covered}: select somebody of the same agency"))
    elif until_on:
        rows = covers_of(covered).filter(user=covering, from_on__lte=until_on, until_on__gte=from_on)
        if rows.exists():
            found.append((who, f"{covering} covers for {covered} on some of these days already"))
    return found


@atomic
def end_cover(row, *, by, on):
    """This will end a cover at once, or call off one that has not begun: by either of the two. The other is told."""
    row = Appointment.objects.select_for_update(of=("self",)).select_related("user", "for_user").get(pk=row.pk)
    if by.pk not in (row.user_id, row.for_user_id) or row.kind != Appointment.Kind.COVER:
        raise NotAllowed("a cover is ended by who gave it or took it")
    today = timezone.localdate(on)
    if row.has_ended(today):
        raise CannotProceed("This cover has ended already")
    row.end_before(today)
    trail.save(row, by=by, on=on, reason="end_cover")
    notices.cover_ended(row, to=[row.for_user if by.pk == row.user_id else row.user], on=on)
    return row
