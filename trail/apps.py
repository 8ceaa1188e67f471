from django.apps import AppConfig


class TrailConfig(AppConfig):
    """What was done, and who looked."""

    name = "trail"
    verbose_name = "Trail"
