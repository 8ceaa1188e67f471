"""An invented partnership to look at: its agencies, its people, and cases at every stage.

Nothing here writes a status: every case goes through the workflow functions that the pages call, with moments of its
own in the past (`moments.py`). A new case is a function in one of the modules of cases, named in its `CASES`.
"""

from django.db import transaction

from config.demo_data import partnership, rapid_reviews, referrals, reports
from config.demo_data.moments import Moments
from config.demo_data.people import ACCOUNTS, PASSWORD

__all__ = ["ACCOUNTS", "PASSWORD", "make"]

CASES = (*reports.CASES, *rapid_reviews.CASES, *referrals.CASES)
"""What happened at the partnership, oldest first: references are given in this order."""


@transaction.atomic
def make(*, now):
    """This will make the partnership and its cases as they stand at `now`, all of it or nothing."""
    moments = Moments(now)
    world = partnership.make(now=now)
    for case in CASES:
        case(world, moments)
    return world
