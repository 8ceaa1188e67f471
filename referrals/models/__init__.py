"""A referral: the incident, the children it happened to, their family, and the agencies that work with them."""

from referrals.models.people import Carer, Child, FamilyMember, OtherPerson, Sibling
from referrals.models.referral import Referral
from referrals.models.services import InvolvedService, ParallelProcess, Question

__all__ = [
    "Carer",
    "Child",
    "FamilyMember",
    "InvolvedService",
    "OtherPerson",
    "ParallelProcess",
    "Question",
    "Referral",
    "Sibling",
]
