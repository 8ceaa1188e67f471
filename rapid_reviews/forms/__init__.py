"""What the pages of a rapid review ask. No form saves: the workflow does."""

from casework.forms import Reason
from rapid_reviews.forms.gathering import AddAgency, AppointChair, AskAgencies, Confirm, IssuePack, Plan
from rapid_reviews.forms.summary import (
    ROWS,
    SECTIONS,
    Additions,
    EnterSummary,
    Involved,
    KeyInSummary,
    RestrictDisclosure,
    ReturnNil,
    ReturnNilByEmail,
    ReviewDisclosure,
    RowKind,
    Section,
    SecureRecords,
    SendForApproval,
    section_of,
    section_of_rows,
)

__all__ = [
    "ROWS",
    "SECTIONS",
    "AddAgency",
    "Additions",
    "AppointChair",
    "AskAgencies",
    "Confirm",
    "EnterSummary",
    "Involved",
    "IssuePack",
    "KeyInSummary",
    "Plan",
    "Reason",
    "RestrictDisclosure",
    "ReturnNil",
    "ReturnNilByEmail",
    "ReviewDisclosure",
    "RowKind",
    "Section",
    "SecureRecords",
    "SendForApproval",
    "section_of",
    "section_of_rows",
]
