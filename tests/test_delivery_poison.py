"""A poison row is counted and set aside, in a window and in the lane of the postponed; its neighbours are sent."""

import os
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Device, PushKeys, Subscription
from campaigns.delivery import audience
from campaigns.models import Alert, AlertState, DeliveryTally, PendingDelivery
from mobilise.fields.encrypted import FieldCipher
from tests.delivering import Delivery, Follower, counts_of
from tests.make import make_alert, make_campaign, make_hashtag_push

pytestmark = pytest.mark.django_db

TOO_LONG = "é" * 3000


def seal(follower: Follower, **keys: object) -> bytes:
    """The follower's keys with something else in them."""
    values = {"endpoint": follower.push.endpoint, "p256dh": follower.push.p256dh, "auth": follower.push.auth}
    return PushKeys(**{**values, **keys}).seal()  # type: ignore[arg-type]  # on purpose


def store(follower: Follower, **values: object) -> None:
    Subscription.objects.filter(device=follower.device).update(**values)


def cut_off(follower: Follower) -> None:
    store(follower, blob=bytes(Subscription.objects.get(device=follower.device).blob)[:-1])


def swap(follower: Follower) -> None:
    """A whole blob, of another column."""
    other = FieldCipher(os.environ["FIELD_KEYS"]).encrypt(b"x" * 200, b"another purpose")
    store(follower, blob=other)


POISONS: dict[str, Callable[[Follower], None]] = {
    "no blob": lambda one: store(one, blob=b""),
    "a blob cut off": cut_off,
    "a blob of another column": swap,
    "an endpoint that is no text": lambda one: store(one, blob=seal(one, auth=b"\xff" * 90)),
    "a point that is none": lambda one: store(one, blob=seal(one, p256dh=b"\x04" + b"\xff" * 64)),
    "a compressed point": lambda one: store(one, blob=seal(one, p256dh=b"\x02" + b"\x01" * 64)),
    "a zone that nobody knows": lambda one: _zone(one, "Mars/Olympus"),
    "a zone that leads out": lambda one: _zone(one, "../../etc/passwd"),
    "a text too long": lambda one: _language(one, "en"),
}


def _zone(follower: Follower, name: str) -> None:
    quiet = {"quiet_start": "00:00", "quiet_end": "23:59"}
    Device.objects.filter(pk=follower.device.pk).update(time_zone=name, **quiet)


def _language(follower: Follower, code: str) -> None:
    Device.objects.filter(pk=follower.device.pk).update(language=code)


def make_poisonable(delivery: Delivery, poison: str) -> tuple[Alert, Follower, list[Follower]]:
    """An alert whose English is too long; one follower is poisoned, in the middle of others who read French."""
    campaign = make_campaign()
    before, poisoned, after = (delivery.follow_many(campaign, number) for number in (3, 1, 3))
    POISONS[poison](poisoned[0])
    body = {"fr": "Dix-huit heures.", "en": TOO_LONG}
    alert = make_alert(make_hashtag_push(campaign), body=body)
    return alert, poisoned[0], before + after


@pytest.mark.parametrize("poison", POISONS)
@pytest.mark.parametrize("window", [2, 200], ids=["in windows of their own", "in one window"])
def test_it_counts_it_and_sends_to_its_neighbours(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, poison: str, window: int
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", window)
    alert, poisoned, neighbours = make_poisonable(delivery, poison)
    alert = delivery.send(alert)
    assert counts_of(alert) == {"accepted": len(neighbours), "poisoned": 1}
    assert alert.state == AlertState.SENT
    assert {one.token for one in delivery.push.received()} == {one.push.token for one in neighbours}
    # It may be mended: the app sends its subscription again.
    assert Subscription.objects.filter(device=poisoned.device).exists()
    assert poisoned.push.token not in caplog.text


@pytest.mark.parametrize("poison", POISONS)
def test_it_counts_one_that_went_bad_while_it_waited(delivery: Delivery, poison: str) -> None:
    campaign = make_campaign()
    waiting, poisoned = delivery.follow_many(campaign, 2)
    delivery.push.answer(status=500)
    body = {"fr": "Dix-huit heures.", "en": TOO_LONG}
    alert = delivery.send(make_alert(make_hashtag_push(campaign), body=body))
    POISONS[poison](poisoned)
    delivery.push.answer(status=201)
    PendingDelivery.objects.update(not_before=timezone.now())
    delivery.tick()
    delivery.tick()
    alert.refresh_from_db()
    assert counts_of(alert) == {"accepted": 1, "poisoned": 1}
    assert alert.state == AlertState.SENT
    assert len(delivery.push.received(waiting.push)) == 2


def test_it_sends_to_the_others_when_most_rows_are_bad(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 60)
    for follower in followers[::2]:
        POISONS["a blob cut off"](follower)
    for follower in followers[1::4]:
        POISONS["a point that is none"](follower)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 15, "poisoned": 45}


def test_a_broken_key_shows_among_the_answers(delivery: Delivery) -> None:
    campaign = make_campaign()
    POISONS["a point that is none"](delivery.follow(campaign))
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    tally = DeliveryTally.objects.get(batch__alert=alert)
    assert (tally.answer, tally.count) == ("keys", 1)


def test_it_counts_a_subscription_made_for_a_key_that_is_gone_as_refused(delivery: Delivery) -> None:
    campaign = make_campaign()
    neighbour, stranger = delivery.follow_many(campaign, 2)
    store(stranger, vapid_fingerprint="another key")
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 1, "refused": 1}
    assert delivery.push.received(neighbour.push)
    assert DeliveryTally.objects.filter(batch__alert=alert, answer="vapid").exists()
