"""The report: read as the PDF will show it, edited section by section, commented on, locked for signature."""

from rapid_reviews.views.report.comments import CloseComments, Comments, GiveComment, IssueDraft, LockForSignature
from rapid_reviews.views.report.editing import (
    EditAnalysis,
    EditDeciles,
    EditRecommendation,
    EditSection,
    RemoveAnalysis,
)
from rapid_reviews.views.report.page import Report, ReportAct, ReportPage, signing

__all__ = [
    "CloseComments",
    "Comments",
    "EditAnalysis",
    "EditDeciles",
    "EditRecommendation",
    "EditSection",
    "GiveComment",
    "IssueDraft",
    "LockForSignature",
    "RemoveAnalysis",
    "Report",
    "ReportAct",
    "ReportPage",
    "signing",
]
