"""A stand-in for Mozilla's autopush: a websocket for Firefox on one side, POSTs over TLS on the other."""

import asyncio
import base64
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from tests.browsers.mailbox import Subscription
from tests.browsers.push_service import PushService
from tests.browsers.vapid_check import decode_base64url
from tests.certificates import Certificates


class Autopush(PushService):
    """Speaks the sub-protocol `push-notification`: hello, register, unregister, notification, ack, ping."""

    path = "/wpush/v2/"
    wrong_key_status = 401

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        self._websocket_port = 0
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._known_browsers: set[str] = set()

    @property
    def server_url(self) -> str:
        """For Firefox's pref `dom.push.serverURL`."""
        return f"ws://127.0.0.1:{self._websocket_port}/"

    def connected(self) -> bool:
        """Whether a browser has said hello and not gone away."""
        return bool(self._sockets)

    def disconnect(self) -> None:
        """Drops the connections, as a network does; Firefox comes back by itself."""
        self._thread.run(self._close_sockets())

    def forget_browsers(self) -> None:
        """As after a loss of its data: at its next hello a browser is a new one, and its subscriptions are gone."""
        self._known_browsers.clear()
        self.forget_subscriptions()
        self.disconnect()

    async def _start(self) -> None:
        await super()._start()
        app = web.Application()
        app.router.add_get("/", self._on_websocket)
        self._websocket_port = await self.serve(app, tls=False)

    async def _stop(self) -> None:
        await self._close_sockets()
        await super()._stop()

    async def _close_sockets(self) -> None:
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._sockets.values())))

    async def _on_websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",), timeout=1)
        await socket.prepare(request)
        browser = ""
        try:
            async for frame in socket:
                if frame.type != WSMsgType.TEXT:
                    break
                words = json.loads(frame.data)
                self.log.append(f"from Firefox: {frame.data[:300]}")
                if words.get("messageType") == "hello":
                    browser = await self._on_hello(socket, words)
                else:
                    await self._on_words(socket, browser, words)
        finally:
            if self._sockets.get(browser) is socket:
                del self._sockets[browser]
            self.log.append("Firefox disconnected")
        return socket

    async def _on_hello(self, socket: web.WebSocketResponse, words: dict[str, Any]) -> str:
        browser = words.get("uaid") or ""
        if browser not in self._known_browsers:
            browser = secrets.token_hex(16)
            self._known_browsers.add(browser)
        self._sockets[browser] = socket
        await socket.send_json(
            {"messageType": "hello", "uaid": browser, "status": 200, "use_webpush": True, "broadcasts": {}}
        )
        for subscription in self._subscriptions_of(browser):
            subscription.connection_is_new()
            await self.deliver(subscription)
        return browser

    async def _on_words(self, socket: web.WebSocketResponse, browser: str, words: dict[str, Any]) -> None:
        match words.get("messageType"):
            case None | "ping":
                await socket.send_str("{}")
            case "register":
                await socket.send_json(self._register(browser, words))
            case "unregister":
                await socket.send_json(self._unregister(browser, words))
            case "ack":
                for update in words["updates"]:
                    self._acknowledge_update(browser, update)
            case _:
                pass  # nack (the worker's handler failed), broadcast_subscribe: in the log, no answer expected

    def _register(self, browser: str, words: dict[str, Any]) -> dict[str, Any]:
        key = decode_base64url(words["key"]) if words.get("key") else None
        subscription = Subscription(self.new_token(), browser, words["channelID"], key)
        self.subscriptions[subscription.token] = subscription
        return {
            "messageType": "register",
            "channelID": subscription.channel,
            "status": 200,
            "pushEndpoint": self.endpoint(subscription.token),
        }

    def _unregister(self, browser: str, words: dict[str, Any]) -> dict[str, Any]:
        for subscription in self._subscriptions_of(browser):
            if subscription.channel == words["channelID"]:
                subscription.gone = True
        return {"messageType": "unregister", "channelID": words["channelID"], "status": 200}

    def _acknowledge_update(self, browser: str, update: dict[str, Any]) -> None:
        for subscription in self._subscriptions_of(browser):
            if subscription.channel == update["channelID"]:
                self.acknowledge(subscription.token, update["version"], update.get("code", 100))

    def _subscriptions_of(self, browser: str) -> list[Subscription]:
        return [subscription for subscription in self.subscriptions.values() if subscription.browser == browser]

    async def deliver(self, subscription: Subscription) -> None:
        """Sends what is due and not yet sent on this connection."""
        socket = self._sockets.get(subscription.browser)
        for message in subscription.due():
            if socket is None or socket.closed:
                return
            message.in_flight = True
            await socket.send_json(
                {
                    "messageType": "notification",
                    "channelID": subscription.channel,
                    "version": message.version,
                    "ttl": message.ttl,
                    "headers": {"encoding": "aes128gcm"},
                    "data": base64.urlsafe_b64encode(message.body).rstrip(b"=").decode(),
                }
            )
