import re
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from trail import sealing

MOST = 100
HEAD = re.compile(r"\b(\d+) ([0-9a-f]{64})\b")


class Command(BaseCommand):
    """Says whether the trail is what was written: `manage.py verify_audit [--head FILE]`, ends with 1 if it is not."""

    help = "Compares every event and every reading with the chain of seals, and the chain with its mailed heads."

    def add_arguments(self, parser):
        parser.add_argument("--head", type=Path, help="a file with the text of one or more of the e-mails")

    def handle(self, *, head, **options):
        mailed = []
        if head:
            mailed = [(int(position), sha256) for position, sha256 in HEAD.findall(head.read_text())]
            if not mailed:
                sys.exit(f"{head} holds no head: a number and 64 hexadecimal digits.")
        found = sealing.verify(mailed)
        for fault in found.faults[:MOST]:
            self.stdout.write(fault)
        if len(found.faults) > MOST:
            self.stdout.write(f"... and {len(found.faults) - MOST:,} more.")
        for certificate, number in sorted(found.removed.items()):
            self.stdout.write(f"Words removed under certificate {certificate}: {number:,}.")
        if found.faults:
            sys.exit(f"{found.links:,} links, {len(found.faults):,} faults.")
        self.stdout.write(f"{found.links:,} links: all lines are as they were sealed. {found.waiting:,} wait to be.")
        if not mailed:
            self.stdout.write("That the whole chain was rebuilt can be ruled out only against a mailed head (--head).")
