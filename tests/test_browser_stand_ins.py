"""The stand-ins and drivers themselves: real push, encrypted by pywebpush, seen and clicked in real browsers."""

import base64
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from tests.browsers.autopush import Autopush
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Alert, Firefox
from tests.browsers.fixtures import StartChromium, StartFirefox, find_program
from tests.browsers.gcm import Gcm
from tests.browsers.page_checks import AXE_FILE, accessibility_violations, installability_errors
from tests.browsers.push_service import PushService
from tests.browsers.site import Site
from tests.browsers.waiting import wait_until
from tests.browsers.watchdog import processes_of
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser


class Sender:
    """An application server made of the reference implementations."""

    def __init__(self, site: str, service: PushService) -> None:
        self._site = site
        self._service = service
        self._vapid = Vapid02(ec.generate_private_key(ec.SECP256R1()))
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def send(self, subscription: dict, title: str, *, ttl: int = 60, topic: str | None = None, flaw: str = "") -> int:
        """The push service's status."""
        notification = {"title": title, "body": "Ce soir à 19 h", "navigate": self.url_of(title), "tag": title}
        body = WebPusher(subscription).encode(json.dumps({"notification": notification}).encode(), "aes128gcm")["body"]
        endpoint = urlsplit(subscription["endpoint"])
        audience = "https://elsewhere.example" if flaw == "audience" else f"https://{endpoint.netloc}"
        headers = self._vapid.sign({"aud": audience, "sub": "mailto:admin@example.org"})
        headers |= {"TTL": str(ttl), "Content-Encoding": "aes128gcm", "Urgency": "high"}
        if topic:
            headers["Topic"] = topic
        if flaw == "ciphertext":
            body = body[:-1] + bytes([body[-1] ^ 1])
        context = self._service.certificates.client_context()
        connection = http.client.HTTPSConnection(endpoint.netloc, context=context, timeout=PATIENCE)
        connection.request("POST", endpoint.path, body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def url_of(self, title: str) -> str:
        """The page that a notification with this title opens."""
        return f"{self._site}/a/{title}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def firefox_sender(site: Site, autopush: Autopush) -> Sender:
    return Sender(site.origin, autopush)


def subscribe_firefox(firefox: Firefox, site: Site, sender: Sender) -> dict:
    firefox.allow_notifications(site.origin)
    firefox.open(f"{site.origin}/")
    return firefox.run("key => subscribe(key)", sender.public_key)


def test_it_shows_a_push_in_firefox_and_a_click_opens_its_page(
    firefox: Firefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    assert subscription["endpoint"].startswith(f"{autopush.origin}/wpush/v2/")

    assert firefox_sender.send(subscription, "manif") == 201

    assert firefox.wait_for_alert("manif") == Alert("manif", "Ce soir à 19 h")
    assert [shown["body"] for shown in firefox.notifications()] == ["Ce soir à 19 h"]
    assert [ack.code for ack in autopush.wait_for_acks(1)] == [100]
    firefox.click_alert("manif")
    firefox.wait_for_tab(firefox_sender.url_of("manif"))
    assert firefox.focused_url() == firefox_sender.url_of("manif")
    assert firefox.alerts() == []
    assert firefox.console_errors() == []


def test_a_click_in_firefox_with_no_tab_open_opens_one(
    firefox: Firefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    firefox.close_all_tabs()

    assert firefox_sender.send(subscription, "rassemblement") == 201

    firefox.wait_for_alert("rassemblement")
    assert firefox.tabs() == ["about:blank"]
    firefox.click_alert("rassemblement")
    firefox.wait_for_tab(firefox_sender.url_of("rassemblement"))


def test_a_click_in_firefox_focuses_the_tab_that_shows_the_page_already(
    firefox: Firefox, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    firefox.open(firefox_sender.url_of("direct"))
    firefox.marionette.switch_to_window(firefox.marionette.open(type="tab", focus=True)["handle"])
    assert firefox.focused_url() == "about:blank"

    firefox_sender.send(subscription, "direct")
    firefox.wait_for_alert("direct")
    firefox.click_alert("direct")

    wait_until(lambda: "/worker-focused" in site.paths, "the worker to focus the tab", seen=lambda: site.paths)
    firefox.wait_for_focus(firefox_sender.url_of("direct"))
    assert sorted(firefox.tabs()) == sorted(["about:blank", firefox_sender.url_of("direct")])


def test_firefox_that_was_offline_gets_the_waiting_push_once(
    firefox: Firefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    firefox.set_offline(True)
    autopush.wait_for_no_browser()

    assert firefox_sender.send(subscription, "trop-tard", ttl=0) == 201
    assert firefox_sender.send(subscription, "remplacee", topic="rappel") == 201
    assert firefox_sender.send(subscription, "rappel", topic="rappel") == 201
    assert firefox.alert_history() == []
    firefox.set_offline(False)

    firefox.wait_for_alert("rappel")
    autopush.wait_for_acks(1)
    assert firefox.alert_history() == [Alert("rappel", "Ce soir à 19 h")]


def test_firefox_started_again_gets_the_waiting_push(
    firefox: Firefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    firefox.quit()
    assert firefox_sender.send(subscription, "matin") == 201
    firefox.start()
    firefox.wait_for_alert("matin")


def test_autopush_answers_as_mozilla_does_and_as_it_is_told(
    firefox: Firefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    subscription = subscribe_firefox(firefox, site, firefox_sender)
    token = subscription["endpoint"].rpartition("/")[2]
    assert Sender(site.origin, autopush).send(subscription, "autre-cle") == 401
    assert firefox_sender.send(subscription, "mauvaise-audience", flaw="audience") == 401
    assert firefox_sender.send(subscription | {"endpoint": autopush.endpoint("inconnu")}, "inconnu") == 404
    autopush.answer(429, token=token, headers={"Retry-After": "1"})
    assert firefox_sender.send(subscription, "trop") == 429

    assert firefox_sender.send(subscription, "illisible", flaw="ciphertext") == 201
    assert [ack.code for ack in autopush.wait_for_acks(1)] == [101]

    firefox.run("async () => (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).unsubscribe()")
    assert firefox_sender.send(subscription, "parti") == 410
    assert [request.status for request in autopush.requests] == [401, 401, 404, 429, 201, 410]
    assert firefox.alert_history() == []


def test_two_firefoxes_are_two_people(
    start_firefox: StartFirefox, autopush: Autopush, site: Site, firefox_sender: Sender
) -> None:
    first, second = start_firefox(), start_firefox(language="en")
    for_first = subscribe_firefox(first, site, firefox_sender)
    for_second = subscribe_firefox(second, site, firefox_sender)
    assert for_first["endpoint"] != for_second["endpoint"]
    assert [browser.run("() => navigator.language") for browser in (first, second)] == ["fr", "en"]

    firefox_sender.send(for_second, "seconde")
    second.wait_for_alert("seconde")
    assert first.alert_history() == []


@pytest.fixture
def chromium_sender(site: Site, gcm: Gcm) -> Sender:
    return Sender(site.origin, gcm)


def subscribe_chromium(chromium: Chromium, site: Site, sender: Sender) -> dict:
    chromium.allow_notifications(site.origin)
    chromium.open(f"{site.origin}/")
    return chromium.run("key => subscribe(key)", sender.public_key)


def test_it_shows_a_push_in_chromium_and_a_click_opens_its_page(
    chromium: Chromium, gcm: Gcm, site: Site, chromium_sender: Sender
) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    assert subscription["endpoint"] == subscription["getter"]
    assert subscription["endpoint"].startswith(f"{gcm.origin}/fcm/send/")

    assert chromium_sender.send(subscription, "manif") == 201

    assert chromium.wait_for_alert("manif").text == "Ce soir à 19 h"
    assert [shown["body"] for shown in chromium.notifications()] == ["Ce soir à 19 h"]
    assert [ack.code for ack in gcm.wait_for_acks(1)] == [100]
    chromium.click_alert("manif")
    chromium.wait_for_tab(chromium_sender.url_of("manif"))
    assert chromium.alerts() == []
    assert chromium.console_errors == []
    assert chromium.foreign_requests(site.origin) == []
    assert f"{site.origin}/sw.js" in chromium.requested_urls


def test_chromium_does_without_all_that_playwright_does_without(chromium: Chromium, tmp_path: Path) -> None:
    started = [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split() for pid in processes_of(tmp_path)]
    browser = next(words for words in started if "--headless" in words and "--remote-debugging-pipe" in words)
    theirs, ours = (set(word.split("=")[1].split(",")) for word in browser if word.startswith("--disable-features="))
    assert theirs < ours


def test_a_click_in_chromium_with_no_tab_open_opens_one(
    chromium: Chromium, site: Site, chromium_sender: Sender
) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    chromium.close_all_tabs()

    assert chromium_sender.send(subscription, "rassemblement") == 201

    chromium.wait_for_alert("rassemblement")
    assert chromium.tabs() == []
    assert [shown["title"] for shown in chromium.notifications()] == ["rassemblement"]
    chromium.click_alert("rassemblement")
    chromium.wait_for_tab(chromium_sender.url_of("rassemblement"))


def test_a_click_in_chromium_opens_no_second_tab_of_the_same_page(
    chromium: Chromium, site: Site, chromium_sender: Sender
) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    chromium.open(chromium_sender.url_of("direct"))
    chromium.new_tab()

    chromium_sender.send(subscription, "direct")
    chromium.wait_for_alert("direct")
    chromium.click_alert("direct")

    wait_until(lambda: "/worker-focused" in site.paths, "the worker to focus the tab", seen=lambda: site.paths)
    assert sorted(chromium.tabs()) == sorted(["about:blank", chromium_sender.url_of("direct")])


def test_chromium_that_was_offline_gets_the_waiting_push_once(
    chromium: Chromium, gcm: Gcm, site: Site, chromium_sender: Sender
) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    chromium.set_offline(True)
    gcm.wait_for_no_browser()

    assert chromium_sender.send(subscription, "trop-tard", ttl=0) == 201
    assert chromium_sender.send(subscription, "rappel") == 201
    chromium.set_offline(False)

    chromium.wait_for_alert("rappel")
    gcm.wait_for_acks(1)
    assert [alert.title for alert in chromium.alert_history()] == ["rappel"]


def test_chromium_started_again_gets_the_waiting_push(chromium: Chromium, site: Site, chromium_sender: Sender) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    chromium.quit()
    assert chromium_sender.send(subscription, "matin") == 201
    chromium.start()
    chromium.wait_for_alert("matin")


def test_gcm_answers_as_google_does_and_as_it_is_told(
    chromium: Chromium, gcm: Gcm, site: Site, chromium_sender: Sender
) -> None:
    subscription = subscribe_chromium(chromium, site, chromium_sender)
    assert Sender(site.origin, gcm).send(subscription, "autre-cle") == 403
    gcm.answer(404)
    assert chromium_sender.send(subscription, "perdu") == 404
    assert chromium_sender.send(subscription, "arrive") == 201
    chromium.wait_for_alert("arrive")

    chromium.run(
        "async () => (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).unsubscribe()"
    )
    wait_until(lambda: chromium_sender.send(subscription, "parti") == 410, "the endpoint to be gone")


def test_chromium_tells_what_is_wrong_with_a_page(chromium: Chromium, site: Site) -> None:
    chromium.open(f"{site.origin}/")
    assert chromium.console_errors == []
    chromium.run("() => { console.error('broken'); setTimeout(() => { throw new Error('thrown') }) }")
    chromium.wait_for_errors("broken", "thrown")
    chromium.open(f"{site.origin}/strict")
    chromium.wait_for_errors("Content Security Policy")
    assert installability_errors(chromium) == ["no-manifest"]

    chromium.open(f"{site.origin}/")
    assert chromium.foreign_requests(site.origin) == []
    chromium.run("() => fetch('https://elsewhere.example/').catch(() => 0)")
    assert chromium.foreign_requests(site.origin) == ["https://elsewhere.example/"]


@pytest.mark.skipif(not AXE_FILE.exists(), reason="axe-core comes with the front end: npm ci in frontend/")
def test_chromium_tells_what_axe_finds(chromium: Chromium, site: Site) -> None:
    chromium.open(f"{site.origin}/")
    assert "image-alt" not in [found["id"] for found in accessibility_violations(chromium)]
    chromium.run("() => document.body.append(new Image(9, 9))")
    assert "image-alt" in [found["id"] for found in accessibility_violations(chromium)]


def test_firefox_tells_what_is_wrong_with_a_page(firefox: Firefox, site: Site) -> None:
    firefox.open(f"{site.origin}/")
    assert firefox.console_errors() == []
    # In a script of the page: a failure of what the driver itself runs is the test's own.
    add = (
        "text => { const script = document.createElement('script'); script.text = text; document.body.append(script) }"
    )
    firefox.run(add, "console.error('broken'); setTimeout(() => { throw new Error('thrown') })")
    firefox.wait_for_errors("broken", "thrown")
    firefox.open(f"{site.origin}/strict")
    firefox.wait_for_errors("Content-Security-Policy")


def test_a_chromium_speaks_the_language_it_was_started_with(start_chromium: StartChromium, site: Site) -> None:
    chromium = start_chromium(language="en-GB")
    chromium.open(f"{site.origin}/")
    assert chromium.run("() => navigator.language") == "en-GB"
    chromium.run(
        "async () => { await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready }"
    )
    assert chromium.context.service_workers[0].evaluate("() => navigator.language") == "en-GB"


def test_both_are_the_size_of_a_phone(
    firefox: Firefox, start_chromium: StartChromium, site: Site, tmp_path: Path
) -> None:
    chromium = start_chromium(scale=3)
    size = "() => [innerWidth, innerHeight, devicePixelRatio]"
    for browser in (firefox, chromium):
        browser.open(f"{site.origin}/")
    firefox.set_phone_size()
    assert firefox.run(size) == chromium.run(size) == [390, 844, 3]
    firefox.set_phone_size(320)
    chromium.set_width(320)
    assert firefox.run(size) == chromium.run(size) == [320, 844, 3]
    firefox.screenshot(tmp_path / "shots" / "firefox.png")
    chromium.screenshot(tmp_path / "shots" / "chromium.png")
    assert [shot.read_bytes()[:4] for shot in sorted((tmp_path / "shots").iterdir())] == [b"\x89PNG", b"\x89PNG"]


def test_a_missing_browser_is_a_skip_here_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install firefox-esr"):
        find_program("no-such-browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install firefox-esr"):
        find_program("no-such-browser")
