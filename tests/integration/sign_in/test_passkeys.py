"""Passkeys: added, used, asked for again, removed, and required of who signs for a partner."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as configured
from django.utils import timezone

from notifications.models import Notice
from partnership import second_factor
from partnership.models import Agency, Appointment, Membership
from partnership.roles import Role
from tests.integration.sign_in.test_signing_in import CODE, HOME, give_password, signed_in, text
from tests.passkey import SoftPasskey
from tests.sign_in import one_time_code, sign_in
from trail.models import save

ADD, AGAIN, CODES = "/accounts/2fa/passkeys/add/", "/accounts/2fa/reauthenticate/", "/accounts/2fa/recovery-codes/"
NO_PASSKEY = "No passkey of yours was used."


def options(response):
    """What a page asks the browser's passkeys."""
    return json.loads(BeautifulSoup(response.content, "html.parser").find(attrs={"data-passkey": True})["data-options"])


def passkey():
    return SoftPasskey(configured.PUBLIC_URL)


def add(client, made=None, name="Work laptop"):
    made = made or passkey()
    response = client.post(ADD, {"name": name, "credential": made.create(options(client.get(ADD)))})
    assert response.status_code == 302, text(response)
    return made


def stands_as(person, role):
    agency = Agency(
        name=f"Agency of {person}", kind="police", escalation_name="Ada Moor", escalation_email="ada@police.example"
    )
    save(agency, by=None, on=timezone.now())
    row = Membership(user=person, agency=agency, role=role, from_on=timezone.localdate())
    return save(row, by=None, on=timezone.now())


@pytest.mark.django_db(transaction=True)  # what is said and sent waits for the commit
def test_a_newcomer_adds_a_passkey_instead_of_an_app(client, newcomer):
    give_password(client, newcomer)
    assert "Use a passkey instead" in text(client.get(client.get(HOME).url))
    made = passkey()
    response = client.post(ADD, {"name": "Work laptop", "credential": made.create(options(client.get(ADD)))})
    assert response.url == CODES
    assert Notice.objects.get().subject == "A passkey was added"
    assert "Your passkey is added." in text(client.get(CODES))
    assert signed_in(client)
    assert "Work laptop" in text(client.get(HOME))
    client.post("/accounts/logout/")
    give_password(client, newcomer)
    assert not signed_in(client)
    assert client.post(CODE, {"credential": made.get(options(client.get(CODE)))}).url == "/"
    assert signed_in(client)


def test_a_passkey_without_a_name_is_called_passkey(client, newcomer):
    give_password(client, newcomer)
    add(client, name="")
    assert [each.wrap().name for each in second_factor.passkeys(newcomer)] == ["Passkey"]


def test_who_has_an_app_may_add_a_passkey_and_use_either(client, lead):
    sign_in(client, lead)
    made = add(client)
    for answer in (lambda: {"credential": made.get(options(client.get(CODE)))}, lambda: {"code": one_time_code(lead)}):
        client.post("/accounts/logout/")
        give_password(client, lead)
        client.post(CODE, answer())
        assert signed_in(client)
    assert lead.authenticator_set.filter(type="recovery_codes").count() == 1


def test_an_answer_counts_once_for_its_own_question(client, lead):
    sign_in(client, lead)
    made = add(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    old = made.get(options(client.get(CODE)))
    client.get(CODE)
    assert NO_PASSKEY in text(client.post(CODE, {"credential": old}))
    assert not signed_in(client)
    good = made.get(options(client.get(CODE)))
    client.post(CODE, {"credential": good})
    assert signed_in(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.get(CODE)
    client.post(CODE, {"credential": good})
    assert not signed_in(client)


def test_somebody_elses_passkey_and_a_copied_site_open_nothing(client, lead, newcomer):
    give_password(client, newcomer)
    other = add(client)
    client.post("/accounts/logout/")
    sign_in(client, lead)
    mine = add(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    asked = options(client.get(CODE))["publicKey"]
    client.post(CODE, {"credential": other.sign(asked["challenge"], asked["rpId"])})
    assert not signed_in(client)
    mine.origin = "https://hub.partnership.example.attacker.example"
    client.post(CODE, {"credential": mine.get(options(client.get(CODE)))})
    assert not signed_in(client)
    forged = passkey()
    forged.id = mine.id
    mine.origin = configured.PUBLIC_URL
    forged_answer = forged.get(options(client.get(CODE)))
    client.post(CODE, {"credential": forged_answer})
    assert not signed_in(client)


HOSTILE = [
    "",
    "null",
    "[]",
    "{}",
    "7",
    "[" * 100_000,
    "{" * 40_000,
    "\0",
    "not json",
    '{"response": 7}',
    '{"response": {}, "id": 1, "rawId": [], "type": {}}',
    '{"type": "public-key", "id": "AAAA", "rawId": "AAAA", "response": {"clientDataJSON": "AAAA"}}',
    '{"type": "public-key", "id": "AAAA", "rawId": "AAAA", "response": {"clientDataJSON": "e30", '
    '"attestationObject": "oA", "authenticatorData": "AAAA", "signature": "AAAA"}, "clientExtensionResults": []}',
    '"' + "x" * 60_000 + '"',
]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer[:20].replace("\0", "NUL") or "empty")
def test_whatever_arrives_instead_of_a_passkey_is_refused_with_a_word(client, lead, answer):
    sign_in(client, lead)
    response = client.get(ADD)
    refused = client.post(ADD, {"name": "Laptop", "credential": answer})
    assert refused.status_code == 200
    assert NO_PASSKEY in text(refused) or "\0" in answer
    assert options(refused) != options(response)
    add(client)
    client.get(AGAIN)
    assert client.post(AGAIN, {"credential": answer}).status_code == 200
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.get(CODE)
    assert client.post(CODE, {"credential": answer}).status_code == 200
    assert not signed_in(client)


def test_a_fresh_factor_by_passkey(client, lead, clock):
    sign_in(client, lead)
    made = add(client)
    clock.shift(timedelta(minutes=6))
    response = client.get(ADD)
    assert response.status_code == 302
    assert client.post(response.url, {"credential": made.get(options(client.get(response.url)))}).url == ADD
    assert client.get(ADD).status_code == 200


def test_guessing_with_passkeys_is_slowed_down_like_codes(client, lead):
    sign_in(client, lead)
    made = add(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    forged = passkey()
    forged.id = made.id
    said = [text(client.post(CODE, {"credential": forged.get(options(client.get(CODE)))})) for _ in range(6)]
    assert [("There were too many attempts" in page) for page in said] == [False] * 5 + [True]
    assert not signed_in(client)


# --- who has to use one ---


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DELEGATED_PARTNER])
def test_who_signs_or_administers_adds_a_passkey_before_anything_else(client, lead, role):
    stands_as(lead, role)
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert client.get(HOME).url == ADD
    assert client.post(CODES).url == ADD
    made = add(client)
    assert signed_in(client)
    page = text(client.get(HOME))
    assert "Remove" not in page
    client.post("/accounts/logout/")

    give_password(client, lead)
    assert "One of the codes that you kept" in text(client.get(CODE))
    assert "authenticator app shows now" not in text(client.get(CODE)), "an app's code would be refused"
    client.post(CODE, {"code": one_time_code(lead)})
    assert not signed_in(client)
    client.post(CODE, {"credential": made.get(options(client.get(CODE)))})
    assert signed_in(client)


def test_a_newcomer_who_will_sign_is_led_to_the_passkey_at_once(client, newcomer):
    stands_as(newcomer, Role.DELEGATED_PARTNER)
    give_password(client, newcomer)
    assert client.get(HOME).url == ADD
    assert "authenticator app instead" not in text(client.get(ADD))


def test_a_deputy_without_the_role_has_to_as_well(client, lead):
    row = Appointment(
        kind="deputy", user=lead, for_user=lead, partner="icb", from_on=timezone.localdate(), authority="The board"
    )
    save(row, by=None, on=timezone.now())
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert client.get(HOME).url == ADD


def test_an_open_session_meets_the_rule_with_its_next_request(client, lead):
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert signed_in(client)
    stands_as(lead, Role.DELEGATED_PARTNER)
    assert client.get(HOME).url == ADD


def test_a_stolen_app_neither_opens_nor_adds_anything_for_who_has_to_use_a_passkey(client, lead, clock):
    stands_as(lead, Role.DELEGATED_PARTNER)
    sign_in(client, lead)
    add(client)
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert not signed_in(client)
    # A session of before, with the app's code in it, is asked for the passkey and can add none.
    sign_in(client, lead)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["type"] = "totp"
    session.save()
    assert client.get(HOME).url.startswith(AGAIN)
    assert client.get(ADD).url.startswith(AGAIN)
    client.post(AGAIN, {"code": one_time_code(lead)})
    assert client.get(ADD).url.startswith(AGAIN)


def test_with_the_passkey_lost_a_recovery_code_opens(client, lead):
    stands_as(lead, Role.DELEGATED_PARTNER)
    sign_in(client, lead)
    add(client)
    code = lead.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    client.post("/accounts/logout/")
    give_password(client, lead)
    client.post(CODE, {"code": code})
    assert signed_in(client)


def test_in_the_demo_nobody_has_to(client, lead, settings):
    settings.SHOW_ONE_TIME_CODES = True
    stands_as(lead, Role.DELEGATED_PARTNER)
    give_password(client, lead)
    client.post(CODE, {"code": one_time_code(lead)})
    assert signed_in(client)


# --- removing ---


def remove(client, row):
    return client.post(f"/accounts/2fa/passkeys/{row.pk}/remove/")


def test_a_passkey_goes_while_something_is_left(client, lead):
    sign_in(client, lead)
    add(client)
    row = second_factor.passkeys(lead).get()
    assert "Remove" in text(client.get(HOME))
    assert "Remove a passkey" in text(client.get(f"/accounts/2fa/passkeys/{row.pk}/remove/"))
    assert remove(client, row).url == "/accounts/2fa/"
    assert not second_factor.passkeys(lead)


def test_the_last_factor_stays(client, newcomer):
    give_password(client, newcomer)
    add(client)
    row = second_factor.passkeys(newcomer).get()
    response = remove(client, row)
    assert response.status_code == 422
    assert "This passkey stays" in text(response)
    add(client)
    assert remove(client, row).status_code == 302
    assert second_factor.passkeys(newcomer).count() == 1


def test_the_last_passkey_of_who_has_to_use_one_stays(client, lead):
    stands_as(lead, Role.DELEGATED_PARTNER)
    sign_in(client, lead)
    add(client)
    assert remove(client, second_factor.passkeys(lead).get()).status_code == 422


def test_nobody_removes_anothers_passkey(client, lead, newcomer):
    give_password(client, newcomer)
    add(client)
    client.post("/accounts/logout/")
    sign_in(client, lead)
    assert remove(client, second_factor.passkeys(newcomer).get()).status_code == 404
    assert second_factor.passkeys(newcomer).count() == 1
    assert remove(client, lead.authenticator_set.get(type="totp")).status_code == 404


def test_a_new_app_leaves_the_passkeys(client, lead):
    sign_in(client, lead)
    add(client)
    second_factor.enrol(lead)
    assert second_factor.passkeys(lead).count() == 1


def test_removing_asks_for_a_fresh_factor(client, lead, clock):
    sign_in(client, lead)
    add(client)
    clock.shift(timedelta(minutes=6))
    assert remove(client, second_factor.passkeys(lead).get()).url.startswith(AGAIN)
    assert second_factor.passkeys(lead).count() == 1
