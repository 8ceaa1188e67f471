"""The pick lists: what may be chosen where, by code, with the national label.

Columns store the code; a label is looked up when it is shown. The codes of a published national list are that list's
own, so that what is entered here can be copied into a national return; where several of our codes share one national
code, or one of ours covers several, `national` says so. A code is never removed: it goes out of force, and what was
recorded with it keeps its label.

The values lie in `data/pick-lists.csv` and `data/local-authorities.csv`, one line each.
"""

import csv
import datetime
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"

CIN = "Children in need census 2024"
SSDA903 = "Looked-after children return (SSDA903) 2024"
GMR = "Greater Manchester notification form"
ONS = "Office for National Statistics, Census 2021"
OWN = ""

TITLES = {
    # list: (what it is, the edition of the national list it follows; "" is our own)
    "local_authority": ("Local authority", "Office for National Statistics, area codes from April 2025"),
    "nature": ("Nature", OWN),
    "circumstance": ("Circumstance", OWN),
    "date_precision": ("When the incident happened", OWN),
    "abuse": ("Main type of abuse", CIN),
    "birth_sex": ("Birth sex", CIN),
    "gender_identity": ("Gender identity", OWN),
    "ethnicity": ("Ethnicity", CIN),
    "religion": ("Religion", ONS),
    "yes_no_unknown": ("Yes, no or not known", OWN),
    "disability": ("Disability", CIN),
    "disability_type": ("Type of disability", CIN),
    "send": ("Special educational needs provision", CIN),
    "send_need": ("Special educational need", CIN),
    "social_work_involvement": ("Social work involvement", OWN),
    "level_of_help": ("Level of help at the time", OWN),
    "plan": ("Plan", OWN),
    "cp_category": ("Category of the child protection plan", CIN),
    "care_status": ("Care status", OWN),
    "legal_status": ("Legal status", SSDA903),
    "placement_type": ("Placement type", SSDA903),
    "placement_provider": ("Placement provider", SSDA903),
    "education": ("Education", OWN),
    "relationship": ("Relationship to the child", OWN),
    "parental_responsibility": ("Parental responsibility", OWN),
    "lived_with_child": ("Lived with the child", OWN),
    "immigration": ("Immigration status", OWN),
    "place_type": ("Type of place", OWN),
    "discussed_with_manager": ("Discussed with manager or designated safeguarding lead", OWN),
    "la_reported": ("Whether the local authority has notified", OWN),
    "action_to_keep_safe": ("Action to keep this or other children safe", OWN),
    "parallel_process": ("Other considerations and parallel processes", OWN),
    "channel": ("How it arrived", OWN),
    "involvement": ("Current or closed", OWN),
    "screening_outcome": ("Outcome of screening", OWN),
    "panel_outcome": ("Outcome of the Virtual Panel", OWN),
    "nfa_reason": ("Reason for no further action", OWN),
    "criterion_view": ("View on a criterion", OWN),
    "summary_status": ("Status of the summary", OWN),
    "attendance": ("Attendance", OWN),
    "lcspr_view": ("View on whether it meets the criteria for an LCSPR", OWN),
    "method": ("Method of review", OWN),
    "partner_decision": ("Decision of a safeguarding partner", OWN),
    "national_panel_reply": ("Reply of the National Panel", OWN),
    "event_precision": ("How exact the date is", OWN),
    "child_seen": ("Child seen", OWN),
    "significance": ("Significance", OWN),
    "case_factor": ("Case factors", GMR),
    "agency_service": ("Services", GMR),
}


@dataclass(frozen=True)
class Code:
    """One thing that can be chosen. `other`: choosing it asks for words (what, or why)."""

    code: str
    label: str
    national: str = ""
    group: str = ""
    in_force_from: datetime.date | None = None
    in_force_to: datetime.date | None = None
    other: bool = False

    def is_in_force(self, day):
        """This will say whether the code may be chosen on this day, both ends included."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )


@dataclass(frozen=True)
class PickList:
    """One list of codes, in the order they are offered."""

    name: str
    codes: tuple[Code, ...]
    title: str = ""
    edition: str = ""

    def __getitem__(self, code):
        try:
            return next(each for each in self.codes if each.code == code)
        except StopIteration:
            raise KeyError(f"{code!r} is not in the list {self.name}") from None


def _read(filename):
    with (DATA / filename).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text):
    return datetime.date.fromisoformat(text) if text else None


def _code(row):
    return Code(
        code=row["code"],
        label=row["label"],
        national=row.get("national") or "",
        group=row["group"],
        in_force_from=_day(row.get("in_force_from")),
        in_force_to=_day(row.get("in_force_to")),
        other=row.get("other") == "yes",
    )


def _load():
    found = {name: [] for name in TITLES}
    for row in _read("local-authorities.csv"):
        # An area code is the national code.
        national = row["code"] if row["code"][0] in "ENSW" else ""
        found["local_authority"].append(_code(row | {"national": national}))
    for row in _read("pick-lists.csv"):
        found[row["list"]].append(_code(row))
    return {name: PickList(name, tuple(found[name]), *TITLES[name]) for name in TITLES}


LISTS = _load()


def choices(name, *, on=None, grouped=False):
    """This will return [(code, label), …] of a list, for a form field.

    With `on` (a date) only what may be chosen that day; without it every code ever in force, which is what a stored
    value is checked against. `grouped` gives [(heading, [(code, label), …]), …] where the list has headings.
    """
    offered = [each for each in LISTS[name].codes if on is None or each.is_in_force(on)]
    if not grouped or not any(each.group for each in offered):
        return [(each.code, each.label) for each in offered]
    headings = {}
    for each in offered:
        headings.setdefault(each.group, []).append((each.code, each.label))
    return list(headings.items())


def label(name, code):
    """This will return the words for a code, "" for none chosen; a code the list never had is a KeyError."""
    return LISTS[name][code].label if code else ""


def labels(name, chosen):
    """This will return the words for several codes, in the list's own order."""
    return [each.label for each in LISTS[name].codes if each.code in chosen]


def codes(name):
    """This will return every code of a list, in its order."""
    return [each.code for each in LISTS[name].codes]


def asking_for_words(name):
    """This will return the codes whose choice asks for words: "other" (what), "not yet obtained" (why)."""
    return [each.code for each in LISTS[name].codes if each.other]
