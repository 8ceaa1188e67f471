"""The pages of signing in that differ from the library's own."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic.edit import FormView

from partnership import accounts, single_sign_on
from partnership.forms import NewPasswordForm


class ShowsOneTimeCode:
    """In a demo, and only there, the page that asks for the code says what it is: nobody there has the telephone."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        is_demo = settings.SHOW_ONE_TIME_CODES
        return context | {"is_demo": is_demo, "one_time_code": self.one_time_code(context) if is_demo else ""}


class SecondFactor(ShowsOneTimeCode, mfa.AuthenticateView):
    """The second step of signing in."""

    def one_time_code(self, context):
        return accounts.one_time_code(self.stage.login.user)


class SecondFactorAgain(ShowsOneTimeCode, mfa.ReauthenticateView):
    """A fresh one-time code from somebody who is signed in."""

    def one_time_code(self, context):
        return accounts.one_time_code(self.request.user)


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class SetUpApp(ShowsOneTimeCode, totp.ActivateTOTPView):
    """An authenticator app, set up for the first time or in place of another (a new telephone)."""

    def dispatch(self, request, *args, **kwargs):
        # The library's would have the old app removed first, which leaves the account with a password alone.
        return FormView.dispatch(self, request, *args, **kwargs)

    def one_time_code(self, context):
        return accounts.codes_of(context["form"].secret)[0]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"replaces": accounts.has_second_factor(self.request.user)}

    def form_valid(self, form):
        with transaction.atomic():
            # The old app's recovery codes go with it; the library makes new ones.
            Authenticator.objects.filter(user=self.request.user).delete()
            response = super().form_valid(form)
        authenticator = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        # The code that set it up proves the factor for this session.
        post_authentication(self.request, authenticator)
        return response


@require_GET
def details(request):
    """This will show a person how they sign in, and where to change it."""
    kinds = {each.type: each for each in Authenticator.objects.filter(user=request.user)}
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "mfa/index.html",
        {
            "app": kinds.get(Authenticator.Type.TOTP),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "organisations": single_sign_on.organisations_of(request.user),
        },
    )


@require_http_methods(["GET", "POST"])
def recovery_codes(request):
    """This will make new recovery codes on POST and show them once, in the answer; looking at the page makes none."""
    if not accounts.has_second_factor(request.user):
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
