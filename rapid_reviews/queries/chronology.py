"""The combined chronology as it is read: every event with its agency, its date in words, and how old each child was."""

import copy
from typing import NamedTuple

from django.db.models import Max, Q
from django.db.models.functions import Greatest, Length

from design.forms import say_date, say_time
from rapid_reviews.models import ChronologyEvent


class Entry(NamedTuple):
    """One event as a reader sees it."""

    event: ChronologyEvent
    when: str
    ages: list
    outside: bool
    """Whether it lies outside the period looked at."""
    marked: bool = False
    """Whether others than this reader are kept from it."""


def entries(review, events, marks=None, say=None):
    """This will return these events of a review as entries: date in words, ages, inside or outside the period.

    `say` puts what it is given in other words: every text of an event, and the children's names, go through it.
    """
    children = list(review.referral.children.order_by("pk"))
    names = {child: say(name_of(child)) if say else name_of(child) for child in children}
    return [
        Entry(
            said_as(event, say) if say else event,
            when(event),
            [f"{names[child]}: {words}" for child in children if (words := age_at(child, event.starts_on))],
            is_outside(review, event),
            bool(marks and marks.restriction(event.summary, "event", event.pk)),
        )
        for event in events
    ]


TEXTS = ("date_as_written", "source", "who", "what_happened", "what_was_done", "childs_voice", "analysis")
"""What of an event is written in somebody's own words."""


def said_as(event, say):
    """This will return a copy of an event, for reading alone, each text of which was put in other words by `say`."""
    read = copy.copy(event)
    for name in TEXTS:
        setattr(read, name, say(getattr(event, name)))
    return read


def in_period(events, *, first=None, last=None):
    """This will return the events that may lie in a period: of one that is not known to the day, any day of it counts.

    `first` and `last` are days, either of them may be None. What has no recorded date is in no period.
    """
    if first:
        to_the_day = Q(ends_on__gte=first) | Q(ends_on=None, starts_on__gte=first)
        by_month = Q(precision="month", starts_on__gte=first.replace(day=1))
        by_year = Q(precision="year", starts_on__gte=first.replace(month=1, day=1))
        events = events.filter(to_the_day | by_month | by_year)
    return events.filter(starts_on__lte=last) if last else events


def with_words(events, text, *, of=TEXTS):
    """This will return the events in whose texts (`of` names them) every word of `text` stands."""
    for word in text.split():
        anywhere = Q()
        for name in of:
            anywhere |= Q(**{f"{name}__icontains": word})
        events = events.filter(anywhere)
    return events


def years(events):
    """This will count the events of each year, as [(year or None, how many)], in the order of time."""
    found = {}
    for day in events.values_list("starts_on", flat=True):
        year = day.year if day else None
        found[year] = found.get(year, 0) + 1
    return list(found.items())


def when(event):
    """This will say an event's date as exactly as it is known: "About 3 May 2026", "May 2026", "2026"."""
    day = event.starts_on
    if day is None:
        return "Date not recorded"
    words = {
        "month": f"{day:%B %Y}",
        "year": str(day.year),
        "about": f"About {say_date(day)}",
    }.get(event.precision, say_date(day))
    if event.ends_on and event.ends_on != day:
        words = f"{words} to {say_date(event.ends_on)}"
    return f"{words}, {say_time(event.starts_at_time)}" if event.starts_at_time else words


def longest_text(events):
    """This will return how many characters the longest text of these events has."""
    texts = ("what_happened", "what_was_done", "childs_voice", "analysis")
    return events.order_by().aggregate(longest=Max(Greatest(*map(Length, texts))))["longest"] or 0


def is_outside(review, event):
    """This will say whether an event lies wholly outside the period looked at."""
    if event.starts_on is None:
        return False
    return (event.ends_on or event.starts_on) < review.period_from or event.starts_on > review.period_until


def name_of(child):
    """The name a child goes by in the pages of the case."""
    return child.name or "Child"


def age_at(child, day):
    """This will say how old a child was on a day: "4 years", "7 months", "12 days", "before birth"."""
    born = child.date_of_birth
    if day is None or born is None:
        return ""
    if day < born:
        return "before birth"
    if child.died_on and day > child.died_on:
        return "after death"
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months >= 24:
        return f"{months // 12} years"
    if months >= 1:
        return f"{months} month{'' if months == 1 else 's'}"
    days = (day - born).days
    return f"{days} day{'' if days == 1 else 's'}"
