"""What passes between the hub and an organisation's provider: OpenID Connect, authorization code with proof key.

Of the library (allauth.socialaccount) this uses the state, the proof key and the table that ties a person to a subject.
Not its views: for a code they check neither the signature of the id_token nor a nonce, they let the address choose
what is asked of the provider, and lead whom nobody knows to a sign-up. docs/DECISIONS.md.
"""

import json
import time
from secrets import token_urlsafe
from typing import NamedTuple
from urllib.parse import quote, urlencode

import jwt
import requests
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse

from partnership import providers

TIMEOUT = (3, 5)
"""Seconds to connect, and between two pieces of an answer."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a private key. Never one made with a secret that both sides know, never none."""
LONGEST_CODE, LONGEST_SUBJECT = 4000, 191

ERRORS = {
    *("access_denied", "consent_required", "interaction_required", "invalid_request", "invalid_scope"),
    *("login_required", "server_error", "temporarily_unavailable", "unauthorized_client"),
}
"""What a provider may call what went wrong; anything else that stands in its place is not repeated in the log."""

# Ways of signing in, by their names in `amr` (RFC 8176; "pop" and "fido" came later). One that the person has …
HAS = {"otp", "hwk", "swk", "pop", "sc", "fido"}
# … together with one that they know or are makes two factors, as "mfa" says outright.
KNOWS_OR_IS = {"pwd", "pin", "face", "fpt", "iris", "retina", "vbm"}
# A message or call to a telephone is none, nor is an "mfa" that means nothing else.
BY_TELEPHONE = {"sms", "tel"}
# Of a kind that cannot be given to a false page; `acr` says so by these (OpenID Connect EAP ACR Values).
RESISTANT, RESISTANT_ACR = {"hwk", "sc", "fido"}, {"phr", "phrh"}


class Refused(Exception):
    """Nobody is signed in by this answer. The reason is for the log: it holds nothing of a person."""


class Away(Exception):
    """The provider does not answer, or not as one."""

    def __init__(self, what, status=0):
        super().__init__(what)
        self.status = status


class Said(NamedTuple):
    """What a provider said, signed, of somebody who signed in there."""

    subject: str
    email: str
    """In small letters; "" if it is not verified."""
    two_factors: bool
    resistant: bool
    """Of the two factors one cannot be given to a false page."""
    at: float | None
    """When they signed in there; `None` if that was not said."""


def lead_to(request, provider, *, then, again=""):
    """This will send the browser to the provider, and remember in the session what the answer has to fit.

    `then` is where the person goes afterwards. `again` (the key of a person, as text) asks for somebody who is signed
    in to sign in there anew.
    """
    address = _discover(provider)["authorization_endpoint"]
    nonce, proof = token_urlsafe(), generate_code_challenge()
    kept = {"nonce": nonce, "verifier": proof["code_verifier"], "then": then, "again": again}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _callback(provider),
        "scope": "openid email",
        "state": statekit.stash_state(request, provider_id=provider.id, state=kept),
        "nonce": nonce,
        "code_challenge": proof["code_challenge"],
        "code_challenge_method": proof["code_challenge_method"],
        # Asked for, a provider has to say when the person signed in.
        "max_age": 0 if again else settings.SESSION_LONGEST,
    }
    if again:
        asked["prompt"] = "login"
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    if provider.claims:
        asked["claims"] = json.dumps(provider.claims)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}")


def kept_for(request, provider):
    """This will return what was remembered for the answer that this request brings; it is good for one answer."""
    state = statekit.unstash_state(request, provider_id=provider.id, state_id=_only(request, "state", 100))
    if state is None:
        raise Refused("the answer is to nothing that this browser asked")
    return state


def said(request, provider, kept):
    """This will return what the provider says of who signed in: fetched with the code of this request, and verified."""
    if "error" in request.GET:
        error = request.GET["error"]
        raise Refused(f"the provider answered with {error if error in ERRORS else 'an error'}")
    code = _only(request, "code", LONGEST_CODE)
    found = _discover(provider)
    if "iss" in request.GET and request.GET["iss"] != found["issuer"]:
        raise Refused("the answer names another issuer")
    token = _exchange(provider, found, code, kept["verifier"])
    claims = _verified(provider, found, token, kept["nonce"])
    return _read(provider, claims)


def _callback(provider):
    # Never from the request's Host header: the code goes there.
    return settings.PUBLIC_URL + reverse("single-sign-on-answer", args=[provider.id])


def _only(request, name, longest):
    values = request.GET.getlist(name)
    if len(values) != 1 or not 0 < len(values[0]) <= longest:
        raise Refused(f"the answer has no proper {name}")
    return values[0]


def _ask(method, address, **sent):
    """This will send one request and return the object that comes back. A redirect is no answer."""
    try:
        answer = requests.request(method, address, timeout=TIMEOUT, allow_redirects=False, **sent)
        if answer.status_code != 200:
            raise Away(f"status {answer.status_code}", status=answer.status_code)
        found = answer.json()
    except (requests.RequestException, ValueError, RecursionError) as fault:
        raise Away(type(fault).__name__) from None
    if not isinstance(found, dict):
        raise Away("no object")
    return found


def _discover(provider):
    """This will return the provider's description of itself, if it is its own and leads nowhere unsafe."""
    found = _ask("GET", provider.discovery_url)
    if str(found.get("issuer")).rstrip("/") != provider.issuer:
        raise Away("it names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str) or not providers.is_safe(found[name], public_url=settings.PUBLIC_URL):
            raise Away(f"it has no safe {name}")
    if providers.origin(found["authorization_endpoint"]) not in provider.origins:
        raise Away("its sign-in page is elsewhere: authorize_origins has to name that place")
    return found


def _exchange(provider, found, code, verifier):
    """This will return the id_token that the provider gives for the code."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback(provider),
        "code_verifier": verifier,
    }
    secret = {"client_id": provider.client_id, "client_secret": provider.secret}
    if "client_secret_post" in _texts(found.get("token_endpoint_auth_methods_supported")):
        way = {"data": sent | secret}
    else:
        way = {"data": sent, "auth": tuple(quote(each, safe="") for each in secret.values())}
    try:
        answer = _ask("POST", found["token_endpoint"], headers={"Accept": "application/json"}, **way)
    except Away as away:
        if 400 <= away.status < 500:
            raise Refused(f"the provider did not take the code or our secret: status {away.status}") from None
        raise
    if not isinstance(answer.get("id_token"), str):
        raise Refused("the answer holds no id_token")
    return answer["id_token"]


def _verified(provider, found, token, nonce):
    """This will return the claims of an id_token that this provider signed, for us, now, and for this request."""
    keys = _ask("GET", found["jwks_uri"]).get("keys")
    try:
        claims = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token)),
            algorithms=ALGORITHMS,
            issuer=found["issuer"],
            audience=provider.client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"], "enforce_minimum_key_length": True},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, NotImplementedError) as fault:  # the others: a key is none
        raise Refused(f"the id_token is not good: {type(fault).__name__}") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client_id) != provider.client_id:
        raise Refused("the id_token was made for another client")
    if claims.get("nonce") != nonce:
        raise Refused("the id_token is not for this request")
    return claims


def _key(keys, header):
    """This will return the one key of the provider's set that a token names (or does not name, if there is but one)."""
    kid = header.get("kid")
    usable = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    fit = [key for key in usable if key.get("use", "sig") == "sig" and kid in (None, key.get("kid"))]
    if len(fit) != 1:
        raise Refused("the id_token is signed with a key that the provider does not name")
    return jwt.PyJWK(fit[0], algorithm=fit[0].get("alg") or header.get("alg"))


def _read(provider, claims):
    """This will return what the claims say, each only if it is of the kind it should be."""
    subject, at = claims["sub"], claims.get("auth_time")
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise Refused("the id_token names nobody")
    is_moment = isinstance(at, int | float) and 0 < at <= time.time() + LEEWAY
    two_factors, resistant = _factors(provider, claims)
    return Said(subject, _email(provider, claims), two_factors, resistant, float(at) if is_moment else None)


def _email(provider, claims):
    email, verified = claims.get("email"), claims.get("email_verified")
    # A provider that leaves the claim out may be trusted with it; one that says "no" is believed.
    is_verified = verified is True or verified == "true" or (verified is None and provider.trust_email)
    # Beyond ASCII, small letters may make one address of another.
    is_text = isinstance(email, str) and email.isascii() and email.isprintable()
    return email.strip().lower() if is_verified and is_text else ""


def _factors(provider, claims):
    """This will say whether two factors were given, and whether one of them cannot be given to a false page."""
    ways = _texts(claims.get("amr"))
    classes = _texts(claims.get("acr")) | _texts(claims.get("acrs"))  # Microsoft Entra's name for it
    by_ways = bool(ways & HAS and ways & KNOWS_OR_IS) or ("mfa" in ways and not ways & BY_TELEPHONE)
    two = by_ways or bool(classes & set(provider.acr))
    return two, two and bool(ways & RESISTANT or classes & RESISTANT_ACR)


def _texts(value):
    values = value if isinstance(value, list) else [value]
    return {each for each in values if isinstance(each, str)}
