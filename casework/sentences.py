"""What a timeline says of each verb: every app says its own, as `timeline` in its apps.py."""

from functools import cache

from django.apps import apps


def sentence(event):
    """This will say in words what was done: "Put to the Virtual Panel" for `send_to_panel`."""
    return _said().get(event.verb) or event.verb.replace("_", " ").capitalize()


@cache
def _said():
    return {verb: words for app in apps.get_app_configs() for verb, words in getattr(app, "timeline", {}).items()}
