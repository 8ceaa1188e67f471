"""A rapid review: the agencies' summaries, the chronology, the meeting, the report, its sign-off and its sending."""

from rapid_reviews.models.chronology import ChronologyEvent
from rapid_reviews.models.meeting import Action, Attendance, LcsprView, Meeting
from rapid_reviews.models.report import (
    SECTION_HINTS,
    SECTIONS,
    AnalysisBranch,
    KeyEpisode,
    PanelReply,
    Recommendation,
    ReportComment,
    ReportSection,
    ReportSubmission,
    SignOff,
)
from rapid_reviews.models.review import PanelMember, RapidReview
from rapid_reviews.models.summary import (
    AgencySummary,
    FamilyCorrection,
    LessonAction,
    Practitioner,
)

__all__ = [
    "SECTIONS",
    "SECTION_HINTS",
    "Action",
    "AgencySummary",
    "AnalysisBranch",
    "Attendance",
    "ChronologyEvent",
    "FamilyCorrection",
    "KeyEpisode",
    "LcsprView",
    "LessonAction",
    "Meeting",
    "PanelMember",
    "PanelReply",
    "Practitioner",
    "RapidReview",
    "Recommendation",
    "ReportComment",
    "ReportSection",
    "ReportSubmission",
    "SignOff",
]
