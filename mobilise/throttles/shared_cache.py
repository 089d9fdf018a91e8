"""Django's cache in Redis, for the limits of signing in: all processes count together."""

import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from mobilise.fields import index_digest
from mobilise.throttles.redis_server import OPTIONS, absence


class JsonSerializer:
    """Numbers, words and lists. Django's own would run what whoever writes to Redis puts there."""

    def dumps(self, value: Any) -> bytes:
        """As JSON."""
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        """From JSON."""
        return json.loads(data)


class SharedCache(BaseCache):
    """Redis, and this process's own memory while Redis is away. Keys are digests: allauth's hold addresses."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = RedisCache(location, params | {"OPTIONS": {**OPTIONS, "serializer": JsonSerializer()}})
        self._own = LocMemCache("while Redis is away", params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Sets it if it is not there. Whether it was not."""
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        return self._ask("get", key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Sets it."""
        self._ask("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Gives it more time. Whether it was there."""
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Deletes it. Whether it was there."""
        return bool(self._ask("delete", key, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Whether it is there."""
        return bool(self._ask("has_key", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Adds to a number. Raises ValueError when there is none."""
        return int(self._ask("incr", key, delta, version))

    def clear(self) -> None:
        """Forgets everything; in Redis the limits on requests too, which lie beside it."""
        self._own.clear()
        if not absence.is_on():
            try:
                self._shared.clear()
            except RedisError as error:
                absence.note(error)

    def _ask(self, verb: str, key: str, *values: Any) -> Any:
        name = index_digest("cache", key.encode()).hex()
        if not absence.is_on():
            try:
                return getattr(self._shared, verb)(name, *values)
            except RedisError as error:
                absence.note(error)
        return getattr(self._own, verb)(name, *values)
