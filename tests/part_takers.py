"""Followers of whom every second one took part, an alert to those or to the others, and what waits of it."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BinaryField, ExpressionWrapper, F
from django.utils import timezone

from campaigns.delivery import worker
from campaigns.delivery.beginning import start_sending
from campaigns.models import Alert, AlertState, Audience, Batch, Participation, PendingDelivery, Stage
from tests.delivering import Delivery, Follower, counts_of
from tests.make import make_alert, make_campaign, make_hashtag_push
from tests.seized import CROWD, in_dumps_order, likeness

# The chance of as much by accident is under one in ten thousand.
MOST_LIKENESS = 0.75
COLUMNS = ("id", "alert", "device", "token", "batch", "reason", "not_before", "host", "attempts", "lease_until")


def hours_around(now: datetime) -> dict[str, Any]:
    """Quiet hours that hold now and end half an hour later."""
    end = (now + timedelta(minutes=30)).time().replace(microsecond=0)
    return {"time_zone": "UTC", "quiet_start": (now - timedelta(hours=1)).time(), "quiet_end": end}


@dataclass
class Crowd:
    """Followers of whom every second one took part, and an alert to those or to the others."""

    delivery: Delivery
    alert: Alert
    meant: list[Follower]
    others: list[Follower]

    @property
    def devices(self) -> set[int]:
        """All of them."""
        return {one.device.pk for one in (*self.meant, *self.others)}

    def answer(self, **how: Any) -> None:
        """How the push service answers everybody from now on."""
        for one in (*self.meant, *self.others):
            self.delivery.push.answer(one.push, **how)

    def begin(self) -> None:
        """Its first window."""
        start_sending(self.delivery.schedule(self.alert), timezone.now())
        worker.send_batches(self.alert.pk)

    def go_on(self) -> None:
        """The moment of all that waits has come."""
        PendingDelivery.objects.update(not_before=timezone.now())
        worker.send_pending(self.alert.pk)

    def got_it_once(self) -> None:
        """Each that was meant, nobody else; and the counts add up."""
        accepted = {one.device.pk: len(self.delivery.push.received(one.push)) for one in self.meant}
        assert accepted == dict.fromkeys(accepted, 1)
        assert not [one for one in self.others if self.delivery.push.received(one.push)]
        self.all_is_counted(accepted=len(self.meant), skipped=len(self.others))

    def all_is_counted(self, **counts: int) -> None:
        """These, and nothing is left."""
        assert counts_of(self.alert) == counts
        assert not PendingDelivery.objects.exists()
        self.delivery.tick()
        self.alert.refresh_from_db()
        assert self.alert.state == AlertState.SENT


def gather(delivery: Delivery, who: Audience, number: int = CROWD, **device: Any) -> Crowd:
    """A crowd that nothing was sent to."""
    push = make_hashtag_push(make_campaign())
    followers = delivery.follow_many(push.campaign, 2 * number, **device)
    for one in followers[::2]:
        Participation.objects.take_part(push, one.device, Stage.JOINED, None, verified=True, now=timezone.now())
    sides = followers[::2], followers[1::2]
    meant, others = sides if who == Audience.JOINED else sides[::-1]
    return Crowd(delivery, make_alert(push, audience=who), meant, others)


def rows() -> list[dict[str, Any]]:
    """What waits, as the database holds it."""
    stored = ExpressionWrapper(F("sealed"), output_field=BinaryField(null=True))
    return list(PendingDelivery.objects.annotate(stored=stored).values(*COLUMNS, "stored"))


def named() -> set[int]:
    """The devices that rows name."""
    return {row["device"] for row in rows() if row["device"] is not None}


def says_nothing(sealed: Iterable[dict[str, Any]], devices: Iterable[int]) -> None:
    """Neither bytes nor other columns of these rows lead to one of the devices."""
    sealed = list(sealed)
    assert {(row["reason"], row["host"], row["batch"]) for row in sealed} == {
        ("retry", "", Batch.objects.order_by("pk").values_list("pk", flat=True)[0])
    }
    tokens = {bytes(row["token"]) for row in sealed}
    assert len(tokens) == len({bytes(row["stored"]) for row in sealed}) == len(sealed)
    numbers = [device.to_bytes(8, order) for device in devices for order in ("big", "little")]
    numbers += [str(device).encode() for device in devices]
    guesses = {hashlib.sha256(number).digest() for number in numbers}
    guesses |= {hmac.digest(row["alert"].to_bytes(8, "big"), number, "sha256") for row in sealed for number in numbers}
    assert not tokens & guesses
    assert not [row for row in sealed for number in numbers if len(number) == 8 and number in bytes(row["stored"])]
    assert min(row["id"] for row in sealed) > 2**32


def in_no_order() -> None:
    """Neither the numbers of sealed rows nor their places in the table are in the order of the devices."""
    opened = PendingDelivery.objects.filter(device=None).order_by("pk").opened()
    of = {bytes(row.token or b""): row.whose or 0 for row in opened}
    places = [of[bytes(token)] for token in in_dumps_order(PendingDelivery, "token") if token is not None]
    assert len(places) == len(of) >= CROWD
    assert abs(likeness(list(of.values()))) < MOST_LIKENESS
    assert abs(likeness(places)) < MOST_LIKENESS


def waiting_crowd(delivery: Delivery) -> Crowd:
    """All who are meant wait under a seal; from now on they are answered well."""
    crowd = gather(delivery, Audience.JOINED)
    crowd.answer(status=500)
    crowd.begin()
    assert len(rows()) == len(crowd.meant)
    crowd.answer(status=201)
    return crowd
