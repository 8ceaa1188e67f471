from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """When it is due."""

    name = "deadlines"
    verbose_name = "Deadlines"
    timeline = {"extend_deadline": "Date extended", "move_deadlines": "Dates moved"}
    """How the timeline says what was done."""
