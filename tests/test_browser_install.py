"""Getting the app onto the phone, in a real Chromium that says it is another browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from campaigns.models import Action
from tests.browsers.chromium_scripts import AXE_RUN
from tests.browsers.fixtures import find_program
from tests.browsers.page_checks import AXE_FILE
from tests.delivering import ROOT
from tests.journeys import page_of
from tests.running_site import RunningSite, StartSite

pytestmark = pytest.mark.browser

# Kept as build output: look at them.
PICTURES = ROOT / "var" / "screenshots"

NAME = "Agenda"

WEBKIT = "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {}"
SAFARI = WEBKIT.format("18_5", "Version/18.5 Mobile/15E148 Safari/604.1")
ICON_IPHONE = WEBKIT.format("18_5", "Mobile/15E148")
INSTAGRAM_IPHONE = WEBKIT.format("26_4_1", "Mobile/23E254 Instagram 424.1.0.31.54 (iPhone18,4; IABMV/1) Safari/604.1")
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36"
)
SAMSUNG = CHROME.replace("Chrome/", "SamsungBrowser/28.0 Chrome/")
INSTAGRAM = CHROME.replace("K)", "Pixel 8; wv)") + " Instagram 355.1.0.44.103 Android (34/14; Pixel 8; fr_FR)"

# An iPhone's browser has neither; so have those inside apps.
NO_PUSH = "delete globalThis.PushManager; delete globalThis.Notification;"
ICON = "Object.defineProperty(navigator, 'standalone', { value: true });"
# What Chromium does where it lets a page ask: before the page's own script has run to its end.
OFFER = """addEventListener("DOMContentLoaded", () => {
  if (sessionStorage.offered) return; // it is installed
  sessionStorage.offered = 1;
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => {
    globalThis.asked = (globalThis.asked ?? 0) + 1;
    setTimeout(() => dispatchEvent(new Event("appinstalled")), 100);
    return { outcome: "accepted" };
  };
  dispatchEvent(offer);
});"""


@dataclass
class Phones:
    """One browser, and as many people with a phone of their own."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    # Pages that say what the software is called.
    named: list[str] = field(default_factory=list)

    def open(self, url: str, user_agent: str, script: str = "", *, language: str = "fr-FR", **more: Any) -> Page:
        """A page on a new phone whose browser says this of itself."""
        shape = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
        context = self.browser.new_context(
            user_agent=user_agent, locale=language, **{**shape, "has_touch": True, **more}
        )
        context.set_default_timeout(20_000)
        context.on("request", lambda request: self.requested.append(request.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        if script:
            context.add_init_script(script)
        self.contexts.append(context)
        page = context.new_page()
        page.goto(url)
        # Neither before the app runs nor after: it may be called otherwise.
        page.locator("main h1").wait_for()
        told = [context.request.get(url).text(), page.title(), page.locator("body").inner_text()]
        self.named += [url for text in told if "mobilise" in text.lower()]
        return page


@pytest.fixture
def phones(playwright_driver: Playwright) -> Iterator[Phones]:
    browser = playwright_driver.chromium.launch(
        executable_path=find_program("chromium"), chromium_sandbox=False, args=["--disable-gpu", "--disable-quic"]
    )
    yield Phones(browser)
    browser.close()


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Called otherwise, with an icon that says nothing."""
    return start_site({"SITE_NAME": NAME, "SITE_ICON": "note"})


def take_part(page: Page) -> None:
    """In the hashtag push of now."""
    page.get_by_role("button", name="J'ai publié").first.tap()


def push_of_now() -> Action:
    shown = Action.objects.filter(campaign__slug="500-signatures", kind="hashtag_push", state="published")
    return next(one for one in shown if one.starts_at < datetime.now(one.zone) < one.ends_at)


def on_an_iphone(phones: Phones, site: RunningSite) -> None:
    """The icon comes after following, with the pictures of Safari; the icon itself has nothing to install."""
    page = phones.open(page_of(site.origin, push_of_now().uuid), SAFARI, NO_PUSH)
    take_part(page)
    page.get_by_test_id("offer-follow").wait_for()
    assert page.get_by_text("Sur l'écran d'accueil").count() == 0
    page.get_by_role("checkbox", name="J'accepte ces alertes").check()
    page.get_by_role("button", name="Suivre", exact=True).tap()
    offer = page.get_by_test_id("offer-alerts")
    offer.get_by_text("Sur iPhone, les alertes passent par l'icône").wait_for()
    offer.get_by_role("link", name="Voir comment").tap()
    page.get_by_role("heading", name="Garder Agenda sur l'écran d'accueil").wait_for()
    main = page.locator("main")
    assert "d'abord l'icône, puis les alertes" in main.inner_text()
    assert page.get_by_role("img", name="en bas de l'écran, au milieu, le bouton Partager").is_visible()
    assert not page.get_by_text("Touchez le menu du navigateur").is_visible()
    page.get_by_text("Autre téléphone, autre navigateur").tap()
    assert page.get_by_text("Touchez le menu du navigateur").is_visible()
    opened = phones.open(f"{site.origin}/install", ICON_IPHONE, ICON)
    opened.get_by_role("heading", name="C'est installé").wait_for()
    assert opened.get_by_role("img").count() == 0


def inside_instagram(phones: Phones, site: RunningSite) -> None:
    """Taking part works; instead of a consent that leads nowhere comes the way out, with the page one is on."""
    where = page_of(site.origin, push_of_now().uuid)
    page = phones.open(where, INSTAGRAM, NO_PUSH, permissions=["clipboard-read", "clipboard-write"])
    take_part(page)
    offer = page.get_by_test_id("offer-leave")
    offer.wait_for()
    assert page.get_by_role("checkbox").count() == 0
    way = offer.get_by_test_id("leave").get_attribute("href") or ""
    assert way.startswith(f"intent://{where.partition('//')[2]}#Intent;scheme=http;")
    assert (way.endswith(";end"), "package=" in way) == (True, False)
    offer.get_by_role("link", name="Autres façons").tap()
    page.get_by_role("heading", name="Ouvrir dans votre navigateur").wait_for()
    assert "Instagram montre cette page" in page.locator("main").inner_text()
    page.get_by_role("button", name="Copier le lien").tap()
    page.get_by_role("button", name="Lien copié").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()") == where
    page.goto(f"{site.origin}/alerts")
    page.get_by_role("heading", name="Pas d'alertes dans le navigateur d'une app").wait_for()
    assert page.get_by_role("checkbox").count() == 0
    iphone = phones.open(f"{where.replace('/a/', '/install?to=/a/')}", INSTAGRAM_IPHONE, NO_PUSH)
    assert (iphone.get_by_test_id("leave").get_attribute("href") or "").startswith("instagram://extbrowser/?url=http")


def on_a_computer(phones: Phones, site: RunningSite) -> None:
    """A code for the phone. An invitation is in it, and nowhere else."""
    page = phones.open(
        f"{site.origin}/c/amis#invitation=code-of-friends",
        CHROME.replace("Linux; Android 10; K", "Windows NT 10.0; Win64; x64").replace(" Mobile", ""),
        viewport={"width": 1200, "height": 900},
        is_mobile=False,
        has_touch=False,
    )
    page.get_by_role("heading", name="Campagne sur invitation").wait_for()
    page.goto(f"{site.origin}/install?to=/c/amis")
    page.get_by_role("img", name=f"Code QR de l'adresse {site.origin}/c/amis").wait_for()
    assert page.get_by_label("Adresse de la page").input_value() == f"{site.origin}/c/amis#invitation=code-of-friends"
    assert "Ce lien ouvre une campagne sur invitation" in page.locator("main").inner_text()
    assert [url for url in phones.requested if "code-of-friends" in url.partition("#")[0]] == []


def on_android(phones: Phones, site: RunningSite) -> None:
    """Our own button where the browser lets us ask; the words for its menu where it does not."""
    page = phones.open(f"{site.origin}/install", CHROME, OFFER)
    page.get_by_role("button", name="Installer").tap()
    page.get_by_role("heading", name="C'est installé").wait_for()
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    assert page.get_by_role("status").get_by_text("Ouvrez Agenda par son icône").is_visible()
    assert page.evaluate("() => globalThis.asked") == 1
    # Opened again in the same browser, it still knows.
    page.reload()
    page.get_by_role("heading", name="C'est installé").wait_for()
    samsung = phones.open(f"{site.origin}/install", SAMSUNG)
    samsung.get_by_text("Touchez le menu (trois traits), en bas à droite.").wait_for()


LOOKS: dict[str, tuple[str, str]] = {
    "install-safari": (SAFARI, NO_PUSH),
    "install-android": (CHROME, OFFER),
    "install-android-menu": (CHROME, ""),
    "install-leave": (INSTAGRAM, NO_PUSH),
    "install-desktop": (CHROME.replace("Linux; Android 10; K", "Windows NT 10.0; Win64; x64"), ""),
}


def faults_of_every_way(phones: Phones, site: RunningSite) -> list[Any]:
    """What is too wide and what axe-core finds, in both languages and schemes; the pictures are kept."""
    faults: list[Any] = []
    for name, (user_agent, script) in LOOKS.items():
        for language in ("fr-FR", "en-GB"):
            page = phones.open(f"{site.origin}/install", user_agent, script, language=language)
            page.locator("main h1").wait_for()
            page.wait_for_load_state("networkidle")
            page.evaluate(AXE_FILE.read_text(encoding="utf-8"))
            page.evaluate("() => document.querySelectorAll('details').forEach(box => (box.open = true))")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                width = 390 if scheme == "light" else 320
                page.set_viewport_size({"width": width, "height": 844})
                picture = PICTURES / language[:2] / f"{name}-{scheme}-{width}.png"
                page.screenshot(path=picture, full_page=True)
                wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
                faults += [(name, scheme, width, "wider than the phone")] if wide else []
                faults += [(name, scheme, found["id"], found["where"]) for found in page.evaluate(AXE_RUN)]
            phones.contexts.pop().close()
    return faults


def test_each_is_shown_the_way_from_where_they_are(phones: Phones, site: RunningSite) -> None:
    on_an_iphone(phones, site)
    inside_instagram(phones, site)
    on_a_computer(phones, site)
    on_android(phones, site)
    assert faults_of_every_way(phones, site) == []
    assert (phones.errors, phones.named) == ([], [])
    assert [url for url in phones.requested if not url.startswith((site.origin, "about:", "blob:", "data:"))] == []
