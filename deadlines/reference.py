"""Reference data of this app: the committed bank holidays, into the table that is the truth at run time."""

from django.db import transaction
from django.utils import timezone

from deadlines import clock
from deadlines.calendar import DATA
from deadlines.calendar import load as read
from deadlines.models import BankHoliday
from trail import models as trail


def load(*, on):
    """This will bring the bank holiday table up to the committed list, and re-date what is open if that moved anything.

    Idempotent. A day added or withdrawn by hand stays as it is; a day that was expected and is announced now says so.
    """
    listed = read(DATA)
    with transaction.atomic():
        held = {holiday.day: holiday for holiday in BankHoliday.objects.all()}
        new = [
            BankHoliday(day=day, name=name, expected=expected, listed_on=listed["as_of"])
            for day, name, expected in listed["days"]
            if day not in held
        ]
        trail.add_many(new, by=trail.SYSTEM, on=on, reason="load_reference")
        for day, name, expected in listed["days"]:
            holiday = held.get(day)
            if holiday and holiday.listed_on < listed["as_of"] and (holiday.name, holiday.expected) != (name, expected):
                holiday.name, holiday.expected, holiday.listed_on = name, expected, listed["as_of"]
                trail.save(holiday, by=trail.SYSTEM, on=on, reason="load_reference")
        days = {day for day, _, _ in listed["days"]}
        missing = [holiday for day, holiday in held.items() if holiday.withdrawn_on is None and day not in days]
        moved_away = [holiday for holiday in missing if _is_of_the_list(holiday)]
        for holiday in moved_away:
            holiday.withdrawn_on = timezone.localdate(on)
            trail.save(holiday, by=trail.SYSTEM, on=on, reason="announced for another day")
        # The first load fills an empty table, before anything is due.
        if held and (new or moved_away):
            clock.recompute(on=on, because="the list of bank holidays was brought up to date")
    return f"{len(new)} new bank holidays, {len(moved_away)} moved away, list of {listed['as_of']:%d.%m.%Y}"


def _is_of_the_list(holiday):
    """Whether a list put it there, and nobody by hand since: a newer list without it has moved it."""
    return holiday.history.latest("history_id").history_change_reason == "load_reference"
