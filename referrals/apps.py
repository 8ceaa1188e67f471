from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """A serious incident reaches the partnership, and the partnership decides what it is."""

    name = "referrals"
    verbose_name = "Referrals"
