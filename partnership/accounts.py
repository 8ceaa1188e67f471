"""Signing in: what the library (django-allauth) asks us, and the second factor that everybody has."""

import base64
import hashlib
import logging
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
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
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.module_loading import import_string
from ua_parser import parse

from partnership.models import Appointment, Partnership, User
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

TELL = {
    # what the library announces → what we say on the next page; everything else it would say is left unsaid
    "account/messages/logged_out.txt": "You have signed out.",
    "account/messages/password_changed.txt": "Your password has been changed.",
    "mfa/messages/totp_activated.txt": "Your authenticator app is set up.",
    "mfa/messages/webauthn_added.txt": "Your passkey is added.",
    "mfa/messages/webauthn_removed.txt": "Your passkey is removed.",
}


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to the library: nobody signs up, nothing tells who has an account, mail goes through the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not correct",
        "enter_current_password": "The current password is not correct",
        "incorrect_password": "The password is not correct",
        "too_many_login_attempts": "There were too many attempts. Try again in 5 minutes.",
        "rate_limited": "There were too many attempts. Try again in 5 minutes.",
    }

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        # The library sends a deactivated person to a page of their own: that would tell a guesser that the password
        # was right.
        return user if user and user.is_active else None

    def reauthenticate(self, user, password):
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def respond_user_inactive(self, request, user):
        return redirect("account_login")

    def is_reauthentication_required(self, *, app, **kwargs):
        request = context.request
        # Whose organisation signs them in may set up a factor here on having signed in there just now.
        is_first = not has_second_factor(request.user) and given_lately(request, {"socialaccount"})
        if is_first or has_fresh_factor(request):
            return False
        if organisation_of(request):
            raise ReauthenticationRequired  # the library takes who has no password here for proven
        return True

    def get_reauthentication_methods(self, user):
        """This will ask for the second factor of whoever has one: the password alone is no proof for them.

        Who has none, and was signed in by their organisation, is asked to sign in there again.
        """
        if has_second_factor(user):
            return [{"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")}]
        if organisation_of(context.request):
            return [{"id": "single_sign_on", "description": "", "url": reverse("single-sign-on-again")}]
        return super().get_reauthentication_methods(user)

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    def get_reset_password_from_key_url(self, key):
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        # Never from the request's Host header: the link goes to an inbox.
        return settings.PUBLIC_URL.rstrip("/") + path

    def _get_login_attempts_cache_key(self, request, **credentials):
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        if message_template in TELL:
            messages.success(request, TELL[message_template])

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        super().send_notification_mail(template_prefix, user, (context or {}) | {"user": user}, email=user.email)

    def send_mail(self, template_prefix, email, context):
        """This will queue the message in the outbox: a page neither waits for the mail server nor fails with it."""
        around = {"public_url": settings.PUBLIC_URL.rstrip("/"), "partnership": Partnership.load()}
        message = self.render_mail(template_prefix, email, context | around)
        kind = template_prefix.rsplit("/", 1)[-1]
        digest = hashlib.sha256(f"{email} {message.body}".encode()).hexdigest()[:32]
        with transaction.atomic():
            import_string(settings.ACCOUNT_MAIL_QUEUE)(
                kind=f"account.{kind}",
                to=context.get("user") or email,
                subject=message.subject,
                body=message.body,
                dedupe_key=f"account.{kind}:{digest}",
                on=timezone.now(),
            )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps authenticator apps' secrets encrypted, draws the picture they read, says whose passkeys we ask for."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "The code is not correct. Enter the code that your app shows now.",
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


INVITATION = "partnership.invitation"


def invitation_key(user):
    """This will return what the link of an invitation carries: signed, and worth nothing once a password is chosen."""
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=INVITATION, compress=False)


def invited(key):
    """This will return who was invited with this key, or `None`: not ours, too old, used, or no longer let in."""
    try:
        pk, before = signing.loads(key, salt=INVITATION, max_age=settings.INVITATION_TIMEOUT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    is_still = user is not None and not user.has_usable_password() and user.get_session_auth_hash() == before
    return user if is_still else None


def send_invitation(user):
    """This will queue the e-mail by which a person without a password chooses one, in the caller's transaction."""
    url = settings.PUBLIC_URL.rstrip("/") + reverse("accept-invitation", args=[invitation_key(user)])
    AccountAdapter().send_mail("account/email/invitation", user.email, {"user": user, "invitation_url": url})


@transaction.atomic
def accept_invitation(key, password):
    """This will set the password of who was invited, once: of several presses the first counts. Says whether it did."""
    user = invited(key)
    if user is None:
        return False
    User.objects.select_for_update().get(pk=user.pk)
    user = invited(key)  # read again behind the lock: another press may have been first
    if user is None:
        return False
    user.set_password(password)
    user.save()
    return True


class OpenSession(NamedTuple):
    """One place where a person is signed in: on which device, since when, and when it was last used."""

    pk: int
    device: str
    signed_in_at: datetime
    last_used_at: datetime
    is_this: bool


def open_sessions(request):
    """This will list where the signed-in person is signed in, the newest first; what has expired is left out."""
    known = UserSession.objects.filter(user=request.user).order_by("-created_at", "-pk")
    alive = {
        each.session_key: each
        for each in Session.objects.filter(expire_date__gt=timezone.now(), pk__in=known.values("session_key"))
    }
    # A password that was changed ends the other sessions with their next request: they are over already.
    still = request.user.get_session_auth_hash()
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return [
        OpenSession(
            row.pk,
            device_in_words(row.user_agent),
            row.created_at,
            alive[row.session_key].expire_date - idle,
            row.session_key == request.session.session_key,
        )
        for row in known
        if row.session_key in alive and alive[row.session_key].get_decoded().get(HASH_SESSION_KEY) == still
    ]


def end_sessions(request, *, only=None):
    """This will sign the person out in one place (`only`: its number, as text), or everywhere but here.

    Returns in how many places that was. A number that is none of theirs ends nothing.
    """
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    ended = [session for session in others if only in (None, str(session.pk))]
    for session in ended:
        session.end()
    return len(ended)


def device_in_words(user_agent):
    """This will say which browser on which system a request came from: "Edge on Windows"."""
    found = parse(user_agent)
    names = [each.family for each in (found.user_agent, found.os) if each and each.family != "Other"]
    return " on ".join(names) or "An unknown browser"


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


def is_session_over(request):
    """This will say whether the sign-in of this session lies longer back than a session may last."""
    signed_in = min((record["at"] for record in get_authentication_records(request, request.user)), default=0)
    return time.time() - signed_in > settings.SESSION_LONGEST


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
