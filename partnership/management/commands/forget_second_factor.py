"""Take somebody's second factors away: their device and their recovery codes are lost, and they set up another one."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partnership.accounts import AccountAdapter
from partnership.management.finding import person_of


class Command(BaseCommand):
    help = "Takes a person's second factors and recovery codes away, signs them out and tells them by e-mail."

    def add_arguments(self, parser):
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args, email, **options):
        person = person_of(email)
        taken, _ = Authenticator.objects.filter(user=person).delete()
        if not taken:
            raise CommandError(f"{person} has set up no second factor.")
        for session in UserSession.objects.filter(user=person):
            session.end()
        AccountAdapter().send_mail("mfa/email/second_factor_taken", person.email, {"user": person})
        self.stdout.write(f"{person} was signed out and told. They set up a second factor at their next sign-in.")
