"""An alert to those who joined, or to the others: what waits of it says of no device whether it took part."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import BinaryField, ExpressionWrapper, F
from django.utils import timezone

from accounts.models import Device, Subscription, TransferCode
from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.hosts import REFUSALS_TO_PAUSE
from campaigns.delivery.noting import note_window
from campaigns.delivery.sending import LOOK_AGAIN, Outcomes, Postponed
from campaigns.models import (
    Action,
    Alert,
    Audience,
    Batch,
    DeliveryTally,
    PendingDelivery,
    PendingReason,
    PushHost,
)
from campaigns.models.batch import LEASE
from campaigns.moving import take_over
from campaigns.own_data.erasing import erase_device
from campaigns.own_data.tables import TABLES
from campaigns.retention import forget
from mobilise.keys import generate_key
from tests.delivering import Delivery, counts_of
from tests.make import far, make_device, make_follow
from tests.part_takers import COLUMNS, gather, hours_around, in_no_order, named, rows, says_nothing, waiting_crowd
from tests.seized import CROWD

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("who", [Audience.JOINED, Audience.NOT_JOINED])


@BOTH
def test_whoever_is_asleep_waits_meant_or_not(delivery: Delivery, who: Audience) -> None:
    crowd = gather(delivery, who, **hours_around(timezone.now()))
    crowd.begin()
    assert named() == crowd.devices
    # But for its number and its device one is like the other.
    assert len({tuple(row[name] for name in COLUMNS if name not in ("id", "device")) for row in rows()}) == 1
    assert counts_of(crowd.alert) == {}
    Device.objects.update(quiet_start=None, quiet_end=None)
    crowd.go_on()
    crowd.got_it_once()


@BOTH
def test_whoever_s_push_service_is_paused_waits_meant_or_not(delivery: Delivery, who: Audience) -> None:
    crowd = gather(delivery, who)
    now = timezone.now()
    host = delivery.push.hosts[0]
    PushHost.objects.pause(host, now, "refuses us")
    crowd.begin()
    assert named() == crowd.devices
    assert {(row["reason"], row["host"]) for row in rows()} == {("host_paused", host)}
    # Tried in the lane, all of them wait on as they did.
    crowd.go_on()
    assert named() == crowd.devices
    assert {(row["reason"], row["host"], row["attempts"]) for row in rows()} == {("host_paused", host, 0)}
    PushHost.objects.resume(host, now)
    crowd.go_on()
    crowd.got_it_once()


@BOTH
@pytest.mark.parametrize("status", [429, 500])
def test_whoever_is_sent_to_again_waits_without_a_name(delivery: Delivery, who: Audience, status: int) -> None:
    crowd = gather(delivery, who)
    crowd.answer(status=status, retry_after=None)
    crowd.begin()
    assert named() == set()
    assert len(rows()) == len(crowd.meant)
    says_nothing(rows(), crowd.devices)
    in_no_order()
    crowd.answer(status=201)
    forget_hosts()
    crowd.go_on()
    assert delivery.push.total() == 2 * len(crowd.meant)
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


def forget_hosts() -> None:
    """What this process knows of its hosts is forgotten: nobody is asked to wait a minute."""
    worker._watch._hosts.clear()


@BOTH
def test_whoever_waited_under_its_name_does_not_go_on_so(delivery: Delivery, who: Audience) -> None:
    crowd = gather(delivery, who, **hours_around(timezone.now()))
    crowd.begin()
    before = {row["id"] for row in rows()}
    Device.objects.update(quiet_start=None, quiet_end=None)
    crowd.answer(status=500)
    crowd.go_on()
    assert named() == set()
    assert len(rows()) == len(crowd.meant)
    # No number stays: a copy of the day before has the device beside it.
    assert not before & {row["id"] for row in rows()}
    says_nothing(rows(), crowd.devices)
    in_no_order()
    crowd.answer(status=201)
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


def test_a_sealed_row_does_not_say_when_its_phone_s_quiet_hours_end(delivery: Delivery) -> None:
    crowd = gather(delivery, Audience.JOINED)
    crowd.answer(status=500)
    crowd.begin()
    crowd.answer(status=201)
    now = timezone.now()
    Device.objects.update(**hours_around(now))
    crowd.go_on()
    assert counts_of(crowd.alert) == {"skipped": len(crowd.others)}
    says_nothing(rows(), crowd.devices)
    assert {now < row["not_before"] <= timezone.now() + LOOK_AGAIN for row in rows()} == {True}
    Device.objects.update(quiet_start=None, quiet_end=None)
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


def test_who_shows_that_a_push_service_still_refuses_waits_without_a_name(delivery: Delivery) -> None:
    crowd = gather(delivery, Audience.JOINED, number=REFUSALS_TO_PAUSE)
    host = delivery.push.hosts[0]
    PushHost.objects.pause(host, timezone.now(), "refuses us")
    crowd.begin()
    crowd.answer(status=403)
    probed = [crowd.meant[0].device.pk, crowd.others[0].device.pk]
    PendingDelivery.objects.filter(device__in=probed).update(reason=PendingReason.PROBE, not_before=timezone.now())
    worker.send_pending(crowd.alert.pk)
    assert named() == crowd.devices - set(probed)
    says_nothing([row for row in rows() if row["device"] is None], probed)
    assert delivery.push.total() == 1
    crowd.answer(status=201)
    # Still paused: who waits without a name is looked at again, and again.
    PendingDelivery.objects.filter(device=None).update(not_before=timezone.now())
    worker.send_pending(crowd.alert.pk)
    assert delivery.push.total() == 1
    PushHost.objects.resume(host, timezone.now())
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


@BOTH
def test_no_count_is_of_a_few_followers_or_of_one_push_service(
    delivery: Delivery, who: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 1)
    crowd = gather(delivery, who)
    delivery.push.answer(crowd.meant[0].push, status=500)
    delivery.push.answer(crowd.meant[1].push, status=400)
    crowd.begin()
    assert crowd.alert.batches.count() == 2 * CROWD
    assert crowd.alert.batches.exclude(accepted=0, skipped=0, refused=0, failed=0).count() == 1
    tallies = set(DeliveryTally.objects.values_list("batch", "host"))
    assert tallies == {(crowd.alert.counted_at, "")}
    assert not Subscription.objects.filter(failures__gt=0).exists()
    delivery.push.answer(crowd.meant[0].push, status=201)
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant) - 1, skipped=len(crowd.others), refused=1)


def test_nothing_of_an_erased_phone_waits(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    gone, *left = crowd.meant
    table = TABLES["alerts_waiting"]
    (row,) = table.rows(gone.device)
    token = bytes(row.token)
    assert table.describe(gone.device)[0]["reason"] == "retry"
    erase_device(gone.device)
    assert len(rows()) == len(left)
    assert token not in {bytes(row["token"]) for row in rows()}
    crowd.go_on()
    crowd.all_is_counted(accepted=len(left), skipped=len(crowd.others))


def test_who_is_erased_while_they_are_sent_to_is_counted(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    PendingDelivery.objects.update(not_before=timezone.now())
    claimed = PendingDelivery.objects.claim(crowd.alert.pk, timezone.now(), 100)
    erase_device(crowd.meant[0].device)
    assert worker._Desk(worker._load(crowd.alert.pk)).send_lane(claimed)
    crowd.all_is_counted(accepted=len(crowd.meant) - 1, skipped=len(crowd.others) + 1)


def test_what_waits_for_a_phone_follows_to_the_next_one(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    old, next_one = crowd.meant[0], delivery.follow(crowd.alert.action.campaign)
    code = code_of(old.device)
    take_over(code, next_one.device, timezone.now())
    assert len(rows()) == len(crowd.meant)
    crowd.go_on()
    assert delivery.push.received(next_one.push)
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


def code_of(device: Device) -> str:
    """A code that moves it."""
    return TransferCode.objects.make(device, timezone.now())[0]


def test_two_phones_that_wait_become_one_that_waits_once(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    one, other, *_ = crowd.meant
    take_over(code_of(one.device), other.device, timezone.now())
    assert len(rows()) == len(crowd.meant) - 1
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant) - 1, skipped=len(crowd.others))


def test_a_window_that_is_noted_again_makes_nobody_wait_twice(delivery: Delivery) -> None:
    crowd = gather(delivery, Audience.JOINED)
    start_sending(delivery.schedule(crowd.alert), timezone.now())
    now, device = timezone.now(), crowd.meant[0].device.pk
    for _ in range(2):
        Batch.objects.update(cursor=0, lease_until=None)
        batch = Batch.objects.claim(crowd.alert.pk, now)
        assert batch
        outcomes = Outcomes()
        outcomes.postponed = [Postponed(device, now, PendingReason.RETRY, 1, "push.example", sent=True)]
        assert note_window(batch, batch.last_device, outcomes, {}, now)
    assert len(rows()) == 1


def test_a_sealed_delivery_has_one_holder(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    now = timezone.now()
    PendingDelivery.objects.update(not_before=now)
    late = PendingDelivery.objects.claim(crowd.alert.pk, now, 100)
    assert {one.whose for one in late} == {one.device.pk for one in crowd.meant}
    assert PendingDelivery.objects.claim(crowd.alert.pk, now, 100) == []
    after = now + LEASE + timedelta(seconds=1)
    assert len(PendingDelivery.objects.claim(crowd.alert.pk, after, 100)) == len(crowd.meant)
    assert not worker._Desk(worker._load(crowd.alert.pk)).send_lane(late)
    assert counts_of(crowd.alert) == {"skipped": len(crowd.others)}
    assert len(rows()) == len(crowd.meant)


def test_seals_are_renewed_with_a_new_key_and_open_without_the_old_one(delivery: Delivery, settings: Any) -> None:
    crowd = waiting_crowd(delivery)
    fresh = generate_key()
    settings.FIELD_KEYS = f"{fresh},{settings.FIELD_KEYS}"
    call_command("reencrypt", verbosity=0)
    settings.FIELD_KEYS = fresh
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant), skipped=len(crowd.others))


def test_a_seal_that_no_key_opens_does_not_keep_its_neighbours_waiting(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    broken = PendingDelivery.objects.order_by("pk").values_list("pk", flat=True)[0]
    PendingDelivery.objects.filter(pk=broken).update(sealed=ExpressionWrapper(F("token"), output_field=BinaryField()))
    crowd.go_on()
    crowd.all_is_counted(accepted=len(crowd.meant) - 1, skipped=len(crowd.others), poisoned=1)


def test_what_waits_ends_with_the_retention_of_its_action(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    Alert.objects.filter(pk=crowd.alert.pk).update(expires_at=far(24 * 30))
    sealed = rows()
    forget(crowd.alert.action.ends_at + timedelta(days=8))
    assert Action.objects.get(pk=crowd.alert.action_id).participation_key is None
    crowd.all_is_counted(failed=len(sealed), skipped=len(crowd.others))


def test_what_still_waits_when_it_is_over_is_counted_and_goes(delivery: Delivery) -> None:
    crowd = waiting_crowd(delivery)
    crowd.alert.refresh_from_db()
    crowd.alert.cancel(timezone.now())
    delivery.tick()
    assert counts_of(crowd.alert) == {"failed": len(crowd.meant), "skipped": len(crowd.others)}
    assert not rows()


def test_whom_nobody_can_have_sent_to_in_time_is_counted_by_its_audience(delivery: Delivery) -> None:
    late = {"time_zone": "UTC", "quiet_start": time(0), "quiet_end": time(23, 59, 59)}
    crowd = gather(delivery, Audience.JOINED, **late)
    make_follow(crowd.alert.action.campaign, make_device())
    crowd.alert.expires_at = timezone.now() + timedelta(seconds=30)
    crowd.alert.save()
    crowd.begin()
    counts = counts_of(crowd.alert)
    assert (counts["quiet"], counts["skipped"]) == (len(crowd.meant), len(crowd.others) + 1)
