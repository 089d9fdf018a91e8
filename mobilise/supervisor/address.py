"""Where the site listens."""

import errno
import os
import socket
from dataclasses import dataclass

from mobilise.supervisor.refusal import Refusal

LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to listen on."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """BIND and PORT, 127.0.0.1 and 8000 by default. Raises Refusal."""
        text = os.environ.get("PORT", "8000")
        if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
            raise Refusal(f"PORT={text} is no port: use a number from 1 to {LAST_PORT}.")
        return cls(os.environ.get("BIND", "127.0.0.1"), int(text))

    @property
    def url(self) -> str:
        """What this machine's browser opens."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  # compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def require_free(self) -> None:
        """Raises Refusal when something else listens there, or this user may not."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            # As the server does it: connections that linger after a stop do not count as "in use".
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
                probe.listen()
            except OSError as error:
                raise Refusal(self._why(error)) from error

    def _why(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            other = self.port + 1 if self.port < LAST_PORT else self.port - 1
            return f"Port {self.port} is in use: stop what uses it, or choose another: PORT={other} make run"
        if error.errno == errno.EACCES:
            return f"Port {self.port} is not open to this user: choose one above 1023: PORT=8000 make run"
        return f"Cannot listen on {self.host}, port {self.port}: {error.strerror or error}. Check BIND and PORT."
