"""Forgotten and changed passwords: nobody learns who has an account, and the second factor stays."""

import re

import pytest

from notifications.models import Notice
from tests.integration.sign_in.test_signing_in import CODE, HOME, LOGIN, give_password, signed_in, text
from tests.sign_in import PASSWORD, one_time_code, sign_in

FORGOTTEN, CHANGE = "/accounts/password/reset/", "/accounts/password/change/"
NEW = "copper meadow violin"


def link_in(notice):
    return re.search(r"http://localhost:8000(/\S+)", notice.body).group(1)


def test_a_link_comes_through_the_outbox_and_the_second_factor_stays(client, lead):
    assert client.post(FORGOTTEN, {"email": lead.email}).url == "/accounts/password/reset/done/"
    notice = Notice.objects.get()
    assert (notice.user, notice.address, notice.sent_at) == (lead, lead.email, None)
    form = client.get(link_in(notice)).url
    assert link_in(notice).rsplit("-", 1)[1] not in form
    assert client.post(form, {"password1": NEW, "password2": NEW}).url == "/accounts/password/reset/key/done/"
    assert not signed_in(client)
    assert give_password(client, lead, NEW).url == CODE
    assert not signed_in(client)
    told = Notice.objects.exclude(pk=notice.pk).get()
    assert told.subject == "Your password was changed"
    assert told.user == lead


def test_the_link_works_once(client, lead):
    client.post(FORGOTTEN, {"email": lead.email})
    link = link_in(Notice.objects.get())
    client.post(client.get(link).url, {"password1": NEW, "password2": NEW})
    client.logout()
    assert "This link does not work any more" in text(client.get(link))


def test_the_link_works_for_an_hour(client, lead, clock):
    client.post(FORGOTTEN, {"email": lead.email})
    link = link_in(Notice.objects.get())
    clock.shift(60 * 60 + 1)
    assert "This link does not work any more" in text(client.get(link))


def test_an_unknown_address_gets_the_same_answer_and_no_message(client, lead):
    known = client.post(FORGOTTEN, {"email": lead.email})
    unknown = client.post(FORGOTTEN, {"email": "nobody@trust.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Notice.objects.count() == 1


def test_the_same_request_twice_is_one_message(client, lead):
    for _ in range(2):
        client.post(FORGOTTEN, {"email": lead.email})
    assert Notice.objects.count() == 1


def test_the_host_header_does_not_reach_the_link(client, lead):
    client.post(FORGOTTEN, {"email": lead.email}, HTTP_HOST="127.0.0.1")
    assert "http://localhost:8000/accounts/password/reset/key/" in Notice.objects.get().body


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 12 characters"),
        ("password12345", "known from a data breach"),
        ("PassWord12345", "known from a data breach"),
        ("nadia.farrow@trust", "too similar"),
        ("Nadia Farrow", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(client, lead, password, says):
    sign_in(client, lead)
    page = text(client.post(CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password}))
    assert "<title>Error: Change your password" in page
    assert says in page
    assert 'href="#id_password1"' in page


def test_changing_the_password_needs_the_old_one_and_tells_the_owner(client, lead):
    sign_in(client, lead)
    page = text(client.post(CHANGE, {"oldpassword": "not the password at all", "password1": NEW, "password2": NEW}))
    assert "The current password is not correct" in page
    assert client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}).url == HOME
    assert "Your password has been changed." in text(client.get(HOME))
    assert signed_in(client)
    assert Notice.objects.get().subject == "Your password was changed"
    client.post("/accounts/logout/")
    give_password(client, lead, NEW)
    client.post(CODE, {"code": one_time_code(lead)})
    assert signed_in(client)


def test_messages_hold_no_markup_and_one_link(client, lead, django_capture_on_commit_callbacks):
    sign_in(client, lead)
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/")
    client.post(FORGOTTEN, {"email": lead.email})
    notices = list(Notice.objects.order_by("pk"))
    assert len(notices) == 3
    for notice in notices:
        assert "&" not in notice.body
        assert "<" not in notice.body
        assert notice.body.count("http://localhost:8000") == 1
        assert "Nadia" not in notice.body


def test_too_many_requests_are_refused_on_a_page_of_ours(client, lead, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/m/ip"}
    client.post(LOGIN, {})
    response = client.post(LOGIN, {})
    assert response.status_code == 429
    assert "Too many attempts" in text(response)
