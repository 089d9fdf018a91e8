"""A load that keeps its pace: requests leave at their appointed moments, however long others wait for their answers."""

import random
import selectors
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import Wrong
from benchmarks.load import LONGEST_SILENCE, Connection, Load

# The web server closes a connection that was idle for 30 s.
LONGEST_IDLE = 15.0
# Makes the next request of its kind.
Maker = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Due:
    """A request, and the moment at which it is to leave (of time.perf_counter)."""

    moment: float
    kind: str
    request: bytes


class OpenLoop:
    """``kinds``: {name: (share of all, maker)}. What became of each kind is in ``loads``.

    Times are from the appointed moment: a request that had to wait for a connection waited for the server (no
    coordinated omission).
    """

    def __init__(self, port: int, kinds: Mapping[str, tuple[float, Maker]], *, connections: int) -> None:
        self.loads = {name: Load() for name in kinds}
        self._kinds = kinds
        self._port = port
        # The one that was used last is used next; with the moment since when it is idle.
        self._idle = [(Connection(port), time.perf_counter()) for _ in range(connections)]
        self._busy: dict[Connection, Due] = {}
        self._late: deque[Due] = deque()
        self._selector = selectors.DefaultSelector()

    def run(self, rate: float, seconds: float) -> None:
        """So many a second for so long, and until the last answer is there. Raises Wrong when none comes any more."""
        began = time.perf_counter()
        schedule = self._schedule(began, rate, seconds)
        try:
            while schedule or self._late or self._busy:
                now = time.perf_counter()
                while schedule and schedule[0].moment <= now:
                    self._late.append(schedule.popleft())
                self._send()
                self._receive(max(schedule[0].moment - time.perf_counter(), 0) if schedule else LONGEST_SILENCE)
        finally:
            for connection in (*(idle for idle, _ in self._idle), *self._busy):
                connection.socket.close()
            self._selector.close()
        for load in self.loads.values():
            load.seconds = time.perf_counter() - began

    def _schedule(self, began: float, rate: float, seconds: float) -> deque[Due]:
        names, shares = list(self._kinds), [share for share, _ in self._kinds.values()]
        drawn: Sequence[str] = random.choices(names, shares, k=round(rate * seconds))  # noqa: S311  # which comes when
        return deque(Due(began + number / rate, name, self._kinds[name][1]()) for number, name in enumerate(drawn))

    def _send(self) -> None:
        while self._late and self._idle:
            connection, due = self._fresh(*self._idle.pop()), self._late.popleft()
            self._busy[connection] = due
            connection.send(due.request)
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def _fresh(self, connection: Connection, since: float) -> Connection:
        """This one, or as browsers do another, when the server may close it at any moment."""
        if time.perf_counter() - since < LONGEST_IDLE:
            return connection
        connection.socket.close()
        return Connection(self._port)

    def _receive(self, longest: float) -> None:
        ready = self._selector.select(longest)
        if not ready and self._busy and longest >= LONGEST_SILENCE:
            raise Wrong(f"no answer for {LONGEST_SILENCE:g} s")
        for key, _ in ready:
            if (answer := key.data.receive()) is not None:
                due = self._busy.pop(key.data)
                self._selector.unregister(key.data.socket)
                self._idle.append((key.data, time.perf_counter()))
                self.loads[due.kind].statuses[answer[0]] += 1
                self.loads[due.kind].times.append(time.perf_counter() - due.moment)
