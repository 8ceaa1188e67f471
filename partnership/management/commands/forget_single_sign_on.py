"""Untie a person from the account at their organisation: it made them a new one, or tied the wrong one."""

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandError

from partnership.management.finding import person_of


class Command(BaseCommand):
    help = "Unties a person from their organisation's account; the next sign-in there ties the one that fits."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        person = person_of(email)
        untied, _ = SocialAccount.objects.filter(user=person).delete()
        if not untied:
            raise CommandError(f"{person} has not signed in through an organisation.")
        self.stdout.write(f"{person} is tied to no organisation’s account any more.")
