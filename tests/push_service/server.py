"""The service itself: several TLS listeners for push, one silent listener, one plain listener for the tests."""

import asyncio
import json
import socket
import ssl
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.certificates import make_certificates
from tests.push_service.answering import answer
from tests.push_service.behaviours import Behaviour, Behaviours
from tests.push_service.journal import Journal

# Each is a host of its own to a sender, as host and port make a host.
HOST_NAMES = ("127.0.0.1", "localhost", "127.0.0.1", "localhost")
# Names that a test can lead here with a resolver of its own.
CERTIFICATE_NAMES = (
    "localhost",
    "other.localhost",
    "127.0.0.1",
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "db5p.notify.windows.com",
    "web.push.apple.com",
)
BACKLOG = 2048


class PushServer:
    """Runs until its standard input ends, which is when whoever started it is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = Journal(folder / "requests.jsonl")
        self._behaviours = Behaviours()

    async def run(self) -> None:
        """Listens, says on standard output where, and serves."""
        certificates = make_certificates(self._folder, *CERTIFICATE_NAMES)
        context = certificates.server_context()
        hosts = [await self._listen(name, context) for name in HOST_NAMES]
        silent = await asyncio.start_server(_never_answer, "127.0.0.1", 0)
        control = await self._listen_control()
        ready = {
            "hosts": hosts,
            "silent_host": f"127.0.0.1:{silent.sockets[0].getsockname()[1]}",
            "control": f"http://127.0.0.1:{control}",
            "ca_file": str(certificates.ca_file),
            "journal": str(self._folder / "requests.jsonl"),
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)

    async def _listen(self, name: str, context: ssl.SSLContext) -> str:
        listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        host = f"{name}:{listening.getsockname()[1]}"
        # handler_cancellation: whoever waits for a behaviour stops when the sender has gone.
        server = web.Server(partial(self._push, host), access_log=None, handler_cancellation=True)

        def accept() -> asyncio.Protocol:
            # Called at the TCP connection, before TLS: a connection that comes to nothing is counted as well.
            self._journal.connections[host] += 1
            return server()

        await asyncio.get_running_loop().create_server(accept, sock=listening, ssl=context, backlog=BACKLOG)
        return host

    async def _listen_control(self) -> int:
        app = web.Application(client_max_size=256 * 1024**2)
        app.router.add_get("/requests", self._get_requests)
        app.router.add_get("/counts", self._get_counts)
        app.router.add_post("/behaviours", self._post_behaviours)
        app.router.add_post("/reset", self._post_reset)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    async def _push(self, host: str, request: web.BaseRequest) -> web.StreamResponse:
        with self._journal.under_way(host):
            body = await request.read()
            token = request.path.rpartition("/")[2]
            self._journal.write(_entry(host, token, request), body)
            return await answer(request, self._behaviours.take(token, host))

    async def _get_requests(self, request: web.Request) -> web.Response:
        return web.json_response(self._journal.entries(request.query.get("token")))

    async def _get_counts(self, request: web.Request) -> web.Response:
        return web.json_response(self._journal.counts())

    async def _post_behaviours(self, request: web.Request) -> web.Response:
        for key, plan in (await request.json()).items():
            self._behaviours.put(key, [Behaviour.from_json(value) for value in plan])
        return web.json_response({})

    async def _post_reset(self, request: web.Request) -> web.Response:
        self._behaviours.clear()
        self._journal.clear()
        return web.json_response({})


def _entry(host: str, token: str, request: web.BaseRequest) -> dict[str, Any]:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return {
        "at": time.time(),
        "host": host,
        "method": request.method,
        "path": request.path_qs,
        "token": token,
        "connection": peer[1] if peer else 0,
        "headers": [[name, value] for name, value in request.headers.items()],
    }


async def _never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # Takes connections and says nothing, not even TLS: what a connect time-out is for.
    await reader.read()
    writer.close()
