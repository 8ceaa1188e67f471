"""Which standing roles somebody holds on which day."""

from datetime import date

import pytest

from partnership.roles import Role
from tests.factories import Agencies, Memberships, People, person_with

pytestmark = pytest.mark.django_db
FROM, UNTIL = date(2026, 12, 7), date(2026, 12, 11)


def test_a_role_is_held_from_its_first_day_to_its_last(db):
    trust, person = Agencies(), People()
    Memberships(user=person, agency=trust, role=Role.AGENCY_LEAD, from_on=FROM, until_on=UNTIL)
    held = {day: person.standing(date(2026, 12, day)) for day in (6, 7, 9, 11, 12)}
    assert held == {day: [(Role.AGENCY_LEAD, trust.pk)] if 7 <= day <= 11 else [] for day in held}


def test_a_role_without_an_end_is_held_on(db):
    person = person_with("Lena Hollis", Role.MANAGER, agency=Agencies())
    assert person.standing(date(2099, 1, 1)) == [(Role.MANAGER, person.memberships.get().agency_id)]


def test_one_leads_the_agencies_of_which_one_is_the_safeguarding_lead(db):
    trust, other = Agencies(), Agencies()
    person = person_with("Lena Hollis", Role.AGENCY_LEAD, agency=trust)
    Memberships(user=person, agency=other, role=Role.APPROVER)
    person_with("Lucas Ambry", Role.AGENCY_LEAD, agency=other)
    assert person.leads(date(2026, 12, 11)) == [trust.pk]


def test_within_a_request_roles_are_read_once_a_day_and_else_every_time(db, django_assert_num_queries):
    person = person_with("Lena Hollis", Role.AGENCY_LEAD, agency=Agencies())
    with django_assert_num_queries(2):
        person.standing(FROM)
        person.standing(FROM)
    person.remembered = {}
    with django_assert_num_queries(2):
        held = [person.standing(day) for day in (FROM, FROM, UNTIL, UNTIL, FROM)]
    assert held == [person.standing(FROM)] * 5
