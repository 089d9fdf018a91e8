"""Paused hosts: a few messages show whether they answer well again, and then all that was parked for them is sent."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import Subscription
from campaigns.delivery.hosts import HostWatch
from campaigns.models import Alert, PendingDelivery, PendingReason, PushHost
from campaigns.models.batch import free
from campaigns.models.pending import PendingDeliveryQuerySet
from mobilise.webpush.answers import Outcome

logger = logging.getLogger(__name__)

PROBES = 3
PROBE_CANDIDATES = 100
WOKEN_AT_ONCE = 2_000
# Parked deliveries are woken when their host is resumed; after this they are looked at in any case.
PARKED = timedelta(minutes=10)


def paused_hosts() -> set[str]:
    """Hosts that are not sent to for now."""
    return set(PushHost.objects.paused().values_list("host", flat=True))


def pause_refusing(watch: HostWatch, hosts: Iterable[str], now: datetime) -> set[str]:
    """Pauses the hosts that refuse us, with an alarm; nothing is deleted. Returns them."""
    refusing = watch.refusing(hosts)
    for host in refusing:
        alarm = f"{host} refuses most of our messages: are the VAPID keys and VAPID_SUBJECT right?"
        if PushHost.objects.pause(host, now, alarm):
            logger.error("push service paused: %s", alarm)
    return set(refusing)


def resume_answering(probed: Iterable[tuple[str, Outcome]], now: datetime) -> set[str]:
    """Ends the pause of hosts that took most of the messages they were tried with. Returns them.

    "Gone" is about one subscription: we were let in.
    """
    said: Counter[str] = Counter()
    for host, outcome in probed:
        if outcome in (Outcome.ACCEPTED, Outcome.GONE):
            said[host] += 1
        elif outcome == Outcome.REFUSED:
            said[host] -= 1
    well = {host for host, balance in said.items() if balance > 0}
    for host in well:
        if PushHost.objects.resume(host, now):
            logger.warning("push service %s answers well again: resumed", host)
    return well


def look_after(now: datetime) -> None:
    """Makes due what a paused host is tried with, and all that waits for one that was resumed."""
    for host in PushHost.objects.waking(now).values_list("host", flat=True):
        woken = _parked(host, now).order_by("attempts").values("pk")[:WOKEN_AT_ONCE]
        PendingDelivery.objects.filter(pk__in=woken).update(reason=PendingReason.RETRY, not_before=now)
    for host in PushHost.objects.to_probe(now).values_list("host", flat=True):
        ids = _choose_probes(host, now)
        if ids and PushHost.objects.take_probe(host, now):
            PendingDelivery.objects.filter(pk__in=ids).update(reason=PendingReason.PROBE, not_before=now)


def _choose_probes(host: str, now: datetime) -> list[int]:
    """Each time others, and of a few candidates the verified ones first: a stranger's may be made to be refused."""
    waiting = _parked(host, now).filter(alert__in=Alert.objects.in_flight()).order_by("attempts")
    candidates = dict(waiting.values_list("pk", "device_id")[:PROBE_CANDIDATES])
    verified = Subscription.objects.filter(device__in=candidates.values(), verified_on__isnull=False)
    known = set(verified.values_list("device_id", flat=True))
    return sorted(candidates, key=lambda pk: candidates[pk] not in known)[:PROBES]


def _parked(host: str, now: datetime) -> PendingDeliveryQuerySet:
    """Those that wait for the host, but for what a worker holds in this moment."""
    return PendingDelivery.objects.filter(free(now), reason=PendingReason.HOST_PAUSED, host=host)
