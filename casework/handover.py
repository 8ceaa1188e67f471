"""What waits for somebody by name, and who can take it over: each app says what it has of that, in its `apps.py`.

`KINDS` are found and handed over when a person leaves (`appointments.leaving`); `FOLLOWERS` are done again whenever the
appointment register has changed, because who is asked stands there.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from access import can
from access.models import Case, Exclusion
from deadlines import clock
from deadlines.models import Deadline
from partnership.models import Membership, User
from partnership.roles import BUSINESS_TEAM


@dataclass
class Item:
    """One thing that waits for a person by name, or that they hold; and the people who may take it over."""

    kind: str
    row: object
    """The record it is about; with the kind it tells items apart."""
    what: str
    """What it is, in words that are none of the case's."""
    reference: str = ""
    case: Case | None = None
    people: list = field(default_factory=list)
    otherwise: str = ""
    """How it goes on if nobody takes it over; "": somebody has to."""
    deadlines: list = field(default_factory=list)
    unseen: bool = False
    """Whether its case is not for who hands it over to know of."""

    @property
    def key(self):
        return f"{self.kind}-{self.row.pk}"

    def __str__(self):
        return f"{self.what}, {self.reference}" if self.reference else self.what


class Step(NamedTuple):
    """One item going from a person who leaves to another one, or (`to` is None) the other way it names."""

    person: User
    to: User | None
    by: User
    on: object
    authority: str = ""
    """Who gave the authority, where an appointment is handed over."""


class Kind(NamedTuple):
    """A kind of item: `find(person, moment=…)` lists them, `hand_over(item, step)` does the one thing."""

    find: object
    hand_over: object


KINDS = {}
"""The kinds there are, by code."""

FOLLOWERS = {}
"""What follows the appointment register: {code of the rule it asks under: a function of `on`}."""


def follow_register(*, on):
    """This will have everything that asks people by the appointment register ask them as it stands now."""
    for follow in FOLLOWERS.values():
        follow(on=on)


def items_of(person, *, moment):
    """This will list what waits for a person by name and what they hold, by reference: `Item`s.

    Who is kept out of a case takes nothing over in it. What no app names, but waits for them all the same, is there.
    """
    found = [item for kind in KINDS.values() for item in kind.find(person, moment=moment)]
    named = {deadline.pk for item in found for deadline in item.deadlines}
    rest = Deadline.objects.open().filter(user=person).exclude(pk__in=named).exclude(rule__in=FOLLOWERS)
    colleagues = people_beside(person, moment=moment)
    found += [
        Item("deadline", one, one.label, one.reference, one.case, colleagues, deadlines=[one])
        for one in rest.select_related("case").order_by("pk")
    ]
    cases = {item.case.pk for item in found if item.case}
    kept_out = set(Exclusion.objects.in_force(moment).filter(case__in=cases).values_list("case", "user"))
    for item in found:
        item.people = [one for one in item.people if item.case is None or (item.case.pk, one.pk) not in kept_out]
    return sorted(found, key=lambda item: (item.reference, item.kind, item.row.pk))


def hand_over(item, step):
    """This will hand one item over, and its timescales with it."""
    if item.kind in KINDS:
        KINDS[item.kind].hand_over(item, step)
    if step.to:
        reason = f"{step.person} has left"
        clock.hand_over(item.deadlines, to=step.to, by=step.by, on=step.on, reason=reason)


def pass_on(case, role, step):
    """This will end a person's access in a role, and give it to who takes over."""
    can.end(case=case, role=role, user=step.person, by=step.by, on=step.on, reason=f"{step.person} has left")
    if step.to:
        reason = f"Took over from {step.person}"
        can.grant(case=case, role=role, user=step.to, by=step.by, on=step.on, reason=reason)


def people_at(agency, *roles, moment, but=()):
    """This will list the active people of an agency by name, in one of these roles if any are named."""
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(agency=agency)
    held = held.filter(role__in=roles) if roles else held
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return list(people.exclude(pk__in=[one.pk for one in but if one]).order_by("full_name", "pk"))


def people_beside(person, *, moment):
    """This will list who stands beside a person: of the business team for one of it, otherwise of their agencies."""
    day = timezone.localdate(moment)
    held, theirs = Membership.objects.in_force(day), person.standing(day)
    beside = Q(agency__in={agency for _, agency in theirs})
    if any(role in BUSINESS_TEAM for role, _ in theirs):
        beside = Q(role__in=BUSINESS_TEAM)
    people = User.objects.filter(is_active=True, pk__in=held.filter(beside).values("user"))
    return list(people.exclude(pk=person.pk).order_by("full_name", "pk"))


def waiting(person, reference, *rules):
    """This will list the timescales of a record that wait for this person by name under these rules."""
    rows = Deadline.objects.open().filter(user=person, reference=reference, rule__in=[rule.code for rule in rules])
    return list(rows.select_related("case").order_by("pk"))


def names(people):
    """This will write several people as a sentence does."""
    return ", ".join(str(person) for person in people)
