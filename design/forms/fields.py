"""Questions: what is accepted as an answer, and what is said when it cannot be."""

import datetime
import re
from math import ceil

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from design.forms import widgets
from design.forms.messages import sentence, subject_of
from design.forms.widgets import LONDON, Checkbox, Checkboxes, Radios, Select, say_time

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
RADIOS_UP_TO = 7  # more options than this read better as a list


LONGEST_TEXT = 256 * 1024
"""Bytes of one answer: some forty thousand words. What is longer is a document."""


def limit_text(field):
    """This will refuse a text in a box of any length that is longer than an answer can be."""
    if isinstance(field, forms.CharField) and field.max_length is None:
        field.validators.append(check_size)


def check_size(text):
    """This will refuse a longer text than can be an answer, and say how long it is."""
    size = len(str(text).encode(errors="replace"))
    if size > LONGEST_TEXT:
        most, kilobytes = LONGEST_TEXT // 1024, ceil(size / 1024)
        raise ValidationError(f"This text has {kilobytes:,} KB, and an answer {most} KB at most: send it as a document")


def choose_widget(field):
    """Settle on radios or a drop-down once the choices are known: they may come from the database."""
    if not isinstance(field.widget, widgets.RadiosOrSelect):
        return
    undecided = field.widget
    values = [value for value, _ in widgets.flat(field.choices) if value not in ("", None)]
    field.widget = (Radios if len(values) <= RADIOS_UP_TO else Select)(attrs=undecided.attrs)
    field.widget.choices = undecided.choices
    field.widget.is_required = undecided.is_required


def say_date(date):
    """Write a date as GOV.UK does: 6 January 2027."""
    return f"{date.day} {MONTHS[date.month - 1].capitalize()} {date.year}"


BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
TURNS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows: with one of them, a name can be made to look like another."""


UNWRITABLE = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no document (Word, Excel, PDF) can hold, and nobody types: it comes with what was pasted."""


def one_line(text):
    """This will write a text as one line, read in one direction."""
    return BREAKS.sub(" ", TURNS.sub("", text))


def as_kept(text):
    """This will return a text as it is kept: lines end one way, and without what no document can hold."""
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class CharField(forms.CharField):
    """A line of text, which breaks nowhere and is read in one direction; `rows` makes it several lines, as written."""

    def __init__(self, *, width=None, prefix="", suffix="", rows=None, **kwargs):
        if "widget" not in kwargs:
            kwargs["widget"] = (
                widgets.Textarea(rows=rows) if rows else widgets.TextInput(width=width, prefix=prefix, suffix=suffix)
            )
        super().__init__(**kwargs)
        self.one_line = isinstance(self.widget, forms.TextInput)

    def to_python(self, value):
        if isinstance(value, str):
            value = as_kept(one_line(value) if self.one_line else value)
        return super().to_python(value)


class EmailField(forms.EmailField):
    """An e-mail address, no longer than a column of ours holds (RFC 5321: 254 characters)."""

    widget = widgets.EmailInput

    def __init__(self, *, max_length=254, **kwargs):
        super().__init__(max_length=max_length, **kwargs)


class IntegerField(forms.IntegerField):
    """A whole number; a thousands comma is taken."""

    def __init__(self, *, width=5, **kwargs):
        kwargs.setdefault("widget", widgets.NumberInput(width=width))
        super().__init__(**kwargs)

    def to_python(self, value):
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class DecimalField(forms.DecimalField):
    """A number with a point."""

    def __init__(self, *, width=5, **kwargs):
        kwargs.setdefault("widget", widgets.NumberInput(width=width, inputmode="decimal"))
        super().__init__(**kwargs)


class ChoiceField(forms.ChoiceField):
    """One of a list: radios when there are few, otherwise a drop-down."""

    widget = widgets.RadiosOrSelect


class TypedChoiceField(ChoiceField, forms.TypedChoiceField):
    """One of a list, turned into something else."""


class MultipleChoiceField(forms.MultipleChoiceField):
    """Any of a list."""

    widget = Checkboxes


class ModelChoiceField(forms.ModelChoiceField):
    """One record out of a query."""

    widget = Select


class ModelMultipleChoiceField(forms.ModelMultipleChoiceField):
    """Any records out of a query."""

    widget = Checkboxes


class BooleanField(forms.BooleanField):
    """A single box to tick: "I confirm …"."""

    widget = Checkbox


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not answered: True, False, None."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", Radios(inline=True))
        kwargs.setdefault("choices", [("yes", "Yes"), ("no", "No")])
        super().__init__(coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value):
        return {True: "yes", False: "no"}.get(value, value)

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))


class FileField(forms.FileField):
    """One uploaded file."""

    widget = widgets.FileInput


class FilesField(forms.FileField):
    """Any number of uploaded files; gives a list."""

    widget = widgets.FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            super().clean(None, initial)
            return []
        return [super(FilesField, self).clean(file, initial) for file in files]


# --- dates and times ---


def read_month(text):
    """Read 1, 01, jan, Jan., January as 1; give None for what is no month."""
    word = text.strip().rstrip(".").lower()
    if re.fullmatch(r"\d{1,2}", word, re.ASCII):
        return int(word) if 1 <= int(word) <= 12 else None
    if len(word) >= 3:
        return next(
            (n for n, month in enumerate(MONTHS, 1) if month.startswith(word) or (n == 9 and word == "sept")), None
        )
    return None


def read_time(text):
    """Read 4pm, 4.30pm, 16:00, 1630, midday, midnight as a time.

    Raises ValueError("ambiguous") for an hour that may be morning or afternoon, ValueError("unreadable") otherwise.
    """
    word = re.sub(r"\s+", "", text.lower()).replace(".m.", "m").replace(".m", "m")
    if word in ("midday", "noon", "12midday", "12noon"):
        return datetime.time(12)
    if word in ("midnight", "12midnight"):
        return datetime.time(0)
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2})|(\d{2}))?([ap]m)?(?:hrs?)?", word, re.ASCII)
    if not match:
        raise ValueError("unreadable")
    hour_text, hour, half = match[1], int(match[1]), match[4]
    minute_text = match[2] or match[3]
    minute = int(minute_text or 0)
    if minute > 59:
        raise ValueError("unreadable")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("unreadable")
        return datetime.time(hour % 12 + (12 if half == "pm" else 0), minute)
    if hour > 23:
        raise ValueError("unreadable")
    if len(hour_text) == 1 or minute_text is None:  # 4 or 4:30: which half of the day? (04:30 and 16:30 say)
        if hour == 0 or hour > 12:
            return datetime.time(hour, minute)
        raise ValueError("ambiguous")
    return datetime.time(hour, minute)


class Bounded:
    """What dates and moments share: the earliest and the latest that can be.

    `latest` and `earliest` take a value, a function giving one, or the words "today", "yesterday", "tomorrow" ("now"
    for moments); the message fits the word.
    """

    def resolve(self, bound):
        today = timezone.localdate
        words = {
            "today": today,
            "yesterday": lambda: today() - datetime.timedelta(days=1),
            "tomorrow": lambda: today() + datetime.timedelta(days=1),
            "now": timezone.now,
        }
        if isinstance(bound, str):
            bound = words[bound]
        return bound() if callable(bound) else bound

    def check_bounds(self, value, say):
        subject = self.named
        latest, earliest = self.resolve(self.latest), self.resolve(self.earliest)
        if latest and value > latest:
            told = {"today": "today or in the past", "yesterday": "in the past", "now": "now or in the past"}
            words = told.get(self.latest) if isinstance(self.latest, str) else None
            message = self.error_messages.get("latest") or f"{subject} must be {words or f'on or before {say(latest)}'}"
            raise ValidationError(message, code="latest")
        if earliest and value < earliest:
            told = {"today": "today or in the future", "tomorrow": "in the future", "now": "now or in the future"}
            words = told.get(self.earliest) if isinstance(self.earliest, str) else None
            message = (
                self.error_messages.get("earliest") or f"{subject} must be {words or f'on or after {say(earliest)}'}"
            )
            raise ValidationError(message, code="earliest")

    @property
    def named(self):
        """Give the words a date's messages begin with; a question cannot begin a sentence."""
        words = sentence(subject_of(self))
        return "The date" if words.endswith("?") or not words else words


def read_date(boxes, named):
    """Read the three boxes as a date; each mistake has its own message and names its boxes."""
    day, month, year = (boxes.get(part, "") for part in ("day", "month", "year"))
    missing = [part for part in ("day", "month", "year") if not boxes.get(part)]
    if missing:
        what = " and ".join(f"a {part}" if part == missing[0] else part for part in missing)
        raise ValidationError(f"{named} must include {what}", code="incomplete", params={"parts": tuple(missing)})
    number, wrong = read_month(month), []
    if not re.fullmatch(r"\d{1,2}", day, re.ASCII) or not 1 <= int(day) <= 31:
        wrong.append("day")
    if number is None:
        wrong.append("month")
    if not re.fullmatch(r"\d{4}", year, re.ASCII):
        if not wrong and re.fullmatch(r"\d{1,3}|\d{5,}", year, re.ASCII):
            raise ValidationError(f"{named}: year must include 4 numbers", code="year", params={"parts": ("year",)})
        wrong.append("year")
    elif not 1800 <= int(year) <= 2199:
        wrong.append("year")
    if wrong:
        raise ValidationError(f"{named} must be a real date", code="unreal", params={"parts": tuple(wrong)})
    try:
        return datetime.date(int(year), number, int(day))
    except ValueError:
        raise ValidationError(
            f"{named} must be a real date", code="unreal", params={"parts": ("day", "month", "year")}
        ) from None


class DateField(Bounded, forms.Field):
    """A date in three boxes. January may be 1, 01, jan or January."""

    widget = widgets.DateBoxes
    example = "For example, 27 3 2026"

    def __init__(self, *, latest=None, earliest=None, help_text=None, **kwargs):
        super().__init__(help_text=self.example if help_text is None else help_text, **kwargs)
        self.latest, self.earliest = latest, earliest

    def to_python(self, value):
        if isinstance(value, datetime.datetime):
            return value.date()
        if value is None or isinstance(value, datetime.date):
            return value
        if not any(value.values()):
            return None
        return read_date(value, self.named)

    def validate(self, value):
        super().validate(value)
        if value is not None:
            self.check_bounds(value, say_date)

    def has_changed(self, initial, data):
        if self.disabled:
            return False
        try:
            return self.to_python(data) != self.to_python(initial)
        except ValidationError:
            return True


def read_time_of(text, named):
    """Read a time of day for the field called `named`, or say what is wrong with it."""
    try:
        return read_time(text)
    except ValueError as mistake:
        message = (
            f"{named} must say am or pm, like 4:30pm, or use the 24-hour clock, like 16:30"
            if str(mistake) == "ambiguous"
            else f"{named} must be a time, like 4pm, 4:30pm or 16:30"
        )
        raise ValidationError(message, code=str(mistake), params={"parts": ("time",)}) from None


class TimeField(Bounded, forms.Field):
    """A time of day as people write it: 4pm, 16:00, 4.30pm, midday."""

    widget = widgets.TimeText
    latest = earliest = None

    def __init__(self, *, help_text=None, **kwargs):
        super().__init__(help_text="For example, 4:30pm or 16:30" if help_text is None else help_text, **kwargs)

    @property
    def named(self):
        words = sentence(subject_of(self))
        return "The time" if words.endswith("?") or not words else words

    def to_python(self, value):
        if value is None or isinstance(value, datetime.time):
            return value
        return read_time_of(value, self.named) if value.strip() else None

    def has_changed(self, initial, data):
        try:
            return not self.disabled and self.to_python(data) != self.to_python(initial)
        except ValidationError:
            return True


def in_london(date, time, named):
    """Give the moment that clocks in Britain show `date`, `time`; refuse the hour skipped in March."""
    moment = datetime.datetime.combine(date, time, tzinfo=LONDON)
    if moment.astimezone(datetime.UTC).astimezone(LONDON).time() != time:
        message = f"{named} must be a time that exists: the clocks went forward in that hour"
        raise ValidationError(message, code="skipped", params={"parts": ("time",)})
    return moment


class DateTimeField(DateField):
    """A date and a time of day, as clocks in Britain show them; gives an aware moment."""

    widget = widgets.DateTimeBoxes
    example = "For example, 27 3 2026 at 4:30pm"

    def to_python(self, value):
        if value is None or isinstance(value, datetime.datetime):
            return value
        if not any(value.values()):
            return None
        date = read_date(value, self.named)
        if not value.get("time"):
            raise ValidationError(f"{self.named} must include a time", code="incomplete", params={"parts": ("time",)})
        named = "The time" if self.named == "The date" else self.named
        return in_london(date, read_time_of(value["time"], named), named)

    def validate(self, value):
        forms.Field.validate(self, value)
        if value is not None:
            self.check_bounds(value, say_moment)


def say_moment(moment):
    """Write a moment: 6 January 2027 at 4pm."""
    local = moment.astimezone(LONDON)
    return f"{say_date(local)} at {say_time(local.time())}"
