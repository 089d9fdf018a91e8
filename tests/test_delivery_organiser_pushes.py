"""Approvers are asked by push at once and again after three minutes, over a real push service."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import LockScreen, OrganiserDevice, Subscription, User
from campaigns.delivery.organiser_pushes import send_due
from campaigns.models import Alert, Asking, Membership, OrganiserPush, Role
from campaigns.models.approving.asking import AGAIN_AFTER
from tests.make import (
    far,
    make_awaiting,
    make_campaign,
    make_member,
)
from tests.organiser_phones import notifications, tick, tie
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
SECRET = "C'est l'heure"
SECOND = timedelta(seconds=1)


# ---- who is asked


def test_it_asks_all_owners_and_approvers_but_who_scheduled(push: PushService) -> None:
    alert = make_awaiting()
    campaign, scheduler = alert.action.campaign, alert.scheduled_by
    assert scheduler
    asked = {role: tie(push, make_member(campaign, role)) for role in (Role.OWNER, Role.APPROVER)}
    second_phone = tie(push, User.objects.get(memberships__role=Role.APPROVER))
    not_asked = [
        tie(push, scheduler),
        tie(push, make_member(campaign, Role.EDITOR)),
        tie(push, make_member(make_campaign(), Role.APPROVER)),
    ]

    assert tick(timezone.now()) == 3

    assert {len(push.received(phone)) for phone in (*asked.values(), second_phone)} == {1}
    assert [push.received(phone) for phone in not_asked] == [[], [], []]


def test_it_asks_nobody_about_what_needs_no_approval(push: PushService) -> None:
    alert = make_awaiting()
    tie(push, make_member(alert.action.campaign, Role.APPROVER))
    alert.return_to_draft()
    alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)

    assert tick(timezone.now()) == 0


@pytest.mark.parametrize("why", ["signed out", "alerts off", "untied", "removed"])
def test_it_asks_nobody_whom_it_cannot_or_may_not_reach(push: PushService, why: str) -> None:
    alert = make_awaiting()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    phone = tie(push, approver)
    now = timezone.now()
    if why == "signed out":
        User.objects.filter(pk=approver.pk).update(is_active=False)
    elif why == "alerts off":
        Subscription.objects.all().delete()
    else:
        # Between the doorbell and the worker.
        (asking,) = Asking.objects.ring(now)
        model = OrganiserDevice if why == "untied" else Membership
        model.objects.filter(user=approver).delete()
        assert send_due(asking, now) == 0
        assert not OrganiserPush.objects.filter(due_at__isnull=False).exists()

    assert tick(now) == 0
    assert push.received(phone) == []


# ---- what it says


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("fr", "Votre accord est demandé, avant {hour}."),
        ("en", "Your approval is asked for, before {hour}."),
    ],
)
@pytest.mark.parametrize("lock_screen", [LockScreen.AUTO, LockScreen.DISCREET])
def test_it_says_on_a_lock_screen_no_more_than_it_must(
    push: PushService, language: str, body: str, lock_screen: str
) -> None:
    alert = make_awaiting(expires_at=far(30).replace(hour=17, minute=30))
    values = {"language": language, "lock_screen": lock_screen, "time_zone": "Europe/Paris"}
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER), **values)

    tick(timezone.now())

    (received,) = push.received(phone)
    message = received.json()["notification"]
    hour = timezone.localtime(alert.expires_at)
    in_words = f"{hour.hour} h 30" if language == "fr" else f"{hour:%H:%M}"
    assert (message["title"], message["body"]) == ("Mobilise", body.format(hour=in_words))
    assert (message["lang"], message["data"]["type"]) == (language, "approval")
    assert SECRET not in json.dumps(message)
    assert "receipt" not in message["data"]


def test_it_names_the_alert_on_a_phone_whose_owner_wants_everything_shown(push: PushService) -> None:
    alert = make_awaiting()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER), lock_screen=LockScreen.FULL)

    tick(timezone.now())

    assert notifications(push, phone)[0]["title"] == SECRET


def test_it_leads_to_the_page_on_which_the_alert_is_answered(push: PushService, settings: Any) -> None:
    alert = make_awaiting()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))

    tick(timezone.now())

    path = f"/admin/campaigns/hashtagpush/{alert.action_id}/alerts/{alert.pk}/approval/"
    assert notifications(push, phone)[0]["navigate"] == f"{settings.SITE_URL}{path}"


def test_it_is_urgent_and_of_no_use_when_the_window_is_over(push: PushService) -> None:
    alert = make_awaiting(send_at=far(0), expires_at=timezone.now() + timedelta(minutes=20))
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))

    tick(timezone.now())

    (received,) = push.received(phone)
    assert received.headers["urgency"] == "high"
    assert 19 * 60 < int(received.headers["ttl"]) <= 20 * 60
    assert len(received.headers["topic"]) == 22


# ---- when


def test_it_asks_once_more_after_three_minutes_and_then_no_more(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER), language="en")
    moments = [0, 0.2, 170, 180, 181, 400, 3000]

    sent = [tick(now + SECOND * seconds) for seconds in moments]

    assert sent == [1, 0, 0, 1, 0, 0, 0]
    first, again = notifications(push, phone)
    assert first["tag"] == again["tag"] == f"approval-{alert.uuid}"
    assert first["data"]["id"] != again["data"]["id"]
    assert again["body"].startswith("Still waiting for your approval")
    # The second takes the place of a first that still waits for the phone.
    assert len({one.headers["topic"] for one in push.received(phone)}) == 1


def test_it_counts_the_three_minutes_from_the_first_call_when_nobody_ticked_before(push: PushService) -> None:
    alert, late = make_awaiting(), timezone.now() + timedelta(minutes=20)
    tie(push, make_member(alert.action.campaign, Role.APPROVER))

    assert [tick(late), tick(late + SECOND), tick(late + AGAIN_AFTER)] == [1, 0, 1]


def test_it_reaches_a_phone_that_was_tied_between_the_calls(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    assert tick(now) == 0
    phone = tie(push, approver)

    assert tick(now + AGAIN_AFTER) == 1
    assert len(push.received(phone)) == 1


@pytest.mark.parametrize("outcome", ["approved", "refused", "draft", "cancelled", "over"])
def test_it_does_not_ask_again_once_it_is_answered(push: PushService, outcome: str) -> None:
    alert, now = make_awaiting(), timezone.now()
    approver = make_member(alert.action.campaign, Role.APPROVER)
    tie(push, approver)
    tick(now)
    {
        "approved": lambda: alert.approve(approver, now),
        "refused": lambda: alert.askings.get().refuse(approver, now, "no"),
        "draft": alert.return_to_draft,
        "cancelled": lambda: alert.cancel(now),
        "over": lambda: Alert.objects.update(send_at=now, expires_at=now + SECOND),
    }[outcome]()

    assert tick(now + AGAIN_AFTER) == 0


def test_it_asks_anew_when_it_is_scheduled_anew(push: PushService) -> None:
    alert, now = make_awaiting(), timezone.now()
    phone = tie(push, make_member(alert.action.campaign, Role.APPROVER))
    tick(now)
    scheduler = alert.scheduled_by
    assert scheduler
    alert.return_to_draft()
    alert.schedule(scheduler, now, needs_approval=True)

    assert tick(now) == 1
    assert len(push.received(phone)) == 2
