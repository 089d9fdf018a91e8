"""Django's cache in the database, for the limits of signing in: all web processes count together."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils import timezone

from mobilise.inserting import insert_missing
from mobilise.throttles.models import Remembered, day_key, name_of

# What is to be kept for good lasts as long as its name can be made again.
LONGEST = timedelta(days=1)


class TableCache(BaseCache):
    """Rows under digests, as allauth's keys hold addresses. A new day's key forgets all, as nobody can find it then."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Sets it if it is not there, atomically. Whether it was not."""
        name, text = self._name(key, version), json.dumps(value)
        Remembered.objects.filter(digest=name, until__lte=timezone.now()).delete()
        return insert_missing(Remembered, ("digest", "value", "until"), [(name, text, self._until(timeout))]) > 0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        row = Remembered.objects.filter(digest=self._name(key, version), until__gt=timezone.now()).first()
        return default if row is None else json.loads(row.value)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Sets it."""
        row = Remembered(digest=self._name(key, version), value=json.dumps(value), until=self._until(timeout))
        Remembered.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["digest"], update_fields=["value", "until"]
        )

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Gives it more time. Whether it was there."""
        there = Remembered.objects.filter(digest=self._name(key, version), until__gt=timezone.now())
        return there.update(until=self._until(timeout)) > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        """Deletes it. Whether it was there."""
        return Remembered.objects.filter(digest=self._name(key, version)).delete()[0] > 0

    def clear(self) -> None:
        """Forgets everything."""
        Remembered.objects.all().delete()

    def _name(self, key: str, version: int | None) -> bytes:
        return name_of("cache", self.make_and_validate_key(key, version=version), day_key(timezone.now().date()))

    def _until(self, timeout: Any) -> datetime:
        ends: float | None = self.get_backend_timeout(timeout)
        return timezone.now() + LONGEST if ends is None else datetime.fromtimestamp(ends, tz=UTC)
