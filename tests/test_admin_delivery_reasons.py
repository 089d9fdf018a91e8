"""The page on an alert's delivery says why some did not get it, with numbers that add up."""

from datetime import datetime

import pytest

from campaigns.admin.delivery import reasons
from campaigns.models import Alert
from tests.delivery_pages import FCM, World

pytestmark = pytest.mark.django_db


def test_it_says_why_with_numbers_that_add_up():
    world = World(audience=100)
    world.batch(accepted=60, gone=4, refused=3, quiet=2, unreachable=5, skipped=6, failed=7, poisoned=1)

    assert world.heading() == "Why 40 devices got nothing"
    reasons = world.reasons()
    assert sum(reasons.values()) == 40
    assert reasons["Their quiet hours last longer than the alert is useful."] == 2
    assert reasons["Alerts were off there, or never confirmed."] == 5
    assert reasons["No good answer of the push service before the alert was over."] == 7
    assert reasons["Had stopped following before their turn."] == 12


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sending", "Their turn has not come yet."),
        ("paused", "The alert is paused; their turn has not come."),
        ("cancelled", "The alert was cancelled before their turn."),
        ("expired", "The alert was over before their turn."),
    ],
)
def test_it_says_why_the_rest_had_no_turn(state: str, words: str):
    world = World(state, audience=50)
    world.batch(done=False, accepted=20)

    assert world.reasons() == {words: 30}


def test_it_says_what_they_wait_for():
    world = World(audience=5)
    batch = world.batch()
    at = datetime.fromisoformat("2031-03-01T07:00:00+00:00")
    for reason in ("quiet_hours", "quiet_hours", "retry", "slow_host", "host_paused"):
        world.wait(batch, reason, not_before=at)

    assert world.reasons() == {
        "Wait for the end of their quiet hours, the last at 1 Mar, 08:00.": 2,
        "The push service asked to come back later, the last at 1 Mar, 08:00.": 1,
        "Their push service is slow: they are sent apart from the others.": 1,
        f"Their push service, {FCM}, is paused; it is tried again every 10 s.": 1,
    }
    assert "5 may still get it" in world.page()


def test_those_who_wait_of_a_large_audience_are_counted_once_for_all_who_look(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reasons, "LARGE", 1)
    world = World(audience=5)
    batch = world.batch(accepted=3)
    world.wait(batch, "slow_host")
    words = "Their push service is slow: they are sent apart from the others."
    assert world.reasons()[words] == 1
    world.wait(batch, "slow_host")

    assert world.reasons()[words] == 1
    reasons._remembered.forget()
    assert world.reasons()[words] == 2


@pytest.mark.parametrize(
    ("audience", "words"), [("joined", "Had not joined, or no longer following."), ("not_joined", "Had joined, or")]
)
def test_it_says_who_was_not_meant(audience: str, words: str):
    world = World(audience=10)
    Alert.objects.update(audience=audience)
    world.batch(skipped=10)

    assert words in world.page()


def test_it_says_that_nobody_was_missed():
    world = World("sent", audience=10)
    world.batch(accepted=10)

    assert world.heading() == "Everybody it was meant for was sent it"
    assert world.reasons() == {}


def test_a_window_that_was_sent_twice_makes_no_negative_number():
    world = World("sent", audience=10)
    world.batch(accepted=12)

    assert world.reasons() == {}


def test_it_says_nothing_of_an_alert_that_has_not_begun():
    world = World("scheduled")
    Alert.objects.update(started_at=None, audience_size=None)

    page = world.page()

    assert "Planned for" in page
    assert "got nothing" not in page


def test_it_says_that_an_alert_was_over_before_it_could_begin():
    world = World("expired")
    words = "Nothing was sent: its window was over before it could begin."
    assert words not in world.page()

    Alert.objects.update(started_at=None, audience_size=None)

    assert words in world.page()
