"""What is decided across rows: quiet hours on the wall clock, proposals, who must approve."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Audience, Participation, Stage
from campaigns.rules import (
    Preferences,
    audience_size,
    end_of_quiet_hours,
    needs_approval,
    proposed_alerts,
    text_problems,
)
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_rally_call,
    make_solidarity_alert,
    make_subscription,
)

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Preferences(kinds_mask=7, time_zone="Europe/Paris", quiet_start=time(22), quiet_end=time(8))


def paris(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026 in Paris, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (paris(2, 20, 21, 59), None),
        (paris(2, 20, 22), paris(2, 21, 8)),
        (paris(2, 21, 3), paris(2, 21, 8)),
        (paris(2, 21, 8), None),
        # The two nights of the clock change: the same wall clock, an hour less and an hour more to wait.
        (paris(3, 28, 23), paris(3, 29, 8)),
        (paris(10, 24, 23), paris(10, 25, 8)),
    ],
)
def test_it_reads_quiet_hours_on_the_wall_clock(now: datetime, end: datetime | None) -> None:
    assert end_of_quiet_hours(NIGHT, now) == end


def test_it_waits_an_hour_less_in_the_short_night() -> None:
    short = paris(3, 29, 8) - paris(3, 28, 23)
    long = paris(10, 25, 8) - paris(10, 24, 23)
    assert (short, long) == (timedelta(hours=8), timedelta(hours=10))


def test_it_ends_quiet_hours_in_the_hour_that_comes_twice_on_its_own_side() -> None:
    until_half_past_two = Preferences(7, "Europe/Paris", time(22), time(2, 30))
    first = datetime(2026, 10, 25, 2, 15, tzinfo=PARIS).astimezone(UTC)
    second = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=PARIS).astimezone(UTC)
    for now in (first, second):
        end = end_of_quiet_hours(until_half_past_two, now)
        assert end is not None
        assert end - now == timedelta(minutes=15)


def test_it_reads_quiet_hours_within_a_day() -> None:
    siesta = Preferences(7, "Europe/Paris", time(13), time(15))
    assert end_of_quiet_hours(siesta, paris(2, 20, 14)) == paris(2, 20, 15)
    assert end_of_quiet_hours(siesta, paris(2, 20, 15)) is None


def test_it_knows_no_quiet_hours_where_none_were_asked_for() -> None:
    assert end_of_quiet_hours(Preferences(7, "UTC", None, None), timezone.now()) is None


@pytest.mark.django_db
def test_it_proposes_four_alerts_for_a_hashtag_push() -> None:
    push = make_hashtag_push(starts_at=far(72), ends_at=far(74))
    proposed = proposed_alerts(push, timezone.now())
    purposes = [alert.purpose for alert in proposed]
    assert purposes == [Purpose.ANNOUNCEMENT, Purpose.REMINDER, Purpose.START, Purpose.RECAP]
    assert proposed[1].send_at == push.starts_at - timedelta(hours=1)
    assert proposed[2].send_at == push.starts_at
    assert [alert.urgency for alert in proposed] == [Urgency.NORMAL, Urgency.NORMAL, Urgency.HIGH, Urgency.LOW]
    assert not push.alerts.exists()


@pytest.mark.django_db
def test_it_proposes_three_alerts_for_a_rally_and_a_solidarity_alert() -> None:
    now = timezone.now()
    rally = make_rally_call(starts_at=far(72), ends_at=far(74))
    case = make_solidarity_alert(starts_at=far(72), ends_at=far(74))
    of_rally, of_case = proposed_alerts(rally, now), proposed_alerts(case, now)
    assert [alert.purpose for alert in of_rally] == [Purpose.ANNOUNCEMENT, Purpose.REMINDER, Purpose.RECAP]
    assert of_rally[1].send_at == rally.starts_at - timedelta(hours=3)
    assert [alert.purpose for alert in of_case] == [Purpose.ANNOUNCEMENT, Purpose.REMINDER, Purpose.STATUS]
    assert of_case[0].send_at - now < timedelta(minutes=15)
    assert {alert.urgency for alert in of_case} == {Urgency.HIGH}


@pytest.mark.django_db
def test_it_proposes_a_reminder_five_minutes_before_a_broadcast() -> None:
    broadcast = make_broadcast(starts_at=far(72), ends_at=far(73))
    proposed = proposed_alerts(broadcast, timezone.now())
    assert [alert.purpose for alert in proposed] == [Purpose.ANNOUNCEMENT, Purpose.REMINDER, Purpose.RECAP]
    assert proposed[1].send_at == broadcast.starts_at - timedelta(minutes=5)
    assert [alert.urgency for alert in proposed] == [Urgency.NORMAL, Urgency.HIGH, Urgency.LOW]


@pytest.mark.django_db
def test_it_proposes_nothing_in_the_past() -> None:
    now = timezone.now()
    proposed = proposed_alerts(make_hashtag_push(starts_at=far(-1), ends_at=far(1)), now)
    assert len(proposed) == 4
    assert all(alert.expires_at > now for alert in proposed)


@pytest.mark.django_db
def test_it_keeps_the_wall_clock_for_the_day_before_a_clock_change() -> None:
    push = make_hashtag_push(starts_at=paris(3, 29, 18), ends_at=paris(3, 29, 20))
    announcement = proposed_alerts(push, paris(3, 1, 12))[0]
    assert announcement.send_at == paris(3, 28, 18)


@pytest.mark.django_db
def test_it_needs_a_second_person_only_above_the_set_number() -> None:
    campaign = make_campaign(two_person=True, two_person_above=1)
    alert = make_alert(make_hashtag_push(campaign))
    for number, expected in ((1, False), (2, True)):
        device = make_device()
        make_subscription(device)
        make_follow(campaign, device)
        assert audience_size(alert) == number
        assert needs_approval(alert) is expected


@pytest.mark.django_db
def test_it_counts_who_joined_and_who_has_not() -> None:
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    for joined in (True, False, False):
        device = make_device()
        make_subscription(device)
        make_follow(campaign, device)
        if joined:
            Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
    assert audience_size(make_alert(push, audience=Audience.JOINED)) == 1
    assert audience_size(make_alert(push, audience=Audience.NOT_JOINED)) == 2


@pytest.mark.django_db
def test_it_warns_of_a_hashtag_in_a_text_that_goes_out_too_early() -> None:
    push = make_hashtag_push(starts_at=far(2), ends_at=far(4), reveal_at=far(2), hashtag="SecretTag")
    body = {"fr": "Avec #secrettag"}
    early = make_alert(push, send_at=far(1), expires_at=far(3), body=body)
    in_time = make_alert(push, send_at=far(2.1), expires_at=far(3), body=body)
    assert len(text_problems(early)) == 1
    assert text_problems(in_time) == []


@pytest.mark.django_db
def test_it_wants_the_main_language() -> None:
    assert len(text_problems(make_alert(make_hashtag_push(), body={"en": "Only English"}))) == 1
