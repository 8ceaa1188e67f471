"""The list of people."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from appointments.forms import PeopleFilters
from design.lists import Column, Listing
from partnership.models import Membership


def people(*, day):
    """This will return the list of people with the roles they hold on this day (`held`, fetched with the rows)."""
    held = Membership.objects.in_force(day).filter(user=OuterRef("pk"))
    return Listing(
        name="people",
        nouns=("person", "people"),
        columns=[
            Column("Name", "full_name", sort="full_name", url=lambda row: reverse("person", args=[row.pk])),
            Column("Roles", lambda row: [f"{each.get_role_display()}, {each.agency}" for each in row.held]),
            Column("Account", state_of),
        ],
        filters=PeopleFilters,
        filter_by={
            "name": lambda rows, text: rows.filter(Q(full_name__icontains=text) | Q(email__icontains=text)),
            "role": lambda rows, role: rows.filter(Exists(held.filter(role=role))),
            "agency": lambda rows, agency: rows.filter(Exists(held.filter(agency=agency))),
        },
        order="name",
        formats=(),
    )


def state_of(person):
    """This will say whether somebody can sign in: they may not, were invited, or do."""
    if not person.is_active:
        return "May not sign in"
    # Without a password, but signed in once: through their organisation.
    return "Signs in" if person.has_usable_password() or person.last_login else "Invited"
