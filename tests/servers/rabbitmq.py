"""RabbitMQ: a node with a name, a cookie, data and a port mapper (epmd) of its own."""

import os
import signal
import subprocess
from pathlib import Path

from tests.servers.server import LOOPBACK, Server, end_process, find, free_port, spawn

PACKAGE = "rabbitmq-server"
PLACES = ("/usr/lib/rabbitmq/lib/*/sbin", "/usr/lib/rabbitmq/bin")
CLI_PORTS = 11
CONFIGURATION = """\
log.console = false
log.file = broker.log
log.file.level = info
loopback_users = none
disk_free_limit.absolute = 50MB
"""


class RabbitMQ(Server):
    """A single node; its queues stay from start to start."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # The scripts themselves: Debian's own in /usr/sbin would change to the user rabbitmq.
        self._server = find("rabbitmq-server", PACKAGE, *PLACES)
        self._epmd_program = find("epmd", "erlang-base")
        self._epmd: subprocess.Popen[bytes] | None = None
        home = folder / "rabbitmq"
        home.mkdir(exist_ok=True)
        (home / "rabbitmq.conf").write_text(CONFIGURATION)
        (home / "enabled_plugins").write_text("[].\n")
        self._environment = self._own_environment(home, free_port(), free_port(), free_port())

    def _own_environment(self, home: Path, dist_port: int, epmd_port: int, cli_port: int) -> dict[str, str]:
        """Nothing of the system's own RabbitMQ is read or met."""
        on_loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "HOME": str(home),
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": f"tests{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(cli_port),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(cli_port + CLI_PORTS),
            "RABBITMQ_BASE": str(home),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": on_loopback,
            "RABBITMQ_CTL_ERL_ARGS": on_loopback,
            # Not bound to cores that others use too: starts in half the time beside other work.
            "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
            # The script becomes the server instead of watching over it: signals reach the server.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def start(self) -> None:
        """Starts it and waits until it answers: the port opens last."""
        with self.log.open("ab") as log:
            # In the foreground and ours; else the server would start one that outlives it.
            self._epmd = spawn([self._epmd_program], log, self._environment)
        self.launch([self._server], self._environment, cwd=self.folder)
        self.wait_until_it_answers()

    def end(self, number: signal.Signals, seconds: float = 60.0) -> None:
        """Ends the server, then its port mapper."""
        super().end(number, seconds)
        epmd, self._epmd = self._epmd, None
        if epmd is not None:
            end_process(epmd, signal.SIGTERM)

    @property
    def url(self) -> str:
        """Where it is; the account is the one that every new node has."""
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}//"

    def purge(self, queue: str) -> None:
        """Throws away what waits in the queue."""
        self.ctl("purge_queue", queue)

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` prints. RuntimeError when it fails."""
        command = [str(self._server.with_name("rabbitmqctl")), "--quiet", *arguments]
        environment = os.environ | self._environment
        ran = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
        return ran.stdout
