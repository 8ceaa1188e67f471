"""The forms of signing in: the library's checks, our words and look."""

import json

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError

from design.forms.base import HubForm
from partnership import limits, second_factor

ADVICE = (
    "At least 12 characters, for example three random words. Not one that is known from a data breach, and "
    "nothing like your name or e-mail address."
)
CODE_HINT = "The 6 digits that your authenticator app shows now."


class OurWords(HubForm):
    """Puts our labels and hints on the library's fields and takes its placeholders away."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = self.words[name]
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["spellcheck"] = "false"
            field.widget.attrs.setdefault("class", "govuk-!-width-two-thirds")


class SignInForm(OurWords, account.LoginForm):
    words = {"login": ("E-mail address", ""), "password": ("Password", "")}
    subjects = {"login": "your e-mail address", "password": "your password"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean(self):
        try:
            return super().clean()
        except ValidationError as mismatch:
            # By a field, so that the error summary has somewhere to lead; the same one whichever of the two was wrong.
            self.add_error("login", mismatch)
            return self.cleaned_data


class ForgottenPasswordForm(OurWords, account.ResetPasswordForm):
    words = {"email": ("E-mail address", "The one you sign in with.")}
    subjects = {"email": "your e-mail address"}


class NewPasswordForm(OurWords, account.ResetPasswordKeyForm):
    words = {"password1": ("New password", ADVICE), "password2": ("New password again", "")}
    subjects = {"password1": "a new password", "password2": "the new password again"}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    words = {"oldpassword": ("Current password", "")} | NewPasswordForm.words
    subjects = {"oldpassword": "your current password"} | NewPasswordForm.subjects


class PasswordAgainForm(OurWords, account.ReauthenticateForm):
    words = {"password": ("Password", "")}
    subjects = {"password": "your password"}


class Code(OurWords):
    words = {"code": ("One-time code", CODE_HINT)}
    subjects = {"code": "the one-time code"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "class": "govuk-input--width-10"}


class OnlyOnce(Code):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if second_factor.APP not in second_factor.factors(self.user):
            field = self.fields["code"]
            field.label, field.help_text = "Recovery code", "One of the codes that you kept. Each works once."
            field.subject = "the recovery code"

    def clean_code(self):
        attempt = limits.attempt("wrong_factor", self.user.pk)
        code = super().clean_code()
        kind = self.authenticator.type
        counts = kind in second_factor.factors(self.user)
        if not counts or (kind == second_factor.APP and not second_factor.use_up(self.user, code)):
            raise get_adapter().validation_error("incorrect_code")
        attempt.rollback()
        return code


class OneTimeCodeForm(OnlyOnce, mfa.AuthenticateForm):
    words = {"code": ("One-time code", f"{CODE_HINT} A recovery code works too.")}


class OneTimeCodeAgainForm(OnlyOnce, mfa.ReauthenticateForm):
    words = OneTimeCodeForm.words


class SetUpAppForm(Code, totp.ActivateTOTPForm):
    words = {"code": ("One-time code", "The 6 digits that the app shows after you have added this account.")}

    def clean_code(self):
        try:
            code = super().clean_code()
        except ValidationError as refused:
            if refused.code == "incorrect_code":  # the library's words go on to recovery codes: there are none yet
                raise ValidationError("The code is not correct. Enter one that your app shows now.") from refused
            raise
        second_factor.use_up(self.user, code)
        return code


class Passkey(HubForm):
    """Carries what the browser's own dialogue answered. Without JavaScript, or refused, it arrives empty."""

    def clean_credential(self):
        return self.cleaned_data["credential"]  # read as a whole in `clean`: a hidden input has no place for a message

    def answer(self):
        """This will return what the browser answered, as a dict that is not empty."""
        text = self.cleaned_data.get("credential", "")
        found = json.loads(text) if len(text) <= 50_000 else None
        if not found or not isinstance(found, dict):
            raise ValueError("not an answer of a passkey")
        return found


class PasskeyForm(Passkey, webauthn.AuthenticateWebAuthnForm):
    credential = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        super().clean()
        attempt = limits.attempt("wrong_factor", self.user.pk)
        with second_factor.reading_a_passkey():
            self.cleaned_data["credential"] = self.answer()
            self.cleaned_data["credential"] = webauthn.AuthenticateWebAuthnForm.clean_credential(self)
        attempt.rollback()
        return self.cleaned_data


class PasskeyAgainForm(PasskeyForm):
    reauthenticated = True


class AddPasskeyForm(Passkey, webauthn.AddWebAuthnForm):
    name = forms.CharField(
        label="What you call it",
        help_text="So that you know it among others: for example “Work laptop”.",
        max_length=100,
        required=False,
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs | {"initial": {"name": ""}})

    def clean(self):
        with second_factor.reading_a_passkey():
            self.cleaned_data["credential"] = self.answer()
            return super().clean()
