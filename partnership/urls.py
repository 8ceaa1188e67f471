"""The addresses of signing in. The library's others (sign-up, e-mail addresses, removing a factor) are left out."""

from allauth.account import views as account
from django.urls import path, re_path

from partnership import single_sign_on, views

urlpatterns = [
    path("login/", single_sign_on.SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/change/", single_sign_on.ChangePassword.as_view(), name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("invitation/<str:key>/", views.accept_invitation, name="accept-invitation"),
    path("organisations/<slug:id>/", single_sign_on.start, name="single-sign-on"),
    path("organisations/<slug:id>/answer/", single_sign_on.answer, name="single-sign-on-answer"),
    path("organisation/again/", single_sign_on.again, name="single-sign-on-again"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("stay/", views.stay_signed_in, name="stay-signed-in"),
    path("sessions/", views.sessions, name="sessions"),
    path("2fa/", views.details, name="mfa_index"),
    path("2fa/authenticate/", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("2fa/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", views.remove_passkey, name="remove-passkey"),
    path("2fa/recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
]
