"""Make an account: the first administrator of a new deployment, before there is anybody to invite them."""

import getpass
import sys

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from partnership import second_factor
from partnership.models import Agency, Membership, User
from partnership.roles import Role
from trail.models import save


class Command(BaseCommand):
    help = "Makes an account with a role at an agency, and prints the secret for the person's authenticator app."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--agency", required=True, help="the agency's name")
        parser.add_argument(
            "--new-agency", choices=Agency.Kind.values, help="make the agency, of this kind, if it is not there"
        )
        parser.add_argument("--password-from-stdin", action="store_true", help="read the password from the first line")

    def handle(self, *args, email, name, role, agency, new_agency, password_from_stdin, **options):
        email, on = email.strip().lower(), timezone.now()
        person = User(email=email, full_name=name.strip())
        password = self.ask(password_from_stdin)
        try:
            validate_email(email)
            validate_password(password, person)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        person.set_password(password)
        reason = "made with create_person"
        with transaction.atomic():
            if User.objects.filter(email=email).exists():
                raise CommandError(f"{email} has an account.")
            place = Agency.objects.filter(name=agency).first()
            if place is None:
                if not new_agency:
                    raise CommandError(f"There is no agency “{agency}”. --new-agency KIND makes it.")
                place = Agency(name=agency, kind=new_agency, escalation_name=name, escalation_email=email)
                save(place, by=None, on=on, reason=reason)
            save(person, by=None, on=on, reason=reason)
            membership = Membership(user=person, agency=place, role=role, from_on=timezone.localdate(on))
            save(membership, by=None, on=on, reason=reason)
            secret = second_factor.enrol(person, secret=generate_totp_secret())
        self.stdout.write(f"{person.full_name} may sign in as {email}: {membership.get_role_display()}, {place}.")
        self.stdout.write(f"Add this to an authenticator app, then delete it here: {secret}")

    def ask(self, from_stdin):
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password (at least 12 characters): ")
        if password != getpass.getpass("The same again: "):
            raise CommandError("The two were not the same.")
        return password
