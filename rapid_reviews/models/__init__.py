"""A rapid review: the agencies' summaries, the chronology, the meeting, the report, its sign-off and its sending."""

from rapid_reviews.models.chronology import ChronologyEvent
from rapid_reviews.models.meeting import Action, Attendance, LcsprView, Meeting
from rapid_reviews.models.report import PanelReply, ReportComment, ReportSection, ReportSubmission, SignOff
from rapid_reviews.models.review import PanelMember, RapidReview
from rapid_reviews.models.summary import (
    AgencySummary,
    FamilyCorrection,
    LessonAction,
    Practitioner,
)

__all__ = [
    "Action",
    "AgencySummary",
    "Attendance",
    "ChronologyEvent",
    "FamilyCorrection",
    "LcsprView",
    "LessonAction",
    "Meeting",
    "PanelMember",
    "PanelReply",
    "Practitioner",
    "RapidReview",
    "ReportComment",
    "ReportSection",
    "ReportSubmission",
    "SignOff",
]
