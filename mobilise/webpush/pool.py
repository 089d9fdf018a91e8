"""The connections to one host: so many at most, used again while they are fresh, handed out first come first served."""

import asyncio
import math
import ssl
import time
from collections import deque

from mobilise.webpush.addresses import Address, GuardedResolver
from mobilise.webpush.connection import Connection

KEEP_ALIVE_SECONDS = 15.0
# Many connections are opened at once: one look-up serves them.
LOOKED_UP_SECONDS = 10.0
# Twice what the RFC recommends: a process that encrypts hundreds of messages meanwhile is late to notice an answer.
HEAD_START_SECONDS = 0.5


class QueuedTooLong(Exception):
    """The connection came after the moment until which it was waited for; it was handed on unused."""


class HostPool:
    """Belongs to one event loop. Each connection that `acquire` gives has to be given back by `release`."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext, resolver: GuardedResolver, *, most: int, timeout: float
    ) -> None:
        """`most`: connections at once. `timeout`: seconds for one attempt to connect, TLS included."""
        self._host, self._port = host, port
        self._tls, self._resolver = tls, resolver
        self._most, self._timeout = most, timeout
        self._open = 0
        self._idle: list[Connection] = []
        self._sweeper: asyncio.TimerHandle | None = None
        # Each waits for a connection, or for None: the right to open one.
        self._queue: deque[asyncio.Future[Connection | None]] = deque()
        self._addresses: list[Address] = []
        self._looked_up_at = float("-inf")
        self._looking_up = asyncio.Lock()

    async def acquire(self, queue_until: float = math.inf) -> Connection:
        """A connection that is open and free. Raises OSError: AddressRefused, ssl.SSLError.

        `queue_until`: by `time.monotonic()`; who waited for another's connection beyond it gets QueuedTooLong.
        """
        connection = self._take_idle()
        if connection is not None:
            return connection
        if self._open < self._most:
            self._open += 1
        else:
            connection = await self._wait()
            if time.monotonic() > queue_until:
                self._hand_on(connection)
                raise QueuedTooLong
            if connection is not None:
                return connection
        try:
            return await self._connect()
        except BaseException:
            self._hand_on(None)
            raise

    def release(self, connection: Connection) -> None:
        """Gives a connection back, in whatever state it is."""
        self._hand_on(connection if connection.usable else None)

    @property
    def is_unused(self) -> bool:
        """Whether nothing is open and nobody waits."""
        return self._open == 0 and not self._queue

    async def close(self) -> None:
        """Says goodbye on what is idle."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        while self._idle:
            self._idle.pop().close()
            self._open -= 1
        await asyncio.sleep(0)  # lets the goodbyes leave

    def _take_idle(self) -> Connection | None:
        """The one used last: the others get old, and are dropped."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and time.monotonic() - connection.idle_since < KEEP_ALIVE_SECONDS:
                return connection
            connection.close()
            self._open -= 1
        return None

    async def _wait(self) -> Connection | None:
        place: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # It was handed over in the same moment.
                self._hand_on(place.result())
            raise

    def _hand_on(self, connection: Connection | None) -> None:
        """To who waits longest; else it becomes idle, or, if it is None, one more may be opened."""
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(connection)
                return
        if connection is None:
            self._open -= 1
            return
        connection.idle_since = time.monotonic()
        self._idle.append(connection)
        self._sweep_later()

    def _sweep_later(self) -> None:
        if self._sweeper is None and self._idle:
            self._sweeper = asyncio.get_running_loop().call_later(KEEP_ALIVE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Ends what has been idle for too long: the other side ends it soon, and a request could meet that."""
        self._sweeper = None
        oldest = time.monotonic() - KEEP_ALIVE_SECONDS
        idle, self._idle = self._idle, []
        for connection in idle:
            if connection.usable and connection.idle_since > oldest:
                self._idle.append(connection)
            else:
                connection.close()
                self._open -= 1
        self._sweep_later()

    async def _connect(self) -> Connection:
        """To the address that is there first: each gets a head start before the next (RFC 8305 section 5).

        Raises what the last one said.
        """
        left = list(await self._find())
        if len(left) == 1:
            return await self._open_at(left[0])
        trouble: BaseException = OSError("no address")
        running: dict[asyncio.Task[Connection], Address] = {}
        try:
            while left or running:
                if left:
                    address = left.pop(0)
                    running[asyncio.create_task(self._open_at(address))] = address
                done, _ = await asyncio.wait(
                    running, timeout=HEAD_START_SECONDS if left else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    if task.exception() is None:
                        self._prefer(running.pop(task))
                        return task.result()
                    trouble = task.exception() or trouble
                    del running[task]
            raise trouble
        finally:
            for task in running:
                _give_up(task)

    def _prefer(self, address: Address) -> None:
        """The next connections go there first: not each of them waits for one that is silent."""
        if address in self._addresses:
            self._addresses = [address, *(one for one in self._addresses if one != address)]

    async def _open_at(self, address: Address) -> Connection:
        async with asyncio.timeout(self._timeout):
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, *address, ssl=self._tls, server_hostname=self._host.strip("[]")
            )
        return connection

    async def _find(self) -> list[Address]:
        async with self._looking_up:
            if time.monotonic() - self._looked_up_at >= LOOKED_UP_SECONDS:
                preferred = self._addresses[:1]
                found = await self._resolver.resolve(self._host, self._port)
                self._addresses = sorted(found, key=lambda address: address not in preferred)
                self._looked_up_at = time.monotonic()
            return self._addresses


def _give_up(task: asyncio.Task[Connection]) -> None:
    """Another address was faster, or nobody waits any more."""
    task.cancel()
    if task.done() and not task.cancelled() and task.exception() is None:
        task.result().abort()
