"""The timeline says for whom somebody acted who could only by covering, and nobody else."""

from datetime import date

import pytest

from access.can import acts_for
from partnership.models import User
from partnership.permissions import Permission as P
from partnership.roles import Role
from referrals import workflow
from tests.factories import cover, person_with, situations
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.begins_with("with_approver")
NOW = london("2026-12-11 14:00")


def acted_for(referral):
    return Event.objects.get(reference=referral.reference, verb="approve").acting_for


def test_who_covers_acts_for_whom_they_cover(cast):
    referral = situations.with_approver(cast)
    vera = person_with("Vera Standish", Role.MANAGER, agency=cast.hospital)
    cover(vera, cast.approver, agency=cast.hospital, until_on=date(2026, 12, 20))
    workflow.approve(referral, by=vera, on=NOW)
    assert acted_for(referral) == cast.approver


def test_who_has_the_right_themselves_acts_for_nobody(cast):
    referral = situations.with_approver(cast)
    cover(cast.approver, cast.referrer, agency=cast.hospital, until_on=date(2026, 12, 20))
    workflow.approve(referral, by=cast.approver, on=NOW)
    assert acted_for(referral) is None


def test_of_two_whom_somebody_covers_for_they_act_for_the_one_with_the_right(cast):
    referral = situations.with_approver(cast)
    vera, first = (person_with(name, Role.MANAGER, agency=cast.hospital) for name in ("Vera Standish", "Abel Ashdown"))
    for covered in (first, cast.approver):
        cover(vera, covered, agency=cast.hospital, until_on=date(2026, 12, 20))
    assert acts_for(vera, P.APPROVE_REFERRAL, referral, moment=NOW) == cast.approver


def test_the_system_acts_for_nobody(cast):
    assert acts_for(None, P.APPROVE_REFERRAL, situations.with_approver(cast), moment=NOW) is None


def test_whom_the_page_names_is_whom_they_act_for(cast):
    referral = situations.with_approver(cast)
    workflow.approve(referral, by=cast.approver, on=NOW, acting_for=cast.referrer)
    assert acted_for(referral) == cast.referrer


def test_the_roles_of_who_acts_are_read_once_and_not_remembered_afterwards(cast, monkeypatch):
    referral, read, sort = situations.with_approver(cast), [], User._own_and_lent
    monkeypatch.setattr(User, "_own_and_lent", lambda person, rows: read.append(person.pk) or sort(person, rows))
    workflow.approve(referral, by=cast.approver, on=NOW)
    assert read.count(cast.approver.pk) == 1
    assert cast.approver.remembered is None
