"""How long a session lasts: half an hour without a request, twelve hours whatever is done in it."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from casework.models import Draft
from partnership import second_factor
from tests.client import Visitor, parsed, words
from tests.factories import situations
from tests.sign_in import PASSWORD, one_time_code, sign_in

HOME = "/accounts/2fa/"
NEARLY_HALF_AN_HOUR = timedelta(minutes=29)


def signed_in(client):
    return client.get(HOME).status_code == 200


def work_for(client, clock, hours):
    """This will ask for a page every 29 minutes, until so many hours have passed."""
    left = timedelta(hours=hours)
    while left:
        step = min(left, NEARLY_HALF_AN_HOUR)
        clock.shift(step)
        left -= step
        if left:
            client.get(HOME)


def test_half_an_hour_without_a_request_ends_it(client, lead, clock):
    sign_in(client, lead)
    clock.shift(NEARLY_HALF_AN_HOUR)
    assert signed_in(client)
    clock.shift(NEARLY_HALF_AN_HOUR)
    assert signed_in(client), "each request begins another half hour"
    clock.shift(timedelta(minutes=31))
    assert client.get(HOME).url == f"/accounts/login/?next={HOME}"


def test_twelve_hours_end_it_whatever_is_done(client, lead, clock):
    sign_in(client, lead)
    work_for(client, clock, hours=12)
    assert signed_in(client)
    clock.shift(timedelta(seconds=1))
    assert client.get(HOME).url == f"/accounts/login/?next={HOME}"
    assert not signed_in(client), "the server has forgotten the session"


def test_a_factor_given_again_does_not_make_it_longer(client, lead, clock):
    sign_in(client, lead)
    work_for(client, clock, hours=11)
    client.post(reverse("mfa_reauthenticate"), {"code": one_time_code(lead)})
    work_for(client, clock, hours=1)
    clock.shift(timedelta(seconds=1))
    assert not signed_in(client)


def test_what_was_being_typed_then_is_there_after_signing_in_again(cast, clock):
    referral = situations.empty(cast)
    visitor = Visitor(cast.referrer)
    address = reverse("fill-in", args=[referral.reference, "incident"])
    form = visitor.form(address)
    work_for(visitor.client, clock, hours=12)
    clock.shift(timedelta(seconds=1))
    answer = visitor.post(address, form | {"outline": "Found by a neighbour at the gate"})
    assert answer.url.startswith("/accounts/login/")
    assert Draft.objects.get().user == cast.referrer
    assert "Found by a neighbour at the gate" in Visitor(cast.referrer).get(address).content.decode()


# Where one is signed in

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari"
WHERE = "/accounts/sessions/"


def signs_in(person, clock, browser):
    """This will sign a person in by the pages, with a browser of this name."""
    client = Client(headers={"user-agent": browser})
    clock.shift(timedelta(minutes=2))  # each code works once
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": one_time_code(person)})
    return client


def listed(client):
    page = parsed(client.get(WHERE))
    return [row.th.get_text(strip=True) for row in page.select("tbody tr")]


def number_of(client, device):
    page = parsed(client.get(WHERE))
    row = next(row for row in page.select("tbody tr") if row.th.get_text(strip=True) == device)
    return row.find("input", attrs={"name": "session"})["value"]


def test_a_person_sees_where_they_are_signed_in_and_nobody_elses(lead, newcomer, clock):
    second_factor.enrol(newcomer)
    office, phone = signs_in(lead, clock, EDGE), signs_in(lead, clock, PHONE)
    signs_in(newcomer, clock, EDGE)
    assert listed(office) == ["Mobile Safari on iOS", "Edge on Windows"]
    assert "Edge on Windows 11 December 2026 at 2:02pm" in words(phone.get(WHERE))
    assert parsed(office.get(HOME)).find("a", href=WHERE)


def test_one_session_is_ended_and_the_others_stay(lead, clock):
    office, phone = signs_in(lead, clock, EDGE), signs_in(lead, clock, PHONE)
    answer = office.post(WHERE, {"session": number_of(office, "Mobile Safari on iOS")}, follow=True)
    assert "You were signed out in 1 other place." in words(answer)
    assert not signed_in(phone)
    assert listed(office) == ["Edge on Windows"]


def test_all_others_are_ended_at_once(lead, clock):
    office, *others = (signs_in(lead, clock, browser) for browser in (EDGE, PHONE, "a script"))
    assert listed(office) == ["An unknown browser", "Mobile Safari on iOS", "Edge on Windows"]
    assert "You were signed out in 2 other places." in words(office.post(WHERE, follow=True))
    assert signed_in(office)
    assert [signed_in(each) for each in others] == [False, False]


def test_nobody_ends_anothers_session_nor_this_way_their_own(lead, newcomer, clock):
    second_factor.enrol(newcomer)
    theirs, office = signs_in(newcomer, clock, PHONE), signs_in(lead, clock, EDGE)
    for number in (*UserSession.objects.values_list("pk", flat=True), "", "x", "9" * 5000, "\u0661"):
        assert "You had been signed out there already." in words(office.post(WHERE, {"session": number}, follow=True))
    assert signed_in(theirs)
    assert signed_in(office)


def test_what_is_over_is_not_listed(lead, clock):
    signs_in(lead, clock, PHONE)
    clock.shift(timedelta(minutes=31))
    office = signs_in(lead, clock, EDGE)
    other = signs_in(lead, clock, "a script")
    assert listed(office) == ["An unknown browser", "Edge on Windows"]
    changed = {"oldpassword": PASSWORD, "password1": "meadow copper violin", "password2": "meadow copper violin"}
    other.post(reverse("account_change_password"), changed)
    assert listed(other) == ["An unknown browser"], "another password ends every other session"
    assert not signed_in(office)
