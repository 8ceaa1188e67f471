"""How long a session lasts: half an hour without a request, twelve hours whatever is done in it."""

from datetime import timedelta

from django.urls import reverse

from casework.models import Draft
from tests.client import Visitor
from tests.factories import situations
from tests.sign_in import sign_in

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
    from tests.sign_in import one_time_code

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
