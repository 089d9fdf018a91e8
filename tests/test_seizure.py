"""The dump read by somebody who wants names, after the demo and a full day of use, on the database of TEST_ENGINE."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import Device, PushKeys, Subscription, TransferCode
from campaigns.models import (
    Action,
    Alert,
    Batch,
    Claim,
    DeliveryTally,
    Participation,
    PendingDelivery,
    Tally,
)
from campaigns.models.participation import participation_token
from campaigns.retention import forget
from tests.delivering import Delivery
from tests.full_day import PHONES, Day
from tests.push_service.client import PushService
from tests.seized import (
    CROWD,
    in_dumps_order,
    likeness,
    moments_beside_phones,
    raw_dump,
    redis_dump,
    servers_log,
    tasks_about,
)
from tests.whole_house import House, database_dump, find_leaks, task_table

pytestmark = pytest.mark.django_db(transaction=True)

# The chance of as much likeness by accident is under one in ten thousand.
MOST_LIKENESS = 0.75
# Written by organisers to be read, or about themselves: in its own table, and nowhere else.
IN_THE_OPEN = {
    ("campaigns_alert", "title"),
    ("campaigns_alert", "body"),
    ("accounts_user", "e-mail"),
}
# Moments beside a phone that are none of its owner's doing: when this site tries again.
OF_THE_SITE = {"campaigns.PendingDelivery.not_before", "campaigns.PendingDelivery.lease_until"}
# Phones of organisers and of the operator, tied by themselves; docs/threat-model.md says so.
OF_ORGANISERS = {
    "campaigns.OrganiserPush.due_at",
    "campaigns.Canary.rung_at",
    "campaigns.Canary.awaited_since",
    "campaigns.Canary.sent_at",
    "campaigns.Canary.reported",
    "campaigns.Canary.received_at",
}


@pytest.fixture
def day(start_house: Callable[..., House], delivery: Delivery) -> Day:
    """The demo, and a full day of use."""
    call_command("demo", verbosity=0)
    day = Day(start_house(LOG_FORMAT="json"), delivery)
    day.pass_by()
    return day


def nothing_is_told(day: Day) -> None:
    """Neither in rows, nor in the file or the dump, nor in logs, tasks and Redis."""
    assert len(day.secrets) > 200
    dump = database_dump()
    found = {(table, name) for table, text in dump.items() for name in find_leaks(day.secrets, text)}
    assert {pair for pair in found if not pair[0].startswith((".", "mobilise", "test"))} == IN_THE_OPEN
    whole = raw_dump().decode("latin-1") + "".join(text.encode().decode("latin-1") for text in dump.values())
    assert set(find_leaks(day.secrets, whole)) <= {name for _, name in IN_THE_OPEN}
    for text in (day.house.log(), task_table(), redis_dump(), servers_log()):
        assert find_leaks(day.secrets, f".{text}") == []


def no_order_says_it(day: Day) -> None:
    """Parts beside phones, follows and subscriptions: by number and by place."""
    of = {participation_token(day.action, phone.device.pk): n for n, phone in enumerate(day.phones)}
    ours = Participation.objects.filter(action=day.action)
    numbers = [of[bytes(row.token)] for row in ours.order_by("pk") if bytes(row.token) in of]
    places = [of[bytes(token)] for token in in_dumps_order(Participation, "token") if bytes(token) in of]
    assert len(numbers) == len(places) >= CROWD
    assert abs(likeness(numbers)) < MOST_LIKENESS
    assert abs(likeness(places)) < MOST_LIKENESS
    # The attack itself works: it finds the order of phones where one is.
    assert likeness(in_dumps_order(Device, "id")) > MOST_LIKENESS


def no_moment_says_it(day: Day) -> None:
    """Sums are by the minute: beside a phone there is nothing finer than an hour, and no task names one."""
    assert Tally.objects.filter(action_id=day.action.pk).exists()
    fine = {column for column, moments in moments_beside_phones().items() if moments}
    assert fine <= OF_THE_SITE | OF_ORGANISERS
    assert {"accounts.TransferCode.expires_at", "accounts.Subscription.nonce_expires_at"} <= set(
        moments_beside_phones()
    )
    assert TransferCode.objects.exists()
    assert tasks_about({phone.device.pk for phone in day.phones}) == []


def nothing_that_waits_says_it(day: Day) -> None:
    """Of an alert to those who joined all who sleep wait by their numbers, joined or not; who is sent to, without."""
    waiting = PendingDelivery.objects.filter(alert=day.by_part)
    assert {phone.joined for phone in day.asleep} == {True, False}
    named = set(waiting.filter(device__isnull=False).values_list("device", flat=True))
    assert named == {phone.device.pk for phone in day.asleep}
    assert len(set(waiting.filter(device__isnull=False).values_list("reason", "not_before", "host", "attempts"))) == 1
    sealed = waiting.filter(device=None)
    assert sealed.count() >= CROWD // 2
    assert len(set(sealed.values_list("reason", "host", "attempts", "batch"))) == 1
    awake = [phone.device.pk for phone in day.phones if phone not in day.asleep]
    sent_to = [opened.whose for opened in sealed.order_by("pk").opened()]
    assert set(sent_to) < set(awake)
    assert abs(likeness([device for device in sent_to if device is not None])) < MOST_LIKENESS
    assert set(DeliveryTally.objects.filter(batch__alert=day.by_part).values_list("host", flat=True)) == {""}


def no_digest_says_it(day: Day) -> None:
    """A token is none of what can be computed from what the dump holds of a phone and of the action."""
    row = Action._base_manager.filter(pk=day.action.pk).extra(select={"sealed": "participation_key"}).values().get()
    keys = [b"", day.action.uuid.bytes, str(day.action.uuid).encode(), str(day.action.pk).encode()]
    keys += [bytes(value) for value in (row["sealed"],) if value]
    tokens = {bytes(token) for token in Participation.objects.values_list("token", flat=True)}
    tokens |= {bytes(holder) for holder in Claim.objects.values_list("holder", flat=True)}
    tokens |= waiting_tokens()
    assert tokens
    made = {value for phone in day.phones for part in parts_of(phone.device) for value in digests(part, keys)}
    assert len(made) > 1000
    assert not made & tokens
    # It finds what is made so.
    part = parts_of(day.phones[0].device)[0]
    assert hmac.digest(keys[1], part, "sha256") in made


def parts_of(device: Device) -> list[bytes]:
    """All that a dump holds of a phone, as bytes."""
    device = Device.objects.select_related("subscription").get(pk=device.pk)
    numbers = [device.pk.to_bytes(8, "big"), device.pk.to_bytes(8, "little"), str(device.pk).encode()]
    ids = [device.uuid.bytes, device.uuid.hex.encode(), str(device.uuid).encode(), device.secret_digest.encode()]
    row = Subscription.objects.filter(device=device).first()
    return numbers + ids + ([bytes(row.endpoint_digest), bytes(row.blob)] if row else [])


def digests(part: bytes, keys: list[bytes]) -> Iterator[bytes]:
    """What a guesser tries: itself, hashes of it, keyed and plain, claims' prefix and that of what waits too."""
    waits = [b"waits" + alert.to_bytes(8, "big") + part for alert in Alert.objects.values_list("pk", flat=True)]
    for text in (part, b"claim" + part, *waits):
        yield text
        for name in ("sha256", "sha512", "sha1", "md5", "blake2b", "sha3_256"):
            yield hashlib.new(name, text).digest()[:32]
        for key in keys:
            yield hmac.digest(key, text, "sha256")
            yield hashlib.sha256(key + text).digest()
            yield hashlib.sha256(text + key).digest()


def waiting_tokens() -> set[bytes]:
    """Of what waits without naming its phone."""
    sealed = PendingDelivery.objects.filter(device=None)
    return {bytes(token) for token in sealed.values_list("token", flat=True)}


def with_the_keys(day: Day) -> None:
    """docs/threat-model.md: endpoints, and who takes part as long as retention is not over. Then that is gone too."""
    action = Action.objects.get(pk=day.action.pk)
    devices = list(Device.objects.values_list("pk", flat=True))
    joined = Participation.objects.joined_among(action, devices)
    assert joined >= {phone.device.pk for phone in day.phones[:PHONES] if phone.joined}
    keys: list[PushKeys] = [row.keys for row in Subscription.objects.all()]
    assert day.secrets["endpoint 0"] in {key.endpoint for key in keys}

    sent_to = {row.whose for row in PendingDelivery.objects.filter(device=None).opened()}
    assert sent_to == joined - {phone.device.pk for phone in day.asleep}

    tokens = {bytes(token) for token in Participation.objects.values_list("token", flat=True)} | waiting_tokens()
    assert any(token in raw_dump() or token.hex().encode() in raw_dump() for token in tokens)
    sums = Tally.objects.sums(action)
    forget(action.ends_at + timedelta(days=settings.RETENTION_DAYS, minutes=1))
    assert Action.objects.get(pk=action.pk).participation_key is None
    assert Tally.objects.sums(action) == sums
    left = raw_dump()
    assert [token for token in tokens if token in left or token.hex().encode() in left] == []


def test_who_carries_everything_away_after_a_full_day_has_no_names(day: Day, push_service: PushService):
    assert (connection.vendor in ("sqlite", "postgresql"), Batch.objects.exists()) == (True, True)
    day.house.stop()
    nothing_is_told(day)
    no_order_says_it(day)
    no_moment_says_it(day)
    nothing_that_waits_says_it(day)
    no_digest_says_it(day)
    with_the_keys(day)
