"""People, agencies, memberships and appointments. Every row is saved as the hub saves it, with its history."""

from datetime import date
from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from partnership.models import Agency, Appointment, Membership, User
from tests.moments import london
from tests.sign_in import PASSWORD
from trail.models import save

LONG_AGO = london("2020-01-06 09:00")
SINCE = date(2020, 1, 6)


class Saved(factory.Factory):
    """Saves through `trail.models.save`; without `by` and `on` it was the calendar, long ago."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, by=None, on=LONG_AGO, **values):
        return save(model_class(*args, **values), by=by, on=on, reason="made for a test")


@cache
def hash_of(password):
    """The hash of a password, worked out once a run."""
    return make_password(password)


class Agencies(Saved):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"Nettlecombe Agency {n}")
    kind = Agency.Kind.HEALTH
    escalation_name = "Head of Safeguarding"
    escalation_email = factory.LazyAttribute(lambda o: f"escalation@{slug(o.name)}.example")


class People(Saved):
    """Somebody who may sign in; the password is `tests.sign_in.PASSWORD`."""

    class Meta:
        model = User

    full_name = factory.Sequence(lambda n: f"Person Number {n}")
    email = factory.LazyAttribute(lambda o: f"{slug(o.full_name, '.')}@harrowmere.example")
    password = factory.LazyFunction(lambda: hash_of(PASSWORD))


class Memberships(Saved):
    class Meta:
        model = Membership

    user = factory.SubFactory(People)
    agency = factory.SubFactory(Agencies)
    from_on = SINCE


class Appointments(Saved):
    class Meta:
        model = Appointment

    user = factory.SubFactory(People)
    from_on = SINCE
    authority = "Chief Executive of the partner"


def person_with(name, *roles, agency, **values):
    """This will make a person with these standing roles at an agency."""
    person = People(full_name=name, **values)
    for role in roles:
        Memberships(user=person, agency=agency, role=role)
    return person


def slug(text, joint="-"):
    """This will write a name as it stands in an e-mail address."""
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return joint.join(words)


def cover(covering, covered, *, agency, from_on=SINCE, until_on=date(2027, 3, 1)):
    """This will make a line of the register by which one person covers for another."""
    return Appointments(
        kind=Appointment.Kind.COVER,
        user=covering,
        for_user=covered,
        agency=agency,
        from_on=from_on,
        until_on=until_on,
        authority=f"Named by {covered}",
    )
