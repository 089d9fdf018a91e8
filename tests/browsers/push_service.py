"""The side of a push service that application servers see: POST over TLS (RFC 8030), checked as the real ones check."""

import secrets
from collections.abc import Mapping

from aiohttp import web

from tests.browsers.loop_thread import LoopThread
from tests.browsers.mailbox import Ack, Message, Request, ScriptedAnswer, Subscription
from tests.browsers.vapid_check import vapid_fault
from tests.browsers.waiting import wait_until
from tests.certificates import Certificates
from tests.patience import PATIENCE


class PushService:
    """Keeps messages while the browser is away. A subclass knows how to talk to one make of browser.

    Everything public may be called from the test's thread.
    """

    path = "/push/"
    wrong_key_status = 403

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates
        self.subscriptions: dict[str, Subscription] = {}
        self.requests: list[Request] = []
        self.acks: list[Ack] = []
        self.log: list[str] = []
        self.port = 0
        self._scripted: dict[str | None, list[ScriptedAnswer]] = {}
        self._thread = LoopThread(type(self).__name__)
        self._runners: list[web.AppRunner] = []

    # For the test.

    def start(self) -> None:
        """Listens on free loopback ports."""
        self._thread.run(self._start())

    def stop(self) -> None:
        """Closes all connections; what was recorded can still be read."""
        self._thread.run(self._stop())
        self._thread.stop()

    @property
    def origin(self) -> str:
        """Where application servers send to, and the `aud` of their VAPID tokens."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the back end's processes need in their environment to send here."""
        return push_environment(self)

    def answer(
        self, status: int, *, token: str | None = None, times: int | None = 1, headers: Mapping[str, str] | None = None
    ) -> None:
        """From now on POSTs to `token` (any, when None) get this status, `times` times (None: always)."""
        self._scripted.setdefault(token, []).append(ScriptedAnswer(status, headers or {}, times))

    def forget_subscriptions(self) -> None:
        """They are gone (410), and no browser is told."""
        for subscription in self.subscriptions.values():
            subscription.gone = True

    def requests_for(self, endpoint: str) -> list[Request]:
        """The POSTs to one endpoint, refused ones included."""
        token = endpoint.rpartition("/")[2]
        return [request for request in self.requests if request.token == token]

    def wait_for_requests(self, count: int, timeout: float = PATIENCE) -> list[Request]:
        """At least `count` POSTs, refused ones included."""
        return wait_until(
            lambda: self.requests[:] if len(self.requests) >= count else [],
            f"{count} POSTs at the push service",
            timeout=timeout,
            seen=lambda: [(request.status, request.reason) for request in self.requests],
        )

    def wait_for_acks(self, count: int, timeout: float = PATIENCE) -> list[Ack]:
        """At least `count` acknowledgements."""
        return wait_until(
            lambda: self.acks[:] if len(self.acks) >= count else [],
            f"{count} acknowledgements of the browser",
            timeout=timeout,
            seen=lambda: {"acks": self.acks, "log": self.log[-20:]},
        )

    def wait_for_browser(self, timeout: float = PATIENCE) -> None:
        """Until a browser is connected."""
        wait_until(self.connected, "a connected browser", timeout=timeout, seen=lambda: self.log[-20:])

    def wait_for_no_browser(self, timeout: float = PATIENCE) -> None:
        """Until the last browser is disconnected."""
        wait_until(
            lambda: not self.connected(), "no browser to be connected", timeout=timeout, seen=lambda: self.log[-20:]
        )

    # For a subclass.

    def connected(self) -> bool:
        """Whether a browser can be reached now."""
        raise NotImplementedError

    async def deliver(self, subscription: Subscription) -> None:
        """Gives the browser what is due for one subscription, if it is connected."""
        raise NotImplementedError

    def add_routes(self, app: web.Application) -> None:
        """More paths on the TLS side."""

    def new_token(self) -> str:
        """The secret part of a new endpoint."""
        return secrets.token_urlsafe(32)

    def endpoint(self, token: str) -> str:
        """The URL that application servers send to."""
        return f"{self.origin}{self.path}{token}"

    def acknowledge(self, token: str, version: str, code: int) -> None:
        """Records the browser's word on a message and forgets the message."""
        self.acks.append(Ack(token, version, code))
        if token in self.subscriptions:
            self.subscriptions[token].remove(version)

    async def serve(self, app: web.Application, *, tls: bool) -> int:
        """Serves on a free loopback port, which it returns."""
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self.certificates.server_context() if tls else None)
        await site.start()
        port: int = runner.addresses[0][1]
        return port

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post(self.path + "{token}", self._on_post)
        self.add_routes(app)
        self.port = await self.serve(app, tls=True)

    async def _stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _on_post(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        body = await request.read()
        status, reason, headers = self._judge(token, request.headers, body)
        self.requests.append(Request(token, status, dict(request.headers), body, reason))
        if status != 201:
            return web.json_response({"code": status, "message": reason}, status=status, headers=headers)
        subscription = self.subscriptions[token]
        message = Message(body, int(request.headers["TTL"]), request.headers.get("Topic"))
        subscription.add(message)
        await self.deliver(subscription)
        if message.ttl == 0 and not message.in_flight:
            subscription.remove(message.version)
        location = f"{self.origin}/m/{message.version}"
        return web.Response(status=201, headers={"Location": location, "TTL": str(message.ttl)})

    def _judge(self, token: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, Mapping[str, str]]:
        scripted = self._scripted_answer(token)
        if scripted:
            return scripted.status, "as the test asked", scripted.headers
        subscription = self.subscriptions.get(token)
        if subscription is None:
            return 404, "unknown subscription", {}
        if subscription.gone:
            return 410, "the browser unsubscribed", {}
        if not headers.get("TTL", "").isdigit():
            return 400, f"TTL is {headers.get('TTL')!r}", {}
        if headers.get("Content-Encoding") != "aes128gcm":
            return 400, f"Content-Encoding is {headers.get('Content-Encoding')!r}", {}
        if len(body) > 4096:
            return 413, f"{len(body)} bytes", {}
        fault = vapid_fault(headers.get("Authorization", ""), self.origin, subscription.key)
        return (self.wrong_key_status, fault, {}) if fault else (201, "", {})

    def _scripted_answer(self, token: str) -> ScriptedAnswer | None:
        for answers in (self._scripted.get(token, []), self._scripted.get(None, [])):
            for answer in answers:
                if answer.times is None:
                    return answer
                if answer.times > 0:
                    answer.times -= 1
                    return answer
        return None


def push_environment(*services: PushService) -> dict[str, str]:
    """The same for several, which have their certificates from one authority."""
    return {
        "PUSH_EXTRA_HOSTS": ",".join(f"127.0.0.1:{service.port}" for service in services),
        "PUSH_CA_FILE": str(services[0].certificates.ca_file),
    }
