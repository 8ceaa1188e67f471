"""Signing in through one's own organisation, against a stand-in for its provider that can be told to lie."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notice
from partnership import openid, second_factor, single_sign_on
from partnership.models import Agency
from partnership.providers import Provider
from partnership.roles import Role
from tests.client import parsed, words
from tests.factories.people import Agencies, Memberships, person_with
from tests.integration.sign_in.test_signing_in import HOME, LOGIN, give_password, signed_in, text
from tests.provider import stand_in
from tests.sign_in import one_time_code, sign_in
from trail.models import save

pytestmark = pytest.mark.django_db

BUTTON, ANSWER = "/accounts/organisations/council/", "/accounts/organisations/council/answer/"
CODE, SET_UP = "/accounts/2fa/authenticate/", "/accounts/2fa/totp/activate/"
AGAIN = "/accounts/organisation/again/"
EMAIL = "petra.lindqvist@council.example"
TWO = ["pwd", "otp"]


@pytest.fixture
def council(db):
    return Agencies(name="Harrowmere Council", kind=Agency.Kind.LOCAL_AUTHORITY)


@pytest.fixture
def petra(council):
    """Petra Lindqvist was invited, works for the council, and has neither a password nor a factor here."""
    petra = person_with("Petra Lindqvist", Role.PANEL_MEMBER, agency=council, email=EMAIL)
    petra.set_unusable_password()
    return save(petra, by=None, on=timezone.now())


@pytest.fixture
def provider(settings):
    """The council's provider; it says that Petra gave a password and a one-time code just now."""
    with stand_in() as provider:
        settings.OPENID_CONNECT = (provider.setting(),)
        provider.claims = {"email": EMAIL, "email_verified": True, "amr": TWO, "auth_time": int(time.time())}
        yield provider


@pytest.fixture
def other(settings, provider):
    """Another organisation's provider: the trust's."""
    Agencies(name="Thistledown Community Trust")
    with stand_in() as other:
        trust = {"id": "trust", "name": "Thistledown Trust", "agency": "Thistledown Community Trust"}
        settings.OPENID_CONNECT += (other.setting(**trust),)
        other.claims = provider.claims
        yield other


def comes_back(asked):
    """This will go where the hub led, as a browser does, and return the address at the hub that it is sent back to."""
    answer = requests.get(asked.url, allow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://localhost:8000"
    return f"{back.path}?{back.query}"


def through(client, button=BUTTON, **posted):
    """This will press the button, sign in at the provider and come back."""
    return client.get(comes_back(client.post(button, posted)))


def records(client, method):
    return [each for each in client.session[AUTHENTICATION_METHODS_SESSION_KEY] if each["method"] == method]


def is_refused(response, client):
    assert response.status_code == 403
    assert "You are not signed in through your organisation" in text(response)
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()
    return True


# Only where it is set up


@pytest.mark.usefixtures("petra")
def test_where_no_organisation_is_set_up_there_is_no_button_and_no_way(client, lead):
    assert "organisations" not in text(client.get(LOGIN))
    assert [client.post(path).status_code for path in (BUTTON, ANSWER)] == [404, 405]
    assert [client.get(path).status_code for path in (BUTTON, ANSWER)] == [404, 404]
    sign_in(client, lead)
    assert client.get(AGAIN).status_code == 404
    assert client.post(AGAIN).status_code == 404


def test_the_sign_in_page_has_a_button_and_alone_may_lead_to_the_provider(client, provider):
    page = client.get(f"{LOGIN}?next=/referrals/")
    form = parsed(page).find("form", action=BUTTON)
    assert form["method"] == "post"
    assert form.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]
    assert form.find("input", attrs={"name": "next"})["value"] == "/referrals/"
    assert form.button.get_text(strip=True) == "Sign in with Harrowmere Council"
    assert f"form-action 'self' {provider.address};" in page["Content-Security-Policy"]
    assert "form-action 'self';" in client.get("/accounts/password/reset/")["Content-Security-Policy"]


def test_a_wrong_password_leaves_the_button_where_it_is(client, provider, petra):
    page = give_password(client, petra, "not the password at all")
    assert parsed(page).find("form", action=BUTTON)
    assert provider.address in page["Content-Security-Policy"]


def test_only_a_form_of_the_hub_begins_it(provider):
    client = Client(enforce_csrf_checks=True)
    assert client.get(BUTTON).url == LOGIN
    assert client.post(BUTTON).status_code == 403
    assert provider.asked == []


def test_plain_http_is_refused_but_on_this_machine(provider, settings):
    def found():
        return {message.id for message in run_checks() if message.id.startswith("config.")}

    assert found() == set()
    settings.OPENID_CONNECT = (provider.setting(server_url="http://login.council.example"),)
    assert found() == {"config.E005"}
    settings.OPENID_CONNECT = (provider.setting(),)
    settings.PUBLIC_URL = "https://hub.partnership.example"
    assert found() == {"config.E005"}


# Coming in


def test_two_factors_at_the_organisation_open_the_hub(client, provider, petra):
    assert through(client).url == "/"
    assert signed_in(client)
    petra.refresh_from_db()
    assert petra.last_login == timezone.now()
    assert len(parsed(client.get("/accounts/sessions/")).select("tbody tr")) == 1
    tie = SocialAccount.objects.get()
    assert (tie.user, tie.provider, tie.uid, tie.extra_data) == (petra, "council", "s-1", {"issuer": provider.address})
    assert not SocialToken.objects.exists()
    assert "unused" not in json.dumps(dict(client.session)), "what the provider hands out is not kept"


def test_who_comes_for_the_first_time_is_told_so_by_e_mail_once(client, provider, petra):
    through(client)
    through(Client())
    notice = Notice.objects.get()
    assert (notice.user, notice.address) == (petra, EMAIL)
    assert notice.subject == "You can sign in through your organisation"
    assert "through Harrowmere Council for the first time" in notice.body


@pytest.mark.parametrize(("wanted", "led"), [("/referrals/", "/referrals/"), ("https://elsewhere.example/", "/")])
@pytest.mark.usefixtures("petra", "provider")
def test_it_leads_to_where_one_was_going_and_to_no_other_site(client, wanted, led):
    assert through(client, next=wanted).url == led


@pytest.mark.usefixtures("petra")
def test_what_is_asked_of_the_provider(client, provider):
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
    through(client)
    (asked,) = provider.asked
    assert len(asked.pop("state")) >= 16
    assert len(asked.pop("nonce")) >= 32
    assert len(asked.pop("code_challenge")) == 43
    assert asked == {
        "response_type": "code",
        "client_id": "the-hub",
        "redirect_uri": f"http://localhost:8000{ANSWER}",
        "scope": "openid email",
        "code_challenge_method": "S256",
        "max_age": "43200",
    }
    assert provider.tokens_asked, "the stand-in checked secret, proof and address"


def test_what_is_set_for_a_provider_is_asked_of_it(client, provider, settings):
    claims = {"id_token": {"acrs": {"essential": True, "value": "c1"}}}
    settings.OPENID_CONNECT = (provider.setting(acr=("c1", "c2"), claims=claims),)
    provider.description = {"authorization_endpoint": f"{provider.address}/authorize?tenant=1"}
    asked = parse_qs(urlsplit(client.post(BUTTON).url).query)
    assert asked["tenant"] == ["1"]
    assert asked["acr_values"] == ["c1 c2"]
    assert json.loads(asked["claims"][0]) == claims


def test_nobody_who_is_signed_in_becomes_somebody_else(client, provider, petra, lead):
    back = comes_back(client.post(BUTTON, {"next": "/referrals/"}))
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert client.post(BUTTON).url == "/"
    assert client.get(back).url == "/referrals/"
    assert client.session["_auth_user_id"] == str(lead.pk)


# Who is let in


def test_nobody_signs_up(client, provider, council):
    assert is_refused(through(client), client)


def test_a_deactivated_person_is_refused(client, provider, petra):
    petra.is_active = False
    save(petra, by=None, on=timezone.now())
    assert is_refused(through(client), client)


@pytest.mark.parametrize(("until", "let_in"), [(date(2026, 12, 11), True), (date(2026, 12, 10), False)])
def test_a_role_at_the_agency_is_needed_on_the_day(client, provider, petra, until, let_in):
    role = petra.memberships.get()
    role.until_on = until
    save(role, by=None, on=timezone.now())
    answer = through(client)
    assert signed_in(client) if let_in else is_refused(answer, client)


def test_a_role_that_ended_later_keeps_out_whoever_came_in_before(client, provider, petra, clock):
    through(client)
    role = petra.memberships.get()
    role.until_on = date(2026, 12, 10)
    save(role, by=None, on=timezone.now())
    another = Client()
    assert through(another).status_code == 403
    assert not signed_in(another)


def test_no_provider_speaks_for_the_people_of_another_organisation(client, other, petra):
    assert is_refused(through(client, "/accounts/organisations/trust/"), client)
    Memberships(user=petra, agency=Agency.objects.get(name="Thistledown Community Trust"), role=Role.REFERRER)
    assert through(client, "/accounts/organisations/trust/").url == "/", "who works for both comes through either"


@pytest.mark.parametrize(
    ("said", "let_in"),
    [
        ({"email": EMAIL.upper()}, True),
        ({"email_verified": "true"}, True),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
        ({"email_verified": None}, False),
        ({"email_verified": 1}, False),
        ({"email": None}, False),
        ({"email": [EMAIL]}, False),
        ({"email": "somebody.else@council.example"}, False),
        ({"email": f"{EMAIL}\0"}, False),
    ],
)
@pytest.mark.usefixtures("petra")
def test_the_first_time_a_verified_e_mail_address_says_who_it_is(client, provider, said, let_in):
    provider.claims |= said
    answer = through(client)
    assert signed_in(client) if let_in else is_refused(answer, client)


def test_letters_that_fold_into_others_make_nobody_of_somebody(client, provider, council):
    person_with("Kit Marlow", Role.MANAGER, agency=council, email="kit@council.example")
    provider.claims["email"] = "\u212ait@council.example"  # the sign for Kelvin, whose small letter is k
    assert is_refused(through(client), client)


@pytest.mark.parametrize(("verified", "let_in"), [(None, True), (False, False)])
@pytest.mark.usefixtures("petra")
def test_a_provider_may_be_trusted_with_what_it_leaves_out(client, provider, settings, verified, let_in):
    settings.OPENID_CONNECT = (provider.setting(trust_email=True),)
    provider.claims["email_verified"] = verified
    answer = through(client)
    assert signed_in(client) if let_in else is_refused(answer, client)


def test_from_then_on_the_subject_says_who_it_is(client, provider, petra):
    through(client)
    provider.claims |= {"email": "petra.newname@council.example", "email_verified": None}
    another = Client()
    through(another)
    assert another.session["_auth_user_id"] == str(petra.pk)


def test_another_subject_with_the_same_address_is_refused(client, provider, petra):
    through(client)
    provider.claims["sub"] = "s-2"
    another = Client()
    assert through(another).status_code == 403
    assert not signed_in(another)
    assert SocialAccount.objects.get().uid == "s-1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("subjects", "let_in"), [(["s-1"] * 6, 6), ([f"s-{n}" for n in range(6)], 1)])
def test_of_several_at_once_one_is_tied(nothing_kept, petra, subjects, let_in):
    setting, ready = (
        Provider("council", "Council", "Harrowmere Council", "https://council.example", "the-hub", "x"),
        Barrier(6),
    )

    def comes(subject):
        try:
            ready.wait()
            said = openid.Said(subject, EMAIL, two_factors=True, resistant=False, at=None)
            return single_sign_on.person_of(setting, said, on=timezone.now())
        except openid.Refused:
            return None, False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(subjects)) as pool:
        found = list(pool.map(comes, subjects))
    assert [person for person, _ in found].count(petra) == let_in
    assert [is_first for _, is_first in found].count(True) == 1
    assert SocialAccount.objects.count() == 1


def test_until_the_first_is_forgotten(client, provider, petra, capsys):
    through(client)
    provider.claims["sub"] = "s-2"
    call_command("forget_single_sign_on", EMAIL)
    assert "Petra Lindqvist is tied to no" in capsys.readouterr().out
    assert through(Client()).url == "/"
    assert SocialAccount.objects.get().uid == "s-2"


@pytest.mark.parametrize("email", ["nobody@council.example", EMAIL])
def test_who_is_not_tied_cannot_be_forgotten(petra, email):
    with pytest.raises(CommandError):
        call_command("forget_single_sign_on", email)


def test_an_id_that_is_used_for_another_issuer_knows_nobody(client, provider, petra, settings):
    through(client)
    with stand_in() as another:
        settings.OPENID_CONNECT = (another.setting(),)
        another.claims = provider.claims
        stranger = Client()
        assert through(stranger).status_code == 403
        assert not signed_in(stranger)


# What is verified

NOW = 1797000000  # later than MOMENT


@pytest.mark.parametrize(
    "lie",
    [
        {"signed_with": "another"},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"kid": "2"},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["the-hub", "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://login.council.example"}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": None}},
        {"claims": {"iat": NOW, "exp": NOW + 300}},
        {"claims": {"nbf": NOW}},
        {"claims": {"nonce": None}},
        {"claims": {"nonce": "another"}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": "s" * 192}},
        {"claims": {"sub": "s\0"}},
        {"claims": {"sub": 7}},
        {"answers": {"/token": (200, b"{}")}},
        {"answers": {"/token": (200, b'{"id_token": 7}')}},
        {"answers": {"/token": (200, b'{"id_token": "a.b.c"}')}},
        {"answers": {"/token": (400, b'{"error": "invalid_grant"}')}},
        {"answers": {"/token": (401, b"no")}},
        {"answers": {"/jwks": (200, b"{}")}},
        {"answers": {"/jwks": (200, b'{"keys": {}}')}},
        {"answers": {"/jwks": (200, b'{"keys": [{"kid": "1"}, 7]}')}},
        {"answers": {"/jwks": (200, b'{"keys": [{"kid": "1", "kty": "RSA", "n": 7, "e": "x"}]}')}},
        {"answers": {"/jwks": (200, b'{"keys": [{"kid": "1", "kty": "oct", "k": "eA"}]}')}},
        {"answers": {"/jwks": (200, b'{"keys": [{"kid": "1", "kty": "RSA", "alg": "none"}]}')}},
        {"answers": {"/jwks": (200, b'{"keys": [{"kid": "1", "kty": "RSA", "alg": ["RS256"]}]}')}},
    ],
    ids=str,
)
@pytest.mark.usefixtures("petra")
def test_a_provider_that_lies_signs_nobody_in(client, provider, lie):
    provider.claims |= lie.get("claims", {})
    provider.answers |= lie.get("answers", {})
    for name in ("signed_with", "algorithm", "kid"):
        setattr(provider, name, lie.get(name, getattr(provider, name)))
    assert is_refused(through(client), client)


@pytest.mark.usefixtures("petra")
def test_a_key_without_a_name_is_taken_if_it_is_the_only_one(client, provider):
    provider.kid = None
    assert through(client).url == "/"


@pytest.mark.usefixtures("petra")
def test_clocks_may_differ_by_a_minute(client, provider):
    provider.claims |= {"iat": int(time.time()) + 50, "exp": int(time.time()) - 50}
    assert through(client).url == "/"


def test_refusals_look_alike_and_are_logged_without_a_person(provider, petra, council, caplog):
    """Known, unknown, deactivated, unverified, badly signed, stopped by the person: one page."""

    def page(**claims):
        client, before = Client(), dict(provider.claims)
        provider.claims |= claims
        response = through(client)
        provider.claims = before
        assert not signed_in(client)
        return response.status_code, response.content, [*response.headers]

    caplog.set_level(logging.DEBUG)
    pages = [page(email="nobody@council.example"), page(email_verified=False), page(aud="another")]
    role = petra.memberships.get()
    role.until_on = date(2026, 12, 10)
    save(role, by=None, on=timezone.now())
    pages.append(page())
    petra.is_active = False
    save(petra, by=None, on=timezone.now())
    pages.append(page())
    stopped = Client()
    state = parse_qs(urlsplit(stopped.post(BUTTON).url).query)["state"][0]
    answer = stopped.get(ANSWER, {"error": "access_denied", "error_description": EMAIL, "state": state})
    pages.append((answer.status_code, answer.content, [*answer.headers]))
    assert all(each == pages[0] for each in pages)
    ours = [line.getMessage() for line in caplog.records if line.name == "partnership.single_sign_on"]
    assert ours == [
        f"Single sign-on through council was refused: {reason}"
        for reason in (
            "nobody here has this e-mail address",
            "the subject is not known and has no verified e-mail address",
            "the id_token is not good: InvalidAudienceError",
            "the person has no role at the provider's agency today",
            "the person may not sign in",
            "the provider answered with access_denied",
        )
    ]
    heard = " ".join(f"{line.getMessage()} {line.exc_text}" for line in caplog.records)
    assert "lindqvist" not in heard.lower()
    assert "nobody@" not in heard
    assert "s-1" not in heard


# Answers to nothing


def test_an_answer_counts_once_in_the_browser_that_asked_and_at_the_provider_that_was_asked(client, other, petra):
    back = comes_back(client.post(BUTTON))
    assert Client().get(back).status_code == 403, "another browser"
    assert client.get(back.replace("/council/", "/trust/")).status_code == 403, "another provider"
    assert client.get(back).url == "/"
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403, "a second time"
    assert not signed_in(client)


@pytest.mark.usefixtures("petra", "provider")
def test_an_answer_has_ten_minutes(client, clock):
    back = comes_back(client.post(BUTTON))
    clock.shift(timedelta(minutes=10, seconds=1))
    assert client.get(back).status_code == 403


HOSTILE = [
    "",
    "code=x",
    "state={state}",
    "state={state}&code=",
    "state={state}&code=x&code=y",
    "state={state}&state={state}&code=x",
    "state=wrong&code=x",
    "state=&code=x",
    "state=%00&code=x",
    "state={state}&code=%00",
    "state={state}&code=%ff%fe",
    "state={state}&code=" + "x" * 3000,
    "state={state}&code=" + "x" * 100_000,
    "state=" + "x" * 100_000,
    "state={state}&error=%00",
    "state={state}&error=" + "x" * 5000,
    "state={state}&code=x&iss=https://elsewhere.example",
    "state[]={state}&code[]=x",
    "state={state}&code=x&process=connect&next=https://elsewhere.example/",
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:50])
@pytest.mark.usefixtures("petra")
def test_a_hostile_answer_is_refused(client, provider, query):
    state = parse_qs(urlsplit(client.post(BUTTON).url).query)["state"][0]
    assert is_refused(client.get(f"{ANSWER}?{query.replace('{state}', state)}"), client)


@pytest.mark.parametrize(
    ("more", "let_in"),
    [
        ("", True),
        ("&iss=right", True),
        ("&iss=https://elsewhere.example", False),
        ("&code=x", False),
        ("&state=x", False),
    ],
)
@pytest.mark.usefixtures("petra")
def test_a_good_answer_with_something_beside_it_that_does_not_fit_is_refused(client, provider, more, let_in):
    answer = client.get(comes_back(client.post(BUTTON)) + more.replace("right", provider.address))
    assert signed_in(client) if let_in else is_refused(answer, client)


@pytest.mark.usefixtures("provider")
def test_what_an_answer_does_not_take(client):
    assert client.post(ANSWER, {"state": "x", "code": "y"}).status_code == 405
    assert client.get("/accounts/organisations/council%00/answer/").status_code == 404
    assert client.get("/accounts/organisations/nobody/answer/?state=x").status_code == 404
    assert client.post("/accounts/organisations/nobody/").status_code == 404
    assert client.post(BUTTON, {"next": "\0"}).status_code == 302
    assert client.post(BUTTON, {"next": "x" * 10_000}).status_code == 302


@pytest.mark.usefixtures("provider")
def test_pressing_and_answering_are_slowed_down(client):
    assert [client.post(BUTTON).status_code for _ in range(121)].count(429) == 1
    assert [client.get(ANSWER).status_code for _ in range(121)].count(429) == 1


# A provider that is away


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"[" * 200_000),
        (307, b"", {"Location": "/moved"}),  # to where the right answer would come from
    ],
    ids=lambda answer: f"{answer[0]} {answer[1][:10]}",
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.usefixtures("petra")
def test_a_provider_that_does_not_answer_properly_is_away(client, provider, path, answer):
    asked = client.post(BUTTON)
    back = comes_back(asked)
    if answer[0] == 307:
        answer = (307, b"", {"Location": f"/moved{path}"})
    provider.answers[path] = answer
    page = client.get(back)
    assert page.status_code == 503
    assert "Your organisation’s sign-in does not answer" in words(page)
    assert not signed_in(client)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.usefixtures("petra")
def test_one_that_hangs_is_not_waited_for(client, provider, path, monkeypatch):
    assert sum(openid.TIMEOUT) <= 10
    monkeypatch.setattr(openid, "TIMEOUT", (0.3, 0.3))
    back = comes_back(client.post(BUTTON))
    provider.hangs = path
    assert client.get(back).status_code == 503
    assert not signed_in(client)


def test_one_that_is_down_is_said_to_be_away(client, settings, db, caplog):
    with stand_in() as gone:
        settings.OPENID_CONNECT = (gone.setting(),)
    page = client.post(BUTTON)
    assert page.status_code == 503
    assert parsed(page).find("a", href=LOGIN)
    assert "Single sign-on through council: the provider is away: ConnectionError" in caplog.text


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://login.elsewhere.example"},
        {"issuer": None},
        {"authorization_endpoint": "https://login.elsewhere.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
        {"token_endpoint": "http://login.elsewhere.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
@pytest.mark.usefixtures("petra")
def test_nobody_is_led_to_a_place_that_is_not_the_organisations(client, provider, lie):
    provider.description = lie
    assert client.post(BUTTON).status_code == 503


# The second factor


@pytest.mark.parametrize(
    ("said", "two", "resistant"),
    [
        ({"amr": ["pwd"]}, False, False),
        ({"amr": None}, False, False),
        ({"amr": "mfa"}, True, False),
        ({"amr": ["mfa"]}, True, False),
        ({"amr": ["pwd", "mfa"]}, True, False),
        ({"amr": ["pwd", "otp"]}, True, False),
        ({"amr": ["pwd", "sms"]}, False, False),
        ({"amr": ["pwd", "sms", "mfa"]}, False, False),
        ({"amr": ["pwd", "tel", "mfa"]}, False, False),
        ({"amr": ["pwd", "sms", "otp", "mfa"]}, True, False),
        ({"amr": ["otp"]}, False, False),
        ({"amr": ["hwk"]}, False, False),
        ({"amr": ["hwk", "user"]}, False, False),
        ({"amr": ["hwk", "pin"]}, True, True),
        ({"amr": ["fido", "mfa"]}, True, True),
        ({"amr": ["sc", "pin"]}, True, True),
        ({"amr": ["swk", "fpt"]}, True, False),
        ({"amr": ["pop", "mfa"]}, True, False),
        ({"amr": ["pwd", "kba"]}, False, False),
        ({"amr": ["pwd", "rba", "geo", "wia"]}, False, False),
        ({"amr": [["mfa"], 7, None]}, False, False),
        ({"amr": {"mfa": 1}}, False, False),
        ({"amr": None, "acr": "c1"}, True, False),
        ({"amr": None, "acrs": ["c0", "c1"]}, True, False),
        ({"amr": None, "acr": "c9"}, False, False),
        ({"amr": None, "acr": "phr"}, True, True),
        ({"amr": ["pwd", "otp"], "acr": "phrh"}, True, True),
        ({"amr": ["pwd"], "acr": "phrh"}, False, False),
    ],
    ids=str,
)
@pytest.mark.usefixtures("petra")
def test_what_counts_as_a_second_factor(client, provider, settings, said, two, resistant):
    settings.OPENID_CONNECT = (provider.setting(acr=("c1", "phr")),)
    provider.claims |= said
    assert through(client).url == "/"
    assert signed_in(client) is two
    given = [(each["type"], each["provider"], each["strong"]) for each in records(client, "mfa")]
    assert given == ([("openid_connect", "council", resistant)] if two else [])


def test_without_one_whoever_has_a_factor_here_gives_it(client, provider, petra):
    second_factor.enrol(petra)
    provider.claims["amr"] = ["pwd"]
    assert through(client, next="/referrals/").url == CODE
    assert not signed_in(client)
    assert client.post(CODE, {"code": one_time_code(petra)}).url == "/referrals/"
    assert signed_in(client)


def test_with_one_nobody_is_asked_for_theirs(client, provider, petra):
    second_factor.enrol(petra)
    assert through(client).url == "/"
    assert signed_in(client)


def code_for(page):
    return second_factor.codes_of(parsed(page).select_one("main details code").get_text(strip=True))[0]


@pytest.mark.parametrize(("ways", "opens"), [(["pwd", "otp"], False), (["pwd", "hwk"], True)], ids=["code", "key"])
def test_who_signs_for_a_partner_gives_what_no_false_page_can_catch(client, provider, petra, council, ways, opens):
    Memberships(user=petra, agency=council, role=Role.DELEGATED_PARTNER)
    provider.claims |= {"amr": ways}
    through(client)
    assert signed_in(client) is opens
    if not opens:
        assert client.get(HOME).url == "/accounts/2fa/passkeys/add/"
        assert "Add a passkey" in text(client.get(client.get(HOME).url))


def test_without_one_whoever_has_none_sets_one_up(client, provider, petra):
    provider.claims["amr"] = None
    through(client)
    assert client.get(HOME).url == SET_UP
    assert client.post(SET_UP, {"code": code_for(client.get(SET_UP))}).url == reverse("mfa_view_recovery_codes")
    assert signed_in(client)


@pytest.mark.parametrize("at", [-6 * 60, None], ids=["old", "not said"])
def test_on_an_old_session_at_the_organisation_nobody_sets_one_up(client, provider, petra, at):
    provider.claims |= {"amr": None, "auth_time": at and int(time.time()) + at}
    through(client)
    assert client.get(SET_UP).url == f"{AGAIN}?{urlencode({'next': SET_UP})}"
    assert client.post(SET_UP, {"code": "000000"}).url.startswith(AGAIN)
    if at:
        provider.claims["auth_time"] = int(time.time())
    assert through(client, AGAIN, next=SET_UP).url == SET_UP
    assert client.get(SET_UP).status_code == 200


# A fresh one

PEOPLE = "/people/invite/"


@pytest.fixture
def maya(council):
    """Maya Underwood manages people, which needs a fresh factor; the council signs her in."""
    maya = person_with("Maya Underwood", Role.BUSINESS_MANAGER, agency=council, email=EMAIL)
    maya.set_unusable_password()
    return save(maya, by=None, on=timezone.now())


def is_let_do(client):
    return client.get(PEOPLE).status_code == 200


@pytest.mark.parametrize(
    ("ago", "fresh"), [(0, True), (4 * 60 + 59, True), (5 * 60, False), (3 * 3600, False), (-3600, False)]
)
@pytest.mark.usefixtures("maya")
def test_a_factor_is_as_fresh_as_the_provider_says(client, provider, ago, fresh):
    provider.claims["auth_time"] = int(time.time()) - ago
    through(client)
    assert signed_in(client)
    assert is_let_do(client) is fresh


@pytest.mark.parametrize("at", [None, "now", True, [1]])
@pytest.mark.usefixtures("maya")
def test_one_of_which_it_does_not_say_when_is_not_fresh(client, provider, at):
    provider.claims["auth_time"] = at
    through(client)
    assert signed_in(client)
    assert not is_let_do(client)


@pytest.mark.usefixtures("maya")
def test_it_is_given_again_at_the_organisation(client, provider, clock):
    through(client)
    clock.shift(timedelta(minutes=6))
    asked = client.get(client.get(PEOPLE).url)
    assert asked.url == f"{AGAIN}?{urlencode({'next': PEOPLE})}"
    page = client.get(asked.url)
    assert page.status_code == 200
    assert f"form-action 'self' {provider.address};" in page["Content-Security-Policy"]
    assert parsed(page).find("input", attrs={"name": "next"})["value"] == PEOPLE
    provider.claims["auth_time"] = int(time.time())
    assert through(client, AGAIN, next=PEOPLE).url == PEOPLE
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    assert is_let_do(client)


@pytest.mark.parametrize("said", [{}, {"auth_time": None}, {"amr": ["pwd"]}], ids=str)
@pytest.mark.usefixtures("maya")
def test_where_it_is_not_a_factor_is_set_up_here_instead(client, provider, clock, said):
    through(client)
    clock.shift(timedelta(minutes=6))
    provider.claims |= ({"auth_time": int(time.time())} if said else {}) | said
    page = through(client, AGAIN, next=PEOPLE)
    assert page.status_code == 200
    assert "has not confirmed that you gave two factors just now" in words(page)
    assert parsed(page).find("main").find("a", href=SET_UP)
    assert f"form-action 'self' {provider.address};" in page["Content-Security-Policy"]
    assert not is_let_do(client)
    if not said:
        assert client.get(SET_UP).url.startswith(AGAIN), "nor is one set up on an old session"
        return
    client.post(SET_UP, {"code": code_for(client.get(SET_UP))})
    assert is_let_do(client)


def test_whoever_has_a_factor_here_is_asked_for_that(client, provider, maya, clock):
    second_factor.enrol(maya)
    through(client)
    clock.shift(timedelta(minutes=6))
    where = client.get(PEOPLE).url
    assert client.get(where).status_code == 200
    assert client.post(where, {"code": one_time_code(maya)}).url == PEOPLE
    assert is_let_do(client)


def test_nor_does_the_organisation_replace_the_factor_of_whoever_has_one(client, provider, maya, clock):
    second_factor.enrol(maya)
    provider.claims["amr"] = ["pwd"]
    through(client)
    client.post(CODE, {"code": one_time_code(maya)})
    clock.shift(timedelta(minutes=6))
    provider.claims["auth_time"] = int(time.time())
    through(client, AGAIN, next=SET_UP)
    assert client.get(SET_UP).url.startswith("/accounts/2fa/reauthenticate/")
    assert not is_let_do(client)


def test_nobody_gives_it_for_somebody_else(client, provider, maya, council, clock):
    person_with("Colm Ferris", Role.BUSINESS_COORDINATOR, agency=council, email="colm@council.example")
    through(client)
    clock.shift(timedelta(minutes=6))
    provider.claims |= {"sub": "s-2", "email": "colm@council.example", "auth_time": int(time.time())}
    assert through(client, AGAIN, next=PEOPLE).status_code == 403
    assert client.session["_auth_user_id"] == str(maya.pk)
    assert not is_let_do(client)


def test_nor_in_a_session_that_ended_meanwhile(client, provider, maya, clock):
    through(client)
    back = comes_back(client.post(AGAIN))
    client.cookies.clear()
    assert client.get(back).status_code == 403
    assert not signed_in(client)


def test_a_password_asks_no_organisation(client, provider, lead):
    sign_in(client, lead)
    assert client.get(AGAIN).status_code == 404
    assert client.post(AGAIN).status_code == 404


# A session like any other


@pytest.mark.usefixtures("petra")
def test_it_ends_twelve_hours_after_coming_in_whenever_one_signed_in_at_the_organisation(client, provider, clock):
    provider.claims["auth_time"] = int(time.time()) - 11 * 3600
    through(client)
    for _ in range(24):
        clock.shift(timedelta(minutes=29))
        assert signed_in(client)
    clock.shift(timedelta(minutes=25))
    assert not signed_in(client)


@pytest.mark.usefixtures("petra", "provider")
def test_it_ends_after_half_an_hour_without_a_request(client, clock):
    through(client)
    clock.shift(timedelta(minutes=31))
    assert not signed_in(client)


def test_it_ends_with_the_next_request_of_a_deactivated_person(client, provider, petra):
    through(client)
    petra.refresh_from_db()
    petra.is_active = False
    save(petra, by=None, on=timezone.now())
    assert not signed_in(client)


@pytest.mark.usefixtures("petra", "provider")
def test_who_has_no_password_gets_one_as_who_has_forgotten_theirs(client):
    through(client)
    assert client.get("/accounts/password/change/").url == "/accounts/password/reset/"
    assert client.post("/accounts/password/change/").url == "/accounts/password/reset/"
    client.post("/accounts/password/reset/", {"email": EMAIL})
    assert Notice.objects.filter(kind="account.password_reset_key").count() == 1


def test_how_one_signs_in_names_the_organisation(client, provider, petra, lead):
    through(client)
    assert "Your organisation Harrowmere Council" in words(client.get(HOME))
    assert "Your organisation" not in words(sign_in(Client(), lead).get(HOME))


@pytest.mark.usefixtures("provider")
def test_people_are_said_to_sign_in_who_have_no_password(client, maya):
    through(client)
    assert "Signs in" in words(client.get(f"/people/{maya.pk}/"))
