"""Giving a person a role at an agency: one way for all who may, so that no role begins unseen."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.can import people_with
from casework.workflow import CannotProceed
from notifications import outbox
from partnership.models import FOR_A_PARTNER, HELD_AT, Agency, Membership
from partnership.permissions import Permission as P
from partnership.roles import Role, roles_granting
from trail import models as trail


def begin_role(person, agency, role, *, by, on, reason):
    """This will give a person a role at an agency from today, and tell everybody else who manages people.

    Refused where the role does not belong to such an agency.
    """
    kind = HELD_AT.get(role)
    if kind and agency.kind != kind:
        raise CannotProceed(("role", f"{Role(role).label} is a role at: {Agency.Kind(kind).label}"))
    if role in FOR_A_PARTNER and not agency.partner:
        raise CannotProceed(("role", f"{Role(role).label} is a role at an agency of a statutory partner"))
    row = Membership(user=person, agency=agency, role=role, from_on=timezone.localdate(on))
    trail.save(row, by=by, on=on, reason=reason)
    managers = set()
    for managing in roles_granting(P.MANAGE_PEOPLE):
        managers.update(people_with(None, managing, moment=on, cover=False))
    words = {
        "who": str(person),
        "role": f"{Role(role).label} at {agency}",
        "giver": str(by),
        "link": outbox.link(reverse("person", args=[person.pk])),
    }
    for one in sorted(managers - {by, person}, key=lambda one: one.pk):
        outbox.queue(
            kind="casework.role_given",
            to=one,
            subject="The hub: a role was given",
            body=render_to_string("emails/casework/role_given.txt", words),
            dedupe_key=f"casework.role_given:{row.pk}:{one.pk}",
            on=on,
        )
