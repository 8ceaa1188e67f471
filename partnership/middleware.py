"""Nobody gets further than the sign-in pages on a password alone, and nobody stays longer than a working day."""

from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from partnership import accounts, second_factor

# What somebody without a second factor needs to get one. Pages open to all (sign-in, sign-out, health) say so
# themselves with `login_not_required`.
SETTING_UP = {
    *("mfa_activate_totp", "mfa_add_webauthn"),
    *("mfa_reauthenticate", "account_reauthenticate", "single-sign-on-again"),
}


def twelve_hours_at_most(get_response):
    """This will sign a person out 12 hours after they signed in, whatever they did meanwhile (ASVS 5.0, 7.3.2).

    Before what keeps the typing of those whose session ended: nothing is lost, and sign-in leads back to the page.
    """

    def middleware(request):
        if request.user.is_authenticated and accounts.is_session_over(request):
            logout(request)
        return get_response(request)

    return middleware


def second_factor_required(get_response):
    """This will send a signed-in person who has given no second factor in this session to where they give it.

    One that counts for them: administrators and who signs for a partner use a passkey, or add one first.
    """

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        request.user.remembered = {}  # a page asks for a person's roles many times; none of them changes on the way
        if not getattr(view, "login_required", True):
            return None
        if request.resolver_match.url_name in SETTING_UP:
            return None
        if second_factor.passed_second_factor(request):
            return redirect("mfa_add_webauthn") if second_factor.needs_passkey(request) else None
        if not second_factor.has_second_factor(request.user):
            return redirect("mfa_add_webauthn" if second_factor.must_use_passkey(request.user) else "mfa_activate_totp")
        wanted = request.get_full_path() if request.method == "GET" else "/"
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wanted})}")

    middleware.process_view = process_view
    return middleware
