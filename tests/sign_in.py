"""Signing in, for tests: a session that has given both factors, or what a person types."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.conf import settings
from django.test import Client

from partnership import second_factor

PASSWORD = "harbour lantern walnut"


def sign_in(client, user, *, second_factor=True):
    """This will give a test client the session of somebody who signed in just now, with both factors or one."""
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    given = [{"method": "password", "at": time.time(), "email": user.email}]
    if second_factor:
        # A passkey: it counts for everybody.
        given.append({"method": "mfa", "at": time.time(), "type": "webauthn"})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = given
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


def sign_in_browser(context, address, user):
    """This will give a browser context (Playwright's) such a session, without the pages of signing in."""
    cookie = sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address, "httpOnly": True}])


def one_time_code(user):
    """This will return the code that this person's app shows; each works once."""
    return second_factor.one_time_code(user)
