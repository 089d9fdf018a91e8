"""What fault tests share: crowds of followers, processes that are frozen and stepped, and who got what twice."""

import fcntl
import secrets
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Device, PushKeys, Subscription
from accounts.models.subscription import digest_endpoint
from campaigns import tasks
from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.delivery.scheduler import Scheduler
from campaigns.kinds import KIND_BITS, kinds_to_mask
from campaigns.models import Alert, AlertState, Batch, Campaign, DeliveryTally, Follow, PendingDelivery
from tests.delivering import Delivery, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push, vapid_fingerprint
from tests.patience import PATIENCE
from tests.push_service.client import PushService

Process = Popen[bytes]
Say = Callable[[str], None]
# A process that has only just been told to go on, and one that was told so a moment ago.
STEP_SECONDS = 0.001


def make_crowd(push: PushService, campaign: Campaign, number: int) -> list[str]:
    """So many followers with verified subscriptions, in few statements; their tokens at the push service."""
    today = timezone.now().date()
    digest = secrets.token_hex(32)
    fresh = [Device(secret_digest=digest, first_seen=today, last_seen=today) for _ in range(number)]
    devices = Device.objects.bulk_create(fresh)
    made = [push.subscribe() for _ in devices]
    Subscription.objects.bulk_create(
        Subscription(
            device=device,
            endpoint_digest=digest_endpoint(one.endpoint),
            blob=PushKeys(one.endpoint, one.p256dh, one.auth).seal(),
            host=one.endpoint.split("/")[2],
            vapid_fingerprint=vapid_fingerprint(),
            made_on=today,
            verified_on=today,
        )
        for device, one in zip(devices, made, strict=True)
    )
    mask = kinds_to_mask(list(KIND_BITS))
    wants = {"campaign": campaign, "kinds_mask": mask, "consent_version": 1, "consented_on": today}
    Follow.objects.bulk_create(Follow(device=device, **wants) for device in devices)
    return [one.token for one in made]


@dataclass
class Sending:
    """One alert to a crowd. Workers are processes; the scheduler ticks in this one unless a test starts another."""

    push: PushService
    alert: Alert
    tokens: list[str]
    rings: int = 1

    def __post_init__(self) -> None:
        """A scheduler of its own."""
        self.forget_bells()

    def forget_bells(self) -> None:
        """Another scheduler takes over, which rings at once. Its bells are heard by real workers."""
        self.scheduler = Scheduler(tasks.ring_delivery, tasks.ring_retries, most_rings=self.rings)

    def tick(self) -> None:
        """One tick of the scheduler."""
        self.scheduler.tick(timezone.now())

    def arrived(self) -> Counter[str]:
        """How often each follower was sent to."""
        counts = self.push.counts()
        return Counter({token: counts[token] for token in self.tokens if token in counts})

    def wait_for_arrivals(self, number: int, seconds: float = PATIENCE, *, ticking: bool = True) -> None:
        """Until so many messages arrived, ticking meanwhile."""

        def arrived() -> bool:
            if ticking:
                self.tick()
            return self.push.total() >= number

        wait_until(arrived, f"{number} arrivals", seconds)

    def is_sent(self) -> bool:
        """Whether nothing of it is left."""
        return Alert.objects.filter(pk=self.alert.pk, state=AlertState.SENT).exists()

    def wait_until_sent(self, seconds: float = 2 * PATIENCE, *, ticking: bool = True) -> None:
        """Until nothing is left of it, ticking meanwhile."""

        def sent() -> bool:
            if ticking:
                self.tick()
            return self.is_sent()

        wait_until(sent, "the alert sent", seconds)

    def end_leases(self) -> None:
        """The 30 s after which a dead worker's lease ends are over: for tests that are about something else."""
        past = timezone.now() - timedelta(seconds=1)
        Batch.objects.filter(alert=self.alert, lease_until__isnull=False).update(lease_until=past)
        PendingDelivery.objects.filter(alert=self.alert, lease_until__isnull=False).update(lease_until=past)

    def repeats(self, windows: int, say: Say) -> int:
        """How many messages were sent a second time, said aloud.

        Asserts that nobody was left out or counted twice, and that the repeats are explained: by so many windows of
        which nothing was noted, and by the tries of noted windows that were cut off and made again.
        """
        arrived = self.arrived()
        repeated = arrived.total() - len(arrived)
        answers = DeliveryTally.objects.filter(batch__alert=self.alert)
        noted = dict(answers.values_list("answer").annotate(number=Sum("count")))
        accepted = noted.pop("201", 0)
        say(
            f"{len(self.tokens)} followers, {repeated} repeats ({windows} windows lost; tried again: {noted or 'none'})"
        )
        assert set(arrived) == set(self.tokens)
        assert counts_of(self.alert) == {"accepted": len(self.tokens)}
        assert accepted == len(self.tokens)
        assert not PendingDelivery.objects.filter(alert=self.alert).exists()
        assert repeated <= windows * WINDOW_SIZE + sum(noted.values())
        return repeated


StartSending = Callable[..., Sending]


@pytest.fixture
def turn() -> Iterator[None]:
    """One at a time, in all the runs on this machine: they count on processes that are as quick as they usually are."""
    with (Path(tempfile.gettempdir()) / "mobilise-tests-turn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def start_sending(delivery: Delivery, turn: None) -> StartSending:
    """Schedules an alert to so many followers; it begins at the first tick."""

    def start(followers: int, **how: int) -> Sending:
        campaign = make_campaign()
        tokens = make_crowd(delivery.push, campaign, followers)
        alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
        return Sending(delivery.push, alert, tokens, **how)

    return start


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Say:
    """Notes figures for the reader: conftest.py prints them at the end of the run."""
    return lambda line: record_property("figures", line)


def freeze(process: Process) -> None:
    """SIGSTOP, and waits until it stands still."""
    process.send_signal(signal.SIGSTOP)
    state = Path(f"/proc/{process.pid}/stat")
    while state.read_text().rpartition(")")[2].split()[0] not in "TtZX":
        time.sleep(0.0002)


def thaw(process: Process) -> None:
    """Lets it go on."""
    process.send_signal(signal.SIGCONT)


def run_until(process: Process, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Lets the process run in steps of a moment until the condition holds, and leaves it frozen there."""
    end = time.monotonic() + seconds
    freeze(process)
    while not condition():
        assert process.poll() is None, "the process ended by itself"
        assert time.monotonic() < end, f"not within {seconds} s"
        thaw(process)
        time.sleep(STEP_SECONDS)
        freeze(process)
