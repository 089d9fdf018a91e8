"""Answers that are ready: bytes built at most every second or so in a process, the same for everybody."""

import gzip
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.utils.encoders import JSONEncoder

MOST_ENTRIES = 2000
# Smaller bodies fit one packet as they are.
WORTH_COMPRESSING = 1000


class ReadyResponse(HttpResponse):
    """Ready bytes under way. Until ``fresh_until`` (monotonic seconds) they may be repeated to anybody, unasked."""

    fresh_until = 0.0


@dataclass(frozen=True, slots=True)
class Ready:
    """One answer: its bytes plain and compressed, its ETag (weak: the moment of building is not part of it).

    ``read_at`` is when its reading began, in seconds of the monotonic clock.
    """

    body: bytes
    compressed: bytes
    etag: str
    content_type: str
    read_at: float = 0.0

    @classmethod
    def from_json(cls, content: Mapping[str, Any], **beside: Any) -> "Ready":
        """``content`` as JSON, after ``beside``, which changes with every build and stays out of the ETag."""
        body = _dump({**beside, **content})
        return cls._make(body, _dump(content) if beside else body, "application/json")

    @classmethod
    def from_html(cls, page: str) -> "Ready":
        """A page."""
        return cls._make(page.encode(), page.encode(), "text/html; charset=utf-8")

    @classmethod
    def from_bytes(cls, body: bytes, content_type: str) -> "Ready":
        """A file."""
        return cls._make(body, body, content_type)

    @classmethod
    def _make(cls, body: bytes, content: bytes, content_type: str) -> "Ready":
        worth_it = len(body) > WORTH_COMPRESSING and not content_type.startswith("image/")
        compressed = gzip.compress(body, 5, mtime=0) if worth_it else b""
        return cls(body, compressed, f'W/"{hashlib.sha256(content).hexdigest()[:20]}"', content_type)

    def last_second(self) -> int:
        """The last whole second of the clock in which these bytes are certainly less than two seconds old."""
        return int(time.time() - (time.monotonic() - self.read_at)) + 1

    def respond(self, request: HttpRequest, cache_control: str) -> ReadyResponse:
        """200 with the bytes, or 304 when the client has them."""
        headers = {"ETag": self.etag, "Cache-Control": cache_control, "Vary": "Accept-Encoding"}
        if self.etag in request.headers.get("If-None-Match", ""):
            return ReadyResponse(status=304, headers=headers)
        body = self.body
        if self.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = self.compressed, "gzip"
        return ReadyResponse(body, content_type=self.content_type, headers=headers)


def _dump(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


class _Slot:
    """One thing's place: its answer, and the lock of whoever builds the next."""

    __slots__ = ("current", "lock")

    def __init__(self) -> None:
        self.current: Ready | None = None
        self.lock = threading.Lock()

    def younger_than(self, seconds: float) -> Ready | None:
        if self.current and time.monotonic() - self.current.read_at < seconds:
            return self.current
        return None


class ReadyAnswers:
    """The answers of this process, by key. One thread builds; meanwhile others get the last one, if it is recent."""

    def __init__(self) -> None:
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, key: Hashable, seconds: float) -> Ready | None:
        """The answer if it is younger than ``seconds``."""
        slot = self._slots.get(key)
        return slot.younger_than(seconds) if slot else None

    def get(self, key: Hashable, build: Callable[[], Ready], seconds: float) -> Ready:
        """The answer, built now if it is older than ``seconds``; what ``build`` raises comes through."""
        slot = self._slot(key)
        recent = slot.younger_than(2 * seconds)
        if not slot.lock.acquire(blocking=recent is None):
            return recent or self.get(key, build, seconds)
        try:
            return slot.younger_than(seconds) or self._build(key, slot, build)
        finally:
            slot.lock.release()

    def _build(self, key: Hashable, slot: _Slot, build: Callable[[], Ready]) -> Ready:
        # The age counts from before the reading, so that nothing is older than it seems.
        started = time.monotonic()
        try:
            ready = replace(build(), read_at=started)
        except BaseException:
            with self._lock:
                self._slots.pop(key, None)
            raise
        slot.current = ready
        return ready

    def _slot(self, key: Hashable) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > MOST_ENTRIES:
                self._slots.popitem(last=False)
            return slot

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._slots.clear()


ready_answers = ReadyAnswers()
