"""What the service has seen: kept in memory, and in a file that outlives the process."""

import base64
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Every request in the order in which it came, and the number of connections."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w", encoding="utf-8", buffering=1)
        self._entries: list[dict[str, Any]] = []
        self._by_token: dict[str, list[dict[str, Any]]] = {}
        self.connections: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._peaks: Counter[str] = Counter()

    def write(self, entry: dict[str, Any], body: bytes) -> None:
        """Keeps one request; on return it is with the operating system, so a killed service forgets nothing."""
        entry["body"] = base64.b64encode(body).decode()
        self._entries.append(entry)
        self._by_token.setdefault(entry["token"], []).append(entry)
        self._file.write(json.dumps(entry, separators=(",", ":")) + "\n")

    @contextlib.contextmanager
    def under_way(self, host: str) -> Iterator[None]:
        """Around one request: how many a host has at once is what a sender's limits are about."""
        self._under_way[host] += 1
        self._peaks[host] = max(self._peaks[host], self._under_way[host])
        try:
            yield
        finally:
            self._under_way[host] -= 1

    def entries(self, token: str | None) -> list[dict[str, Any]]:
        """The requests of one token, or all."""
        return self._entries if token is None else self._by_token.get(token, [])

    def counts(self) -> dict[str, Any]:
        """How many requests there were by token, and how many connections and requests at once by host."""
        return {
            "total": len(self._entries),
            "tokens": {token: len(entries) for token, entries in self._by_token.items()},
            "connections": dict(self.connections),
            "peaks": dict(self._peaks),
        }

    def clear(self) -> None:
        """Forgets everything, also on disk."""
        self._file.close()
        self._file = self._path.open("w", encoding="utf-8", buffering=1)
        self._entries.clear()
        self._by_token.clear()
        self.connections.clear()
        self._peaks.clear()
