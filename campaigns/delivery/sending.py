"""Sending one window at once, never waiting longer than a limit, and noting what every answer means."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from campaigns.delivery.audience import Recipient
from campaigns.delivery.hosts import HostWatch, asked_wait, backoff_within
from campaigns.delivery.pauses import PARKED
from campaigns.models import Count, PendingReason
from campaigns.models.pending import FRESH_ATTEMPTS, MOST_ATTEMPTS
from mobilise.webpush.answers import Answer, Outcome, classify
from mobilise.webpush.pusher import Message, Pusher, Target

logger = logging.getLogger(__name__)

MOST = 0.9  # of what a window has for hosts that answer
HALF = 0.5  # of a window; a host of which nothing was heard by then is not waited for as long
# Of the limit. Whose turn for a connection comes later would get less time than those before it took: it would be cut
# off after the push service has it, and be sent twice.
QUEUING = 0.5
# What the rest gets once most answers are in, or twice what those took. Not less: a request that is cancelled may
# have arrived, and is then sent twice.
STRAGGLERS_SECONDS = 1.0
# What a host gets that was slow a moment ago, beyond the time of the others.
HURRIED_SECONDS = 0.3
# Behind a seal nothing says what a device waits for; so often it is asked.
LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one device."""

    recipient: Recipient
    target: Target
    message: Message
    attempts: int = 0
    probe: bool = False  # to a paused host, to see what it says
    hurried: bool = False  # to a host that was slow, to see whether it is quick again


@dataclass(frozen=True, slots=True)
class Postponed:
    """A device to be tried again: when, why, how often it was tried, and its push service."""

    device_id: int
    not_before: datetime
    reason: PendingReason
    attempts: int
    host: str
    sent: bool = False  # it was sent to: it is in the audience

    def is_in_time(self, expires_at: datetime) -> bool:
        """What waits for a paused host waits to the end: it is woken when the pause is over."""
        return self.not_before < expires_at or self.reason == PendingReason.HOST_PAUSED

    def disguised(self, now: datetime, expires_at: datetime) -> "Postponed":
        """As it stands beside a seal: no column says anything of the device.

        Its push service, the end of its quiet hours and of a pause would. Who waits for such is looked at again soon.
        """
        hangs = self.reason == PendingReason.SLOW_HOST and self.sent
        attempts = max(self.attempts, FRESH_ATTEMPTS + 1) if hangs else self.attempts
        not_before = self.not_before
        if not self.sent or self.reason == PendingReason.HOST_PAUSED:
            not_before = now + min(LOOK_AGAIN, (expires_at - now) / 2)
        return replace(self, not_before=not_before, reason=PendingReason.RETRY, attempts=attempts, host="")


@dataclass(slots=True)
class Outcomes:
    """What became of the recipients of one window; every one of them is in exactly one place."""

    counts: Counter[str] = field(default_factory=Counter)
    gone: list[Recipient] = field(default_factory=list)
    refused: list[Recipient] = field(default_factory=list)
    postponed: list[Postponed] = field(default_factory=list)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)  # by host and word

    def postpone(self, one: Postponed, expires_at: datetime) -> None:
        """Notes a later try, or, when that would be too late, that it failed."""
        if one.is_in_time(expires_at):
            self.postponed.append(one)
        else:
            self.counts[Count.FAILED] += 1


async def send_all(pusher: Pusher, deliveries: Sequence[Delivery], limit: float) -> list[Answer]:
    """The answers, in the order of ``deliveries``. After ``limit`` seconds open requests are cancelled.

    What has waited in line for a connection for half of that is not sent at all.

    They are cancelled earlier when most answers are in and the rest takes long: a few that hang do not cost every
    window its whole limit.
    """
    if not deliveries:
        return []
    began = time.monotonic()
    until = began + QUEUING * limit
    tasks = [asyncio.create_task(pusher.push(one.target, one.message, queue_until=until)) for one in deliveries]
    await _wait_for_most(deliveries, tasks, limit)
    spent = time.monotonic() - began
    patience = min(max(STRAGGLERS_SECONDS, 2 * spent), max(limit - spent, 0.0))
    for hurried, seconds in ((False, patience), (True, HURRIED_SECONDS)):
        await _wait_for_all(
            [task for one, task in zip(deliveries, tasks, strict=True) if one.hurried is hurried], seconds
        )
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return [_answer(result, time.monotonic() - began) for result in results]


async def _wait_for_all(tasks: Sequence[asyncio.Task[Answer]], seconds: float) -> None:
    if any(not task.done() for task in tasks):
        await asyncio.wait(tasks, timeout=seconds)


async def _wait_for_most(deliveries: Sequence[Delivery], tasks: Sequence[asyncio.Task[Answer]], limit: float) -> None:
    """Until MOST of what went to hosts that answer is done, and half of all; or ``limit`` seconds are over."""
    sent = Counter(one.recipient.host for one in deliveries)
    answered: Counter[str | None] = Counter()
    enough = asyncio.Event()

    def count(host: str | None, task: asyncio.Task[Answer]) -> None:
        answered[host] += 1
        done = answered.total()
        if done >= HALF * len(tasks) and done >= MOST * sum(sent[known] for known in answered):
            enough.set()

    for one, task in zip(deliveries, tasks, strict=True):
        task.add_done_callback(partial(count, one.recipient.host))
    with suppress(TimeoutError):
        await asyncio.wait_for(enough.wait(), limit)


def _answer(result: Answer | BaseException, waited: float) -> Answer:
    if isinstance(result, Answer):
        return result
    if not isinstance(result, asyncio.CancelledError):
        # A bug of ours in one delivery must not stop its neighbours; only the type is said, the text may hold secrets.
        logger.error("a delivery failed with %s", type(result).__name__)
        return Answer(status=None, retry_after=None, error="internal", elapsed=0.0)
    return Answer(status=None, retry_after=None, error="cancelled", elapsed=waited)


class Assessor:
    """Turns answers into outcomes, and tells the host watch."""

    def __init__(self, watch: HostWatch, expires_at: datetime) -> None:
        self._watch = watch
        self._expires_at = expires_at

    def assess(self, deliveries: Sequence[Delivery], answers: Sequence[Answer], now: datetime, into: Outcomes) -> None:
        """Files every answer under its outcome."""
        for delivery, answer in zip(deliveries, answers, strict=True):
            host = delivery.recipient.host or ""
            outcome = classify(answer, host)
            if outcome == Outcome.UNSENT:
                # Nobody was asked anything: it says nothing of the host, and was no attempt.
                into.postpone(_untried(delivery, now), self._expires_at)
                continue
            verified = delivery.recipient.verified_on is not None
            into.answers[host, answer.word] += 1
            self._watch.observe(host, answer, outcome, delivery.recipient.device_id, verified, now.timestamp())
            self._file(delivery, answer, outcome, now, into)

    def _file(self, delivery: Delivery, answer: Answer, outcome: Outcome, now: datetime, into: Outcomes) -> None:
        one = delivery.recipient
        if outcome == Outcome.ACCEPTED:
            into.counts[Count.ACCEPTED] += 1
        elif outcome == Outcome.GONE:
            into.counts[Count.GONE] += 1
            into.gone.append(one)
        elif outcome in (Outcome.RETRY, Outcome.CANCELLED):
            into.postpone(self._retry(delivery, answer, outcome, now), self._expires_at)
        elif delivery.probe and answer.status is not None:
            # It is the host that refuses, as before; nobody's message is given up for having been the one to ask.
            parked = PendingReason.HOST_PAUSED
            again = Postponed(one.device_id, now + PARKED, parked, _once_more(delivery), one.host or "", sent=True)
            into.postpone(again, self._expires_at)
        elif answer.error == "keys":
            into.counts[Count.POISONED] += 1
        else:
            if outcome == Outcome.TOO_LARGE:
                logger.error("a push service found a message too large: a bug of ours")
            into.counts[Count.REFUSED] += 1
            into.refused.append(one)

    def _retry(self, delivery: Delivery, answer: Answer, outcome: Outcome, now: datetime) -> Postponed:
        wait = backoff_within((self._expires_at - now).total_seconds(), delivery.attempts)
        if outcome == Outcome.CANCELLED:
            reason, wait = PendingReason.SLOW_HOST, wait if delivery.attempts else 0.0
        else:
            reason, asked = PendingReason.RETRY, asked_wait(answer)
            wait = wait if asked is None else asked
        not_before = now + timedelta(seconds=wait)
        one = delivery.recipient
        return Postponed(one.device_id, not_before, reason, _once_more(delivery), one.host or "", sent=True)


def _once_more(delivery: Delivery) -> int:
    """How often it was tried by now, as far as that is counted."""
    return min(delivery.attempts + 1, MOST_ATTEMPTS)


def _untried(delivery: Delivery, now: datetime) -> Postponed:
    """Its turn did not come: in the lane of slow hosts it does at once."""
    one = delivery.recipient
    return Postponed(one.device_id, now, PendingReason.SLOW_HOST, delivery.attempts, one.host or "", sent=True)
