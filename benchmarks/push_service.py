"""The push service that everybody sends to, ours and the peers: nginx with TLS, one process, 201 to all."""

import re
from http.client import HTTPConnection
from pathlib import Path

from tests.certificates import make_certificates
from tests.servers import Nginx
from tests.servers.server import free_port

NAME = "localhost"
# What is asked of it costs as little as can be, and no connection is closed for having been used often.
CONFIGURATION = """
ssl_certificate {certificate};
ssl_certificate_key {certificate};
ssl_session_cache shared:push:10m;
keepalive_requests 100000000;
keepalive_timeout 600s;
client_body_buffer_size 16k;
http2_max_concurrent_streams 1024;
log_format moment '$msec';
server {{
    listen 127.0.0.1:{{port}} ssl http2 backlog=4096;
    listen 127.0.0.1:{second} ssl http2 backlog=4096;
    location / {{ return 201; }}
}}
server {{
    listen 127.0.0.1:{timed} ssl http2;
    access_log moments.log moment;
    location / {{ return 201; }}
}}
server {{
    listen 127.0.0.1:{status};
    location = /status {{ stub_status; }}
}}
"""


class PushService:
    """Counts requests; writes the moment of each only for those to the host ``timed``."""

    def __init__(self, folder: Path) -> None:
        # Asked for again, as each case does, it says again that nginx is missing.
        folder.mkdir(exist_ok=True)
        self._status, second, timed = free_port(), free_port(), free_port()
        certificates = make_certificates(folder, NAME)
        ports = {"second": second, "timed": timed, "status": self._status}
        text = CONFIGURATION.format(certificate=certificates.server_file, **ports)
        self._nginx = Nginx(folder, text, connections=8192)
        self.ca_file, self.certificate = str(certificates.ca_file), str(certificates.server_file)
        # Each is a host of its own to a sender, as host and port make a host.
        self.host, self.second_host, self.timed_host = (f"{NAME}:{port}" for port in (self._nginx.port, second, timed))
        self._moments = folder / "moments.log"
        self._own_requests = 0

    def start(self) -> None:
        """Starts it. Raises Missing."""
        self._nginx.start()

    def stop(self) -> None:
        """Ends it."""
        self._nginx.stop()

    def requests(self) -> int:
        """How many requests it has answered to all hosts, by nginx's own counter; these look-ups are not counted."""
        self._own_requests += 1
        connection = HTTPConnection("127.0.0.1", self._status, timeout=10)
        connection.request("GET", "/status")
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r"^\s*\d+ \d+ (\d+)\s*$", text, re.MULTILINE)
        if found is None:
            raise RuntimeError("nginx's stub_status said something else than expected")
        return int(found[1]) - self._own_requests

    def moments(self) -> list[float]:
        """When the host ``timed`` answered, in seconds since the epoch."""
        if not self._moments.exists():
            return []
        return [float(line) for line in self._moments.read_text(encoding="ascii").split()]
