"""The inputs of a form, each with GOV.UK Frontend's own markup (templates/govuk/widgets/)."""

import datetime
import zoneinfo

from django import forms

LONDON = zoneinfo.ZoneInfo("Europe/London")


def width_class(width):
    """Turn 2, 3, 4, 5, 10, 20, 30 (characters) or "two-thirds" (of the column) into GOV.UK's class."""
    if not width:
        return ""
    return f"govuk-input--width-{width}" if isinstance(width, int) else f"govuk-!-width-{width}"


class TextInput(forms.TextInput):
    """One line of text, as wide as the answer is expected to be long."""

    template_name = "govuk/widgets/input.html"

    def __init__(self, attrs=None, *, width=None, prefix="", suffix=""):
        super().__init__(attrs)
        self.width, self.prefix, self.suffix = width, prefix, suffix

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["prefix"], widget["suffix"] = self.prefix, self.suffix
        if self.width:
            widget["attrs"]["class"] = f"{widget['attrs'].get('class', '')} {width_class(self.width)}".strip()
        return context


class NumberInput(TextInput):
    """Digits. Plain text with a number pad: type="number" loses what it cannot read and scrolls values away."""

    def __init__(self, attrs=None, *, width=5, prefix="", suffix="", inputmode="numeric"):
        super().__init__(
            {"inputmode": inputmode, "spellcheck": "false", **(attrs or {})}, width=width, prefix=prefix, suffix=suffix
        )


class EmailInput(TextInput):
    """An e-mail address."""

    input_type = "email"

    def __init__(self, attrs=None, *, width=None):
        super().__init__({"autocomplete": "email", "spellcheck": "false", **(attrs or {})}, width=width)


class Textarea(forms.Textarea):
    """Several lines of text."""

    def __init__(self, attrs=None, *, rows=5):
        super().__init__(attrs)
        self.attrs.pop("cols", None)
        self.attrs["rows"] = str(rows)


class FileInput(forms.FileInput):
    """One file."""


class FilesInput(FileInput):
    """Any number of files in one go."""

    allow_multiple_selected = True

    def __init__(self, attrs=None):
        super().__init__({"multiple": True, **(attrs or {})})

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class Select(forms.Select):
    """A drop-down list. It begins with "Choose…", so that no answer is given by accident."""

    def __init__(self, attrs=None, choices=(), *, empty_label="Choose…"):
        super().__init__(attrs, choices)
        self.empty_label = empty_label

    def optgroups(self, name, value, attrs=None):
        groups = super().optgroups(name, value, attrs)
        if not self.empty_label:
            return groups
        blank = next((option for _, options, _ in groups for option in options if option["value"] in ("", None)), None)
        if blank:
            blank["label"] = self.empty_label
            return groups
        option = self.create_option(name, "", self.empty_label, not any(value), 0, attrs=attrs)
        return [(None, [option], 0), *groups]


class RadiosOrSelect(Select):
    """Radios when there are few options, otherwise a drop-down; the form decides when it knows them."""


def flat(choices):
    """Give (value, label) of every choice, without the groups."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


class Options:
    """What radios and checkboxes share.

    `hints`: {value: words under the option}. `reveals`: {value: names of fields shown while the option is chosen};
    without JavaScript they are all visible. `divider_before`: the value before which "or" stands.
    `exclusive`: values that clear all others. The first option's id is the field's own, so that links land on it.
    """

    option_template_name = None

    def __init__(
        self,
        attrs=None,
        choices=(),
        *,
        hints=None,
        reveals=None,
        divider_before="",
        exclusive=(),
        inline=False,
        small=False,
    ):
        super().__init__(attrs, choices)
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        self.divider_before, self.exclusive, self.inline, self.small = divider_before, set(exclusive), inline, small
        self.revealed = {}  # {value: [bound fields]}, laid in by the bound field just before it renders

    def id_for_label(self, id_, index=None):
        if not id_ or index is None:
            return ""
        position = int(index)
        return id_ if position == 0 else f"{id_}-{position + 1}"

    def options(self, name, value, attrs=None):
        index = 0
        for choice_value, label in flat(self.choices):
            if choice_value in ("", None):  # the empty line of a model's choices: here one simply chooses nothing
                continue
            text = str(choice_value)
            if self.divider_before and text == str(self.divider_before):
                yield {"divider": "or"}
                index += 1
            option = self.create_option(name, choice_value, label, text in value, index, attrs=attrs)
            option["hint"] = self.hints.get(text, self.hints.get(choice_value, ""))
            option["exclusive"] = text in {str(v) for v in self.exclusive}
            option["revealed"] = self.revealed.get(text, [])
            yield option
            index += 1

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["options"] = list(self.options(name, widget["value"], widget["attrs"]))
        revealing = any(option.get("revealed") for option in widget["options"])
        widget["inline"], widget["small"] = self.inline and not revealing, self.small
        return context

    def optgroups(self, name, value, attrs=None):
        return []  # our templates read `options`


class Radios(Options, forms.RadioSelect):
    """One of a few."""

    template_name = "govuk/widgets/radios.html"


class ConditionalRadios(Radios):
    """Radios whose options reveal further questions: ConditionalRadios(reveals={"yes": ["reference"]})."""


class Checkboxes(Options, forms.CheckboxSelectMultiple):
    """Any of several."""

    template_name = "govuk/widgets/checkboxes.html"


class Checkbox(forms.CheckboxInput):
    """A single box to tick; the field's template sets its label beside it."""


class DateBoxes(forms.Widget):
    """Day, month and year in three boxes, posted as NAME-day, NAME-month, NAME-year."""

    template_name = "govuk/widgets/date.html"
    use_fieldset = True
    parts = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))

    def id_for_label(self, id_):
        return ""

    def value_from_datadict(self, data, files, name):
        return {part: (data.get(f"{name}-{part}") or "").strip() for part, _, _ in self.parts}

    def value_omitted_from_data(self, data, files, name):
        return all(f"{name}-{part}" not in data for part, _, _ in self.parts)

    def split(self, value):
        if isinstance(value, dict):
            return value
        if isinstance(value, datetime.date):
            return {"day": value.day, "month": value.month, "year": value.year}
        return {}

    def get_context(self, name, value, attrs):
        attrs = dict(attrs or {})
        in_error = attrs.pop("error_parts", ())
        context = super().get_context(name, None, attrs)
        values = self.split(value)
        id_ = context["widget"]["attrs"].get("id")
        context["widget"]["parts"] = [
            {
                "id": f"{id_}-{part}" if id_ else "",
                "name": f"{name}-{part}",
                "label": label,
                "width": width,
                "numeric": part != "time",
                "value": values.get(part, ""),
                "error": part in in_error,
            }
            for part, label, width in self.parts
        ]
        return context


class DateTimeBoxes(DateBoxes):
    """The three boxes of a date and one for the time of day (NAME-time)."""

    parts = (*DateBoxes.parts, ("time", "Time", 5))

    def split(self, value):
        if isinstance(value, datetime.datetime):
            value = value.astimezone(LONDON) if value.tzinfo else value
            return {**super().split(value), "time": say_time(value.time())}
        return super().split(value)


class TimeText(TextInput):
    """A time of day, as people write it."""

    def __init__(self, attrs=None, *, width=5):
        super().__init__(attrs, width=width)

    def format_value(self, value):
        return say_time(value) if isinstance(value, datetime.time) else super().format_value(value)


def say_time(time):
    """Write a time as people in Britain read it: 4pm, 4:30pm, midday."""
    if not time.minute and time.hour in (0, 12):
        return "midday" if time.hour else "midnight"
    hour, suffix = time.hour % 12 or 12, "am" if time.hour < 12 else "pm"
    return f"{hour}{suffix}" if not time.minute else f"{hour}:{time.minute:02d}{suffix}"
