"""In a real Chromium: the rights sheet without network in two taps, whom to call, and pictures of meeting points."""

import pytest

from campaigns.models import Action
from tests.browsers.chromium import Chromium
from tests.browsers.page_checks import accessibility_violations
from tests.delivering import ROOT
from tests.make import make_picture
from tests.running_site import RunningSite, StartSite

pytestmark = pytest.mark.browser
PICTURES = ROOT / "var" / "screenshots"
CALL = "tel:+33199001234"
CONTROLLED = "() => !!navigator.serviceWorker.controller"
KEPT_IN = "async name => { const keys = await (await caches.open(name)).keys(); return keys.length; }"
SEES_PICTURE = "() => [...document.querySelectorAll('button.frame img')].some(one => one.naturalWidth > 0)"
# What the browser itself says of requests that fail while it is offline.
OFFLINE = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    return start_site({"SOURCE_URL": "https://code.example/mobilise"})


def test_the_sheet_is_there_offline_from_the_first_opening(chromium: Chromium, site: RunningSite) -> None:
    rallies = Action.objects.public().filter(kind="rally_call", gatherings__isnull=False)
    rally = rallies.latest("starts_at")
    gathering = rally.gatherings.earliest("starts_at")
    gathering.picture_alt = {"fr": "La fontaine devant la faculté", "en": "The fountain by the faculty"}
    gathering.save()
    make_picture(gathering)

    # The first opening, and no further: neither the sheet nor its code was ever shown.
    chromium.open(site.origin)
    chromium.wait_for_text("En ce moment")
    chromium.wait_for(CONTROLLED, "the worker")
    chromium.set_offline(True)
    chromium.click('nav a:has-text("Droits")')
    read_and_call(chromium)
    look(chromium, "rights", "Garde à vue")

    # From an action, whose bar covers the places of the app.
    chromium.click('nav a:has-text("Actions")')
    chromium.click('a:has-text("Convoqués")')
    chromium.wait_for_text("Convoqués après la Sorbonne")
    chromium.click('a:has-text("Vos droits")')
    read_and_call(chromium)
    chromium.open(f"{site.origin}/rights#custody")
    read_and_call(chromium)

    # The other language, where nobody has been.
    chromium.open(f"{site.origin}/settings/language")
    chromium.page.locator("select").first.select_option("en")
    chromium.click('nav a:has-text("Rights")')
    chromium.wait_for_text("You must go.")
    chromium.wait_for_text("Call the legal team")
    look(chromium, "rights-en", "Police custody")

    # The picture of a meeting point: seen once, then kept.
    chromium.set_offline(False)
    chromium.open(f"{site.origin}/settings")
    chromium.wait_for_text("Source code of this site")
    chromium.open(f"{site.origin}/a/{rally.uuid}")
    chromium.wait_for(SEES_PICTURE, "the picture")
    assert chromium.run(KEPT_IN, "pictures") == 1
    chromium.set_offline(True)
    chromium.open(f"{site.origin}/a/{rally.uuid}")
    chromium.wait_for(SEES_PICTURE, "the picture that was kept")
    chromium.click('button[aria-label="Enlarge the picture: The fountain by the faculty"]')
    chromium.wait_for_text("Close")
    assert accessibility_violations(chromium) == []
    chromium.click('dialog button:has-text("Close")')
    assert [error for error in chromium.console_errors if not any(each in error for each in OFFLINE)] == []
    assert chromium.foreign_requests(site.origin) == []


def read_and_call(chromium: Chromium) -> None:
    """It says what matters, and one tap calls."""
    chromium.wait_for_text("Il faut s'y présenter.")
    chromium.wait_for_text("Information, pas un conseil juridique.")
    chromium.wait_for_text("Vérifié le")
    assert chromium.page.locator('[data-testid="legal-team"]').first.get_attribute("href") == CALL


def look(chromium: Chromium, name: str, title: str) -> None:
    """In both schemes: nothing that axe finds, a picture for people, and a topic that a tap leads to."""
    # Tall, so that the places at the bottom lie over nothing that is to be tapped.
    chromium.set_width(390, 4000)
    for scheme in ("light", "dark"):
        chromium.page.emulate_media(color_scheme=scheme)
        assert accessibility_violations(chromium) == []
        chromium.screenshot(PICTURES / f"{name}-{scheme}.png", whole_page=True)
    chromium.page.emulate_media(color_scheme="light")
    chromium.set_width(390)
    chromium.click(f'#topics a:has-text("{title}")')
    chromium.wait_for("() => location.hash === '#custody' && scrollY > 200", "the topic")
