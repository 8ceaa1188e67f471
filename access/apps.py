from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may see which case, and why."""

    name = "access"
    verbose_name = "Access"
