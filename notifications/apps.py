from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Who has been told."""

    name = "notifications"
    verbose_name = "Notifications"
