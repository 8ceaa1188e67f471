"""Settings of the sign-in library: plain values that config/settings.py takes up whole."""

__all__ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_EMAIL_NOTIFICATIONS",
    "ACCOUNT_EMAIL_SUBJECT_PREFIX",
    "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_FORMS",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_LOGOUT_REDIRECT_URL",
    "ACCOUNT_MAIL_QUEUE",
    "ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_TIMEOUT",
    "ACCOUNT_SESSION_REMEMBER",
    "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD",
    "AUTH_PASSWORD_VALIDATORS",
    "INVITATION_TIMEOUT",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "MFA_ADAPTER",
    "MFA_ALLOW_UNVERIFIED_EMAIL",
    "MFA_FORMS",
    "MFA_SUPPORTED_TYPES",
    "MFA_TOTP_ISSUER",
    "MFA_TOTP_TOLERANCE",
    "PASSWORD_RESET_TIMEOUT",
    "SOCIALACCOUNT_STORE_TOKENS",
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# People are invited by the business unit; nobody signs up, and the address was right when the invitation arrived.
ACCOUNT_ADAPTER = "partnership.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
    {"NAME": "partnership.passwords.BreachedPasswordValidator"},
]

# Whether an address has an account is told to nobody: no "unknown account" e-mail. Who has one is told of every change.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Named, not imported: the outbox stands above this app. All mail goes through it: no page waits for a mail server.
ACCOUNT_MAIL_QUEUE = "notifications.outbox.queue"

# Django's own generator: the library's writes a row when a link is merely looked at.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_TIMEOUT = 14 * 24 * 60 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60

ACCOUNT_RATE_LIMITS = {
    # Many colleagues share one address of a council's network.
    "login": "120/m/ip",
    # The library's own count of what failed. Of codes its key is the person, wherever the attempts come from: that is
    # for who has the password and many addresses, and is wide, because it shuts out the owner too.
    "login_failed": "60/m/ip,50/h/key",
    # By account and sender together (partnership/limits.py).
    "wrong_password": "5/300s/key",
    "wrong_factor": "5/300s/key",
    # Through an organisation: its button, and the answer that comes back (partnership/single_sign_on.py).
    "single_sign_on": "120/m/ip",
    "single_sign_on_answer": "120/m/ip",
}

# What an organisation's provider hands out beside who signed in is not used, and not kept.
SOCIALACCOUNT_STORE_TOKENS = False

ACCOUNT_FORMS = {
    "login": "partnership.forms.SignInForm",
    "change_password": "partnership.forms.ChangePasswordForm",
    "reset_password": "partnership.forms.ForgottenPasswordForm",
    "reset_password_from_key": "partnership.forms.NewPasswordForm",
    "reauthenticate": "partnership.forms.PasswordAgainForm",
}

MFA_ADAPTER = "partnership.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Safeguarding Learning Hub"
# A telephone's clock may be half a minute off; a code still works only once (partnership.second_factor.use_up).
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "partnership.forms.OneTimeCodeForm",
    "authenticate_webauthn": "partnership.forms.PasskeyForm",
    "reauthenticate": "partnership.forms.OneTimeCodeAgainForm",
    "reauthenticate_webauthn": "partnership.forms.PasskeyAgainForm",
    "activate_totp": "partnership.forms.SetUpAppForm",
    "add_webauthn": "partnership.forms.AddPasskeyForm",
}
