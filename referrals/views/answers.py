"""The answers of a referral as pages show them: to be checked, each with the way to change it, or to be read."""

from typing import NamedTuple

from django.db import models
from django.urls import reverse

from casework import details
from design.forms import DateField
from referrals import forms, queries


class Group(NamedTuple):
    """Answers that stand together: a section of the form, or one person in it."""

    title: str
    rows: list
    """What was answered, as the summary list takes it."""
    unanswered: list
    """(question, address where it is answered) of the rest."""
    actions: tuple = ()

    @property
    def how_many_unanswered(self):
        number = len(self.unanswered)
        return f"{number} question{'' if number == 1 else 's'} not answered"


class Shown(NamedTuple):
    """A section: its own answers, its people, and what stands in one line each."""

    section: forms.Section
    own: Group | None
    people: list
    lines: list


# Where an answer is given


def parts_of(record, kind):
    """This will return the pages a row of this kind is filled in on: none where all of it is on one."""
    return () if record.keyed_in else kind.parts


def row_address(record, kind, row, part=None):
    """This will return the address of the page, or of one of the pages, that a row is filled in on."""
    parts = parts_of(record, kind)
    args = [record.reference, kind.slug, row.pk]
    return reverse("fill-in-row", args=[*args, part.slug] if part and part is not parts[0] else args)


def section_address(record, section):
    return reverse("fill-in", args=[record.reference, section.slug])


def _input_of(form, field):
    """The id of the first input of a question, where its link lands."""
    if field in form.addresses:
        return f"id_{field}__text"
    return f"id_{field}-day" if isinstance(form.base_fields.get(field), DateField) else f"id_{field}"


def _address_in(record, section, field, row=None):
    if row is None:
        return f"{section_address(record, section)}#{_input_of(section.form, field)}"
    parts = parts_of(record, section.rows)
    part = next((part for part in parts if field in (*part.form.base_fields, *part.form.addresses)), None)
    return f"{row_address(record, section.rows, row, part)}#{_input_of(section.rows.form, field)}"


def address_of_gap(record, gap):
    """This will return where a missing answer is given."""
    section = forms.section_of(gap.section)
    if gap.row:
        row = section.rows.model(pk=gap.row)
        return _address_in(record, section, gap.field, row)
    return _address_in(record, section, gap.field) if gap.field else section_address(record, section)


# What was answered


def is_asked(record, form, field):
    """This will say whether a question belongs to what was answered: the details of an option not chosen do not."""
    for parent, revealed in form.reveals.items():
        for value, names in revealed.items():
            if field in names:
                chosen = getattr(record, parent)
                return value in chosen if isinstance(chosen, list) else str(chosen) == value
    if field.endswith("_other"):
        return getattr(record, field.removesuffix("_other")) in ("other", "any_other")
    return ASKED_IF.get(field, bool)(record)


ASKED_IF = {
    "unborn": lambda child: not child.date_of_birth,
    "expected_on": lambda child: child.unborn,
    "date_of_birth": lambda person: not (getattr(person, "unborn", False) or getattr(person, "age", None)),
    "date_of_birth_estimated": lambda person: person.date_of_birth,
    "age": lambda person: not person.date_of_birth,
    "ethnicity_why": lambda child: child.ethnicity == "NOBT",
    "send_needs": lambda person: person.send in ("K", "E"),
    "disability_detail": lambda person: person.disability == "yes" or person.send in ("K", "E"),
    "social_work_detail": lambda child: child.social_work not in ("", "none_known"),
    "education_setting": lambda person: person.education != "below_school_age",
    "education_attendance": lambda child: child.education != "below_school_age",
    "education_exclusions": lambda child: child.education != "below_school_age",
}
"""What makes a question worth asking, where no option of the form reveals it."""


def _is_unticked(record, field):
    return isinstance(record._meta.get_field(field), models.BooleanField) and not getattr(record, field)


def _group(record, form, *, title="", address, sees_confidential, needed=(), actions=()):
    """One person's or section's answers; `address(field)` is where a question is answered, "" for readers."""
    rows, unanswered = [], []
    for row in details.rows(record, form.shown_fields(), sees_confidential=sees_confidential):
        given = row.given and not _is_unticked(record, row.field)
        link = address(row.field)
        if given or row.field in needed:
            change = [("Change", link)] if link else []
            hidden = f"{row.label[:1].lower()}{row.label[1:]}{f', {title}' if title else ''}"
            rows.append({"key": row.label, "value": row.value, "actions": change, "hidden": hidden})
        elif is_asked(record, form, row.field):
            unanswered.append((row.label, link))
    return Group(title, rows, unanswered, actions)


def _in_one_row(record, kind, row, *, sees_confidential, change):
    """A service or process as one line: what it is, and the rest of what is known of it."""
    rest = details.rows(row, kind.form.shown_fields(), sees_confidential=sees_confidential, only_given=True)[1:]
    words = "\n".join(f"{each.label}: {each.value}" for each in rest)
    actions = []
    if change:
        remove = reverse("remove-row", args=[record.reference, kind.slug, row.pk])
        actions = [("Change", row_address(record, kind, row)), ("Remove", remove)]
    return {"key": str(row), "value": words, "actions": actions, "hidden": str(row)}


def _section(record, section, *, sees_confidential, gaps=None):
    change, own, people, lines = gaps is not None, None, [], []
    needed = {(gap.row, gap.field) for gap in gaps or () if gap.section == section.slug}
    if section.form:
        own = _group(
            record,
            section.form,
            address=lambda field: _address_in(record, section, field) if change else "",
            sees_confidential=sees_confidential,
            needed=[field for row, field in needed if row is None],
        )
    for row in getattr(record, section.rows.related).order_by("pk") if section.rows else ():
        if section.rows.in_one_row:
            lines.append(_in_one_row(record, section.rows, row, sees_confidential=sees_confidential, change=change))
            continue
        remove = reverse("remove-row", args=[record.reference, section.rows.slug, row.pk])
        people.append(
            _group(
                row,
                section.rows.form,
                title=str(row),
                address=lambda field, row=row: _address_in(record, section, field, row) if change else "",
                sees_confidential=sees_confidential,
                needed=[field for pk, field in needed if pk == row.pk],
                actions=(("Remove", remove),) if change else (),
            )
        )
    return Shown(section, own, people, lines)


def to_check(record, *, gaps, sees_confidential):
    """This will return every section as check answers shows it: what is given or still needed, each to be changed."""
    return [_section(record, section, sees_confidential=sees_confidential, gaps=gaps) for section in forms.SECTIONS]


def to_read(record, *, sees_confidential):
    """This will return every section as approver, business unit and Virtual Panel read it."""
    return [_section(record, section, sees_confidential=sees_confidential) for section in forms.SECTIONS]


def lines(record, section, *, sees_confidential):
    """This will return the rows of a section as its page lists them: each by its name, with what tells it apart."""
    kind = section.rows
    gaps = [gap.row for gap in queries.gaps(record)] if kind.slug == "child" else []
    found = []
    for row in getattr(record, kind.related).order_by("pk"):
        line = _in_one_row(record, kind, row, sees_confidential=sees_confidential, change=True)
        if not kind.in_one_row:
            told = details.rows(row, kind.told_apart_by, sees_confidential=sees_confidential, only_given=True)
            words = [each.value for each in told]
            if missing := gaps.count(row.pk):
                words.append(f"{missing} answer{'s' if missing > 1 else ''} still needed")
            line["value"] = "\n".join(words) or "Nothing else given"
        found.append(line)
    return found
