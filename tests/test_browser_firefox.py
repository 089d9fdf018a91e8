"""The whole way in a real Firefox: scheduled in the admin, shown on the phone, opened, joined, counted, seen."""

from datetime import timedelta

import pytest

from accounts.models import Device, LockScreen
from campaigns.models import Alert, AlertState, Canary, HashtagPush, Participation
from tests.activists import follow_and_turn_alerts_on, press
from tests.browsers.autopush import Autopush
from tests.browsers.firefox import Firefox
from tests.browsers.fixtures import StartChromium
from tests.browsers.waiting import wait_until
from tests.delivering import counts_of
from tests.journeys import Organiser, next_minute, page_of, typed
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

TITLE = "C'est maintenant, tous ensemble"
OFFLINE, SECRET = "Pour qui était sans réseau", "Ceci ne se lit pas"
BODY = "Écrivez avec vos mots avant 20 h."


@pytest.fixture
def organiser(site: RunningSite, start_chromium: StartChromium) -> Organiser:
    """The demo's owner, signed in to the admin on a phone."""
    site.make_organiser("demo")
    chromium = start_chromium()
    organiser = Organiser(chromium.page, site.origin)
    organiser.sign_in("demo")
    return organiser


def publish_hashtag_push(organiser: Organiser) -> HashtagPush:
    """A hashtag push that has begun, as the organiser makes it."""
    start = next_minute(at_least=0) - timedelta(minutes=10)
    organiser.add(
        "hashtagpush",
        {
            "title_fr": "Ce soir, le mot-clé",
            "title_en": "Tonight, the hashtag",
            "starts_at": typed(start),
            "ends_at": typed(start + timedelta(hours=3)),
            "hashtag": "500SignaturesPourAnasse",
        },
    )
    organiser.publish()
    return HashtagPush.objects.latest("pk")


def schedule(organiser: Organiser, title: str = TITLE) -> Alert:
    """The organiser schedules the start alert for the next minute."""
    organiser.schedule(2, next_minute(at_least=5), title=title, body=BODY)
    assert organiser.refusals == []
    alert = Alert.objects.filter(state=AlertState.SCHEDULED).latest("pk")
    assert (alert.title["fr"], alert.body["fr"]) == (title, BODY)
    return alert


def test_the_whole_way(firefox: Firefox, site: RunningSite, organiser: Organiser) -> None:
    push = publish_hashtag_push(organiser)
    follow_and_turn_alerts_on(firefox, site)
    alert = schedule(organiser)

    shown = firefox.wait_for_alert(TITLE)
    assert shown.body == BODY
    firefox.click_alert(TITLE)
    firefox.wait_for_tab(lambda url: url.startswith(page_of(site.origin, push.uuid)))
    firefox.wait_for_text("#500SignaturesPourAnasse")
    press(firefox, "J'ai publié")
    firefox.wait_for_text("Merci. Compté sans nom ni texte.")

    # The app thanks at once; the server hears it in the same breath, or when the network is back.
    mine = Participation.objects.filter(action=push)
    counted = mine.filter(stage="done", verified=True)
    wait_until(counted.exists, "the part to be counted", seen=mine.values)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert to be sent", seen=str)
    assert counts_of(alert) == {"accepted": 1}
    wait_until(lambda: alert.receipts.count() == 2, "the receipts", seen=lambda: list(alert.receipts.values("event")))
    seen_by_organiser = organiser.figures()
    for label in ("participent", "l'ont fait", "acceptées", "affichées", "ouvertes"):
        assert (label, "1") in seen_by_organiser
    assert firefox.console_errors() == []


def test_again_with_no_tab_open_then_offline_then_discreetly(
    firefox: Firefox, autopush: Autopush, site: RunningSite, organiser: Organiser
) -> None:
    """One phone, three evenings: a house and two browsers take longer to start than each of them."""
    push = publish_hashtag_push(organiser)
    device = follow_and_turn_alerts_on(firefox, site)

    with_no_tab_open(firefox, device)
    schedule(organiser)
    firefox.wait_for_alert(TITLE)
    firefox.click_alert(TITLE)
    firefox.wait_for_tab(lambda url: url.startswith(page_of(site.origin, push.uuid)))
    firefox.wait_for_text("#500SignaturesPourAnasse")

    publish_hashtag_push(organiser)
    firefox.set_offline(True)
    autopush.wait_for_no_browser()
    alert = schedule(organiser, OFFLINE)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert to be sent", seen=str)
    assert OFFLINE not in titles(firefox)
    firefox.set_offline(False)
    firefox.wait_for_alert(OFFLINE)

    publish_hashtag_push(organiser)
    Device.objects.filter(pk=device.pk).update(lock_screen=LockScreen.DISCREET)
    schedule(organiser, SECRET)
    shown = firefox.wait_for_alert("Mobilise")
    assert shown.body.startswith("Nouveau message, à lire avant")
    assert not [one for one in firefox.alert_history() if SECRET in one.title + one.body]
    assert {one.title for one in firefox.alert_history() if BODY in one.body} == {TITLE, OFFLINE}


def with_no_tab_open(firefox: Firefox, device: Device) -> None:
    """All tabs are closed, and the operator's check arrives, as CANARY_DEVICES would have it."""
    firefox.close_all_tabs()
    # This phone's identifier came too late for that.
    Canary.objects.create(device=device)
    firefox.wait_for_alert("Contrôle automatique")
    reported = Canary.objects.filter(received_at__isnull=False)
    wait_until(reported.exists, "the receipt", seen=lambda: list(Canary.objects.values()))


def titles(firefox: Firefox) -> list[str]:
    """Of all that the phone has shown."""
    return [one.title for one in firefox.alert_history()]
