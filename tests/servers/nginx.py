"""nginx with a configuration of the caller's."""

import os
from pathlib import Path

from tests.servers.server import Server, find

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MAIN = """\
{user}
daemon off;
pid nginx.pid;
error_log stderr warn;
worker_processes {workers};
events {{ worker_connections {connections}; }}
http {{
access_log off;
{temporary}
{configuration}
}}
"""


class Nginx(Server):
    """``configuration`` is what stands inside ``http { }``; ``{port}`` in it is the port to listen on.

    Paths in it are relative to the folder; it runs as whoever starts it.
    """

    def __init__(self, folder: Path, configuration: str, *, workers: int = 1, connections: int = 1024) -> None:
        super().__init__(folder)
        self._program = find("nginx", "nginx-light")
        folders = [f"{name}_temp_path {name}_temp;" for name in TEMPORARY]
        self._written = folder / "nginx.conf"
        self._written.write_text(
            MAIN.format(
                # Else its workers would be another user, who cannot read root's folders.
                user="user root;" if os.geteuid() == 0 else "",
                workers=workers,
                connections=connections,
                temporary="\n".join(folders),
                configuration=configuration.replace("{port}", str(self.port)),
            )
        )

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.launch([self._program, "-p", self.folder, "-c", self._written, "-e", "stderr"], cwd=self.folder)
        self.wait_until_it_answers()
