"""The environment variable that names the organisations which sign their own people in."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from partnership import providers

COUNCIL = {
    "id": "council",
    "name": "Harrowmere Council",
    "agency": "Harrowmere Council",
    "server_url": "https://login.council.example/tenant/v2.0",
    "client_id": "the-hub",
    "secret": "hush hush",
}


def read(*entries):
    return providers.read(json.dumps(entries))


@pytest.mark.parametrize("text", ["", "  \n", "[]"])
def test_without_it_there_are_none(text):
    assert providers.read(text) == ()


def test_an_entry_is_a_provider():
    (council,) = read(
        COUNCIL | {"trust_email": True, "acr": ["c1"], "authorize_origins": ["https://adfs.council.example"]}
    )
    assert (council.name, council.trust_email, council.acr) == ("Harrowmere Council", True, ("c1",))
    assert council.origins == ("https://login.council.example", "https://adfs.council.example")


@pytest.mark.parametrize("end", ["", "/", "/.well-known/openid-configuration"])
def test_the_server_may_be_named_by_its_issuer_or_its_description(end):
    (council,) = read(COUNCIL | {"server_url": f"https://login.council.example/t{end}"})
    assert council.issuer == "https://login.council.example/t"
    assert council.discovery_url == "https://login.council.example/t/.well-known/openid-configuration"


def test_the_secret_is_not_shown():
    assert "hush" not in repr(read(COUNCIL))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is not JSON"),
        ('{"id": "council"}', "it has to be a list of objects"),
        ('["council"]', "it has to be a list of objects"),
        *((json.dumps([COUNCIL | {name: ""}]), f"entry 1 has no {name}") for name in providers.NEEDED),
        (json.dumps([COUNCIL | {"secret": 7}]), "entry 1 has no secret"),
        (json.dumps([COUNCIL, COUNCIL]), "two entries have the same id"),
        (json.dumps([COUNCIL | {"hush hush": 1}]), "entry 1 has a setting that is not known: hush hush"),
        (json.dumps([COUNCIL | {"trust_email": "yes"}]), "trust_email of entry 1 has to be true or false"),
        (json.dumps([COUNCIL | {"acr": "c1"}]), "acr of entry 1 has to be a list of texts"),
        (json.dumps([COUNCIL | {"acr": [1]}]), "acr of entry 1 has to be a list of texts"),
        (json.dumps([COUNCIL | {"claims": []}]), "claims of entry 1 has to be an object"),
        (json.dumps([COUNCIL | {"id": "The Council"}]), "the id of entry 1 has to be of small letters"),
        (json.dumps([COUNCIL | {"server_url": "login.council.example"}]), "the server_url of entry 1 is no address"),
        (json.dumps([COUNCIL | {"server_url": "https://a:b@c.example"}]), "the server_url of entry 1 is no address"),
        (json.dumps([COUNCIL | {"server_url": "https://c.example/?a"}]), "the server_url of entry 1 is no address"),
        (json.dumps([COUNCIL | {"authorize_origins": ["https://c.example; x"]}]), "authorize_origins of entry 1"),
        (json.dumps([COUNCIL | {"authorize_origins": ["https://c.example/"]}]), "authorize_origins of entry 1"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_without_the_secret(text, said):
    with pytest.raises(ImproperlyConfigured) as fault:
        providers.read(text)
    assert str(fault.value).startswith(f"OPENID_CONNECT cannot be used: {said}")
    assert COUNCIL["secret"] not in str(fault.value).replace("not known: hush hush", "")


@pytest.mark.parametrize(
    ("address", "public_url", "safe"),
    [
        ("https://login.council.example/a", "https://hub.partnership.example", True),
        ("http://login.council.example/a", "https://hub.partnership.example", False),
        ("http://login.council.example/a", "http://localhost:8000", False),
        ("http://127.0.0.1:9000/a", "http://localhost:8000", True),
        ("http://127.0.0.1:9000/a", "https://hub.partnership.example", False),
        ("https://", "https://hub.partnership.example", False),
        ("https://[", "https://hub.partnership.example", False),
        ("javascript:alert(1)", "https://hub.partnership.example", False),
    ],
)
def test_what_is_sent_is_safe_on_its_way(address, public_url, safe):
    assert providers.is_safe(address, public_url=public_url) is safe
