"""What a record's own words for a date mean: "?22 May 2016", "May 2016", "early June 2016", "22/5/16 14.30", a range.

Pure Python. The words themselves are kept beside what is read here. A day and a month that can be read both ways are
asked about, never guessed (`choices`); a year that is missing is asked for. A year of two digits is the latest one that
is not in the future.
"""

import re
from calendar import monthrange
from datetime import date, time
from itertools import product
from typing import NamedTuple

MONTHS = [date(2016, month, 1).strftime("%B").lower() for month in range(1, 13)]
PARTS = {"early": (1, 10), "beginning of": (1, 10), "mid": (11, 20), "middle of": (11, 20), "late": (21, 31)}
PARTS |= {"end of": (21, 31)}
"""Parts of a month, in days: thirds, as records use the words."""
NOT_RECORDED = (
    "",
    "?",
    "date not recorded",
    "not recorded",
    "no date",
    "undated",
    "unknown",
    "date unknown",
    "n/k",
    "nk",
)
NOT_RECORDED += ("not known", "date not known", "n/a", "-")
ABOUT = re.compile(r"^(?:(?:~|c\.|ca\.|circa\b|(?:on or )?about\b|around\b|approx\.|approx(?:imately)?\b|w/c\b)\s*)+")
NOISE = re.compile(
    r"\b(?:in the )?(?:morning|afternoon|evening|night|overnight|lunchtime)\b|\(\s*\)|\btime (?:not )?known\b"
)
WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?")
MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in MONTHS)}|sept)\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR = r"['’]?(?P<year>\d{4}|\d{2})"
APART = r"(?:\s*[/.,\-]+\s*|\s+)"
"""What stands between the numbers of a date, mistyped ones too: "22.05/16"."""
BETWEEN = re.compile(r"\s+(?:to|until|till|and|through)\s+|\s*[–—]\s*|\s*-\s*")
CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:[:.]\d{2})?"
TIMES = [
    re.compile(rf"(?:^|[\s,@(]|\bat\b)\s*{CLOCK}\s*(?P<half>[ap])\.?m\.?\)?$"),
    re.compile(r"(?:^|[\s,@(t]|\bat\b)\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2})?\s*(?:h|hrs?|hours)?\)?$"),
    re.compile(r"(?:^|[\s,@(]|\bat\b)\s*(?P<hour>\d{2})(?P<minute>\d{2})\s*(?:h|hrs?|hours)\)?$"),
    re.compile(r"\bat\s+(?P<hour>\d{2})(?P<minute>\d{2})\)?$"),
    re.compile(r"^(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[ap])?m?\s*(?:h|hrs?|hours)?\s*(?:,|on)?\s+(?=\S)"),
    re.compile(r"(?:^|[\s,@]|\bat\b)\s*(?P<noon>noon|midday)$"),
]
LONGEST = 100
TWO_WAYS = "It can be"
"""How the problem of a date begins that can be read two ways."""


class Reading(NamedTuple):
    """What a date was taken to mean; with `problem`, words that say what is missing, it means nothing yet."""

    precision: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    at: time | None = None
    problem: str = ""
    choices: tuple = ()
    """Where it can be read two ways: a Reading for each."""


class Span(NamedTuple):
    """A stretch of days that words stand for. `order`: "dm" or "md" where the day and the month are numbers."""

    first: date
    last: date
    precision: str
    order: str = ""


class NoSuchDay(ValueError):
    """Numbers that look like a date, of a day that no calendar has."""


def read(text, *, today, day_first=None):
    """This will read a date as a record writes it.

    `today`: a year of two digits is not after it. `day_first`: whether "3/4/16" begins with the day, where that is
    known of all dates of a file; without it such a date comes back with both readings as `choices`.
    """
    said = " ".join(text.lower().replace("\u00a0", " ").split())
    if said.strip("() .") in NOT_RECORDED:
        return Reading("not_recorded")
    if len(said) > LONGEST:
        return Reading(problem="The date is too long to be read")
    said = said.strip(" .,;")
    about = "?" in said or bool(ABOUT.match(said))
    said = re.sub(r"^on\s+", "", ABOUT.sub("", said.replace("?", " ").strip())).strip()
    said = " ".join(WEEKDAY.sub(" ", NOISE.sub(" ", said)).split()).strip(" ,")
    reader = Reader(today, day_first)
    try:
        spans, at = reader.spans(said), None
        if not spans:
            said, at = take_time(said)
            spans = reader.spans(said)
    except NoSuchDay as missing:
        return Reading(problem=f"There is no {missing}")
    readings = list(dict.fromkeys(reading(span, about, at) for span in spans))
    if not readings:
        return Reading(problem=reader.why_not(said))
    if len(readings) == 1:
        return readings[0]
    both = " or ".join(words_of(each) for each in readings)
    return Reading(problem=f"{TWO_WAYS} {both}", choices=tuple(readings))


def reading(span, about, at):
    precision = "about" if about and span.precision == "exact" else span.precision
    ends_on = span.last if precision == "range" else None
    return Reading(precision, span.first, ends_on, at if precision in ("exact", "about") else None)


def words_of(each):
    """This will say what was read, in the words of a date."""
    words = f"{each.starts_on.day} {each.starts_on:%B %Y}"
    return f"{words} to {each.ends_on.day} {each.ends_on:%B %Y}" if each.ends_on else words


def take_time(said):
    """This will take the time of day out of the words: (what is left, the time or nothing)."""
    for pattern in TIMES:
        found = pattern.search(said)
        if not found:
            continue
        parts = found.groupdict()
        hour, minute = (12, 0) if parts.get("noon") else (int(parts["hour"]), int(parts.get("minute") or 0))
        if half := parts.get("half"):
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour > 23 or minute > 59:
            continue
        left = f"{said[: found.start()]} {said[found.end() :]}"
        left = re.sub(r"(?:\bat|@|,|-|–)\s*$", "", left.strip()).strip(" ,(")
        return left, time(hour, minute)
    return said, None


class Reader:
    """Reads spans out of words, as of one day, by one sense of which number is the day."""

    def __init__(self, today, day_first):
        self.today, self.day_first = today, day_first

    def spans(self, said):
        """This will return each way in which the words can be read: none where they cannot."""
        found, missing = [], None
        try:
            found = self.point(said)
        except NoSuchDay as none:
            missing = none
        found = found or self.stretch(said)
        if missing and not found:
            raise missing
        return found

    def stretch(self, said):
        """From one date to another, whose month and year the first may leave out."""
        said = re.sub(r"^(?:between|from)\s+", "", said)
        for gap in BETWEEN.finditer(said):
            left, right = said[: gap.start()].strip(), said[gap.end() :].strip()
            try:
                ends = self.point(right)
            except NoSuchDay:
                continue
            for end in ends:
                for tail in ("", f" {end.last.year}", f" {MONTHS[end.last.month - 1]} {end.last.year}"):
                    try:
                        starts = self.point(left + tail)
                    except NoSuchDay:
                        continue
                    if starts:
                        break
                else:
                    continue
                found = [
                    Span(one.first, other.last, "range", one.order)
                    for one, other in product(starts, ends)
                    if one.first <= other.last and (one.order == other.order or not (one.order and other.order))
                ]
                if found:
                    return found
        return []

    def point(self, said):
        """One day, month, part of a month, or year."""
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", said):
            return [self.day(*map(int, found.groups()))]
        if found := re.fullmatch(rf"(\d{{1,2}}){APART}(\d{{1,2}}){APART}(\d{{4}}|\d{{2}})", said):
            return self.numbers(int(found[1]), int(found[2]), self.year(found[3]))
        for pattern in (rf"{DAY}\s*(?:of\s+)?[\s\-/.]*{MONTH}[\s\-/,.]*{YEAR}", rf"{MONTH}\s*{DAY},?\s+{YEAR}"):
            if found := re.fullmatch(pattern, said):
                return [self.day(self.year(found["year"]), month_of(found["month"]), int(found["day"]))]
        if found := re.fullmatch(rf"(?:(?P<part>{'|'.join(PARTS)})[\s\-]+)?{MONTH}[\s\-/,.]*{YEAR}", said):
            return [self.month(self.year(found["year"]), month_of(found["month"]), found["part"])]
        if found := re.fullmatch(r"(\d{4})[-/](0[1-9]|1[0-2])|(0?[1-9]|1[0-2])/(\d{4})", said):
            year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
            return [self.month(int(year), int(month), None)]
        if found := re.fullmatch(r"(19\d\d|20\d\d)", said):
            year = int(found[1])
            return [Span(date(year, 1, 1), date(year, 12, 31), "year")]
        return []

    def numbers(self, one, other, year):
        """A day and a month as two numbers: in each order that a calendar has."""
        found, missing = [], None
        orders = {None: ("dm", "md"), True: ("dm",), False: ("md",)}[self.day_first]
        if one == other:
            orders = ("dm",)
        for order in orders:
            day, month = (one, other) if order == "dm" else (other, one)
            if month > 12:
                continue
            try:
                found.append(self.day(year, month, day)._replace(order=order))
            except NoSuchDay as none:
                missing = missing or none
        if not found:
            raise missing or NoSuchDay(f"month {other if orders[0] == 'dm' else one}")
        return found

    def day(self, year, month, day):
        if not 1 <= month <= 12:
            raise NoSuchDay(f"month {month}")
        if year < 1900 or not 1 <= day <= monthrange(year, month)[1]:
            raise NoSuchDay(f"{day} {MONTHS[month - 1].capitalize()} {year}")
        return Span(date(year, month, day), date(year, month, day), "exact")

    def month(self, year, month, part):
        if year < 1900:
            raise NoSuchDay(f"{MONTHS[month - 1].capitalize()} {year}")
        last = monthrange(year, month)[1]
        if part is None:
            return Span(date(year, month, 1), date(year, month, last), "month")
        first, until = PARTS[part]
        return Span(date(year, month, first), date(year, month, min(until, last)), "range")

    def year(self, digits):
        year = int(digits)
        if len(digits) == 4:
            return year
        century = self.today.year // 100 * 100
        return century + year if century + year <= self.today.year else century - 100 + year

    def why_not(self, said):
        """This will say what is missing of words that cannot be read."""
        if self._would_be_read(f"{said} 2016"):
            return "The year is missing"
        return "The date could not be read"

    def _would_be_read(self, said):
        try:
            return bool(self.spans(said) or self.spans(take_time(said)[0]))
        except NoSuchDay:
            return False


def month_of(name):
    return next(number for number, each in enumerate(MONTHS, 1) if each.startswith(name[:3]))
