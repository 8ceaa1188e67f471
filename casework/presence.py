"""Who has a page open: people who fill in the same answers see each other before one saves over the other.

A row says that somebody opened the page, and when they last typed on it. Who may open the page may read who else has
it open, and nobody else: the rows are found by the page's own address.
"""

from datetime import timedelta

from django.utils import timezone

from casework.models import Presence

SHOWN_FOR = timedelta(minutes=15)
"""How long somebody who does nothing more counts as there: nothing tells us that a browser was closed."""


def open_page(user, path, *, on):
    """This will note that the person has the page open."""
    Presence.objects.bulk_create(
        [Presence(user=user, path=path, opened_at=on)],
        update_conflicts=True,
        unique_fields=["user", "path"],
        update_fields=["opened_at"],
    )


def type_on(user, path, *, on):
    """This will note that the person types on a page that they opened, and return who else has it open, in words.

    Nobody, on a page that does not say who has it open.
    """
    if not Presence.objects.filter(user=user, path=path).update(typed_at=on):
        return []
    return others(user, path, on=on)


def leave(user, path):
    """This will note that the person is done with the page."""
    Presence.objects.filter(user=user, path=path).delete()


def others(user, path, *, on):
    """This will return who else has the page open, a sentence each: "Sam Doe has this page open, opened 14:02"."""
    return [f"{row.user} has this page open, {did(row)}" for row in _here(user, on).filter(path=path)]


def below(user, path, *, on):
    """This will return who else is on a page below this address: [(its address, who)]."""
    return [(row.path, row.user) for row in _here(user, on).filter(path__startswith=path)]


def did(row):
    """This will say what somebody last did on the page, and when, by a London clock."""
    if row.typed_at and row.typed_at >= row.opened_at:
        return f"last typed {timezone.localtime(row.typed_at):%H:%M}"
    return f"opened {timezone.localtime(row.opened_at):%H:%M}"


def forget_old(*, on):
    """This will drop what is shown to nobody any more, after a day: a page may stay open that long."""
    long_ago = on - timedelta(days=1)
    Presence.objects.filter(opened_at__lt=long_ago).exclude(typed_at__gte=long_ago).delete()


def _here(user, on):
    since = on - SHOWN_FOR
    recent = Presence.objects.filter(opened_at__gte=since) | Presence.objects.filter(typed_at__gte=since)
    rows = recent.filter(user__is_active=True).exclude(user=user).select_related("user")
    return rows.order_by("user__full_name", "user__pk")
