"""A rapid review: the agencies' summaries, the chronology, the meeting, the report, its sign-off and its sending."""

from rapid_reviews.models.chronology import ChronologyEvent
from rapid_reviews.models.disclosure import DisclosureRestriction, DisclosureShare
from rapid_reviews.models.following import Chase, SectionComment
from rapid_reviews.models.importing import ChronologyImport, ImportedRow, RememberedHeading
from rapid_reviews.models.meeting import Action, Attendance, Meeting
from rapid_reviews.models.naming import NameLabel
from rapid_reviews.models.report import (
    HEADINGS,
    PARTS,
    SECTION_HINTS,
    SECTIONS,
    AddressDecile,
    AnalysisBranch,
    KeyEpisode,
    PanelReply,
    Recommendation,
    ReportComment,
    ReportSection,
    ReportSubmission,
    SignOff,
)
from rapid_reviews.models.review import Outcome, PanelMember, RapidReview
from rapid_reviews.models.summary import (
    AgencySummary,
    FamilyCorrection,
    GivenSection,
    LessonAction,
    Practitioner,
)

__all__ = [
    "HEADINGS",
    "PARTS",
    "SECTIONS",
    "SECTION_HINTS",
    "Action",
    "AddressDecile",
    "AgencySummary",
    "AnalysisBranch",
    "Attendance",
    "Chase",
    "ChronologyEvent",
    "ChronologyImport",
    "DisclosureRestriction",
    "DisclosureShare",
    "FamilyCorrection",
    "GivenSection",
    "ImportedRow",
    "KeyEpisode",
    "LessonAction",
    "Meeting",
    "NameLabel",
    "Outcome",
    "PanelMember",
    "PanelReply",
    "Practitioner",
    "RapidReview",
    "Recommendation",
    "RememberedHeading",
    "ReportComment",
    "ReportSection",
    "ReportSubmission",
    "SectionComment",
    "SignOff",
]
