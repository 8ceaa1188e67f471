"""Getting, changing and proving the second factor."""

import json
import re
from datetime import timedelta
from functools import partial
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import CommandError, call_command
from django.test import Client

from notifications.models import Notice
from partnership import second_factor
from tests.at_once import TIMES, at_once
from tests.integration.sign_in.test_signing_in import CODE, HOME, LOGIN, give_password, signed_in, text
from tests.sign_in import PASSWORD, one_time_code, sign_in

SET_UP, CODES, AGAIN = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/reauthenticate/"


def where(response):
    return unquote(response.url)


def code_for(page):
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page).group(1)
    return second_factor.codes_of(secret)[0]


@pytest.mark.parametrize("path", [HOME, CODES, "/accounts/password/change/"])
def test_without_a_second_factor_everything_leads_to_setting_one_up(client, newcomer, path):
    assert give_password(client, newcomer).url == "/"
    assert client.get(path).url == SET_UP
    assert client.post(path).url == SET_UP


@pytest.mark.django_db(transaction=True)  # what is said and sent waits for the commit
def test_setting_it_up_opens_the_hub_and_offers_recovery_codes(client, newcomer):
    give_password(client, newcomer)
    page = text(client.get(SET_UP))
    assert page.count("<svg") == 1
    assert "style=" not in page
    assert "data:" not in page
    response = client.post(SET_UP, {"code": code_for(page)})
    assert response.url == CODES
    assert Notice.objects.get().subject == "An authenticator app was set up"
    assert "Your authenticator app is set up." in text(client.get(CODES))
    assert signed_in(client)
    page = text(client.post(CODES))
    shown = [found.replace(" ", "") for found in re.findall(r"<code>(\d{4} \d{4})</code>", page)]
    assert len(shown) == 10
    client.post("/accounts/logout/")
    give_password(client, newcomer)
    assert client.post(CODE, {"code": shown[3]}).url == "/"


def test_a_wrong_code_sets_nothing_up(client, newcomer):
    give_password(client, newcomer)
    client.get(SET_UP)
    response = client.post(SET_UP, {"code": "000000"})
    assert "<title>Error: Set up your authenticator app" in text(response)
    assert '<a href="#id_code">The code is not correct. Enter one that your app shows now.</a>' in text(response)
    assert not second_factor.has_second_factor(newcomer)


def test_setting_up_long_after_the_password_asks_for_it_again(client, newcomer, clock):
    give_password(client, newcomer)
    clock.shift(timedelta(minutes=6))
    response = client.get(SET_UP)
    assert where(response) == f"/accounts/reauthenticate/?next={SET_UP}"
    assert "The password is not correct" in text(client.post(response.url, {"password": "not the password at all"}))
    assert client.post(response.url, {"password": PASSWORD}).url == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_a_session_with_a_password_alone_is_asked_for_the_code_of_an_app_set_up_since(client, newcomer):
    give_password(client, newcomer)
    second_factor.enrol(newcomer)
    response = client.get(HOME)
    assert where(response) == f"{AGAIN}?next=/accounts/2fa/"
    assert client.post(response.url, {"code": one_time_code(newcomer)}).url == HOME
    assert signed_in(client)


def test_the_password_is_no_proof_for_who_has_a_second_factor(client, lead, clock):
    sign_in(client, lead)
    clock.shift(timedelta(minutes=6))
    assert where(client.get(SET_UP)) == f"{AGAIN}?next={SET_UP}"
    assert client.get("/accounts/reauthenticate/").url == AGAIN
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert where(client.get(SET_UP)) == f"{AGAIN}?next={SET_UP}"
    assert client.post(f"{AGAIN}?next={SET_UP}", {"code": one_time_code(lead)}).url == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_a_new_telephone_replaces_the_old_one_only_with_its_first_code(client, lead):
    sign_in(client, lead)
    before = lead.authenticator_set.get(type="totp").pk
    page = text(client.get(SET_UP))
    assert "Change your authenticator app" in page
    client.post(SET_UP, {"code": "000000"})
    assert lead.authenticator_set.get(type="totp").pk == before
    client.post(SET_UP, {"code": code_for(page)})
    assert lead.authenticator_set.get(type="totp").pk != before
    assert lead.authenticator_set.count() == 2
    assert signed_in(client)


def test_new_recovery_codes_put_the_old_ones_out_of_force(client, lead):
    old = lead.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client, lead)
    client.post(CODES)
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.post(CODE, {"code": old})
    assert not signed_in(client)


def test_a_post_interrupted_by_the_request_for_a_fresh_code_goes_on_afterwards(client, lead, clock):
    sign_in(client, lead)
    clock.shift(timedelta(minutes=6))
    response = client.post(CODES)
    assert where(response) == f"{AGAIN}?next={CODES}"
    page = text(client.post(response.url, {"code": one_time_code(lead)}))
    assert "Keep these recovery codes" in page


def test_secrets_lie_encrypted_in_the_database(lead):
    stored = json.dumps([each.data for each in Authenticator.objects.filter(user=lead)])
    secret = second_factor.enrol(lead, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    stored = json.dumps([each.data for each in Authenticator.objects.filter(user=lead)])
    assert secret not in stored
    assert lead.authenticator_set.get(type="totp").wrap().validate_code(second_factor.codes_of(secret)[0])


def test_an_older_secret_key_still_opens_them(lead, settings):
    secret = second_factor.enrol(lead)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert one_time_code(lead) == second_factor.codes_of(secret)[0]


def test_with_a_lost_secret_key_no_code_is_accepted(lead, settings, client, caplog):
    settings.SECRET_KEY = "n" * 50
    give_password(client, lead)
    empty = format_hotp_value(hotp_value("", list(yield_hotp_counters_from_time())[1]))
    for code in ("000000", empty, ""):
        client.post(CODE, {"code": code})
    assert not signed_in(client)
    assert "another SECRET_KEY" in caplog.text


def test_enrolling_again_replaces_what_was_there(lead):
    first = second_factor.enrol(lead)
    assert second_factor.enrol(lead) != first
    assert lead.authenticator_set.count() == 2


def test_who_has_no_app_has_no_code(newcomer):
    assert one_time_code(newcomer) == ""


def test_after_three_codes_in_half_a_minute_there_is_none_until_the_next(client, lead, clock, settings):
    settings.SHOW_ONE_TIME_CODES = True
    for _ in range(3):
        assert second_factor.use_up(lead, one_time_code(lead))
    assert one_time_code(lead) == ""
    give_password(client, lead)
    assert "you have used all" in text(client.get(CODE))
    clock.shift(timedelta(seconds=30))
    assert one_time_code(lead)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_fifty_enter_at_once_lets_one_in(lead, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    clients = [Client() for _ in range(TIMES)]
    for client in clients:
        give_password(client, lead)
    code = one_time_code(lead)
    at_once(*(partial(client.post, CODE, {"code": code}) for client in clients))
    assert sum(map(signed_in, clients)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_that_fifty_enter_at_once_lets_one_in(lead, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    code = lead.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    clients = [Client() for _ in range(TIMES)]
    for client in clients:
        give_password(client, lead)
    at_once(*(partial(client.post, CODE, {"code": code}) for client in clients))
    assert sum(map(signed_in, clients)) == 1


def test_sign_in_page_leads_on_while_a_code_is_awaited(client, lead):
    give_password(client, lead)
    assert client.get(LOGIN).url == CODE
    client.post("/accounts/logout/")
    assert client.get(LOGIN).status_code == 200


def test_who_has_lost_device_and_recovery_codes_starts_anew(client, lead, capsys):
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert signed_in(client)
    call_command("forget_second_factor", lead.email.upper())
    assert "signed out and told" in capsys.readouterr().out
    assert client.get("/").status_code == 302
    assert Notice.objects.get().subject == "Your second factor was taken away"
    again = sign_in(Client(), lead, second_factor=False)
    assert again.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    for nobody in (lead.email, "nobody@elsewhere.example"):
        with pytest.raises(CommandError):
            call_command("forget_second_factor", nobody)
