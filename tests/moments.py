"""Moments that tests name as a London clock shows them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def london(text):
    """This will return the moment that a London clock shows as `text`, such as "2026-12-11 14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
