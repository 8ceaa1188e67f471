from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Where everything is put together."""

    name = "config"
    verbose_name = "Composition"

    def ready(self):
        from config import celery, checks  # noqa: F401  (so that @shared_task finds its app, and checks are registered)
