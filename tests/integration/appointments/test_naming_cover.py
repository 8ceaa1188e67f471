"""Cover is named by oneself or given by the business manager: of the same agency, with dates, told to the other one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import cover, register
from casework.workflow import CannotProceed, NotAllowed
from notifications.models import Notice
from partnership.models import Appointment
from partnership.roles import Role
from tests.client import Visitor, boxes, problems
from tests.factories import Memberships, person_with
from tests.factories import cover as made
from tests.moments import london
from tests.sign_in import sign_in

NOW = london("2026-12-11 14:00")
TODAY = date(2026, 12, 11)
THEN = {"from_on": TODAY, "until_on": date(2026, 12, 20)}


@pytest.fixture
def vera(cast):
    return person_with("Vera Standish", Role.MANAGER, agency=cast.housing)


def name(by, covering, **days):
    return cover.name_cover(by=by, on=NOW, covering=covering, **(THEN | days))


def test_one_names_somebody_of_ones_own_agency_and_they_are_told(cast, vera):
    visitor = Visitor(cast.agency_lead)
    assert "Nobody covers for you, and you cover for nobody." in visitor.text("/people/cover/")
    went_to = visitor.must_send("/people/cover/name/", covering=str(vera.pk), **THEN)
    assert went_to == "/people/cover/"
    row = Appointment.objects.get(kind="cover")
    assert (row.user, row.for_user, row.agency) == (vera, cast.agency_lead, cast.housing)
    assert (row.from_on, row.until_on, row.authority) == (TODAY, date(2026, 12, 20), "Named by Lena Hollis")
    for person in (cast.agency_lead, vera):
        assert "Vera Standish Lena Hollis Larkspur Homes" in Visitor(person).text("/people/cover/")
        assert "In force" in Visitor(person).text("/people/cover/")
    mail = Notice.objects.get(kind="appointments.cover_taken")
    assert mail.user == vera
    assert "You cover for Lena Hollis from Friday 11 December 2026 to Sunday 20 December 2026" in mail.body
    assert not Notice.objects.filter(kind="appointments.cover_given").exists()


def test_it_begins_today_or_later_has_its_last_day_and_lasts_three_months_at_most(cast, vera):
    lead, visitor = cast.agency_lead, Visitor(cast.agency_lead)
    for days, message in (
        ({"from_on": TODAY - timedelta(days=1)}, "begins today or later"),
        ({"until_on": TODAY - timedelta(days=1)}, "must be the first day or later"),
        ({"until_on": date(2027, 3, 12)}, "3 months at most"),
    ):
        with pytest.raises(CannotProceed, match=message):
            name(lead, vera, **days)
    answer = visitor.send("/people/cover/name/", covering=str(vera.pk), **boxes("from_on", TODAY))
    assert problems(answer) == [("Enter the last day", "#id_until_on-day")]
    name(lead, vera, until_on=date(2027, 3, 11))
    with pytest.raises(CannotProceed, match="covers for Lena Hollis on some of these days already"):
        name(lead, vera, from_on=date(2027, 3, 11), until_on=date(2027, 3, 12))
    name(lead, vera, from_on=date(2027, 3, 12), until_on=date(2027, 3, 12))


def test_who_may_cover_belongs_to_every_agency_that_one_belongs_to(cast, vera):
    lead = cast.agency_lead
    assert set(cover.who_may_cover(lead, day=TODAY)) == {cast.second_lead, vera}
    Memberships(user=lead, agency=cast.trust, role=Role.REFERRER)
    assert not cover.who_may_cover(lead, day=TODAY).exists()
    Memberships(user=vera, agency=cast.trust, role=Role.MANAGER)
    assert set(cover.who_may_cover(lead, day=TODAY)) == {vera}
    name(lead, vera)
    agencies = Appointment.objects.filter(kind="cover").values_list("agency__name", flat=True)
    assert set(agencies) == {"Larkspur Homes", "Thistledown Community Trust"}


def test_others_cannot_be_named(cast, vera):
    vera.is_active = False
    vera.save()
    for person, covering in (
        (cast.agency_lead, cast.agency_lead),
        (cast.agency_lead, vera),
        (cast.agency_lead, cast.other_lead),
        (cast.business_manager, cast.administrator),
        (cast.business_manager, cast.deactivated),
        (cast.reviewer, cast.scrutineer),
        (cast.scrutineer, cast.reviewer),
    ):
        with pytest.raises(CannotProceed, match="select somebody of the same agency"):
            name(person, covering)
    name(cast.business_manager, cast.coordinator)
    lead = Visitor(cast.agency_lead)
    answer = lead.send("/people/cover/name/", covering=str(cast.other_lead.pk), **THEN)
    assert problems(answer)[0][1] == "#id_covering"


def test_a_person_without_a_role_names_nobody(cast):
    left = person_with("Lester Gone", agency=cast.housing)
    assert not cover.who_may_cover(left, day=TODAY).exists()


def test_either_of_the_two_ends_it_at_once_and_the_other_is_told(cast, vera):
    row = name(cast.agency_lead, vera)
    later = name(cast.agency_lead, cast.second_lead, from_on=date(2026, 12, 24), until_on=date(2026, 12, 28))
    assert Visitor(vera).must_send(f"/people/cover/{row.pk}/end/") == "/people/cover/"
    row.refresh_from_db()
    assert row.until_on == TODAY - timedelta(days=1)
    assert "Ended before it began" in Visitor(vera).text("/people/cover/")
    assert not Appointment.objects.covers(TODAY).exists()
    Visitor(cast.agency_lead).must_send(f"/people/cover/{later.pk}/end/")
    later.refresh_from_db()
    assert later.has_ended(date(2026, 12, 24)), "called off before it began"
    assert not Appointment.objects.covers(date(2026, 12, 24)).exists()
    told = Notice.objects.filter(kind="appointments.cover_ended").values_list("user__full_name", flat=True)
    assert list(told.order_by("pk")) == ["Lena Hollis", "Lucas Ambry"]
    with pytest.raises(CannotProceed, match="ended already"):
        cover.end_cover(row, by=vera, on=NOW)


def test_one_that_has_begun_keeps_the_days_it_held(cast, vera):
    row = made(vera, cast.agency_lead, agency=cast.housing, from_on=date(2026, 12, 1))
    cover.end_cover(row, by=cast.agency_lead, on=NOW)
    row.refresh_from_db()
    assert (row.from_on, row.until_on) == (date(2026, 12, 1), date(2026, 12, 10))


def test_a_cover_is_nobody_elses_to_see_or_end(cast, vera):
    row = name(cast.agency_lead, vera)
    for person in (cast.second_lead, cast.business_manager):
        assert Visitor(person).get(f"/people/cover/{row.pk}/end/").status_code == 404
        assert Visitor(person).post(f"/people/cover/{row.pk}/end/").status_code == 404
        assert "Vera Standish" not in Visitor(person).text("/people/cover/")
        with pytest.raises(NotAllowed):
            cover.end_cover(row, by=person, on=NOW)
    delegation = Appointment.objects.get(user=cast.partner_la)
    with pytest.raises(NotAllowed):
        cover.end_cover(delegation, by=cast.partner_la, on=NOW)


def test_the_business_manager_gives_cover_to_who_named_nobody_and_both_are_told(cast, vera):
    visitor = Visitor(cast.business_manager)
    went_to = visitor.must_send(
        "/people/appointments/enter/",
        kind="cover",
        user=str(vera.pk),
        for_user=str(cast.agency_lead.pk),
        authority="Head of housing",
        reason="Off sick",
        **THEN,
    )
    assert went_to == "/people/appointments/"
    row = Appointment.objects.get(kind="cover")
    assert (row.authority, row.history.get().history_change_reason) == ("Head of housing", "Off sick")
    kinds = {(mail.kind, mail.user) for mail in Notice.objects.all()}
    assert kinds == {("appointments.cover_taken", vera), ("appointments.cover_given", cast.agency_lead)}
    given = {"kind": "cover", "authority": "Head", "reason": "x", **THEN}
    for people, message in (
        ({"user": cast.coordinator, "for_user": cast.business_manager}, "an appointment of their own"),
        ({"user": cast.business_manager, "for_user": cast.coordinator}, "an appointment of their own"),
        ({"user": cast.other_lead, "for_user": cast.agency_lead}, "select somebody of the same agency"),
        ({"user": cast.second_lead}, "Select the person they act for"),
        ({"user": cast.second_lead, "for_user": cast.agency_lead, "until_on": None}, "Enter the last day of the cover"),
    ):
        with pytest.raises(CannotProceed, match=message):
            register.enter_appointment(by=cast.business_manager, on=NOW, **(given | people))
    answer = visitor.send(
        "/people/appointments/enter/",
        user=str(cast.other_lead.pk),
        for_user=str(cast.agency_lead.pk),
        **{key: value for key, value in given.items() if key != "for_user"},
    )
    assert problems(answer)[0][1] == "#id_user"


def test_naming_asks_for_a_fresh_factor_keeps_what_was_typed_and_happens_once(cast, vera, clock):
    visitor = Visitor(cast.agency_lead)
    page = "/people/cover/name/"
    values = visitor.form(page) | {"covering": str(vera.pk)} | boxes("from_on", TODAY) | boxes("until_on", TODAY)
    clock.move_to(NOW + timedelta(minutes=6))
    for answer in (visitor.get(page), visitor.post(page, values)):
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    sign_in(visitor.client, cast.agency_lead)
    assert f'value="{vera.pk}" selected' in visitor.get(page).content.decode()
    assert {visitor.post(page, values).status_code for _ in range(2)} == {302}
    assert Appointment.objects.filter(kind="cover").count() == 1
    assert Notice.objects.count() == 1


def test_the_list_costs_the_same_for_many(cast, vera):
    def asked():
        visitor = Visitor(cast.agency_lead)
        visitor.read("/people/cover/")
        with CaptureQueriesContext(connection) as queries:
            visitor.read("/people/cover/")
        return len(queries)

    made(vera, cast.agency_lead, agency=cast.housing, until_on=date(2020, 2, 1))
    few = asked()
    for number in range(30):
        day = date(2021, 1, 1) + timedelta(days=number)
        made(vera, cast.agency_lead, agency=cast.housing, from_on=day, until_on=day)
    assert asked() == few
    assert "Showing 1 to 25 of 31 covers" in Visitor(cast.agency_lead).text("/people/cover/")
