"""Make an invented partnership to look at, with cases at every stage."""

import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import demo_data
from partnership.models import User


class Command(BaseCommand):
    help = (
        "Makes an invented partnership with an account for each role and cases at every stage, and lists the "
        "accounts. Safe to run again: then it only lists them. Refused where others have accounts, and on any but "
        "embedded servers."
    )

    def handle(self, *args, **options):
        if not settings.EMBEDDED:
            raise CommandError("Accounts with a password that everybody knows are made on embedded servers only.")
        if not User.objects.filter(email=demo_data.ACCOUNTS[0].email).exists():
            if User.objects.exists():
                raise CommandError("People have accounts here: the invented partnership is for an empty hub.")
            call_command("load_reference", verbosity=0, stdout=io.StringIO())
            demo_data.make(now=timezone.now())
        self.stdout.write(self.table())

    def table(self):
        """The accounts, one a line; the password is one for all."""
        wide = max(len(account.described) for account in demo_data.ACCOUNTS)
        lines = [f"  {account.described:{wide}}  {account.email}" for account in demo_data.ACCOUNTS]
        return "\n".join(
            [
                "Harrowmere, an invented partnership. Sign in as:",
                "",
                *lines,
                "",
                f"  Password for every account: {demo_data.PASSWORD}",
                "  The next page asks for a one-time code, and shows it.",
            ]
        )
