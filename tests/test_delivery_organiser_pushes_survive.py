"""Organisers are asked once, however many schedulers there are, and whatever happens to a worker or a doorbell."""

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import OrganiserDevice, Subscription
from campaigns import retention, tasks
from campaigns.delivery.beginning import begin
from campaigns.delivery.organiser_pushes import MOST_ATTEMPTS, send_due
from campaigns.models import Asking, OrganiserPush, Role
from campaigns.models.approving.asking import AGAIN_AFTER, ALONE_AFTER, RING_AGAIN
from campaigns.models.approving.pushes import LEASE
from tests.delivering import Processes, wait_until
from tests.make import (
    make_alert,
    make_awaiting,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_solidarity_alert,
    make_subscription,
)
from tests.organiser_phones import notifications, tick, tie
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
SECRET = "C'est l'heure"
SECOND = timedelta(seconds=1)


# ---- several schedulers, lost doorbells, killed workers


def test_it_gives_each_call_to_one_of_several_schedulers(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))

    rung = [Asking.objects.ring(now + SECOND / 10 * n) for n in range(3)]

    assert [len(keys) for keys in rung] == [1, 0, 0]
    assert [send_due(rung[0][0], now), send_due(rung[0][0], now)] == [1, 0]
    assert len(push.received(phone)) == 1


@pytest.mark.django_db(transaction=True)
def test_it_asks_once_when_two_schedulers_tick_in_the_same_moment(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    tie(push, make_member(alert.action.campaign, Role.APPROVER))
    together, rung = Barrier(2), []

    def ring() -> None:
        together.wait()
        rung.extend(Asking.objects.ring(now))
        connection.close()

    threads = [Thread(target=ring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rung) == 1
    assert OrganiserPush.objects.count() == 1


def test_it_rings_again_when_a_doorbell_was_lost(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    tie(push, make_member(alert.action.campaign, Role.APPROVER))
    assert len(Asking.objects.ring(now)) == 1  # and nobody hears it

    assert [tick(now + RING_AGAIN / 2), tick(now + RING_AGAIN)] == [0, 1]


def test_it_sends_what_a_killed_worker_had_claimed_once_its_claim_ran_out(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))
    Asking.objects.ring(now)
    row = OrganiserPush.objects.get()
    assert row.claim(now)  # and is killed
    assert not OrganiserPush.objects.get().claim(now)

    assert [tick(now + LEASE / 2), tick(now + LEASE)] == [0, 1]
    assert len(push.received(phone)) == 1


def test_it_does_not_write_over_who_took_it_over(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    tie(push, make_member(alert.action.campaign, Role.APPROVER))
    Asking.objects.ring(now)
    slow = OrganiserPush.objects.get()
    slow.claim(now)
    other = OrganiserPush.objects.get()
    other.claim(now + LEASE)

    slow.settle(accepted=False)

    assert OrganiserPush.objects.get().due_at == now + 2 * LEASE


def test_it_tries_again_what_may_pass_and_not_for_ever(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))
    push.answer(phone, Behaviour(status=503))
    tick(now)
    asking = Asking.objects.get()

    sent = [send_due(asking.pk, now + timedelta(seconds=61 * n)) for n in range(1, 7)]

    assert sent == [1, 1, 1, 0, 0, 0]
    assert len(push.received(phone)) == MOST_ATTEMPTS
    assert not OrganiserPush.objects.get().accepted


@pytest.mark.parametrize("status", [404, 410])
def test_it_forgets_a_subscription_that_is_gone(push: PushService, status: int) -> None:
    alert = make_awaiting()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    gone, other = tie(push, approver), tie(push, approver)
    push.answer(gone, Behaviour(status=status))

    assert tick(timezone.now()) == 2

    assert Subscription.objects.filter(device__tie__user=approver).count() == 1
    assert len(push.received(other)) == 1
    assert OrganiserPush.objects.filter(accepted=True).count() == 1


def test_one_phone_that_cannot_be_read_keeps_the_others_from_nothing(push: PushService) -> None:
    alert = make_awaiting()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    tie(push, approver)
    Subscription.objects.update(blob=b"not a sealed blob")
    sound = tie(push, approver)

    assert tick(timezone.now()) == 1
    assert len(push.received(sound)) == 1


def test_it_queues_a_doorbell_that_names_no_endpoint(
    push: PushService, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    alert = make_awaiting()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))

    with django_capture_on_commit_callbacks(execute=True):
        tasks.ring_organisers(timezone.now())

    row = DBTaskResult.objects.values().get()
    assert (row["queue_name"], row["args_kwargs"]["args"]) == ("interactive", [Asking.objects.get().pk])
    assert phone.endpoint not in json.dumps(row, default=str)
    assert tasks.push_to_organisers.call(Asking.objects.get().pk) == "1"
    assert len(push.received(phone)) == 1


@pytest.mark.django_db(transaction=True)
def test_it_asks_through_a_scheduler_and_a_worker_of_their_own(push: PushService, processes: Processes) -> None:
    processes.start("scheduler")
    processes.start("worker", "--queue", "interactive")
    alert = make_awaiting()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))
    wait_until(lambda: OrganiserPush.objects.filter(accepted=True).exists(), "the approver asked")
    assert len(push.received(phone)) == 1


@pytest.mark.django_db(transaction=True)
def test_it_asks_twice_in_all_when_schedulers_are_killed_and_others_take_over(
    push: PushService, processes: Processes
) -> None:
    processes.start("worker", "--queue", "interactive")
    first = processes.start("scheduler")
    alert = make_awaiting()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))
    push.wait_for(1, by=phone)
    processes.kill(first)
    Asking.objects.update(called_at=timezone.now() - AGAIN_AFTER)
    others = [processes.start("scheduler") for _ in range(2)]
    push.wait_for(2, by=phone)
    for scheduler in others:
        processes.kill(scheduler)
    Asking.objects.update(called_at=timezone.now() - AGAIN_AFTER)
    processes.start("scheduler")
    wait_until(lambda: not OrganiserPush.objects.filter(due_at__isnull=False).exists(), "all pushes settled")
    assert len(push.received(phone)) == OrganiserPush.objects.filter(accepted=True).count() == 2


def test_it_asks_when_more_follow_at_its_minute_than_when_it_was_scheduled(push: PushService) -> None:
    alert = make_alert(make_hashtag_push(make_campaign(two_person=True, two_person_above=0)))
    campaign, now = alert.action.campaign, timezone.now()
    alert.schedule(make_member(campaign), now, needs_approval=False)
    phone = tie(push, make_member(campaign, Role.APPROVER))
    follower = make_device()
    make_subscription(follower)
    make_follow(campaign, follower)

    assert not begin(alert.pk, now)

    assert tick(now) == 1
    assert len(push.received(phone)) == 1


# ---- one owner alone


def test_it_tells_all_other_organisers_that_one_owner_sends_alone(push: PushService) -> None:
    alert = make_awaiting(action=make_solidarity_alert(make_campaign(two_person=True)))
    owner, now = alert.scheduled_by, timezone.now()
    assert owner
    others = {role: make_member(alert.action.campaign, role) for role in Role}
    phones = [tie(push, user, language="en") for user in others.values()]
    own, stranger = tie(push, owner), tie(push, make_member(make_campaign()))

    alert.askings.get().send_alone(owner, now + ALONE_AFTER)

    assert tick(now + ALONE_AFTER) == 3
    texts = [notifications(push, phone)[0]["body"] for phone in phones]
    assert len(set(texts)) == 1
    assert "without a second person. Until then you can stop it." in texts[0]
    assert push.received(own) == push.received(stranger) == []


def test_it_tells_nobody_of_what_was_stopped_meanwhile(push: PushService) -> None:
    alert = make_awaiting(action=make_solidarity_alert(make_campaign(two_person=True)))
    phone = tie(push, make_member(alert.action.campaign, Role.EDITOR))
    owner, later = alert.scheduled_by, timezone.now() + ALONE_AFTER
    assert owner
    alert.askings.get().send_alone(owner, later)
    (asking,) = Asking.objects.ring(later)
    alert.return_to_draft()

    assert send_due(asking, later) == 0
    assert push.received(phone) == []


def test_it_forgets_who_was_asked_and_who_refused_when_it_is_long_over(settings: Any) -> None:
    alert, now = make_awaiting(), timezone.now()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    device = make_device()
    make_subscription(device)
    OrganiserDevice.objects.create(device=device, user=approver, tied_on=now.date())
    Asking.objects.ring(now)
    retention.forget(now)
    assert OrganiserPush.objects.count() == 1

    retention.forget(alert.expires_at + timedelta(days=settings.RETENTION_DAYS) + SECOND)

    assert (OrganiserPush.objects.count(), Asking.objects.count(), OrganiserDevice.objects.count()) == (0, 0, 1)
