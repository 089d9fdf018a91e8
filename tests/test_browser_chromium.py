"""The whole way in a real Chromium at phone size: the three kinds, scheduled in the admin, shown, opened, joined."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Subscription
from campaigns.models import Action, Alert, AlertState, Participation
from tests.browsers.autopush import Autopush
from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.browsers.gcm import Gcm
from tests.browsers.page_checks import accessibility_violations, installability_errors
from tests.browsers.push_service import push_environment
from tests.delivering import ROOT, counts_of
from tests.journeys import Organiser, next_minute, page_of, typed
from tests.running_site import RunningSite, StartSite

pytestmark = pytest.mark.browser

# Kept as build output: look at them.
PICTURES = ROOT / "var" / "screenshots"

KINDS: dict[str, dict[str, str]] = {
    "hashtagpush": {"title_fr": "Le mot-dièse", "hashtag": "500SignaturesPourAnasse"},
    "rallycall": {"title_fr": "Place de la Sorbonne", "declaration": "declared"},
    "solidarityalert": {"title_fr": "Convocation", "source": "équipe juridique"},
}
TEXTS = {
    "hashtagpush": ("C'est maintenant", "Écrivez avec vos mots."),
    "rallycall": ("Rendez-vous à 18 h", "Place de la Sorbonne."),
    "solidarityalert": ("Convocation mardi 9 h", "Rassemblement 8 h 30."),
}
JOIN = {
    "hashtagpush": 'button:has-text("J\'ai publié")',
    "rallycall": 'button:has-text("J\'y serai"), button:has-text("Je participe")',
    "solidarityalert": 'button:has-text("Je suis solidaire"), button:has-text("J\'y serai")',
}


@pytest.fixture
def site(start_site: StartSite, autopush: Autopush, gcm: Gcm) -> RunningSite:
    return start_site(push_environment(autopush, gcm))


def follow_and_turn_alerts_on(chromium: Chromium, site: RunningSite) -> None:
    """An activist follows the demo's campaign and turns alerts on."""
    chromium.allow_notifications(site.origin)
    chromium.open(f"{site.origin}/c/500-signatures")
    consent = chromium.page.get_by_role("checkbox", name="J'accepte ces alertes")
    consent.check()
    chromium.page.get_by_role("button", name="Suivre", exact=True).click()
    chromium.page.get_by_role("button", name="Activer", exact=True).first.click()
    chromium._wait(
        lambda: Subscription.objects.filter(verified_on__isnull=False).exists(),
        "the phone to be verified",
        60,
        lambda: (chromium.console_errors, site.log.read_text()[-2000:]),
    )


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


def test_the_three_kinds_reach_the_phone(chromium: Chromium, start_chromium: StartChromium, site: RunningSite) -> None:
    site.make_organiser("demo")
    organiser = Organiser(start_chromium().page, site.origin)
    organiser.sign_in("demo")
    follow_and_turn_alerts_on(chromium, site)
    actions, alerts = {}, {}
    for kind in KINDS:
        actions[kind] = publish(organiser, kind)
        # Soon, but not so soon that the third one is late.
        alerts[kind] = schedule(organiser, kind, next_minute(at_least=5))
    # A solidarity alert shows no word of itself on a locked phone.
    shown = {kind: TEXTS[kind] for kind in ("hashtagpush", "rallycall")} | {"solidarityalert": ("Mobilise", "")}
    for kind, (title, body) in shown.items():
        notification = chromium.wait_for_alert(title, timeout=150)
        assert body in notification.text
        chromium.click_alert(title)
        chromium.wait_for_tab(lambda url, kind=kind: url.startswith(page_of(site.origin, actions[kind].uuid)))
        chromium.wait_for_text(KINDS[kind]["title_fr"])
        chromium.click(JOIN[kind])
        mine = Participation.objects.filter(action=actions[kind], verified=True)
        chromium._wait(mine.exists, f"the part in {kind} to be counted", 30, lambda: chromium.console_errors)
    for alert in alerts.values():
        assert counts_of(alert) == {"accepted": 1}
    organiser.page.reload()
    organiser.page.screenshot(path=PICTURES / "admin-solidarity-alert.png", full_page=True)
    assert chromium.console_errors == []
    assert chromium.foreign_requests(site.origin) == []


SCREENS = ("feed", "hashtag", "rally", "solidarity", "over", "campaign", "alerts", "settings", "unknown")


def addresses(site: RunningSite) -> dict[str, str]:
    """Where each screen is, with the demo's actions."""
    shown = Action.objects.filter(campaign__slug="500-signatures", state="published").order_by("starts_at")
    live = shown.filter(kind="hashtag_push", participation_key__isnull=False).order_by("-starts_at")
    found: dict[str, Any] = {
        "hashtag": next(one for one in live if one.starts_at < datetime.now(one.zone) < one.ends_at),
        "rally": shown.filter(kind="rally_call").last(),
        "solidarity": shown.filter(kind="solidarity_alert").last(),
        "over": shown.first(),
    }
    plain = {"feed": "/", "campaign": "/c/500-signatures", "alerts": "/alerts", "settings": "/settings"}
    unknown = {"unknown": "/a/00000000-0000-4000-8000-000000000000"}
    return {**plain, **unknown, **{name: f"/a/{action.uuid}" for name, action in found.items()}}


@pytest.mark.parametrize("language", ["fr-FR", "en-GB"])
def test_every_screen_is_kept_as_a_picture_and_has_no_fault(
    start_chromium: StartChromium, site: RunningSite, language: str
) -> None:
    chromium = start_chromium(language=language)
    where = addresses(site)
    faults = []
    for scheme in ("light", "dark"):
        chromium.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        for name in SCREENS:
            chromium.open(f"{site.origin}{where[name]}")
            chromium.page.locator("h1").wait_for()
            chromium.page.wait_for_load_state("networkidle")
            for width in (390, 320):
                chromium.set_width(width)
                picture = PICTURES / language[:2] / f"{name}-{scheme}-{width}.png"
                chromium.screenshot(picture, whole_page=True)
                wide = chromium.run("() => document.documentElement.scrollWidth > innerWidth")
                faults += [(name, scheme, width, "wider than the phone")] if wide else []
            chromium.set_width(390)
            faults += [(name, scheme, found["id"], found["where"]) for found in accessibility_violations(chromium)]
    assert faults == []
    # The one screen that does not exist is asked of the server, which says so.
    unexpected = [error for error in chromium.console_errors if where["unknown"].split("/")[-1] not in error]
    assert unexpected == []
    assert chromium.foreign_requests(site.origin) == []


def test_it_can_be_installed(chromium: Chromium, site: RunningSite) -> None:
    chromium.open(f"{site.origin}/")
    chromium.wait_for("() => navigator.serviceWorker.ready.then(() => true)", "the service worker")
    assert installability_errors(chromium) == []


def test_it_opens_without_a_network_what_it_has_seen(chromium: Chromium, site: RunningSite) -> None:
    chromium.open(f"{site.origin}/")
    chromium.wait_for("() => navigator.serviceWorker.ready.then(() => true)", "the service worker")
    chromium.wait_for_text("En ce moment")
    chromium.open(f"{site.origin}/")
    title = chromium.page.locator("main h3, main a").first.inner_text()
    chromium.set_offline(True)
    chromium.page.reload()
    chromium.wait_for_text("En ce moment")
    assert title.splitlines()[0] in chromium.page.locator("main").inner_text()
    chromium.screenshot(Path(PICTURES / "fr" / "feed-offline.png"))
