"""A single agency summary: asked for, filled in, approved, returned; accepted or sent back; typed in from an e-mail."""

from rapid_reviews.views.summary.changed import WhatChanged
from rapid_reviews.views.summary.disclosure import (
    DisclosureRestrictionView,
    LiftDisclosure,
    NotShared,
    RestrictDisclosure,
    ReviewDisclosure,
)
from rapid_reviews.views.summary.filling_in import FillInSummary, FillInSummaryRow, RemoveSummaryRow
from rapid_reviews.views.summary.importing import (
    BringChronology,
    ImportChronology,
    MapColumns,
    PutRowRight,
    UndoImport,
)
from rapid_reviews.views.summary.page import (
    AgencySummaries,
    AgencySummaryView,
    SummaryChronology,
    SummaryFile,
    SummaryReaders,
)
from rapid_reviews.views.summary.returning import (
    ApproveSummary,
    ReturnNil,
    ReturnToAuthor,
    SecureRecords,
    SendForApproval,
)
from rapid_reviews.views.summary.sharing import (
    FinishSection,
    GiveSection,
    ReopenSection,
    TakeBackSection,
    WhoWritesWhat,
)
from rapid_reviews.views.summary.team import (
    AcceptAdditions,
    AcceptSummary,
    EnterSummary,
    KeyInSummary,
    ReopenSummary,
    SendBack,
    WaiveApproval,
)

__all__ = [
    "AcceptAdditions",
    "AcceptSummary",
    "AgencySummaries",
    "AgencySummaryView",
    "ApproveSummary",
    "BringChronology",
    "DisclosureRestrictionView",
    "EnterSummary",
    "FillInSummary",
    "FillInSummaryRow",
    "FinishSection",
    "GiveSection",
    "ImportChronology",
    "KeyInSummary",
    "LiftDisclosure",
    "MapColumns",
    "NotShared",
    "PutRowRight",
    "RemoveSummaryRow",
    "ReopenSection",
    "ReopenSummary",
    "RestrictDisclosure",
    "ReturnNil",
    "ReturnToAuthor",
    "ReviewDisclosure",
    "SecureRecords",
    "SendBack",
    "SendForApproval",
    "SummaryChronology",
    "SummaryFile",
    "SummaryReaders",
    "TakeBackSection",
    "UndoImport",
    "WaiveApproval",
    "WhatChanged",
    "WhoWritesWhat",
]
