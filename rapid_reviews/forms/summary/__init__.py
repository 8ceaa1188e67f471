"""The single agency summary: its sections in the order of the paper form, and what is done with it."""

from rapid_reviews.forms.summary.acts import (
    Additions,
    EnterSummary,
    KeyInSummary,
    ReturnNil,
    ReturnNilByEmail,
    SecureRecords,
    SendForApproval,
)
from rapid_reviews.forms.summary.answers import Involved
from rapid_reviews.forms.summary.disclosure import RestrictDisclosure, ReviewDisclosure
from rapid_reviews.forms.summary.importing import (
    DAY_FIRST,
    NO_HEADINGS,
    BringChronology,
    Headings,
    MapColumns,
    PutRowRight,
)
from rapid_reviews.forms.summary.sections import ROWS, SECTIONS, RowKind, Section, section_of, section_of_rows
from rapid_reviews.forms.summary.sections_shared import GiveSection, SendBack

__all__ = [
    "DAY_FIRST",
    "NO_HEADINGS",
    "ROWS",
    "SECTIONS",
    "Additions",
    "BringChronology",
    "EnterSummary",
    "GiveSection",
    "Headings",
    "Involved",
    "KeyInSummary",
    "MapColumns",
    "PutRowRight",
    "RestrictDisclosure",
    "ReturnNil",
    "ReturnNilByEmail",
    "ReviewDisclosure",
    "RowKind",
    "Section",
    "SecureRecords",
    "SendBack",
    "SendForApproval",
    "section_of",
    "section_of_rows",
]
