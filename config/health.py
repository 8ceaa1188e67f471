"""Is everything that the hub consists of alive?"""

from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Min
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from notifications.models import Notice


@login_not_required
@require_safe
def health(request):
    """This will answer 200 when web, database, broker, worker, beat and outbox are alive, else 503 and which are not.

    And for how many seconds the oldest notice that waits could have been sent: null where none does.
    """
    now, database = timezone.now(), database_is_alive()
    alive = {
        "web": True,
        "database": database,
        "broker": broker_is_alive(),
        "worker": cache.get("alive:worker") is not None,
        "beat": cache.get("alive:beat") is not None,
        "outbox": database and outbox_is_alive(now),
    }
    waits = {"oldest_unsent_seconds": oldest_unsent(now) if database else None}
    return JsonResponse(alive | waits, status=200 if all(alive.values()) else 503)


def database_is_alive():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_is_alive():
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            return client.ping()
    except redis.RedisError:
        return False


NOT_TRIED_FOR = timedelta(minutes=10)
"""How long a notice may be due for a try without one: every minute somebody looks."""


def outbox_is_alive(now):
    return not Notice.objects.waiting(now - NOT_TRIED_FOR).exists()


def oldest_unsent(now):
    waits = Notice.objects.filter(sent_at=None, given_up_at=None, send_from__lte=now)
    oldest = waits.aggregate(at=Min("send_from"))["at"]
    return oldest and int((now - oldest).total_seconds())
