"""Refreshes `deadlines/data/bank-holidays.json`. For a developer, with the dev packages; never run in a request.

Announced days come from GOV.UK's list as the package `govuk-bank-holidays` holds it; the year before that list begins
and the years after it ends come by rule from `holidays`, the latter marked as expected. A proclaimed day that comes
between two refreshes is added on the bank holidays page of a running deployment.
"""

import json
from datetime import date

from django.core.management.base import BaseCommand

from deadlines.calendar import DATA

FIRST, LAST = 2011, 2040
# The rule's own words for a day, and the name GOV.UK gives it.
NAMES = {
    "New Year's Day": "New Year’s Day",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Wedding of William and Catherine": "Royal wedding",
}


class Command(BaseCommand):
    help = "Write the committed list of bank holidays anew from the packages govuk-bank-holidays and holidays."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the date of GOV.UK's list")

    def handle(self, *args, as_of, **options):
        listed = collect(as_of)
        DATA.write_text(written(listed), encoding="utf-8")
        self.stdout.write(f"{len(listed['days'])} days, announced until {listed['announced_until']}: {DATA.name}")


def collect(as_of):
    """This will return the list as it is committed, from the packages installed here."""
    import holidays
    from govuk_bank_holidays.bank_holidays import BankHolidays

    published = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    announced = {event["date"]: event["title"] for event in published}
    by_rule = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST, LAST + 1))
    first, last = date(min(announced).year, 1, 1), date(max(announced).year, 12, 31)
    days = {day: {"date": day.isoformat(), "name": name} for day, name in announced.items()}
    for day, name in by_rule.items():
        # A holiday on a Saturday or Sunday has its substitute in both lists; the day itself is no working day anyway.
        if first <= day <= last or day.weekday() > 4:
            continue
        days[day] = {"date": day.isoformat(), "name": named(name)}
        if day > last:
            days[day]["expected"] = True
    return {
        "division": "england-and-wales",
        "source": "GOV.UK bank holidays; 2011 and the days marked as expected by rule",
        "as_of": as_of.isoformat(),
        "announced_until": last.isoformat(),
        "until": date(LAST, 12, 31).isoformat(),
        "days": [days[day] for day in sorted(days)],
    }


def written(listed):
    """This will return the list as JSON with one day a line, so that a refresh shows what changed."""
    days = ",\n".join("  " + json.dumps(day, ensure_ascii=False) for day in listed["days"])
    head = json.dumps({**listed, "days": []}, indent=1, ensure_ascii=False)
    return head.replace('"days": []', f'"days": [\n{days}\n ]') + "\n"


def named(name):
    plain = name.removesuffix(" (observed)")
    return NAMES.get(plain, plain)
