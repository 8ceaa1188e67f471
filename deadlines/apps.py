from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """When it is due."""

    name = "deadlines"
    verbose_name = "Deadlines"
    timeline = {
        "extend_deadline": "Date extended",
        "move_deadlines": "Dates moved",
        "pause_deadline": "Timescale paused",
        "resume_deadline": "Timescale resumed",
        "record_delay": "Delay recorded",
    }
    """How the timeline says what was done."""
