"""What is asked of a chronology that an agency brings as a file: the file, what its columns are, a row put right."""

from django.core.exceptions import ValidationError

from design import forms
from rapid_reviews.chronology_file import HEAD_WITHIN, LABELS, ONE_LINE
from rapid_reviews.models import ImportedRow

LARGEST_MB = 20
NO_HEADINGS = "none"


def check_size(upload):
    """This will refuse a file larger than a chronology can be."""
    if upload.size > LARGEST_MB * 1024 * 1024:
        raise ValidationError(f"The selected file must be smaller than {LARGEST_MB}MB", code="size")


class BringChronology(forms.Form):
    """A file with a table, or what was copied out of one."""

    upload = forms.FileField(
        label="A file",
        required=False,
        help_text="Word (DOCX, DOCM), Excel (XLSX) or CSV, up to 20MB. A Chronolator document is a Word file. Macros "
        "are not run.",
        validators=[check_size],
    )
    pasted = forms.CharField(
        label="Or a table that you copied",
        required=False,
        rows=6,
        strip=False,  # a tab at the start is an empty first column
        help_text="Copy the rows in Word or Excel, with their headings, and paste them here.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["upload"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.xlsm,.docx,.docm"

    def clean(self):
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("upload")) == bool(cleaned.get("pasted", "").strip()):
            both = ", not both" if cleaned.get("upload") else ""
            self.add_error("upload", f"Select a file or paste a table{both}")
        return cleaned


ASK = "ask"
DAY_FIRST = {"yes": True, "no": False, ASK: None}


class Headings(forms.Form):
    """Which list of the file is the chronology, and which of its rows holds the headings: asked in the URL."""

    list = forms.ChoiceField(label="Which table?", required=False, widget=forms.Select(empty_label=None))
    head = forms.ChoiceField(
        label="Which row holds the headings?", required=False, widget=forms.Select(empty_label=None)
    )

    def __init__(self, *args, lists, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["list"].choices = lists
        first = [(str(row.place), f"Row {row.number}: {_begin(row.cells)}") for row in rows[:HEAD_WITHIN]]
        self.fields["head"].choices = [*first, (NO_HEADINGS, "None of them: the first row is an event")]
        if len(lists) < 2:
            del self.fields["list"]


def _begin(cells):
    words = " | ".join(" ".join(each.split()) for each in cells if each)
    return words if len(words) <= 80 else f"{words[:79]}…"


class MapColumns(forms.Form):
    """What each column of the file is, and how it writes dates in numbers alone."""

    day_first = forms.ChoiceField(
        label="How does the file write dates like 3/4/16?",
        required=False,
        choices=[
            (ASK, "Not known: ask about each"),
            ("yes", "Day first: 3 April 2016"),
            ("no", "Month first: 4 March 2016"),
        ],
        widget=forms.Radios,
    )

    def __init__(self, *args, headings, samples, known, **kwargs):
        super().__init__(*args, **kwargs)
        means = {place: column for column, place in known.items()}
        for place, heading in enumerate(headings):
            sample = next((" ".join(row[place].split()) for row in samples if place < len(row) and row[place]), "")
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=[("", "Not used"), *LABELS.items()],
                initial=means.get(place, ""),
                widget=forms.Select(empty_label=None),
                help_text=f"For example: {_begin([sample])}" if sample else "",
            )
        self.order_fields([*(name for name in self.fields if name != "day_first"), "day_first"])

    def clean(self):
        cleaned, columns = super().clean(), {}
        for name in [each for each in self.fields if each.startswith("column_")]:
            column = cleaned.pop(name, "")
            if column in columns:
                self.add_error(name, f"Another column is “{LABELS[column]}” already: select one")
            elif column:
                columns[column] = int(name.removeprefix("column_"))
        cleaned["columns"] = columns
        cleaned["day_first"] = DAY_FIRST.get(cleaned.get("day_first"))
        return cleaned


class PutRowRight(forms.Form):
    """One row of the file: what each of its columns says, and what is done with it."""

    wish = forms.ChoiceField(label="What is done with this row?", widget=forms.Radios)

    def __init__(self, *args, row, columns, matched, **kwargs):
        super().__init__(*args, **kwargs)
        for column in [each for each in LABELS if each in columns]:
            place = columns[column]
            text = row.cells[place] if place < len(row.cells) else ""
            lines = None if column in (*ONE_LINE, *SHORT) else 4
            self.fields[f"text_{column}"] = forms.CharField(
                label=LABELS[column], required=False, initial=text, rows=lines
            )
        wishes = [wish for wish in ImportedRow.Wish.choices if matched or wish[0] != ImportedRow.Wish.AS_NEW]
        self.fields["wish"].choices = wishes
        self.fields["wish"].initial = row.wish
        self.order_fields([*(name for name in self.fields if name != "wish"), "wish"])

    def clean(self):
        cleaned = super().clean()
        texts = {name: cleaned.pop(name, "") for name in list(self.fields) if name.startswith("text_")}
        cleaned["texts"] = {name.removeprefix("text_"): text for name, text in texts.items()}
        return cleaned


SHORT = (
    *("date", "time", "until", "first_day", "last_day", "time_of_day", "precision"),
    *("child_seen", "significance"),
)
"""Columns of a few words."""
