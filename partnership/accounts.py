"""Signing in: what the library (django-allauth) asks us, invitations, and where somebody is signed in."""

import hashlib
import logging
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from ua_parser import parse

from partnership import limits, second_factor
from partnership.models import Partnership, User

log = logging.getLogger(__name__)

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
        attempt = limits.attempt("wrong_password", credentials.get("email", "").lower())
        user = super().authenticate(request, **credentials)
        if user and user.is_active:
            attempt.rollback()
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
        came_lately = second_factor.given_lately(request, {"socialaccount"})
        if second_factor.has_fresh_factor(request) or (
            came_lately and not second_factor.has_second_factor(request.user)
        ):
            return False
        if second_factor.organisation_of(request):
            raise ReauthenticationRequired  # the library takes who has no password here for proven
        return True

    def get_reauthentication_methods(self, user):
        """This will ask for the second factor of whoever has one: the password alone is no proof for them.

        Who has none, and was signed in by their organisation, is asked to sign in there again.
        """
        if second_factor.has_second_factor(user):
            return [{"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")}]
        if second_factor.organisation_of(context.request):
            return [{"id": "single_sign_on", "description": "", "url": reverse("single-sign-on-again")}]
        return super().get_reauthentication_methods(user)

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")

    def is_safe_url(self, url):
        try:
            return super().is_safe_url(url)
        except ValueError:  # no address at all, such as "//[::1"
            return False

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


def end_all_sessions(user):
    """This will sign a person out wherever they are signed in; a cookie from then is worth nothing ever after."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def device_in_words(user_agent):
    """This will say which browser on which system a request came from: "Edge on Windows"."""
    found = parse(user_agent)
    names = [each.family for each in (found.user_agent, found.os) if each and each.family != "Other"]
    return " on ".join(names) or "An unknown browser"


def is_session_over(request):
    """This will say whether the sign-in of this session lies longer back than a session may last."""
    signed_in = min((record["at"] for record in get_authentication_records(request, request.user)), default=0)
    return time.time() - signed_in > settings.SESSION_LONGEST
