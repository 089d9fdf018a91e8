"""A desktop for Chromium: a D-Bus session of its own with a stand-in for org.freedesktop.Notifications."""

import asyncio
import itertools
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browsers import dbus_wire as wire
from tests.browsers.loop_thread import LoopThread
from tests.browsers.processes import end_group
from tests.browsers.waiting import wait_until

BUS = "org.freedesktop.DBus"
NAME = "org.freedesktop.Notifications"
OBJECT = "/org/freedesktop/Notifications"
CLOSED_BY_USER, CLOSED_BY_CALL = 2, 3

# No <servicedir>: nothing is started on demand.
BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""


@dataclass(frozen=True)
class DesktopNotification:
    """What the desktop was asked to put on the screen; Chromium puts the site's name before the body."""

    number: int
    title: str
    body: str
    actions: tuple[str, ...]
    silent: bool

    @property
    def text(self) -> str:
        """The body as the site gave it."""
        return self.body.partition("\n\n")[2] or self.body


class Desktop:
    """`history` has every notification; `on_screen` those that were not closed."""

    def __init__(self, dbus_daemon: str) -> None:
        self.history: list[DesktopNotification] = []
        self.on_screen: dict[int, DesktopNotification] = {}
        # Of its own, because the path of a socket may have no more than 107 characters.
        self._folder = tempfile.TemporaryDirectory(prefix="bus-")
        self._socket = Path(self._folder.name) / "socket"
        self._dbus_daemon = dbus_daemon
        self._numbers = itertools.count(1)
        self._serials = itertools.count(1)

    @property
    def address(self) -> str:
        """For DBUS_SESSION_BUS_ADDRESS."""
        return f"unix:path={self._socket}"

    def start(self) -> None:
        """Starts the bus and takes the notification service's name on it."""
        configuration, log = self._socket.with_name("configuration"), self._socket.with_name("log")
        configuration.write_text(BUS_CONFIGURATION.format(socket=self._socket))
        command = [self._dbus_daemon, "--nofork", "--nopidfile", f"--config-file={configuration}"]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        wait_until(self._is_listening, "dbus-daemon to listen", seen=log.read_text)
        self._thread = LoopThread("desktop")
        self._thread.run(self._connect())

    def stop(self) -> None:
        """Ends the bus; what was shown can still be read."""
        self._thread.run(self._disconnect())
        self._thread.stop()
        self._process.terminate()
        end_group(self._process)
        self._folder.cleanup()

    def click(self, notification: DesktopNotification, action: str = "default") -> None:
        """A click on the notification, or on the button named `action`."""
        if action not in notification.actions:
            raise ValueError(f"{action!r} is none of {notification.actions}")
        self._thread.run(self._click(notification.number, action))

    def _is_listening(self) -> bool:
        """Its socket is there a moment before it is listened on."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    async def _click(self, number: int, action: str) -> None:
        self._signal("ActionInvoked", "us", [number, action])
        self._close(number, CLOSED_BY_USER)

    def _close(self, number: int, reason: int) -> None:
        if self.on_screen.pop(number, None):
            self._signal("NotificationClosed", "uu", [number, reason])

    async def _disconnect(self) -> None:
        self._serving.cancel()
        self._writer.close()

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_unix_connection(str(self._socket))
        self._writer.write(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        answer = await self._reader.readline()
        if not answer.startswith(b"OK"):
            raise ConnectionError(f"dbus-daemon said {answer!r}")
        self._writer.write(b"BEGIN\r\n")
        self._call_bus("Hello")
        self._call_bus("RequestName", "su", [NAME, 4])
        while (await self._read()).fields.get(wire.MEMBER) != "NameAcquired":
            pass
        # The unique name was acquired; the second one is ours to serve under.
        while (await self._read()).body != [NAME]:
            pass
        self._serving = asyncio.ensure_future(self._serve())

    async def _serve(self) -> None:
        while True:
            message = await self._read()
            if message.kind == wire.METHOD_CALL:
                self._answer(message)

    async def _read(self) -> wire.BusMessage:
        start = await self._reader.readexactly(wire.HEADER_SIZE)
        header, body = wire.sizes(start)
        return wire.decode_message(start + await self._reader.readexactly(header + body - wire.HEADER_SIZE))

    def _answer(self, call: wire.BusMessage) -> None:
        match call.fields.get(wire.MEMBER):
            case "Notify":
                self._reply(call, "u", [self._notify(call.body)])
            case "CloseNotification":
                self._reply(call)
                self._close(call.body[0], CLOSED_BY_CALL)
            case "GetCapabilities":
                self._reply(call, "as", [["actions", "body", "persistence"]])
            case "GetServerInformation":
                self._reply(call, "ssss", ["Stand-in", "Tests", "1.0", "1.2"])
            case _:
                fields = {wire.ERROR_NAME: f"{BUS}.Error.UnknownMethod"} | self._to_caller(call)
                self._write(wire.ERROR, fields)

    def _notify(self, body: Sequence[Any]) -> int:
        _, replaces, _, title, text, actions, hints, _ = body
        number = replaces or next(self._numbers)
        silent = bool(hints.get("suppress-sound"))
        notification = DesktopNotification(number, title, text, tuple(actions[::2]), silent)
        self.on_screen[number] = notification
        self.history.append(notification)
        return int(number)

    def _to_caller(self, call: wire.BusMessage) -> dict[int, Any]:
        return {wire.REPLY_SERIAL: call.serial, wire.DESTINATION: call.fields[wire.SENDER]}

    def _reply(self, call: wire.BusMessage, signature: str = "", body: Sequence[Any] = ()) -> None:
        self._write(wire.METHOD_RETURN, self._to_caller(call), signature, body)

    def _signal(self, member: str, signature: str, body: Sequence[Any]) -> None:
        fields = {wire.PATH: OBJECT, wire.INTERFACE: NAME, wire.MEMBER: member}
        self._write(wire.SIGNAL, fields, signature, body)

    def _call_bus(self, member: str, signature: str = "", body: Sequence[Any] = ()) -> None:
        fields = {wire.DESTINATION: BUS, wire.PATH: "/org/freedesktop/DBus", wire.INTERFACE: BUS, wire.MEMBER: member}
        self._write(wire.METHOD_CALL, fields, signature, body)

    def _write(self, kind: int, fields: dict[int, Any], signature: str = "", body: Sequence[Any] = ()) -> None:
        self._writer.write(wire.encode_message(kind, next(self._serials), fields, signature, body))
