"""Answers "when is it due?" on the command line, from the national defaults and the committed calendar alone."""

import sys
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from deadlines import rules, words
from deadlines.calendar import OutsideCalendar, england_and_wales


class Command(BaseCommand):
    help = "Work out a due moment: --rule CODE --from 2026-12-11T10:00 [--explain]; --list the codes; --stdin for many."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--rule", help="the timescale's code")
        parser.add_argument("--from", dest="moment", help="the moment it is counted from; London time unless it says")
        parser.add_argument("--explain", action="store_true", help="show each day, counted or skipped")
        parser.add_argument("--list", action="store_true", help="list every timescale, its code first")
        parser.add_argument("--stdin", action="store_true", help="read CODE,ISO lines and print one due moment a line")

    def handle(self, *, rule, moment, explain, stdin, **options):
        if options["list"]:
            for line in rules.RULES.values():
                self.stdout.write(f"{line.code}  {line.label}: {line.milestone}")
        elif stdin:
            for number, line in enumerate(sys.stdin, start=1):
                code, _, text = line.strip().partition(",")
                self.stdout.write(due(code, text, f"line {number}: ").isoformat())
        elif rule and moment:
            self.stdout.write(due(rule, moment).isoformat())
            if explain:
                self.explain(rules.RULES[rule], parsed(moment))
        else:
            raise CommandError("Say --rule CODE --from MOMENT, or --list, or --stdin.")

    def explain(self, rule, moment):
        try:
            worked_out = rules.work_out(rule, moment, england_and_wales())
        except (OutsideCalendar, OverflowError, ValueError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{rule.label}: {rule.milestone}")
        self.stdout.write(f"{rule.basis} ({rule.edition})")
        self.stdout.write(f"from {words.day_words(worked_out.start)}: {worked_out.start_reason}")
        for step in worked_out.steps:
            self.stdout.write(f"{step.day.isoformat()}  {step.number if step.counted else '-':>3}  {step.reason}")


def due(code, text, where=""):
    """This will return the due moment of a rule from a moment as it was typed, or say what cannot be read."""
    rule = rules.RULES.get(code.strip())
    if rule is None:
        raise CommandError(f"{where}there is no timescale “{code}”. --list shows them.")
    try:
        return rules.due_at(rule, parsed(text, where), england_and_wales())
    except (OutsideCalendar, OverflowError, ValueError) as fault:
        raise CommandError(f"{where}{fault}") from fault


def parsed(text, where=""):
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as fault:
        raise CommandError(f"{where}“{text}” is not a moment like 2026-12-11T10:00.") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=rules.LONDON)
