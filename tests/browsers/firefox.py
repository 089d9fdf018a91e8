"""A real, headless Firefox with a fresh profile, driven through Marionette."""

import base64
import contextlib
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from marionette_driver.errors import MarionetteException
from marionette_driver.marionette import Marionette

from tests.browsers import firefox_scripts as scripts
from tests.browsers.firefox_profile import write_preferences
from tests.browsers.page_scripts import NOTIFICATIONS, SHOWS_TEXT, VISIBLE_TEXT
from tests.browsers.processes import end_group
from tests.browsers.waiting import wait_until
from tests.patience import PATIENCE

T = TypeVar("T")

ALLOW, DENY = 1, 2

# Firefox writes console.error of pages and workers into its log. Its own modules put their name first.
CONSOLE_ERROR = re.compile(r"^console\.error: (?![\w .-]+: *$)(.*)$", re.MULTILINE)


class ScriptFailed(Exception):
    """A script in the page threw, or its promise was rejected."""


@dataclass(frozen=True)
class Alert:
    """A notification as the user sees it on the screen."""

    title: str
    body: str


class Firefox:
    """Start with `start()`, end with `quit()`; a second `start()` is the same phone switched on again."""

    def __init__(self, binary: str, profile: Path, *, push_server_url: str | None, language: str = "fr, en") -> None:
        self._binary = binary
        self._profile = profile
        profile.mkdir(parents=True, exist_ok=True)
        write_preferences(profile, push_server_url, language)
        self._process: subprocess.Popen[bytes] | None = None
        self._marionette: Marionette | None = None

    # Its life.

    def start(self) -> None:
        """Starts the browser, with one empty tab."""
        port_file = self._profile / "MarionetteActivePort"
        port_file.unlink(missing_ok=True)
        log = (self._profile / "firefox.log").open("ab")
        # No session bus: nothing on this machine is to be asked to show anything.
        environment = os.environ | {"MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(self._profile)}
        environment |= {"MOZ_REMOTE_ALLOW_SYSTEM_ACCESS": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        command = [self._binary, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        self._process = subprocess.Popen(
            [*command, "--profile", str(self._profile), "about:blank"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        wait_until(
            lambda: port_file.exists() and port_file.read_text().strip(),
            "Firefox to listen for its driver",
            timeout=PATIENCE,
            seen=lambda: (self._profile / "firefox.log").read_text(errors="replace")[-2000:],
        )
        self._marionette = Marionette(host="127.0.0.1", port=int(port_file.read_text()), socket_timeout=2 * PATIENCE)
        self._marionette.start_session(timeout=PATIENCE)
        self._marionette.timeout.script = PATIENCE
        self.chrome(scripts.KEEP_ALERTS)

    def quit(self) -> None:
        """Ends the browser; the profile stays."""
        marionette, self._marionette = self._marionette, None
        process, self._process = self._process, None
        if marionette is not None:
            # When it has gone already, end_group sees to the rest.
            with contextlib.suppress(OSError, MarionetteException):
                marionette._send_message("Marionette:Quit", {"flags": ["eForceQuit"]})
            # Else its destructor tries to end a session that is no more.
            marionette.cleanup_ran = True
            if marionette.client is not None:
                marionette.client.close()
        if process is not None:
            end_group(process)

    @property
    def marionette(self) -> Marionette:
        """The driver beneath, for what is not here."""
        if self._marionette is None:
            raise RuntimeError("Firefox is not running")
        return self._marionette

    # The page in the current tab.

    def open(self, url: str) -> None:
        """Loads `url` in the current tab and waits until it is loaded."""
        self.marionette.navigate(url)

    @property
    def url(self) -> str:
        """Of the current tab."""
        return str(self.marionette.get_url())

    def run(self, script: str, *arguments: object) -> Any:
        """What the JavaScript function `script` returns or resolves to, called in the page. Raises ScriptFailed."""
        answer = self.marionette.execute_async_script(scripts.RUN % script, script_args=arguments, sandbox=None)
        if "failed" in answer:
            raise ScriptFailed(answer["failed"])
        return answer.get("value")

    def until(
        self, probe: Callable[[], T], what: str, *, timeout: float = PATIENCE, seen: Callable[[], object] | None = None
    ) -> T:
        """The first truthy answer of `probe`; a failure says what `seen` tells, or else what the page shows."""
        return wait_until(probe, what, timeout=timeout, seen=seen or self._page_text)

    def wait_for(self, script: str, what: str, *arguments: object, timeout: float = PATIENCE) -> Any:
        """The first truthy answer of the JavaScript function `script` in the page."""
        return self.until(lambda: self.run(script, *arguments), what, timeout=timeout)

    def wait_for_text(self, text: str, timeout: float = PATIENCE) -> None:
        """Until the page shows `text`."""
        self.wait_for(SHOWS_TEXT, f"the text {text!r}", text, timeout=timeout)

    def click(self, selector: str, timeout: float = PATIENCE) -> None:
        """A real click on the first element that matches, once it is there."""
        self.wait_for("selector => !!document.querySelector(selector)", f"{selector!r}", selector, timeout=timeout)
        self.marionette.find_element("css selector", selector).click()

    def notifications(self) -> list[dict[str, Any]]:
        """`registration.getNotifications()` of the current page's service worker."""
        return list(self.run(NOTIFICATIONS))

    def screenshot(self, path: Path, *, whole_page: bool = False) -> None:
        """A PNG of the current tab."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.marionette.screenshot(full=whole_page)))

    # The browser around it.

    def chrome(self, script: str, *arguments: object) -> Any:
        """A script body with the browser's own rights."""
        with self.marionette.using_context("chrome"):
            return self.marionette.execute_script(script, script_args=arguments, sandbox="system")

    def allow_notifications(self, origin: str, *, allowed: bool = True) -> None:
        """What the user answers to the browser's question, given beforehand."""
        self.chrome(scripts.ALLOW_NOTIFICATIONS, origin, ALLOW if allowed else DENY)

    def alerts(self) -> list[Alert]:
        """Notifications on the screen now, of whatever site, whether or not one of its tabs is open."""
        return [Alert(**alert) for alert in self.chrome(scripts.ALERTS)]

    def alert_history(self) -> list[Alert]:
        """Every notification since the start, closed ones too."""
        return [Alert(**alert) for alert in self.chrome(scripts.ALERT_HISTORY)]

    def wait_for_alert(self, title: str, timeout: float = PATIENCE) -> Alert:
        """Until a notification with that title is on the screen."""

        def shown() -> Alert | None:
            return next((alert for alert in self.alerts() if alert.title == title), None)

        def seen() -> object:
            return {"shown": self.alert_history(), "errors": self.console_errors()}

        found = wait_until(shown, f"the notification {title!r}", timeout=timeout, seen=seen)
        assert found is not None
        return found

    def click_alert(self, title: str) -> None:
        """A click on a notification on the screen."""
        assert self.chrome(scripts.CLICK_ALERT, title), f"no notification {title!r} among {self.alerts()}"

    def tabs(self) -> list[str]:
        """The URLs of all open tabs."""
        return list(self.chrome(scripts.TABS))

    def wait_for_tab(self, accepts: Callable[[str], bool] | str, timeout: float = PATIENCE) -> str:
        """Switches to the tab whose URL is, or is accepted by, `accepts` and returns its URL."""
        matches = accepts if callable(accepts) else accepts.__eq__
        return wait_until(lambda: self._switch_to(matches), "a tab with the URL", timeout=timeout, seen=self.tabs)

    def focused_url(self) -> str:
        """The URL of the tab that the user looks at."""
        return str(self.chrome(scripts.SELECTED_TAB))

    def wait_for_focus(self, url: str, timeout: float = PATIENCE) -> None:
        """Until the user looks at `url`."""
        wait_until(lambda: self.focused_url() == url, f"{url} in front", timeout=timeout, seen=self.tabs)

    def close_all_tabs(self) -> None:
        """Leaves one tab with about:blank, and no service worker running."""
        blank = self.marionette.open(type="tab", focus=True)["handle"]
        for handle in self.marionette.window_handles:
            if handle != blank:
                self.marionette.switch_to_window(handle)
                self.marionette.close()
        self.marionette.switch_to_window(blank)
        wait_until(lambda: self.tabs() == ["about:blank"], "all tabs to be closed", seen=self.tabs)
        self.stop_workers()

    def stop_workers(self) -> int:
        """Stops the service workers, as the browser does with idle ones; how many there were."""
        with self.marionette.using_context("chrome"):
            return int(self.marionette.execute_async_script(scripts.STOP_WORKERS, sandbox="system"))

    def set_offline(self, offline: bool) -> None:
        """No network for pages and workers, and none for push."""
        self.chrome(scripts.SET_OFFLINE, offline)

    def set_language(self, languages: str) -> None:
        """What `navigator.languages` and Accept-Language say from now on, such as "en, fr"."""
        self.marionette.set_pref("intl.accept_languages", languages)

    def set_phone_size(self, width: int = 390, height: int = 844, ratio: float = 3) -> None:
        """The current tab becomes as wide as a phone, also below the least width of a window."""
        self.marionette.set_window_rect(width=max(width, 450), height=height + 150)
        self.chrome(scripts.PHONE_SIZE, width, height, ratio)
        self.wait_for("width => innerWidth === width", f"a page {width} px wide", width)

    def console_errors(self) -> list[str]:
        """Errors of pages and workers since the start: thrown, refused by a policy, or given to console.error."""
        log = (self._profile / "firefox.log").read_text(encoding="utf-8", errors="replace")
        return list(self.chrome(scripts.SCRIPT_ERRORS)) + CONSOLE_ERROR.findall(log)

    def wait_for_errors(self, *parts: str, timeout: float = PATIENCE) -> None:
        """Until each of `parts` is in one of the errors."""

        def all_there() -> bool:
            errors = self.console_errors()
            return all(any(part in error for error in errors) for part in parts)

        wait_until(all_there, f"errors with {parts}", timeout=timeout, seen=self.console_errors)

    def _switch_to(self, matches: Callable[[str], bool]) -> str:
        for handle in self.marionette.window_handles:
            self.marionette.switch_to_window(handle, focus=False)
            if matches(self.url):
                return self.url
        return ""

    def _page_text(self) -> object:
        return {"url": self.url, "text": self.run(VISIBLE_TEXT), "errors": self.console_errors()}
