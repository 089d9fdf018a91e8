"""The whole way in a real Chromium at phone size: four kinds, scheduled in the admin, shown, opened, joined."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.models import Action, Alert, AlertState, Participation
from tests.activists import follow_and_turn_alerts_on
from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.browsers.page_checks import first_visit, installability_errors
from tests.delivering import ROOT, counts_of
from tests.journeys import Organiser, next_minute, page_of, typed
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

# Kept as build output: look at them.
PICTURES = ROOT / "var" / "screenshots"
# All that a first visit fetches, what comes after the first screen included; beside the worker, which fetches the rest.
MOST_FEED, MOST_ROOM = 92_000, 110_000

KINDS: dict[str, dict[str, str]] = {
    "hashtagpush": {"title_fr": "Le mot-dièse", "hashtag": "500SignaturesPourAnasse"},
    "rallycall": {"title_fr": "Place de la Sorbonne", "declaration": "declared"},
    "solidarityalert": {"title_fr": "Convocation", "source": "équipe juridique"},
    "broadcast": {"title_fr": "Le direct", "medium": "stream", "platform": "Twitch", "link": "https://direct.example/"},
}
TEXTS = {
    "hashtagpush": ("C'est maintenant", "Écrivez avec vos mots."),
    "rallycall": ("Rendez-vous à 18 h", "Place de la Sorbonne."),
    "solidarityalert": ("Convocation mardi 9 h", "Rassemblement 8 h 30."),
    "broadcast": ("On est en direct", "Écoutez avec nous."),
}
JOIN = {
    "hashtagpush": 'button:has-text("J\'ai publié")',
    "rallycall": 'button:has-text("J\'y serai"), button:has-text("Je participe")',
    "solidarityalert": 'button:has-text("Je suis solidaire"), button:has-text("J\'y serai")',
    "broadcast": 'button:has-text("J\'écoute")',
}


def publish(organiser: Organiser, kind: str) -> Action:
    """An action of this kind that has begun, as the organiser makes it."""
    start = next_minute(at_least=0) - timedelta(minutes=10)
    when = {"starts_at": typed(start), "ends_at": typed(start + timedelta(hours=3))}
    checked = {"checked_at": typed(start)} if kind == "solidarityalert" else {}
    organiser.add(kind, {**KINDS[kind], **when, **checked})
    assert organiser.refusals == []
    organiser.publish()
    return Action.objects.latest("pk")


def schedule(organiser: Organiser, kind: str, minute: datetime) -> Alert:
    """Its first proposed alert, for this minute."""
    title, body = TEXTS[kind]
    organiser.schedule(0, minute, title=title, body=body)
    assert organiser.refusals == []
    return Alert.objects.filter(state=AlertState.SCHEDULED).latest("pk")


def test_the_kinds_reach_the_phone(chromium: Chromium, start_chromium: StartChromium, site: RunningSite) -> None:
    site.make_organiser("demo")
    organiser = Organiser(start_chromium().page, site.origin)
    organiser.sign_in("demo")
    follow_and_turn_alerts_on(chromium, site)
    actions, alerts = {}, {}
    for kind in KINDS:
        actions[kind] = publish(organiser, kind)
        # Soon, but not so soon that the last one is late.
        alerts[kind] = schedule(organiser, kind, next_minute(at_least=5))
    # A solidarity alert shows no word of itself on a locked phone.
    shown = {kind: TEXTS[kind] for kind in ("hashtagpush", "rallycall", "broadcast")} | {
        "solidarityalert": ("Mobilise", "")
    }
    for kind, (title, body) in shown.items():
        notification = chromium.wait_for_alert(title)
        assert body in notification.text
        chromium.click_alert(title)
        chromium.wait_for_tab(lambda url, kind=kind: url.startswith(page_of(site.origin, actions[kind].uuid)))
        chromium.wait_for_text(KINDS[kind]["title_fr"])
        chromium.click(JOIN[kind])
        mine = Participation.objects.filter(action=actions[kind], verified=True)
        chromium.until(mine.exists, f"the part in {kind} to be counted")
    for alert in alerts.values():
        assert counts_of(alert) == {"accepted": 1}
    organiser.page.reload()
    organiser.page.screenshot(path=PICTURES / "admin-solidarity-alert.png", full_page=True)
    assert chromium.console_errors == []
    assert chromium.foreign_requests(site.origin) == []


def test_a_first_visit_is_light_and_later_ones_need_no_network(
    chromium: Chromium, site: RunningSite, record_property: Callable[[str, object], None]
) -> None:
    push = Action.objects.get(title__en="The hashtag, now")
    for name, url, most in (
        ("feed", f"{site.origin}/", MOST_FEED),
        ("hashtag room", page_of(site.origin, push.uuid), MOST_ROOM),
    ):
        received = first_visit(chromium, url)
        record_property("figures", f"{name}: {received:,} bytes over the network")
        chromium.wait_for_text("Le hashtag, maintenant")
        assert 0 < received <= most
    chromium.open(f"{site.origin}/")
    chromium.wait_for("() => navigator.serviceWorker.ready.then(() => true)", "the service worker")
    assert installability_errors(chromium) == []

    chromium.wait_for_text("En ce moment")
    title = chromium.page.locator("main h3, main a").first.inner_text()
    chromium.set_offline(True)
    chromium.page.reload()
    chromium.wait_for_text("En ce moment")
    assert title.splitlines()[0] in chromium.page.locator("main").inner_text()
    chromium.screenshot(Path(PICTURES / "fr" / "feed-offline.png"))

    # What is over leads on.
    over = Action.objects.filter(kind="hashtag_push", successor__isnull=False).earliest("starts_at")
    chromium.open(page_of(site.origin, over.uuid))
    chromium.wait_for_text("La suite")
    offer = chromium.page.get_by_test_id("comes-next")
    assert "Cinq minutes de télévision" in offer.inner_text()
    offer.get_by_role("link").click()
    chromium.wait_for_text("France 5")
