"""The organisations that sign their own people in (OpenID Connect), as the environment names them.

Plain Python: config/settings.py reads it before there are any models. What each setting means: docs/single-sign-on.md.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

WELL_KNOWN = "/.well-known/openid-configuration"
PORTS = {"https": 443, "http": 80}
THIS_MACHINE = ("localhost", "127.0.0.1")

NEEDED = ("id", "name", "agency", "server_url", "client_id", "secret")
OPTIONAL = {"trust_email": bool, "acr": list, "claims": dict, "authorize_origins": list}
KINDS = {bool: "true or false", list: "a list of texts", dict: "an object"}


@dataclass(frozen=True)
class Provider:
    """One organisation's provider: who runs it, whom it may sign in, and what it is believed."""

    id: str
    name: str
    agency: str
    """The name of the agency at which a person has to have a role on the day."""
    server_url: str
    client_id: str
    secret: str = field(repr=False)
    trust_email: bool = False
    acr: tuple = ()
    claims: dict = field(default_factory=dict)
    authorize_origins: tuple = ()

    @property
    def issuer(self):
        return self.server_url.removesuffix(WELL_KNOWN).rstrip("/")

    @property
    def discovery_url(self):
        return self.issuer + WELL_KNOWN

    @property
    def origins(self):
        """Where its sign-in page may be: the pages that lead there have to allow it (config.middleware)."""
        return (origin(self.server_url), *self.authorize_origins)

    def addresses(self):
        return (self.server_url, *self.authorize_origins)


def read(text):
    """This will return the providers that the text (JSON) names, or say in one sentence what is wrong with it."""
    if not text.strip():
        return ()
    try:
        entries = json.loads(text)
    except ValueError:
        raise _wrong("it is not JSON") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong("it has to be a list of objects")
    found = tuple(_provider(f"entry {number}", entry) for number, entry in enumerate(entries, start=1))
    if len({each.id for each in found}) < len(found):
        raise _wrong("two entries have the same id")
    return found


def _provider(which, entry):
    """This will make a provider of one entry. No value is repeated in what it says: one of them is a secret."""
    if odd := sorted(entry.keys() - {*NEEDED, *OPTIONAL}):
        raise _wrong(f"{which} has a setting that is not known: {odd[0]}")
    for name in NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise _wrong(f"{which} has no {name}")
    for name, kind in OPTIONAL.items():
        value = entry.get(name, kind())
        if not isinstance(value, kind) or (kind is list and not all(isinstance(each, str) for each in value)):
            raise _wrong(f"{name} of {which} has to be {KINDS[kind]}")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", entry["id"]):
        raise _wrong(f"the id of {which} has to be of small letters, digits and hyphens")
    if not origin(entry["server_url"]) or set("?# ") & set(entry["server_url"]):
        raise _wrong(f"the server_url of {which} is no address")
    if any(origin(each) != each for each in entry.get("authorize_origins", [])):
        raise _wrong(f"authorize_origins of {which} have to be like https://login.council.example")
    return Provider(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})


def _wrong(what):
    return ImproperlyConfigured(f"OPENID_CONNECT cannot be used: {what}. See docs/single-sign-on.md.")


def origin(address):
    """This will return scheme, host and port of an address as a content policy writes them, "" if it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in PORTS or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9.-]+", parts.hostname or ""):
        return ""
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port and port != PORTS[parts.scheme] else ''}"


def is_safe(address, *, public_url):
    """This will say whether what is sent there is safe on its way: https, or a trial within this very machine."""
    where = origin(address)
    if where.startswith("https://"):
        return True
    return bool(where) and urlsplit(where).hostname in THIS_MACHINE and urlsplit(public_url).hostname == "localhost"
