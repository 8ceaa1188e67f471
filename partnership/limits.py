"""How often somebody may guess: a password, or the code of a second factor.

Counted by account and sender together: who guesses is slowed down, and the person whose account it is can sign in from
where they are. The limits themselves, and the wider ones of the library, stand in `allauth_settings`.
"""

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal import ratelimit


def attempt(action, whose):
    """This will count one attempt, and return it: `.rollback()` once it was no guess. Refused when there were too many.

    `whose` names the account.
    """
    request = context.request
    key = f"{whose} {ratelimit.get_ip(request)}"
    counted = ratelimit.consume(request, app="allauth.account", action=action, key=key)
    if counted is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    return counted
