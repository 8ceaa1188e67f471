"""How a rapid review and its summaries move: the only place their status is written."""

from rapid_reviews.workflow.gathering import (
    add_agency,
    appoint_chair,
    ask_agencies,
    declare_no_conflict,
    issue_pack,
    open_from_referral,
    plan,
    share_chronology,
)
from rapid_reviews.workflow.summary import (
    accept_summary,
    approve_summary,
    enter_summary,
    fill_in_summary,
    fill_in_summary_row,
    remove_summary_row,
    reopen_summary,
    return_nil,
    return_to_author,
    secure_records,
    send_back,
    send_for_approval,
)

__all__ = [
    "accept_summary",
    "add_agency",
    "appoint_chair",
    "approve_summary",
    "ask_agencies",
    "declare_no_conflict",
    "enter_summary",
    "fill_in_summary",
    "fill_in_summary_row",
    "issue_pack",
    "open_from_referral",
    "plan",
    "remove_summary_row",
    "reopen_summary",
    "return_nil",
    "return_to_author",
    "secure_records",
    "send_back",
    "send_for_approval",
    "share_chronology",
]
