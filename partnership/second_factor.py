"""The second factor: an authenticator app or a passkey, whose has to be which, and how fresh it is."""

import base64
import logging
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import qrcode
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html

from partnership.models import Appointment
from partnership.roles import Role

log = logging.getLogger(__name__)

APP, PASSKEY, RECOVERY_CODES = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)
PASSKEY_ROLES = {Role.ADMINISTRATOR, Role.DELEGATED_PARTNER}
NO_PASSKEY = (
    "No passkey of yours was used. Try again, in a browser with JavaScript and at the device that holds your passkey."
)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps authenticator apps' secrets encrypted, draws the picture they read, says whose passkeys we ask for."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "The code is not correct. Enter one that your app shows now, or an unused recovery code.",
    }

    def get_public_key_credential_rp_entity(self):
        # Never the request's Host header: a passkey belongs to the address at which people reach the hub.
        return {"id": urlsplit(settings.PUBLIC_URL).hostname, "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user, type):
        return "Passkey"

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Restored without its SECRET_KEY: no code may match (an empty secret would have predictable ones).
            log.error("A second factor was encrypted with another SECRET_KEY: its owner must set up a new one")
            return generate_totp_secret()

    def build_totp_svg(self, url):
        """This will draw the code as one path, inside the page: the content policy allows no other source of it."""
        code = qrcode.QRCode(border=4)
        code.add_data(url)
        modules = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, is_dark in enumerate(row) if is_dark)
        size, shown = len(modules), 5 * len(modules)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{1}" height="{1}" role="img" '
            'aria-label="QR code for your authenticator app" shape-rendering="crispEdges">'
            '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>',
            size,
            shown,
            path,
        )


def _cipher():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [salted_hmac("partnership.accounts", "second factor", secret=key, algorithm="sha256") for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each.digest())) for each in derived])


@transaction.atomic
def enrol(user, *, secret=None):
    """This will give a person an authenticator app with this secret (base32), in place of the one they had.

    Recovery codes come with it; passkeys stay. Returns the secret; without one given it makes its own.
    """
    secret = secret or generate_totp_secret()
    forget_app(user)
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def forget_app(user):
    """This will take a person's authenticator app away, with the recovery codes that came with it."""
    Authenticator.objects.filter(user=user, type__in=[APP, RECOVERY_CODES]).delete()


def must_use_passkey(user):
    """This will say whether this person's second factor has to be a passkey: who administers or signs for a partner.

    What they may do is worth the most to somebody who copies our pages to catch codes; a passkey answers to the true
    address alone. In the demo nobody has to: it is tried on machines without one.
    """
    if settings.SHOW_ONE_TIME_CODES:
        return False
    day = timezone.localdate()
    if any(role in PASSKEY_ROLES for role, _ in user.standing(day)):
        return True
    kinds = (Appointment.Kind.DELEGATION, Appointment.Kind.DEPUTY)
    return Appointment.objects.in_force(day).filter(user=user, kind__in=kinds).exists()


def factors(user):
    """This will return the kinds of second factor that count for a person: those that are set up.

    Once somebody who must use a passkey has one, an app's code counts no more for them.
    """
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return kinds - {APP} if PASSKEY in kinds and must_use_passkey(user) else kinds


def has_second_factor(user):
    """This will say whether the person has set up an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=[APP, PASSKEY]).exists()


def passkeys(user):
    """This will list a person's passkeys, the oldest first."""
    return Authenticator.objects.filter(user=user, type=PASSKEY).order_by("created_at", "pk")


def may_remove_passkey(user):
    """This will say whether one of the person's passkeys can go: something that counts has to be left."""
    left = passkeys(user).count() - 1
    return left > 0 or (left == 0 and APP in factors(user) and not must_use_passkey(user))


def needs_passkey(request):
    """This will say whether the signed-in person has to add a passkey before anything else."""
    if any(_is_strong(record) for record in _second_factors(request)):
        return False
    return must_use_passkey(request.user) and PASSKEY not in factors(request.user)


@contextmanager
def reading_a_passkey():
    """This will turn whatever goes wrong while a passkey's answer is read into one message for the person."""
    try:
        yield
    except ValidationError as refused:
        if refused.code == "incorrect_code":
            raise ValidationError(NO_PASSKEY) from refused
        raise
    except Exception as fault:
        log.warning("A passkey's answer could not be read: %s", type(fault).__name__)
        raise ValidationError(NO_PASSKEY) from fault


def _second_factors(request):
    return [record for record in get_authentication_records(request, request.user) if record["method"] == "mfa"]


def _is_strong(record):
    """A passkey of ours, or one that an organisation's own sign-in vouches for."""
    return record.get("type") == PASSKEY or record.get("strong", False)


def _counts(request, given):
    if not given or any(_is_strong(record) for record in given):
        return bool(given)
    if not must_use_passkey(request.user):
        return True
    return any(record.get("type") in factors(request.user) for record in given)


def passed_second_factor(request):
    """This will say whether a second factor that counts was given in this session, by this person."""
    return _counts(request, _second_factors(request))


def has_fresh_factor(request):
    """This will say whether a factor was given in the last five minutes: for what needs more than an open session.

    The second factor, for everybody who has one, here or at their organisation; the first for who is setting it up.
    """
    if _counts(request, [record for record in _second_factors(request) if _is_fresh(record)]):
        return True
    has_one = has_second_factor(request.user) or passed_second_factor(request)
    return not has_one and given_lately(request, {"password", "socialaccount"})


def given_lately(request, methods):
    """This will say whether one of these was given in the last five minutes, by this person, in this session."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] in methods and _is_fresh(record) for record in records)


def _is_fresh(record):
    # What was given at an organisation was given when its provider says: an old session there is nothing fresh.
    return record.get("given_at", record["at"]) > time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def organisation_of(request):
    """This will return the provider that signed in the person of this session, or None: they gave a password."""
    records = get_authentication_records(request, request.user)
    named = {record["provider"] for record in records if record["method"] == "socialaccount"}
    return next((provider for provider in settings.OPENID_CONNECT if provider.id in named), None)


def use_up(user, code):
    """This will say whether a one-time code is used for the first time, and remember it for as long as it is accepted.

    The library remembers for one period of 30 seconds; with a tolerance of one period a code is accepted for three.
    """
    return cache.add(_used(user, code), True, timeout=150)


def _used(user, code):
    return f"one-time-code:{user.pk}:{normalize_user_code(code)}"


def codes_of(secret):
    """This will return the codes that are accepted now for a secret, the present one first."""
    before, present, after = yield_hotp_counters_from_time()
    return [format_hotp_value(hotp_value(secret, counter)) for counter in (present, after, before)]


def one_time_code(user):
    """This will return a code that the person's app would show and that is still unused ("" if they have used all)."""
    authenticator = Authenticator.objects.filter(user=user, type=APP).first()
    if authenticator is None:
        return ""
    secret = SecondFactorAdapter().decrypt(authenticator.data["secret"])
    return next((code for code in codes_of(secret) if _used(user, code) not in cache), "")
