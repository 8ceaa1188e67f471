"""Reads that span a rapid review: the agencies and what they returned, and what the report is made of."""

from rapid_reviews.queries.gathering import (
    approvers_of,
    askable_agencies,
    combined_chronology,
    day_0,
    default_period,
    is_late,
    leads_of,
    proposed_agencies,
    signatories,
    summary_gaps,
    summary_status,
)
from rapid_reviews.queries.report import content, gaps_of_report, prefill, signatures_in_force

__all__ = [
    "approvers_of",
    "askable_agencies",
    "combined_chronology",
    "content",
    "day_0",
    "default_period",
    "gaps_of_report",
    "is_late",
    "leads_of",
    "prefill",
    "proposed_agencies",
    "signatories",
    "signatures_in_force",
    "summary_gaps",
    "summary_status",
]
