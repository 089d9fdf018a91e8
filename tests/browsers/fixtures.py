"""Fixtures: real browsers and the push services that they talk to."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browsers.autopush import Autopush
from tests.browsers.chromium import Chromium
from tests.browsers.desktop import Desktop
from tests.browsers.firefox import Firefox
from tests.browsers.gcm import Gcm
from tests.browsers.watchdog import Watchdog
from tests.certificates import Certificates, make_certificates

StartFirefox = Callable[..., Firefox]
StartChromium = Callable[..., Chromium]

HOW_TO_GET_THEM = "apt-get install firefox-esr chromium fonts-dejavu-core dbus-daemon"


def find_program(*names: str) -> str:
    """The path of the first that is installed; without one the test is skipped, in CI it fails."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    complaint = f"{names[0]} is missing: {HOW_TO_GET_THEM}"
    if os.environ.get("CI"):
        pytest.fail(complaint, pytrace=False)
    pytest.skip(complaint)


@pytest.fixture(scope="session")
def push_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """One authority for all stand-ins, so that one PUSH_CA_FILE does for the back end."""
    return make_certificates(tmp_path_factory.mktemp("push-certificates"), "127.0.0.1", "localhost")


@pytest.fixture
def autopush(push_certificates: Certificates) -> Iterator[Autopush]:
    service = Autopush(push_certificates)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def start_firefox(autopush: Autopush, tmp_path: Path) -> Iterator[StartFirefox]:
    """Makes as many Firefoxes, each with a profile of its own, as a test has people."""
    binary = find_program("firefox-esr", "firefox")
    started: list[Firefox] = []

    def start(language: str = "fr, en") -> Firefox:
        profile = tmp_path / f"firefox-{len(started)}"
        firefox = Firefox(binary, profile, push_server_url=autopush.server_url, language=language)
        started.append(firefox)
        firefox.start()
        return firefox

    yield start
    for firefox in started:
        firefox.quit()


@pytest.fixture
def firefox(start_firefox: StartFirefox) -> Firefox:
    return start_firefox()


@pytest.fixture
def gcm(push_certificates: Certificates) -> Iterator[Gcm]:
    service = Gcm(push_certificates)
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    """One for the journeys of a file: a process that takes a second to start, and holds nothing of theirs."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright leaves an event loop running in the test's thread, where Django then refuses the ORM.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture
def start_chromium(gcm: Gcm, playwright_driver: Playwright, tmp_path: Path) -> Iterator[StartChromium]:
    """Makes as many Chromiums, each with a profile and a desktop of its own, as a test has people.

    A phone has three pixels for each of CSS (``scale``), which are five times the work: few tests look at so much.
    """
    binary, dbus_daemon = find_program("chromium"), find_program("dbus-daemon")
    started: list[Chromium] = []

    def start(language: str = "fr-FR", scale: int = 1) -> Chromium:
        desktop = Desktop(dbus_daemon)
        profile = tmp_path / f"chromium-{len(started)}"
        chromium = Chromium(playwright_driver, binary, profile, gcm, desktop, language=language, scale=scale)
        desktop.start()
        started.append(chromium)
        chromium.start()
        return chromium

    with Watchdog(tmp_path):
        yield start
        for chromium in started:
            chromium.quit()
            chromium.desktop.stop()


@pytest.fixture
def chromium(start_chromium: StartChromium) -> Chromium:
    return start_chromium()
