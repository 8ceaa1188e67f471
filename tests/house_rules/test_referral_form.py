"""referral_form.csv, written by hand: every field of the paper form is in the model, asked, shown and required.

`required`: yes · yes or not known (a reason may stand in) · if FIELD = CODE · in each row · no · business unit.
"""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import BooleanField
from django.urls import reverse

from casework import details
from referrals import forms, queries
from referrals.models import Child, Referral
from tests.client import Visitor, parsed
from tests.factories import situations

FILE = Path(__file__).parent / "referral_form.csv"
with FILE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
ASKED = [row for row in ROWS if row["required"] != "business unit"]
SCREENING = [row for row in ROWS if row["required"] == "business unit"]
SECTIONS = {
    "1 Notifying area": "notifying-area",
    "2 Referrer": "referrer",
    "3 The incident": "incident",
    "4 Case factors": "factors",
    "5 Each subject child": "children",
    "6 Parents / carers": "carers",
    "6 Siblings": "siblings",
    "6 Other significant people": "others",
    "7 Agencies working with the family": "services",
    "8 Management oversight and immediate safeguarding": "oversight",
    "9 Other considerations and parallel processes": "processes",
}


def ids(rows):
    return [row["model field"] for row in rows]


def column(row):
    model, _, name = row["model field"].partition(".")
    return apps.get_model("referrals", model)._meta.get_field(name)


@pytest.fixture(scope="module")
def filled(made_once):
    """A referral with every answer there is: one child who died, one not yet born, a person of each kind."""

    def make(cast):
        children = [
            {},
            {"unborn": True, "date_of_birth": None, "died_on": None, "expected_on": date(2027, 2, 3), "not_known": {}},
        ]
        referral = situations.fill_in(
            situations.empty(cast),
            by=cast.referrer,
            on=situations.at(situations.DAY, "09:30"),
            children=children,
            incident_precision="between",
        )
        for kind in ("carers", "siblings", "other_people"):
            person = getattr(referral, kind).get()
            values = {"date_of_birth_estimated": True}
            situations.workflow.fill_in_row(
                referral, by=cast.referrer, on=situations.at(situations.DAY, "09:40"), row=person, values=values
            )
        return referral

    return made_once(make)


def records(referral, model):
    """The rows of a referral that are of this model."""
    if model is Referral:
        return [Referral.objects.get(pk=referral.pk)]
    return list(model.objects.filter(referral=referral).order_by("pk"))


def answers(referral, row):
    """Every answer to this field that is held, as it is read; a box that is not ticked is none."""
    field = column(row)
    said = {details.in_words(record, field, sees_confidential=True) for record in records(referral, field.model)}
    return said - ({"", "No"} if isinstance(field, BooleanField) and not field.null else {""})


def test_the_table_holds_the_whole_form():
    listed = {row["model field"] for row in ROWS}
    for section in forms.SECTIONS:
        for form in (section.form, section.rows and section.rows.form):
            for name in form.shown_fields() if form else ():
                assert f"{form._meta.model.__name__}.{name}" in listed


@pytest.mark.parametrize("row", ASKED, ids=ids(ASKED))
def test_a_field_is_asked_in_its_section(row):
    field = column(row)
    section = forms.section_of(SECTIONS[row["section"]])
    form = section.form if field.model is Referral else section.rows.form
    assert form._meta.model is field.model
    assert field.name in form.shown_fields()
    for part in getattr(section.rows, "parts", ()) or ():
        assert part.form._meta.model is field.model
    parts = getattr(section.rows, "parts", ()) if section.rows and field.model is not Referral else ()
    if parts:
        assert [part.slug for part in parts if field.name in part.form.shown_fields()], "on none of the pages"


@pytest.mark.parametrize("row", ASKED, ids=ids(ASKED))
def test_the_filled_referral_has_an_answer(row, filled, db):
    assert answers(filled, row), "the factory leaves it empty"


def shown_on(page):
    """What a page shows: the pairs of its summary lists, and all its words."""
    pairs = {}
    for line in page.select(".govuk-summary-list__row"):
        key = " ".join(line.select_one("dt").get_text(" ").split())
        value = " ".join(line.select_one("dd").get_text(" ").split())
        pairs.setdefault(key, []).append(value)
    return pairs


def missing_from(page, referral):
    """The rows of the table that a page does not show with their answers."""
    pairs = shown_on(page)
    together = " ".join(value for values in pairs.values() for value in values)
    missing = []
    for row in ASKED:
        field = column(row)
        label = str(field.verbose_name)
        label = label[:1].upper() + label[1:]
        for answer in answers(referral, row):
            answer = " ".join(answer.split())
            in_its_row = any(answer in value for value in pairs.get(label, ()))
            in_a_line = f"{label}: {answer}" in together or answer in pairs  # a service or process stands in one line
            if not (in_its_row or in_a_line):
                missing.append(f"{row['model field']}: {label}: {answer}")
    return missing


def test_check_answers_shows_every_field(filled, cast):
    page = Visitor(cast.referrer).read(reverse("submit", args=[filled.reference]))
    assert missing_from(page, filled) == []


def test_the_approver_reads_every_field(filled, cast):
    situations.workflow.submit(
        filled, by=cast.referrer, on=situations.at(situations.DAY, "10:00"), approver=cast.approver
    )
    page = Visitor(cast.approver).read(reverse("approve", args=[filled.reference]))
    assert missing_from(page, filled) == []
    assert missing_from(Visitor(cast.referrer).read(filled), filled) == []


def test_the_business_unit_and_the_virtual_panel_read_every_field(filled, cast):
    step, at = situations.workflow, situations.at
    step.submit(filled, by=cast.referrer, on=at(situations.DAY, "10:00"), approver=cast.approver)
    step.approve(filled, by=cast.approver, on=at(situations.DAY, "11:00"))
    situations.screen(cast, filled, on=at(situations.DAY, "12:00"))
    step.send_to_panel(filled, by=cast.business_manager, on=at(situations.DAY, "12:30"), rationale="Both may be met")
    for person in (cast.business_manager, cast.panel_la):
        assert missing_from(Visitor(person).read(filled), filled) == []


def condition(row):
    name, _, code = row["required"].removeprefix("if ").partition(" = ")
    return name, {"True": True}.get(code, code)


def emptied(record, name):
    field = record._meta.get_field(name)
    setattr(record, name, [] if hasattr(field, "base_field") else None if field.null else "")


def gap_fields(referral):
    return [gap.field for gap in queries.gaps(referral)]


REQUIRED = [row for row in ASKED if row["required"] not in ("no", "in each row")]


@pytest.mark.parametrize("row", REQUIRED, ids=ids(REQUIRED))
def test_a_missing_required_answer_is_a_gap(row, filled, cast, monkeypatch):
    field = column(row)
    record = records(filled, field.model)[0]
    if row["required"].startswith("if "):
        name, value = condition(row)
        several = hasattr(record._meta.get_field(name), "base_field")
        setattr(record, name, [value] if several else value)
    emptied(record, field.name)
    record.__dict__.get("not_known", {}).pop(field.name, None)
    referral = record if field.model is Referral else Referral.objects.get(pk=filled.pk)
    if field.model is Child:
        monkeypatch.setattr(type(referral.children), "order_by", lambda manager, *names: [record])
    assert field.name in gap_fields(referral)
    if field.model is Child:
        record.not_known = {field.name: "nobody has asked the family yet"}
        may_stand_in = row["required"] == "yes or not known"
        assert (field.name not in gap_fields(referral)) == may_stand_in
        assert (field.name in queries.CHILD_NOT_KNOWN) == may_stand_in


@pytest.mark.parametrize("row", [row for row in ASKED if row["required"] == "no"], ids=lambda row: row["model field"])
def test_an_answer_that_is_not_required_is_no_gap(row, filled, cast, monkeypatch):
    field = column(row)
    record = records(filled, field.model)[0]
    emptied(record, field.name)
    referral = record if field.model is Referral else Referral.objects.get(pk=filled.pk)
    if field.model is Child:
        monkeypatch.setattr(type(referral.children), "order_by", lambda manager, *names: [record])
    assert gap_fields(referral) == []


def test_each_row_of_services_and_processes_says_what_it_is():
    for row in ASKED:
        if row["required"] == "in each row":
            field = column(row)
            form = forms.section_of(SECTIONS[row["section"]]).rows.form()
            assert form.fields[field.name].required


@pytest.mark.parametrize("row", SCREENING, ids=ids(SCREENING))
def test_the_business_units_page_has_its_columns(row):
    assert column(row)


def test_the_referrer_sees_of_the_screening_only_that_it_was_received_and_the_outcome(cast):
    referral = situations.with_panel(cast)
    theirs, ours = (
        parsed(Visitor(person).get(referral)).get_text() for person in (cast.referrer, cast.business_manager)
    )
    for name in ("child_reference", "screening_notes", "rationale"):
        assert getattr(referral, name) in ours
        assert getattr(referral, name) not in theirs
    assert "Received" in theirs
