"""The lists of people, of their appointments, and of one's own cover."""

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from appointments.forms import AppointmentFilters, PeopleFilters, State
from design.lists import Column, Listing
from partnership.models import Appointment, Membership

Kind = Appointment.Kind


def people(*, day):
    """This will return the list of people with the roles they hold on this day (`held`, fetched with the rows)."""
    held = Membership.objects.in_force(day).filter(user=OuterRef("pk"))
    return Listing(
        name="people",
        nouns=("person", "people"),
        columns=[
            Column("Name", "full_name", sort="full_name", url=lambda row: reverse("person", args=[row.pk])),
            Column("E-mail address", "email", sort="email"),
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


def appointments(*, day):
    """This will return the appointment register as it stands on this day; `signs` is annotated to its rows."""
    return Listing(
        name="appointments",
        nouns=("appointment", "appointments"),
        columns=[
            # Two may have the same name.
            Column("Who", lambda row: [row.user.full_name, row.user.email], sort="user__full_name"),
            Column("As", kind_and_whose),
            Column("Partner or agency", lambda row: row.get_partner_display() or str(row.agency or "")),
            Column("From", "from_on", sort="from_on", kind="date"),
            Column("Until", "until_on", sort="until_on", kind="date"),
            Column("Authority given by", "authority"),
            Column("State", lambda row: state_of_appointment(row, day)),
            _end(day, "end-appointment"),
        ],
        filters=AppointmentFilters,
        filter_by={
            "kind": "kind",
            "partner": "partner",
            "state": lambda rows, state: in_state(rows, state, day),
        },
        order="-from",
        formats=(),
    )


def kind_and_whose(row):
    """This will say as what somebody is appointed, and for whom they act: one column, where two were too narrow."""
    return f"{row.get_kind_display()}, for {row.for_user}" if row.for_user else row.get_kind_display()


def covers(*, day):
    """This will return the list of one's own cover, given and taken."""
    return Listing(
        name="cover",
        nouns=("cover", "covers"),
        columns=[
            Column("Who covers", "user.full_name", sort="user__full_name"),
            Column("For", "for_user.full_name", sort="for_user__full_name"),
            Column("At", "agency.name"),
            Column("From", "from_on", sort="from_on", kind="date"),
            Column("Until", "until_on", sort="until_on", kind="date"),
            Column("State", lambda row: state_of_appointment(row, day)),
            _end(day, "end-cover"),
        ],
        order="-from",
        formats=(),
        empty="Nobody covers for you, and you cover for nobody.",
    )


def _end(day, name):
    return Column(
        "Change",
        lambda row: "" if row.has_ended(day) else f"End that of {row.user}",
        url=lambda row: reverse(name, args=[row.pk]),
    )


def state_of_appointment(row, day):
    """This will say whether an appointment holds on this day; a deputy's ends with the delegation they act under."""
    if row.until_on is not None and row.until_on < row.from_on:
        return "Ended before it began"
    if row.has_ended(day):
        return "Ended"
    if row.from_on > day:
        return "To come"
    if row.kind in (Kind.DEPUTY, Kind.DELEGATION) and not row.signs:
        return "Ended with the delegation" if row.kind == Kind.DEPUTY else "Ended: holds no role any more"
    return "In force"


def in_state(rows, state, day):
    """This will narrow appointments to those that hold on this day, are still to, or have ended."""
    called_off = Q(until_on__lt=F("from_on"))
    if state == State.ENDED:
        return rows.filter(Q(until_on__lt=day) | called_off)
    rows = rows.filter(Q(until_on=None) | Q(until_on__gte=day)).exclude(called_off)
    return rows.filter(from_on__gt=day) if state == State.TO_COME else rows.filter(from_on__lte=day)
