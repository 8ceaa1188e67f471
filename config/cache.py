"""The cache: Redis, and nothing at all while Redis is away. No page stops for it."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def forgiving(name, otherwise):
    """This will wrap a method of the cache so that a missing Redis looks like an empty one."""

    def method(self, *args, **kwargs):
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except RedisError:
            logger.warning("Redis is away: cache %s skipped", name)
            return otherwise(*args, **kwargs)

    method.__name__ = name
    return method


def no_such_key(key, *args, **kwargs):
    raise ValueError(f"Key '{key}' not found")


class ForgivingRedisCache(RedisCache):
    """Rate limits count nothing while Redis is away; the second factor still stands."""

    get = forgiving("get", lambda key, default=None, version=None: default)
    set = forgiving("set", lambda *args, **kwargs: None)
    add = forgiving("add", lambda *args, **kwargs: True)
    touch = forgiving("touch", lambda *args, **kwargs: False)
    delete = forgiving("delete", lambda *args, **kwargs: False)
    has_key = forgiving("has_key", lambda *args, **kwargs: False)
    incr = forgiving("incr", no_such_key)
    get_many = forgiving("get_many", lambda *args, **kwargs: {})
    set_many = forgiving("set_many", lambda *args, **kwargs: [])
    delete_many = forgiving("delete_many", lambda *args, **kwargs: None)
    clear = forgiving("clear", lambda *args, **kwargs: False)
