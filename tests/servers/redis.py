"""Redis, in memory alone."""

from pathlib import Path

from tests.servers.server import LOOPBACK, Server, find


class Redis(Server):
    """Forgets everything when it is stopped."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._program = find("redis-server", "redis-server")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ["--bind", LOOPBACK, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.launch([self._program, *options, "--dir", self.folder], cwd=self.folder)
        self.wait_until_it_answers()

    @property
    def url(self) -> str:
        """Where its first database is."""
        return f"redis://{LOOPBACK}:{self.port}/0"
