"""How it looks and asks: pages, components, forms and lists. Knows no other app of ours."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """How it looks and asks."""

    name = "design"
    default_auto_field = "django.db.models.BigAutoField"
