"""The buttons of an alert in the admin, and what each says when it is too late for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Alert, AlertState
from tests.admin_pages import Organiser, page_of, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
)

pytestmark = pytest.mark.django_db


def make_owner(**campaign_values):
    """An owner, signed in, and a live hashtag push of theirs."""
    campaign = make_campaign(**campaign_values)
    return Organiser(make_member(campaign)), make_hashtag_push(campaign)


def put(alert, state):
    """The alert as if it had come to that state."""
    started = timezone.now() if state in ("sending", "paused", "sent") else None
    Alert.objects.filter(pk=alert.pk).update(state=state, started_at=started, scheduled_digest=alert.digest)
    return alert


def state_of(alert):
    alert.refresh_from_db()
    return alert.state


def button_of(alert, verb):
    return page_of(alert.action.hashtagpush, "alert", alert.pk, verb)


def test_it_schedules_what_is_on_the_page():
    owner, push = make_owner()
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    page = owner.send(page_of(push), "_schedule", str(alert.pk), **{"alerts-0-title_fr": "Ce soir, 18 h"})
    assert state_of(alert) == AlertState.SCHEDULED
    assert alert.title["fr"] == "Ce soir, 18 h"
    assert alert.digest == alert.scheduled_digest
    assert any("is scheduled for" in text and "Europe/Paris" in text for text in said(page))


def test_it_schedules_once_when_tapped_twice():
    owner, push = make_owner()
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    owner.send(page_of(push), "_schedule", str(alert.pk))
    page = owner.send(page_of(push), "_schedule", str(alert.pk))
    assert state_of(alert) == AlertState.SCHEDULED
    assert any("scheduled already" in text for text in said(page))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"send_at": -3, "expires_at": -2}, "Its window is over"),
        ({"title": {"en": "Only English"}}, "main language"),
    ],
)
def test_it_does_not_schedule_what_must_not_leave(values, reason):
    owner, push = make_owner()
    values = {name: far(value) if isinstance(value, int) else value for name, value in values.items()}
    alert = make_alert(push, **{"send_at": far(1), "expires_at": far(2), **values})
    page = owner.send(page_of(push), "_schedule", str(alert.pk))
    assert state_of(alert) == AlertState.DRAFT
    assert any(reason in text for text in said(page))


def test_it_asks_to_publish_the_action_first():
    owner, push = make_owner()
    type(push).objects.filter(pk=push.pk).update(state="draft")
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    page = owner.send(page_of(push), "_schedule", str(alert.pk))
    assert state_of(alert) == AlertState.DRAFT
    assert any("Publish the action and its campaign first" in text for text in said(page))


def test_it_shows_a_hashtag_that_would_leave_before_its_hour_beside_the_text():
    owner, push = make_owner()
    type(push).objects.filter(pk=push.pk).update(reveal_at=far(1))
    make_alert(push, body={"fr": "Tous sur #500SignaturesPourAnasse"}, send_at=far(0.5), expires_at=far(2))
    assert "before the hashtag is revealed" in owner.get(page_of(push)).content.decode()


LEGAL = {
    "draft": {"awaiting", "scheduled"},
    "cancel": {"draft", "awaiting", "scheduled", "sending", "paused"},
    "pause": {"sending"},
    "resume": {"paused"},
}
LEADS_TO = {"draft": "draft", "cancel": "cancelled", "pause": "paused", "resume": "sending"}


@pytest.mark.parametrize("state", AlertState.values)
@pytest.mark.parametrize("verb", LEGAL)
def test_it_moves_on_or_says_why_not(verb, state):
    owner, push = make_owner()
    alert = put(make_alert(push, send_at=far(1), expires_at=far(2)), state)
    messages = owner.press(button_of(alert, verb))
    legal = state in LEGAL[verb]
    assert state_of(alert) == (LEADS_TO[verb] if legal else state)
    assert len(messages) == 1
    assert ("is now:" in messages[0]) is not legal


@pytest.mark.parametrize("state", AlertState.values)
def test_it_changes_nothing_when_a_button_s_address_is_only_opened(state):
    owner, push = make_owner()
    alert = put(make_alert(push), state)
    assert owner.get(button_of(alert, "cancel")).url == page_of(push)
    assert state_of(alert) == state


def test_it_knows_no_other_verbs():
    owner, push = make_owner()
    alert = make_alert(push)
    assert owner.post(button_of(alert, "begin-sending")).status_code == 404


def test_it_offers_for_each_state_what_is_possible():
    owner, push = make_owner()
    alert = make_alert(push)
    offered = {}
    for state in AlertState.values:
        put(alert, state)
        html = owner.get(page_of(push)).content.decode()
        offered[state] = {verb for verb in (*LEGAL, "correct") if f"alerts/{alert.pk}/{verb}/" in html}
    assert offered == {
        "draft": {"cancel"},
        "awaiting": {"draft", "cancel"},
        "scheduled": {"draft", "cancel"},
        "sending": {"pause", "cancel", "correct"},
        "paused": {"resume", "cancel", "correct"},
        "sent": {"correct"},
        "expired": set(),
        "cancelled": set(),
    }


def test_it_says_how_many_devices_an_alert_goes_to():
    campaign = make_campaign()
    for _ in range(3):
        device = make_device()
        make_subscription(device)
        make_follow(campaign, device)
    owner, push = Organiser(make_member(campaign)), make_hashtag_push(campaign)
    make_alert(push, send_at=far(1), expires_at=far(1) + timedelta(hours=1))
    assert "Goes to 3 devices now." in owner.get(page_of(push)).content.decode()
