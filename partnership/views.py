"""The pages of signing in that differ from the library's own."""

import json

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic.edit import FormView

from partnership import accounts, second_factor, single_sign_on
from partnership.forms import NewPasswordForm, OneTimeCodeAgainForm, PasskeyAgainForm
from partnership.models import User


class ShowsOneTimeCode:
    """In a demo, and only there, the page that asks for the code says what it is: nobody there has the telephone."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        is_demo = settings.SHOW_ONE_TIME_CODES
        return context | {"is_demo": is_demo, "one_time_code": self.one_time_code(context) if is_demo else ""}


class EitherFactor(ShowsOneTimeCode):
    """A page that takes a passkey or a code, whichever of them count for `self.person`."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        kinds = second_factor.factors(self.person)
        asks = second_factor.PASSKEY in kinds
        by_passkey, by_code = self.forms(context)
        return context | {
            "form": by_code,
            "passkey_form": by_passkey if asks else None,
            "passkey_options": json.dumps(webauthn.auth.begin_authentication(self.person)) if asks else "",
            "forms": [by_passkey] if asks else [],
            "has_app": second_factor.APP in kinds,
            "has_codes": kinds != {second_factor.PASSKEY},
        }

    def one_time_code(self, context):
        return second_factor.one_time_code(self.person)


class SecondFactor(EitherFactor, mfa.AuthenticateView):
    """The second step of signing in."""

    @property
    def person(self):
        return self.stage.login.user

    def forms(self, context):
        return self.webauthn_form, self.auth_form


class SecondFactorAgain(EitherFactor, mfa.ReauthenticateView):
    """A fresh passkey or one-time code from somebody who is signed in."""

    @property
    def person(self):
        return self.request.user

    def get_form_class(self):
        return PasskeyAgainForm if "credential" in self.request.POST else OneTimeCodeAgainForm

    def forms(self, context):
        given = context["form"]
        by_passkey = given if isinstance(given, PasskeyAgainForm) else PasskeyAgainForm(user=self.person)
        by_code = given if isinstance(given, OneTimeCodeAgainForm) else OneTimeCodeAgainForm(user=self.person)
        return by_passkey, by_code


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class SetUpApp(ShowsOneTimeCode, totp.ActivateTOTPView):
    """An authenticator app, set up for the first time or in place of another (a new telephone)."""

    def dispatch(self, request, *args, **kwargs):
        # The library's would have the old app removed first, which leaves the account with a password alone.
        return FormView.dispatch(self, request, *args, **kwargs)

    def one_time_code(self, context):
        return second_factor.codes_of(context["form"].secret)[0]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"replaces": second_factor.has_second_factor(self.request.user)}

    def form_valid(self, form):
        with transaction.atomic():
            # The old app's recovery codes go with it; the library makes new ones.
            second_factor.forget_app(self.request.user)
            response = super().form_valid(form)
        authenticator = Authenticator.objects.get(user=self.request.user, type=second_factor.APP)
        # The code that set it up proves the factor for this session.
        post_authentication(self.request, authenticator)
        return response


@require_GET
def details(request):
    """This will show a person how they sign in, and where to change it."""
    kinds = {each.type: each for each in Authenticator.objects.filter(user=request.user)}
    codes = kinds.get(second_factor.RECOVERY_CODES)
    return render(
        request,
        "mfa/index.html",
        {
            "app": kinds.get(second_factor.APP),
            "passkeys": [each.wrap() for each in second_factor.passkeys(request.user)],
            "may_remove": second_factor.may_remove_passkey(request.user),
            "only_passkeys": second_factor.must_use_passkey(request.user),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "organisations": single_sign_on.organisations_of(request.user),
        },
    )


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class AddPasskey(webauthn.AddWebAuthnView):
    """A passkey, the first or one more: what a browser, a telephone or a security key keeps for this address alone."""

    template_name = "mfa/webauthn/add_form.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "form": kwargs.get("form") or self.get_form(),
            "passkey_options": json.dumps(context["js_data"]["creation_options"]),
            "must": second_factor.must_use_passkey(self.request.user),
            "is_first": not second_factor.has_second_factor(self.request.user),
        }

    def form_valid(self, form):
        answers = form.cleaned_data
        with transaction.atomic():
            passkey, new_codes = webauthn.flows.add_authenticator(
                self.request, name=answers["name"], credential=answers["credential"]
            )
        # The passkey that was just made proves the factor for this session.
        post_authentication(self.request, passkey)
        return redirect("mfa_view_recovery_codes" if new_codes else "mfa_index")


@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")
def remove_passkey(request, pk):
    """This will remove one of the person's passkeys; the last factor that counts for them stays."""
    passkey = get_object_or_404(second_factor.passkeys(request.user), pk=pk)
    refused = ""
    if request.method == "POST":
        with transaction.atomic():
            # Behind a lock: of two presses that would leave nothing, the second finds that it may not.
            User.objects.select_for_update().get(pk=request.user.pk)
            passkey = get_object_or_404(second_factor.passkeys(request.user), pk=pk)
            if second_factor.may_remove_passkey(request.user):
                webauthn.flows.remove_authenticator(request, passkey)
                return redirect("mfa_index")
        refused = "This passkey stays: it is the only second factor you can sign in with. Add another one first."
    context = {"passkey": passkey.wrap(), "refused": refused}
    return render(request, "mfa/webauthn/remove.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def recovery_codes(request):
    """This will make new recovery codes on POST and show them once, in the answer; looking at the page makes none."""
    if not second_factor.has_second_factor(request.user):
        return redirect("mfa_activate_totp")
    codes = []
    if request.method == "POST":
        codes = recovery.generate_recovery_codes(request).wrap().get_unused_codes()
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes})


@login_not_required
@require_http_methods(["GET", "POST"])
def accept_invitation(request, key):
    """This will let somebody who was invited choose a password; an invitation that is used or too old says so (410)."""
    person = accounts.invited(key)
    if person is None:
        return render(request, "account/invitation.html", {"form": None}, status=410)
    form = NewPasswordForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        if not accounts.accept_invitation(key, form.cleaned_data["password1"]):
            return render(request, "account/invitation.html", {"form": None}, status=410)
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    return render(request, "account/invitation.html", {"form": form, "person": person}, status=status)


@require_GET
def stay_signed_in(request):
    """This will begin another half hour, as every request does: the answer to the warning before a session ends."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def sessions(request):
    """This will show a person where they are signed in; POST ends one of these sessions (`session`), or all others."""
    if request.method == "POST":
        chosen = request.POST.get("session")
        ended = accounts.end_sessions(request, only=chosen)
        said = f"You were signed out in {ended} other place{'' if ended == 1 else 's'}."
        messages.success(request, said if ended else "You had been signed out there already.")
        return redirect("sessions")
    return render(request, "account/sessions.html", {"sessions": accounts.open_sessions(request)})
