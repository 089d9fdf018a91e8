"""A real, headless Chromium the size of a phone, driven through Playwright."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Playwright

from tests.browsers import chromium_scripts as scripts
from tests.browsers.desktop import Desktop, DesktopNotification
from tests.browsers.gcm import CHROMIUM_ENDPOINT, Gcm
from tests.browsers.page_scripts import NOTIFICATIONS, SHOWS_TEXT, VISIBLE_TEXT
from tests.browsers.waiting import wait_until
from tests.patience import PATIENCE

T = TypeVar("T")


class Chromium:
    """Start with `start()`, end with `quit()`; a second `start()` is the same phone switched on again.

    `page` is the current tab, a Playwright Page. Playwright reads the browser's events only inside its own calls:
    wait with the methods here, not with time.sleep.
    """

    def __init__(
        self,
        playwright: Playwright,
        binary: str,
        profile: Path,
        gcm: Gcm,
        desktop: Desktop,
        *,
        language: str = "fr-FR",
        scale: int = 1,
    ) -> None:
        self._playwright = playwright
        self._binary = binary
        self._profile = profile
        self._gcm = gcm
        self._language = language
        self._scale = scale
        self._context: BrowserContext | None = None
        self._letters: CDPSession | None = None
        self._allowed: list[str] = []
        self._displayed: list[str] = []
        self.desktop = desktop
        self.page: Page
        self.requested_urls: list[str] = []
        self.console_errors: list[str] = []

    # Its life.

    def start(self) -> None:
        """Starts the browser, with one empty tab beside the driver's own."""
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=self._binary,
            headless=True,
            chromium_sandbox=False,
            args=[*scripts.FLAGS, *self._gcm.chromium_flags, f"--accept-lang={self._language}"],
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.desktop.address},
            viewport={"width": 390, "height": 844},
            device_scale_factor=self._scale,
            is_mobile=True,
            has_touch=True,
            locale=self._language,
            timeout=PATIENCE * 1000,
        )
        self._context.set_default_timeout(PATIENCE * 1000)
        prefixes = json.dumps(CHROMIUM_ENDPOINT), json.dumps(self._gcm.endpoint_prefix)
        self._context.add_init_script(scripts.REWRITE_ENDPOINT % prefixes)
        self._context.on("request", lambda request: self.requested_urls.append(request.url))
        self._context.on("console", self._on_console)
        self._context.on("weberror", lambda error: self.console_errors.append(str(error.error)))
        # One tab always stays: it keeps the browser and our ear to it open.
        self._keeper = self._context.pages[0]
        self._devtools = self._context.new_cdp_session(self._keeper)
        self._devtools.on("BackgroundService.backgroundServiceEventReceived", self._on_background_event)
        self._devtools.send("BackgroundService.startObserving", {"service": "notifications"})
        self._devtools.send("BackgroundService.setRecording", {"service": "notifications", "shouldRecord": True})
        for origin in self._allowed:
            self._context.grant_permissions(["notifications"], origin=origin)
        self.page = self._context.new_page()

    def quit(self) -> None:
        """Ends the browser; the profile stays."""
        context, self._context = self._context, None
        if context is not None:
            context.close()

    @property
    def context(self) -> BrowserContext:
        """Playwright's view of the whole browser."""
        if self._context is None:
            raise RuntimeError("Chromium is not running")
        return self._context

    # The page in the current tab.

    def open(self, url: str) -> None:
        """Loads `url` in the current tab and waits until it is loaded."""
        self.page.goto(url)

    @property
    def url(self) -> str:
        """Of the current tab."""
        return self.page.url

    def run(self, script: str, *arguments: object) -> Any:
        """What the JavaScript function `script` returns or resolves to, called in the page."""
        return self.page.evaluate(f"given => ({script})(...given)", list(arguments))

    def until(
        self, probe: Callable[[], T], what: str, *, timeout: float = PATIENCE, seen: Callable[[], object] | None = None
    ) -> T:
        """The first truthy answer of `probe`; a failure says what `seen` tells, or else what the page shows."""
        return wait_until(probe, what, timeout=timeout, seen=seen or self._page_text, pause=self._pause)

    def wait_for(self, script: str, what: str, *arguments: object, timeout: float = PATIENCE) -> Any:
        """The first truthy answer of the JavaScript function `script` in the page."""
        return self.until(lambda: self.run(script, *arguments), what, timeout=timeout)

    def wait_for_text(self, text: str, timeout: float = PATIENCE) -> None:
        """Until the page shows `text`."""
        self.wait_for(SHOWS_TEXT, f"the text {text!r}", text, timeout=timeout)

    def click(self, selector: str, timeout: float = PATIENCE) -> None:
        """A real tap on the first element that matches, once it is there and can be tapped."""
        self.page.locator(selector).first.tap(timeout=timeout * 1000)

    def notifications(self) -> list[dict[str, Any]]:
        """`registration.getNotifications()`. Call wait_for_alert first: Chromium drops one that is asked for early."""
        where = self.page if self.page.url.startswith("http") else self.context.service_workers[0]
        return list(where.evaluate(NOTIFICATIONS))

    def screenshot(self, path: Path, *, whole_page: bool = False) -> None:
        """A PNG of the current tab, at `scale` pixels for each of CSS."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=whole_page)

    def set_width(self, width: int, height: int = 844) -> None:
        """CSS pixels, for the current tab."""
        self.page.set_viewport_size({"width": width, "height": height})

    def set_letters(self, size: int) -> None:
        """What the person has chosen as the size of letters, in CSS pixels; 16 where nothing was chosen."""
        self._letters = self._letters or self.devtools()
        self._letters.send("Page.setFontSizes", {"fontSizes": {"standard": size}})

    # The browser around it.

    def allow_notifications(self, origin: str) -> None:
        """What the user answers to the browser's question, given beforehand."""
        self._allowed.append(origin)
        self.context.grant_permissions(["notifications"], origin=origin)

    def alerts(self) -> list[DesktopNotification]:
        """Notifications on the screen now, whether or not a tab of their site is open."""
        return list(self.desktop.on_screen.values())

    def alert_history(self) -> list[DesktopNotification]:
        """Every notification since the start, closed ones too."""
        return list(self.desktop.history)

    def wait_for_alert(self, title: str, timeout: float = PATIENCE) -> DesktopNotification:
        """Until the notification is on the screen and Chromium has finished putting it there."""

        def shown() -> DesktopNotification | None:
            found = [alert for alert in self.alerts() if alert.title == title]
            finished = self._displayed.count(title) >= [alert.title for alert in self.alert_history()].count(title)
            return found[-1] if found and finished else None

        def seen() -> object:
            return {"screen": self.alert_history(), "displayed": self._displayed, "errors": self.console_errors}

        found = self.until(shown, f"the notification {title!r}", timeout=timeout, seen=seen)
        assert found is not None
        return found

    def click_alert(self, title: str) -> None:
        """A click on a notification on the screen."""
        found = [alert for alert in self.alerts() if alert.title == title]
        assert found, f"no notification {title!r} among {self.alerts()}"
        self.desktop.click(found[-1])

    def tabs(self) -> list[str]:
        """The URLs of all open tabs but the driver's own."""
        return [page.url for page in self.context.pages if page != self._keeper]

    def wait_for_tab(self, accepts: Callable[[str], bool] | str, timeout: float = PATIENCE) -> str:
        """Switches to the tab whose URL is, or is accepted by, `accepts` and returns its URL."""
        matches = accepts if callable(accepts) else accepts.__eq__

        def switch() -> str:
            found = [page for page in self.context.pages if page != self._keeper and matches(page.url)]
            if found:
                self.page = found[-1]
            return found[-1].url if found else ""

        return self.until(switch, "a tab with the URL", timeout=timeout, seen=self.tabs)

    def close_all_tabs(self) -> None:
        """Leaves the driver's own tab with about:blank, and no service worker running."""
        for page in [page for page in self.context.pages if page != self._keeper]:
            # Closed in the middle of a navigation that its worker answers, Chromium answers nobody any more.
            page.goto("about:blank")
            page.close()
        self.page = self._keeper
        self.stop_workers()

    def new_tab(self) -> None:
        """Opens an empty tab and makes it the current one."""
        self.page = self.context.new_page()

    def stop_workers(self) -> None:
        """Stops the service workers, as the browser does with idle ones."""
        self._devtools.send("ServiceWorker.enable")
        self._devtools.send("ServiceWorker.stopAllWorkers")
        self._devtools.send("ServiceWorker.disable")

    def set_offline(self, offline: bool) -> None:
        """No network for pages and workers, and none for push."""
        self.context.set_offline(offline)
        self._gcm.set_offline(offline)

    def devtools(self) -> CDPSession:
        """A DevTools session of the current tab."""
        return self.context.new_cdp_session(self.page)

    def foreign_requests(self, *origins: str) -> list[str]:
        """What pages and workers asked of anybody but `origins`."""
        ours = (*origins, "about:", "blob:", "data:")
        return [url for url in self.requested_urls if not url.startswith(ours)]

    def wait_for_errors(self, *parts: str, timeout: float = PATIENCE) -> None:
        """Until each of `parts` is in one of `console_errors`."""

        def all_there() -> bool:
            return all(any(part in error for error in self.console_errors) for part in parts)

        self.until(all_there, f"errors with {parts}", timeout=timeout, seen=lambda: self.console_errors)

    def _pause(self, seconds: float) -> None:
        self._keeper.wait_for_timeout(seconds * 1000)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_background_event(self, event: dict[str, Any]) -> None:
        told = event["backgroundServiceEvent"]
        if told["eventName"] == "Notification displayed":
            self._displayed += [pair["value"] for pair in told["eventMetadata"] if pair["key"] == "Title"]

    def _page_text(self) -> object:
        return {"url": self.url, "text": self.run(VISIBLE_TEXT), "errors": self.console_errors}
