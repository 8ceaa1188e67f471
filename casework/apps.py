from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Work and paper: what every record of work shares. Knows no word of the domain."""

    name = "casework"
    verbose_name = "Casework"
    timeline = {"render_document": "PDF made", "document_failed": "PDF could not be made"}
    """How the timeline says what was done."""
