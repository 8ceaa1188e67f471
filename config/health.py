"""Is everything that the hub consists of alive?"""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def health(request):
    """This will answer 200 when web, database, broker, worker and beat are alive, else 503 and which are not."""
    alive = {
        "web": True,
        "database": database_is_alive(),
        "broker": broker_is_alive(),
        "worker": cache.get("alive:worker") is not None,
        "beat": cache.get("alive:beat") is not None,
    }
    return JsonResponse(alive, status=200 if all(alive.values()) else 503)


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
