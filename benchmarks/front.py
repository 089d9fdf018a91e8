"""nginx in front, as deploy/ has it, without TLS: the load generator would spend its time on that."""

from pathlib import Path

from tests.deployed_nginx import DeployedNginx
from tests.servers.server import LOOPBACK

CONNECTIONS = 4096


class PlainNginx(DeployedNginx):
    """Its cache, its limits, its headers; the app's own files are looked for in an empty folder."""

    def __init__(self, folder: Path, upstream: int) -> None:
        dist = folder / "dist"
        dist.mkdir(parents=True)
        super().__init__(folder, upstream, dist)

    def _copy(self, places: dict[str, object]) -> Path:
        plain = {
            "listen 443 ssl http2": f"listen {LOOPBACK}:{self.port}",
            "ssl_reject_handshake on;": "",
            # No browser asks so often on one connection.
            "keepalive_timeout 30s;": "keepalive_timeout 30s; keepalive_requests 100000000;",
            "worker_connections 16384;": f"worker_connections {CONNECTIONS};",
        }
        return super()._copy({**{place: to for place, to in places.items() if place != "listen 443"}, **plain})
