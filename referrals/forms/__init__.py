"""What the pages of a referral ask. No form saves: `workflow.py` does."""

from referrals.forms.acts import (
    Answer,
    Ask,
    Attach,
    AttachFile,
    Confirm,
    Correct,
    KeyIn,
    PassOn,
    Reason,
    Screen,
    SendToPanel,
    Submit,
    TellPartners,
)
from referrals.forms.decision import DecideNotification, GiveView, RecordNotification, TellOutcome, WithdrawNotification
from referrals.forms.sections import ROWS, SECTIONS, RowKind, Section, section_of

__all__ = [
    "ROWS",
    "SECTIONS",
    "Answer",
    "Ask",
    "Attach",
    "AttachFile",
    "Confirm",
    "Correct",
    "DecideNotification",
    "GiveView",
    "KeyIn",
    "PassOn",
    "Reason",
    "RecordNotification",
    "RowKind",
    "Screen",
    "Section",
    "SendToPanel",
    "Submit",
    "TellOutcome",
    "TellPartners",
    "WithdrawNotification",
    "section_of",
]
