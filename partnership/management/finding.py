"""Whom a command is about."""

from django.core.management.base import CommandError

from partnership.models import User


def person_of(email):
    """This will return the person of this e-mail address; without one the command ends with a sentence."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise CommandError(f"{email} has no account.")
    return person
