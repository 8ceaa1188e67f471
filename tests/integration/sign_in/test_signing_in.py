"""E-mail, password, one-time code: in that order, for everybody."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments import workflow
from config.middleware import address_in
from notifications.models import Notice
from partnership import accounts, second_factor
from partnership.models import User
from partnership.roles import Role
from tests.factories.people import Agencies, person_with
from tests.sign_in import PASSWORD, one_time_code, sign_in
from trail.models import save

LOGIN, CODE, HOME = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/"


def text(response):
    return response.content.decode()


def give_password(client, person, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": person.email, "password": password}, **extra)


def sign_in_by_hand(client, person):
    give_password(client, person)
    return client.post(CODE, {"code": one_time_code(person)})


def signed_in(client):
    return client.get(HOME).status_code == 200


def test_signed_out_leads_to_the_sign_in_page_and_back_to_where_one_was_going(client, lead):
    response = client.get("/accounts/2fa/recovery-codes/")
    assert response.url == "/accounts/login/?next=/accounts/2fa/recovery-codes/"
    response = client.post(response.url, {"login": lead.email, "password": PASSWORD})
    assert response.url == CODE
    response = client.post(CODE, {"code": one_time_code(lead)})
    assert response.url == "/accounts/2fa/recovery-codes/"


def test_it_leads_to_no_other_site(client, lead):
    client.post(f"{LOGIN}?next=https://elsewhere.example/", {"login": lead.email, "password": PASSWORD})
    assert client.post(CODE, {"code": one_time_code(lead)}).url == "/"


def test_the_e_mail_address_may_be_typed_in_any_case(client, lead):
    response = client.post(LOGIN, {"login": f" {lead.email.upper()} ", "password": PASSWORD})
    assert response.url == CODE


def test_a_password_alone_opens_nothing(client, lead):
    give_password(client, lead)
    assert not signed_in(client)


def test_both_factors_open_the_hub(client, lead):
    assert sign_in_by_hand(client, lead).url == "/"
    assert signed_in(client)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "١٢٣٤٥٦", "9" * 500, "\0"])
def test_a_wrong_code_is_refused(client, lead, code):
    give_password(client, lead)
    response = client.post(CODE, {"code": code})
    assert response.status_code == 200
    assert "<title>Error: Enter your one-time code" in text(response)
    assert not signed_in(client)


def test_a_code_works_once(client, lead, django_user_model):
    code = one_time_code(lead)
    give_password(client, lead)
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    give_password(client, lead)
    assert client.post(CODE, {"code": f"{code[:3]}-{code[3:]}"}).status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize("later", [31, 59])
def test_nor_again_while_its_neighbours_are_accepted(client, lead, clock, later):
    code = second_factor.codes_of(
        second_factor.SecondFactorAdapter().decrypt(lead.authenticator_set.get(type="totp").data["secret"])
    )[0]
    give_password(client, lead)
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    clock.shift(timedelta(seconds=later))
    give_password(client, lead)
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def test_a_recovery_code_works_once_in_its_place(client, lead):
    code = lead.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    give_password(client, lead)
    client.post(CODE, {"code": code})
    assert signed_in(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def what_it_says(client, email, password):
    response = client.post(LOGIN, {"login": email, "password": password})
    page = re.sub(r'value="[^"]*"', "", text(response))  # the token, and what was typed
    return response.status_code, page, [name for name in response.headers if name != "Content-Length"]


def test_wrong_password_wrong_person_and_deactivated_person_cannot_be_told_apart(client, lead, newcomer):
    newcomer.is_active = False
    save(newcomer, by=None, on=timezone.now())
    wrong_password = what_it_says(client, lead.email, "not the password at all")
    nobody = what_it_says(client, "nobody@trust.example", PASSWORD)
    deactivated = what_it_says(client, newcomer.email, PASSWORD)
    assert wrong_password == nobody == deactivated
    assert wrong_password[0] == 200
    assert "The e-mail address or the password is not correct" in wrong_password[1]


def test_mistakes_are_listed_at_the_top_with_links_to_their_fields(client, db):
    page = text(client.post(LOGIN, {"login": "", "password": ""}))
    assert "<title>Error: Sign in" in page
    assert '<a href="#id_login">Enter your e-mail address</a>' in page
    assert '<a href="#id_password">Enter your password</a>' in page
    assert 'id="id_login"' in page
    assert 'id="id_password"' in page


def test_guessing_is_slowed_down_without_locking_the_person_out(client, lead):
    for _ in range(5):
        give_password(client, lead, "not the password at all", REMOTE_ADDR="198.51.100.7")
    guesser = give_password(client, lead, REMOTE_ADDR="198.51.100.7")
    assert "There were too many attempts. Try again in 5 minutes." in text(guesser)
    assert give_password(client, lead, REMOTE_ADDR="203.0.113.9").url == CODE


def test_behind_a_proxy_it_is_still_the_guesser_who_is_slowed_down(client, lead, settings):
    """The proxy adds, at the end, whom it was asked by; what a guesser writes before that is not believed."""
    settings.TRUSTED_PROXIES = 1
    proxy = {"REMOTE_ADDR": "192.0.2.1"}
    for number in range(5):
        forged = f"203.0.113.{number}, 198.51.100.7"
        give_password(client, lead, "not the password at all", HTTP_X_FORWARDED_FOR=forged, **proxy)
    guesser = give_password(client, lead, HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.7", **proxy)
    assert "There were too many attempts" in text(guesser)
    assert give_password(client, lead, HTTP_X_FORWARDED_FOR="203.0.113.9", **proxy).url == CODE


def test_a_proxy_may_write_the_port_beside_the_address():
    said = ["198.51.100.7:5678", " 198.51.100.7", "[2001:db8::1]:443", "2001:db8::1", "unknown", ""]
    found = ["198.51.100.7", "198.51.100.7", "2001:db8::1", "2001:db8::1", "", ""]
    assert [address_in(each) for each in said] == found


@pytest.mark.parametrize("forwarded", ["198.51.100.7", "nonsense", ""])
def test_without_a_proxy_of_ours_nobody_says_where_they_come_from(client, lead, forwarded):
    for _ in range(5):
        give_password(client, lead, "not the password at all", HTTP_X_FORWARDED_FOR=forwarded)
    assert "There were too many attempts" in text(give_password(client, lead, HTTP_X_FORWARDED_FOR="203.0.113.9"))


def test_wrong_codes_do_not_shut_out_whose_account_it_is(client, lead):
    """Who knows the password and guesses codes is slowed down where they are; the owner signs in from elsewhere."""
    guesser = {"REMOTE_ADDR": "198.51.100.7"}
    give_password(client, lead, **guesser)
    for _ in range(7):
        client.post(CODE, {"code": "000000"}, **guesser)
    assert "too many attempts" in text(client.post(CODE, {"code": one_time_code(lead)}, **guesser))
    owner = {"REMOTE_ADDR": "203.0.113.9"}
    give_password(client, lead, **owner)
    client.post(CODE, {"code": one_time_code(lead)}, **owner)
    assert signed_in(client)


@pytest.mark.parametrize("address", ["//[::1", "http://[", "///"])
def test_what_is_no_address_leads_nowhere(client, lead, address):
    answer = client.post(
        f"{LOGIN}?next={address}", {"login": lead.email, "password": "wrong password!", "next": address}
    )
    assert answer.status_code == 200
    sign_in(client, lead)
    for page in ("account_logout", "mfa_reauthenticate", "account_reset_password"):
        assert client.get(reverse(page), {"next": address}).status_code in (200, 302)
        assert client.post(reverse(page), {"next": address}).status_code in (200, 302)


def test_a_cookie_from_before_is_worth_nothing_when_somebody_may_sign_in_again(client, lead):
    administrator = person_with("Ada Wickham", Role.ADMINISTRATOR, agency=Agencies())
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert signed_in(client)
    for may in (False, True):
        workflow.let_sign_in(lead, by=administrator, on=timezone.now(), may=may, reason="A telephone was stolen")
    assert not signed_in(client)


def test_guessing_codes_is_slowed_down(client, lead):
    give_password(client, lead)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "too many attempts" in text(client.post(CODE, {"code": one_time_code(lead)}))
    assert not signed_in(client)


@pytest.mark.parametrize("path", [LOGIN, CODE, "/accounts/2fa/totp/activate/", "/accounts/2fa/reauthenticate/"])
def test_the_code_is_not_shown_outside_the_demo(client, lead, newcomer, settings, path):
    assert settings.SHOW_ONE_TIME_CODES is False
    if path == CODE:
        give_password(client, lead)
    elif "activate" in path or "reauthenticate" in path:
        sign_in(client, lead)
    page = text(client.get(path))
    assert "Demo" not in page
    assert one_time_code(lead) not in page


def test_the_demo_shows_the_code_of_the_account_being_signed_in(client, lead, settings):
    settings.SHOW_ONE_TIME_CODES = True
    give_password(client, lead)
    code = one_time_code(lead)
    assert f"Demo: your one-time code is <strong>{code[:3]} {code[3:]}</strong>" in text(client.get(CODE))
    assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    # At once once more: the code just used would be refused, so another of those accepted now is shown.
    client.post("/accounts/logout/")
    give_password(client, lead)
    assert code not in text(client.get(CODE)).replace(" ", "")
    assert client.post(CODE, {"code": one_time_code(lead)}).status_code == 302


def test_signing_out_needs_a_post(client, lead):
    sign_in(client, lead)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/accounts/logout/").url == LOGIN
    assert not signed_in(client)
    assert "You have signed out." in text(client.get(LOGIN))


def test_a_deactivated_person_is_refused_on_the_next_request(client, lead):
    sign_in(client, lead)
    assert signed_in(client)
    lead.is_active = False
    save(lead, by=None, on=timezone.now())
    assert client.get(HOME).url == f"/accounts/login/?next={HOME}"


def test_deactivated_between_password_and_code_is_refused_too(client, lead):
    give_password(client, lead)
    code = one_time_code(lead)
    lead.is_active = False
    save(lead, by=None, on=timezone.now())
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def test_there_is_no_sign_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert accounts.AccountAdapter().is_open_for_signup(None) is False


def test_everyone_else_s_session_ends_with_a_change_of_password(client, lead):
    sign_in(client, lead)
    lead.set_password("another harbour lantern")
    lead.save()
    assert not signed_in(client)


def test_no_look_at_a_page_changes_a_row_or_sends_a_message(client, lead, newcomer, django_assert_num_queries):
    from django.apps import apps

    def everything():
        tables = [
            model for model in apps.get_models(include_auto_created=True) if model._meta.label != "sessions.Session"
        ]
        return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in tables}

    uid = format(lead.pk, "x")
    before = everything()
    paths = [LOGIN, "/accounts/logout/", "/accounts/password/reset/", "/accounts/password/reset/done/", CODE]
    paths += [f"/accounts/password/reset/key/{uid}-not-a-token/", "/accounts/password/reset/key/done/"]
    for path in paths:
        client.get(path)
    user_before = everything()
    assert user_before == before
    for person in (newcomer, lead):
        sign_in(client, person)
        before = everything()
        for name in (
            "mfa_index",
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_reauthenticate",
            "account_reauthenticate",
            "account_change_password",
            "account_logout",
            "account_login",
        ):
            client.get(reverse(name))
        assert everything() == before
    assert Notice.objects.count() == 0


def test_the_sign_in_library_saves_people_with_their_history(client, lead):
    sign_in_by_hand(client, lead)
    latest = User.history.filter(id=lead.pk).latest("history_date", "history_id")
    assert latest.history_user == lead
