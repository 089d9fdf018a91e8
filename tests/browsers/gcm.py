"""A stand-in for Google's push service: check-in, registration and MCS for Chromium, POSTs over TLS for the rest."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

from aiohttp import web

from tests.browsers import mcs
from tests.browsers.mailbox import Message, Subscription
from tests.browsers.protobuf import encode_fixed64, encode_int
from tests.browsers.push_service import PushService
from tests.browsers.vapid_check import decode_base64url
from tests.certificates import Certificates

# What Debian's Chromium puts in front of a registration's token.
CHROMIUM_ENDPOINT = "https://jmt17.google.com/fcm/send/"


@dataclass
class _Connection:
    """One logged-in browser. Both sides count the other's frames; the login and its answer are number 1."""

    writer: asyncio.StreamWriter
    received: int = 1
    sent: int = 1
    unacknowledged: dict[int, tuple[str, str]] = field(default_factory=dict)


class Gcm(PushService):
    """Start Chromium with `chromium_flags`, and let its pages see `endpoint_prefix` (chromium.py does both)."""

    path = "/fcm/send/"

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        self._mcs_port = 0
        self._connections: dict[str, _Connection] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._online = asyncio.Event()

    @property
    def chromium_flags(self) -> list[str]:
        """Switches that make Chromium's push client speak to this service."""
        return [
            f"--gcm-checkin-url={self.origin}/checkin",
            f"--gcm-registration-url={self.origin}/register",
            f"--gcm-mcs-endpoint=https://127.0.0.1:{self._mcs_port}",
            f"--ignore-certificate-errors-spki-list={self.certificates.spki}",
        ]

    @property
    def endpoint_prefix(self) -> str:
        """What stands before the token in an endpoint of this service."""
        return self.endpoint("")

    def connected(self) -> bool:
        """Whether a browser is logged in and within reach."""
        return self._online.is_set() and bool(self._connections)

    def disconnect(self) -> None:
        """Drops the connections; Chromium comes back by itself, but takes its time over it (10 s and more)."""
        self._thread.run(self._drop_connections())

    def set_offline(self, offline: bool) -> None:
        """A phone in a tunnel: nothing reaches it and nothing comes from it, until it comes out."""
        self._thread.run(self._set_offline(offline))

    def add_routes(self, app: web.Application) -> None:
        """What Chromium asks before it opens its connection."""
        app.router.add_post("/checkin", self._on_checkin)
        app.router.add_post("/register", self._on_register)

    async def _start(self) -> None:
        await super()._start()
        self._online.set()
        context = self.certificates.server_context()
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0, ssl=context)
        self._mcs_port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        await self._drop_connections()
        await super()._stop()

    async def _set_offline(self, offline: bool) -> None:
        if offline:
            self._online.clear()
            return
        self._online.set()
        for subscription in self.subscriptions.values():
            await self.deliver(subscription)

    async def _drop_connections(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _on_checkin(self, request: web.Request) -> web.Response:
        identity, token = secrets.randbits(62) | 1, secrets.randbits(62) | 1
        body = (
            encode_int(1, 1)
            + encode_int(3, int(time.time() * 1000))
            + encode_fixed64(7, identity)
            + encode_fixed64(8, token)
            + encode_int(9, 0)
        )
        self.log.append(f"checked in: {identity}")
        return web.Response(body=body, content_type="application/x-protobuf")

    async def _on_register(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.log.append(f"register: {form}")
        browser, channel = form["device"], form.get("X-subtype", form.get("app", ""))
        if form.get("delete"):
            for subscription in self.subscriptions.values():
                if (subscription.browser, subscription.channel) == (browser, channel):
                    subscription.gone = True
            return web.Response(text=f"token={channel}")
        details = {"sender": form["sender"], "category": form["app"]}
        key = decode_base64url(form["sender"])
        subscription = Subscription(self.new_token(), browser, channel, key if len(key) == 65 else None, details)
        self.subscriptions[subscription.token] = subscription
        return web.Response(text=f"token={subscription.token}")

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        browser = ""
        try:
            await reader.readexactly(1)  # the version of the protocol
            login = await mcs.read_frame(reader)
            await self._online.wait()
            browser = login.texts(mcs.LOGIN_USER)[0]
            connection = self._connections[browser] = _Connection(writer)
            await self._on_login(browser, login, writer)
            while True:
                await self._on_frame(connection, await mcs.read_frame(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.log.append(f"Chromium {browser} disconnected")
        finally:
            self._writers.discard(writer)
            present = self._connections.get(browser)
            if present is not None and present.writer is writer:
                del self._connections[browser]
            writer.transport.abort()

    async def _on_login(self, browser: str, login: mcs.Frame, writer: asyncio.StreamWriter) -> None:
        self.log.append(f"Chromium {browser} logged in")
        received_before = set(login.texts(mcs.LOGIN_RECEIVED_IDS))
        writer.write(mcs.login_response())
        for subscription in self._subscriptions_of(browser):
            for message in list(subscription.waiting):
                if message.version in received_before:
                    self.acknowledge(subscription.token, message.version, 100)
            subscription.connection_is_new()
            await self.deliver(subscription)

    async def _on_frame(self, connection: _Connection, frame: mcs.Frame) -> None:
        await self._online.wait()
        connection.received += 1
        if frame.tag == mcs.HEARTBEAT_PING:
            connection.sent += 1
            connection.writer.write(mcs.heartbeat_ack(connection.received))
        for stream_id in [known for known in connection.unacknowledged if known <= frame.last_stream_id_received]:
            token, version = connection.unacknowledged.pop(stream_id)
            self.acknowledge(token, version, 100)

    def _subscriptions_of(self, browser: str) -> list[Subscription]:
        return [subscription for subscription in self.subscriptions.values() if subscription.browser == browser]

    async def deliver(self, subscription: Subscription) -> None:
        """Sends what is due and not yet sent on this connection."""
        connection = self._connections.get(subscription.browser)
        for message in subscription.due():
            if connection is None or connection.writer.is_closing() or not self._online.is_set():
                return
            self._send(connection, subscription, message)

    def _send(self, connection: _Connection, subscription: Subscription, message: Message) -> None:
        message.in_flight = True
        connection.sent += 1
        connection.unacknowledged[connection.sent] = (subscription.token, message.version)
        connection.writer.write(mcs.data_message(subscription, message, connection.received))
