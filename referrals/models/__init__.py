"""A referral: the incident, the children it happened to, their family, and the agencies that work with them."""

from referrals.models.decision import (
    NotificationDecision,
    PanelDecision,
    PanelView,
    SeriousIncidentNotification,
)
from referrals.models.people import Carer, Child, FamilyMember, OtherPerson, Sibling
from referrals.models.referral import Referral
from referrals.models.services import InvolvedService, ParallelProcess, Question

__all__ = [
    "Carer",
    "Child",
    "FamilyMember",
    "InvolvedService",
    "NotificationDecision",
    "OtherPerson",
    "PanelDecision",
    "PanelView",
    "ParallelProcess",
    "Question",
    "Referral",
    "SeriousIncidentNotification",
    "Sibling",
]
