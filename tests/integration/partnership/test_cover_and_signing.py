"""The appointment register: which cover counts on a day, and who may sign for a partner."""

from datetime import date

import pytest

from partnership.models import Appointment, Partner
from partnership.roles import Role
from tests.factories.people import Appointments, Memberships, cover, person_with
from tests.moments import london
from trail.models import save

pytestmark = pytest.mark.begins_with("")
DAY, ON = date(2026, 12, 11), london("2026-12-11 10:00")


@pytest.fixture
def vera(cast):
    return person_with("Vera Standish", Role.MANAGER, agency=cast.trust)


@pytest.fixture
def lena(cast):
    return person_with("Lena Standish", Role.AGENCY_LEAD, agency=cast.trust)


def covers():
    return set(Appointment.objects.covers(DAY))


def test_cover_counts_while_both_belong_to_the_agency_it_is_for(cast, vera, lena):
    counted = cover(vera, lena, agency=cast.trust)
    elsewhere = person_with("Ella Standish", Role.MANAGER, agency=cast.housing)
    Memberships(user=vera, agency=cast.housing, role=Role.MANAGER)
    cover(elsewhere, lena, agency=cast.trust)
    cover(vera, lena, agency=cast.housing)
    assert covers() == {counted}
    assert vera.covers(DAY) == {lena.pk: [(Role.AGENCY_LEAD, cast.trust.pk)]}
    assert elsewhere.covers(DAY) == {}


def test_only_cover_is_cover_and_only_of_somebody_who_may_sign_in(cast, vera, lena):
    Appointments(
        kind=Appointment.Kind.DEPUTY, user=vera, for_user=lena, agency=cast.trust, partner=Partner.ICB, from_on=DAY
    )
    assert covers() == set()
    assert vera.covers(DAY) == {}
    counted = cover(vera, lena, agency=cast.trust)
    assert covers() == {counted}
    lena.is_active = False
    save(lena, by=None, on=ON)
    assert covers() == set()
    assert vera.covers(DAY) == {}


def test_covering_lends_what_the_other_holds_at_that_agency_and_to_nobody_else(cast, vera, lena):
    Memberships(user=lena, agency=cast.housing, role=Role.APPROVER)
    cover(vera, lena, agency=cast.trust)
    other = person_with("Otis Standish", Role.MANAGER, agency=cast.trust)
    assert vera.roles(DAY).lent == {lena.pk: [(Role.AGENCY_LEAD, cast.trust.pk)]}
    assert other.roles(DAY).lent == {}
    assert lena.roles(DAY).lent == {}


def test_a_deputy_signs_under_a_delegation_and_under_nothing_else(cast):
    deputy = cast.deputy
    signing = Appointment.objects.signing(DAY)
    assert signing.filter(user=deputy).exists()
    held = Appointment.objects.get(user=deputy, kind=Appointment.Kind.DEPUTY)
    delegation = Appointment.objects.get(user=held.for_user, kind=Appointment.Kind.DELEGATION)
    Appointments(kind=Appointment.Kind.VIRTUAL_PANEL, user=held.for_user, partner=held.partner, from_on=DAY)
    delegation.until_on = date(2026, 12, 10)
    save(delegation, by=None, on=ON)
    assert not signing.filter(user=deputy).exists()
