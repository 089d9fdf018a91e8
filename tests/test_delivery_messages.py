"""What one device gets: the text in its language, nothing on a discreet lock screen, the card, the headers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import LockScreen
from campaigns.delivery.cards import make_card
from campaigns.delivery.messages import MessageMaker, sample_of
from campaigns.models import Action, Alert
from campaigns.receipts import check_receipt
from mobilise.webpush.pusher import MAX_MESSAGE
from tests.delivering import Delivery
from tests.make import (
    far,
    make_alert,
    make_gathering,
    make_hashtag_push,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db


def received_notification(delivery: Delivery, alert: Alert, **device: Any) -> Any:
    """The notification as the device decrypts it."""
    follower = delivery.follow(alert.action.campaign, **device)
    delivery.send(alert)
    (received,) = delivery.push.received(follower.push)
    return received.json()["notification"]


def test_it_speaks_the_language_of_the_device(delivery: Delivery) -> None:
    notification = received_notification(delivery, make_alert(make_hashtag_push()), language="en")
    assert (notification["title"], notification["body"]) == ("It is time", "Six o'clock.")
    assert notification["lang"] == "en"


def test_it_falls_back_to_the_main_language(delivery: Delivery) -> None:
    alert = make_alert(make_hashtag_push(), title={"fr": "Maintenant"})
    assert received_notification(delivery, alert, language="en")["title"] == "Maintenant"


def test_it_is_declarative_web_push_with_an_absolute_address(delivery: Delivery) -> None:
    alert = make_alert(make_hashtag_push())
    notification = received_notification(delivery, alert)
    assert notification["navigate"] == f"{settings.SITE_URL}/a/{alert.action.uuid}?alert={alert.uuid}"
    assert notification["tag"] == notification["data"]["id"] == str(alert.uuid)
    assert notification["data"]["type"] == "alert"


def test_it_carries_a_receipt_of_its_own_for_every_device(delivery: Delivery) -> None:
    alert = make_alert(make_hashtag_push())
    followers = delivery.follow_many(alert.action.campaign, 2)
    delivery.send(alert)
    receipts = [one.json()["notification"]["data"]["receipt"] for one in delivery.push.received()]
    assert len(set(receipts)) == len(followers)
    assert all(check_receipt(alert.uuid, receipt) for receipt in receipts)


def test_it_carries_the_card_of_the_action(delivery: Delivery) -> None:
    rally = make_rally_call(summary={"fr": "Devant la Sorbonne."})
    place = make_gathering(rally)
    card = received_notification(delivery, make_alert(rally))["data"]["card"]
    assert card["action"] == str(rally.uuid)
    assert card["summary"] == "Devant la Sorbonne."
    # By its id: who joins from the card alone joins this place.
    assert card["gatherings"][0]["id"] == str(place.uuid)
    assert card["gatherings"][0]["address"].startswith("Place de la Sorbonne")


def test_it_carries_no_card_for_a_device_that_keeps_none(delivery: Delivery) -> None:
    assert "card" not in received_notification(delivery, make_alert(make_hashtag_push()), keep_cards=False)["data"]


def test_it_holds_no_hashtag_before_it_is_revealed(delivery: Delivery) -> None:
    push = make_hashtag_push(starts_at=far(1), ends_at=far(3), reveal_at=far(1), hashtag="SecretTag")
    assert "SecretTag" not in str(received_notification(delivery, make_alert(push)))


def test_it_holds_the_hashtag_once_it_is_revealed(delivery: Delivery) -> None:
    push = make_hashtag_push(reveal_at=far(-0.5), hashtag="SecretTag")
    card = received_notification(delivery, make_alert(push))["data"]["card"]
    assert (card["hashtag"], "reveal_at" in card) == ("SecretTag", False)


def test_it_says_when_a_hashtag_that_is_kept_back_comes(delivery: Delivery) -> None:
    push = make_hashtag_push(
        starts_at=far(1), ends_at=far(3), reveal_at=far(1), summary={"fr": "é" * 600}, link="https://e.org/" + "a" * 400
    )
    alert = make_alert(push, title={"fr": "é" * 60}, body={"fr": "é" * 180})
    card = received_notification(delivery, alert)["data"]["card"]
    # However much of the card has to be left out, this is not: without it the page would have nothing to say.
    assert datetime.fromisoformat(card["reveal_at"]) == push.reveal_at.replace(microsecond=0)
    assert "hashtag" not in card


def test_it_says_that_a_hashtag_was_withdrawn(delivery: Delivery) -> None:
    push = make_hashtag_push(hashtag="SecretTag")
    push.withdraw_hashtag(timezone.now())
    card = make_card(push, "fr", timezone.now())
    # As the API says it: neither the hashtag nor an hour at which it comes.
    assert ("hashtag" in card, card["reveal_at"]) == (False, None)


@pytest.mark.parametrize("make", [make_hashtag_push, make_rally_call, make_solidarity_alert])
def test_it_says_that_an_action_was_cancelled(make: Callable[..., Action]) -> None:
    action = make()
    assert "state" not in make_card(action, "fr", timezone.now())
    action.cancel()
    assert make_card(action, "fr", timezone.now())["state"] == "cancelled"


@pytest.mark.parametrize("lock_screen", [LockScreen.DISCREET, LockScreen.AUTO])
def test_it_shows_no_word_of_a_solidarity_alert_on_the_lock_screen(delivery: Delivery, lock_screen: str) -> None:
    alert = make_alert(make_solidarity_alert())
    notification = received_notification(delivery, alert, lock_screen=lock_screen)
    shown = notification["title"] + notification["body"]
    assert not any(text in shown for text in (*alert.title.values(), *alert.body.values()))
    assert notification["title"] == settings.SITE_NAME


def test_it_shows_a_solidarity_alert_in_full_to_who_wants_it(delivery: Delivery) -> None:
    alert = make_alert(make_solidarity_alert())
    notification = received_notification(delivery, alert, lock_screen=LockScreen.FULL)
    assert notification["title"] == alert.title["fr"]


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("fr", "Europe/Paris", "Nouveau message, à lire avant 19 h"),
        ("en", "Europe/Paris", "New message, read before 19:00"),
        ("fr", "Europe/London", "Nouveau message, à lire avant 18 h"),
    ],
)
def test_it_says_until_when_to_read_in_the_zone_of_the_device(language: str, zone: str, expected: str) -> None:
    now = datetime(2026, 2, 20, 17, tzinfo=ZoneInfo("Europe/Paris"))
    alert = make_alert(make_hashtag_push(), send_at=now, expires_at=now + timedelta(hours=2))
    body = MessageMaker(alert, now)._notification(language, True, zone)["body"]
    assert body == expected


def test_it_fits_whatever_the_organisers_wrote(delivery: Delivery) -> None:
    rally = make_rally_call(title={"fr": "é" * 80}, summary={"fr": "é" * 600})
    for _ in range(3):
        make_gathering(rally, name={"fr": "é" * 120}, address="é" * 200)
    alert = make_alert(rally, title={"fr": "é" * 60}, body={"fr": "é" * 180})
    follower = delivery.follow(rally.campaign)
    delivery.send(alert)
    (received,) = delivery.push.received(follower.push)
    assert len(received.decrypt()) <= MAX_MESSAGE
    assert received.json()["notification"]["body"] == "é" * 180


def test_it_says_how_long_and_how_urgently_to_keep_it(delivery: Delivery) -> None:
    alert = make_alert(make_solidarity_alert())
    follower = delivery.follow(alert.action.campaign)
    delivery.send(alert)
    (received,) = delivery.push.received(follower.push)
    left = (alert.expires_at - timezone.now()).total_seconds()
    assert 0 < int(received.headers["ttl"]) <= left + 5
    assert received.headers["urgency"] == "high"
    assert len(received.headers["topic"]) == 22


def test_it_is_kept_for_four_weeks_at_most(delivery: Delivery) -> None:
    now = timezone.now()
    alert = make_alert(make_rally_call(ends_at=now + timedelta(days=60)), expires_at=now + timedelta(days=60))
    follower = delivery.follow(alert.action.campaign)
    delivery.send(alert)
    (received,) = delivery.push.received(follower.push)
    assert int(received.headers["ttl"]) == 28 * 24 * 3600


def test_it_lets_a_sample_report_for_large_audiences() -> None:
    assert sample_of(10_000) == 1
    assert sample_of(100_000) == 20
