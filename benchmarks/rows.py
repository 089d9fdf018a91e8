"""What a case does in the database of its site, in a process of its own: followers, alerts, and how far they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from itertools import islice
from secrets import token_urlsafe

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import Device, PushKeys, Subscription
from accounts.models.device import SECRET_BYTES, digest_secret
from accounts.models.subscription import digest_endpoint
from benchmarks.subscriptions import Made, make_subscriptions
from campaigns.kinds import KIND_BITS, Kind, kinds_to_mask
from campaigns.models import (
    Action,
    Alert,
    AlertState,
    Batch,
    Campaign,
    Count,
    Follow,
    Participation,
    PendingDelivery,
    Receipt,
    ReceiptCount,
    Tally,
)
from campaigns.receipts import make_receipt
from tests.make import make_alert, make_campaign, make_hashtag_push, make_member, vapid_fingerprint

CHUNK = 10_000
STATEMENT = 1_000  # rows
LEAD = timedelta(seconds=1)  # from scheduling to the alert's minute


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an alert is. ``began`` in seconds since the epoch, 0 before it begins."""

    finished: bool
    accepted: int
    other: int  # whatever else became of a subscription
    waiting: int
    began: float


def migrate() -> None:
    """Makes the tables."""
    call_command("migrate", interactive=False, verbosity=0)


def fill(followers: int, hosts: Sequence[str], distinct: int) -> int:
    """A campaign with so many followers, each with a device and a verified subscription. Gives its id."""
    campaign = make_campaign()
    for chunk in _chunks(make_subscriptions(followers, hosts, distinct=distinct)):
        _insert(campaign, chunk)
    _analyze()
    return campaign.pk


def make_phones(number: int) -> tuple[int, list[str]]:
    """The same: the campaign's id, and the phones' cookies."""
    campaign = make_campaign()
    cookies: list[str] = []
    for chunk in _chunks(make_subscriptions(number, ["push.example"])):
        cookies += _insert(campaign, chunk)
    _analyze()
    return campaign.pk, cookies


def _analyze() -> None:
    """As autovacuum does soon after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _chunks(made: Iterator[Made]) -> Iterator[list[Made]]:
    while chunk := list(islice(made, CHUNK)):
        yield chunk


def _insert(campaign: Campaign, chunk: Sequence[Made]) -> list[str]:
    """Rows of all three tables; gives the devices' cookies."""
    today, fingerprint, mask = timezone.now().date(), vapid_fingerprint(), kinds_to_mask(list(KIND_BITS))
    words = [token_urlsafe(SECRET_BYTES) for _ in chunk]
    fresh = [
        # Languages as in a French campaign.
        Device(
            secret_digest=digest_secret(word),
            language="en" if number % 5 == 0 else "fr",
            first_seen=today,
            last_seen=today,
        )
        for number, word in enumerate(words)
    ]
    devices = Device.objects.bulk_create(fresh, STATEMENT)
    subscriptions = [
        Subscription(
            device=device,
            endpoint_digest=digest_endpoint(one.endpoint),
            blob=PushKeys(one.endpoint, one.p256dh, one.auth).seal(),
            host=one.endpoint.split("/")[2],
            vapid_fingerprint=fingerprint,
            made_on=today,
            verified_on=today,
        )
        for device, one in zip(devices, chunk, strict=True)
    ]
    Subscription.objects.bulk_create(subscriptions, STATEMENT)
    follows = [
        Follow(campaign=campaign, device=device, kinds_mask=mask, consent_version=1, consented_on=today)
        for device in devices
    ]
    Follow.objects.bulk_create(follows, STATEMENT)
    return [f"{device.uuid.hex}.{word}" for device, word in zip(devices, words, strict=True)]


def schedule_alert(campaign_id: int, lead: float = LEAD.total_seconds()) -> int:
    """An alert to all followers, due in ``lead`` seconds. Gives its id."""
    campaign = Campaign.objects.get(pk=campaign_id)
    now = timezone.now()
    # A campaign sends no more than some alerts a day; a measurement may: those before this one count for yesterday.
    Alert.objects.filter(action__campaign=campaign, started_at__isnull=False).update(
        send_at=F("send_at") - timedelta(days=1)
    )
    alert = make_alert(
        make_hashtag_push(campaign, summary={"fr": SUMMARY}), send_at=now + timedelta(seconds=lead), body={"fr": TEXT}
    )
    alert.schedule(make_member(campaign), now, needs_approval=False)
    return alert.pk


def began(alert_id: int) -> float:
    """When it began, in seconds since the epoch; 0 before."""
    started = Alert.objects.values_list("started_at", flat=True).get(pk=alert_id)
    return started.timestamp() if started else 0.0


def cancel_alert(alert_id: int) -> None:
    """Takes back what is left of it, if anything is."""
    Alert.objects.filter(pk=alert_id).cancel_all(timezone.now())


def moment_of(alert_id: int) -> float:
    """``send_at`` in seconds since the epoch."""
    return Alert.objects.get(pk=alert_id).send_at.timestamp()


def progress(alert_id: int) -> Progress:
    """How far it is, by its batches."""
    alert = Alert.objects.get(pk=alert_id)
    batches = Batch.objects.filter(alert=alert)
    # In this order: what is finished stays so, and its counts are read after that.
    sent = alert.started_at is not None and not batches.unfinished().exists()
    waiting = PendingDelivery.objects.filter(alert=alert).count()
    sums = batches.aggregate(**{name: Sum(name, default=0) for name in Count.values})
    return Progress(
        finished=sent and not waiting,
        accepted=sums.pop(Count.ACCEPTED.value),
        other=sum(sums.values()),
        waiting=waiting,
        began=alert.started_at.timestamp() if alert.started_at else 0.0,
    )


def is_closed(alert_id: int) -> bool:
    """Whether the scheduler has noted that nothing is left of it."""
    return Alert.objects.filter(pk=alert_id, state=AlertState.SENT).exists()


def load_demo() -> str:
    """The demo's campaigns; gives the id of one of their actions."""
    call_command("demo", stdout=StringIO())
    return str(Action.objects.public().earliest("pk").uuid)


def load_demo_pages() -> tuple[str, str, str]:
    """The demo's start, a campaign of it, and a hashtag push that is on."""
    call_command("demo", stdout=StringIO())
    now = timezone.now()
    pushes = Action.objects.public().filter(kind=Kind.HASHTAG_PUSH, starts_at__lte=now, ends_at__gt=now)
    push = pushes.select_related("campaign").earliest("pk")
    return "/", f"/c/{push.campaign.slug}", f"/a/{push.uuid}"


def has_app() -> bool:
    """Whether the front end was built."""
    return (settings.FRONTEND_DIST / "index.html").is_file()


def make_action(campaign_id: int) -> str:
    """One that is live. Gives its id as the API has it."""
    return str(make_hashtag_push(Campaign.objects.get(pk=campaign_id)).uuid)


def count_joined(action: str) -> dict[str, int]:
    """By the rows, and by both sums that are kept beside them."""
    found = Action.objects.get(uuid=action)
    sums = Tally.objects.sums(found)["joined"]
    return {"rows": Participation.objects.filter(action=found).count(), **sums}


def make_receipts(number: int) -> tuple[str, list[str]]:
    """An alert, as the API has its id, and so many nonces as its messages carry them."""
    alert = make_alert(make_hashtag_push(make_campaign()))
    return str(alert.uuid), [make_receipt(alert.uuid) for _ in range(number)]


def count_receipts(alert: str) -> dict[str, int]:
    """By the rows, and by the sum that is kept beside them."""
    found = Alert.objects.get(uuid=alert)
    total = ReceiptCount.objects.filter(alert_id=found.pk).aggregate(total=Sum("total", default=0))["total"]
    return {"rows": Receipt.objects.filter(alert=found).count(), "sum": total}


SUMMARY = "Ce soir de 18 h à 20 h, toutes et tous en même temps : écrivez avec vos mots, le mot-dièse est sur la page."
TEXT = "Dix-huit heures. Écrivez avec vos propres mots."
