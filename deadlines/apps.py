from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """When it is due."""

    name = "deadlines"
    verbose_name = "Deadlines"
