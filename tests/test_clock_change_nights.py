"""The two nights of the clock change in Paris: quiet hours minute by minute, send times on the wall clock."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.admin.fields.moments import MomentField
from campaigns.models import Alert
from campaigns.rules import Preferences, decide, end_of_quiet_hours, proposed_alerts
from tests.admin_pages import Organiser, page_of, said
from tests.make import make_alert, make_campaign, make_hashtag_push, make_member

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
# 2:00 becomes 3:00 at 1:00 UTC in March; 3:00 becomes 2:00 at 1:00 UTC in October.
SHORT, LONG = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
QUIET_HOURS = [
    (time(22), time(8)),
    (time(23, 30), time(1, 59)),
    (time(0), time(3)),
    (time(1, 30), time(3, 30)),
    (time(3), time(4)),
]


def is_quiet(start: time, end: time, moment: datetime) -> bool:
    """By the wall clock alone."""
    clock = moment.astimezone(PARIS).time()
    return start <= clock < end if start < end else clock >= start or clock < end


def first_loud(start: time, end: time, night: list[datetime]) -> dict[datetime, datetime | None]:
    """For each minute that is quiet the first one after it that is not, else None."""
    found: dict[datetime, datetime | None] = {}
    loud: datetime | None = None
    for moment in reversed(night):
        quiet = is_quiet(start, end, moment)
        found[moment] = loud if quiet else None
        loud = loud if quiet else moment
    return found


@pytest.mark.parametrize("change", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize(("start", "end"), QUIET_HOURS)
def test_quiet_hours_end_with_the_first_minute_that_is_not_quiet(change: datetime, start: time, end: time) -> None:
    asked = Preferences(7, "Europe/Paris", start, end)
    expected = first_loud(start, end, [change + number * MINUTE for number in range(-6 * 60, 12 * 60)])
    asked_at = [change + number * MINUTE for number in range(-6 * 60, 8 * 60)]
    said = {moment: end_of_quiet_hours(asked, moment) for moment in asked_at}
    assert said == {moment: expected[moment] for moment in asked_at}


def test_quiet_hours_that_end_in_the_missing_hour_end_within_the_next() -> None:
    asked = Preferences(7, "Europe/Paris", time(22), time(2, 30))
    end = end_of_quiet_hours(asked, SHORT - timedelta(hours=1))
    assert end is not None
    assert SHORT <= end < SHORT + timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "hours"), [(SHORT, 7), (LONG, 9)], ids=["an hour less to wait", "an hour more to wait"]
)
def test_an_alert_at_midnight_waits_for_eight_o_clock(change: datetime, hours: int) -> None:
    midnight = (change.astimezone(PARIS) - timedelta(hours=6)).date() + timedelta(days=1)
    now = datetime.combine(midnight, time(0), tzinfo=PARIS).astimezone(UTC)
    night = Preferences(7, "Europe/Paris", time(22), time(8))
    campaign = make_campaign()
    for useful_for, verdict in ((hours, "quiet"), (hours + 0.5, "wait")):
        alert = make_alert(make_hashtag_push(campaign), send_at=now, expires_at=now + timedelta(hours=useful_for))
        said, until = decide(alert, night, in_audience=True, reachable=True, now=now)
        assert said == verdict
    assert until == now + timedelta(hours=hours)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [(3, 29), (10, 25)], ids=["short", "long"])
def test_the_day_before_is_the_same_hour_of_the_wall_clock(day: tuple[int, int]) -> None:
    starts_at = datetime(2026, *day, 18, tzinfo=PARIS)
    push = make_hashtag_push(
        starts_at=starts_at.astimezone(UTC), ends_at=starts_at.astimezone(UTC) + timedelta(hours=2)
    )
    announcement, reminder, *_ = proposed_alerts(push, starts_at - timedelta(days=20))
    assert announcement.send_at == datetime(2026, day[0], day[1] - 1, 18, tzinfo=PARIS)
    assert reminder.send_at == starts_at - timedelta(hours=1)


def typed(text: str) -> Any:
    """What an organiser in Paris types as the moment of sending."""
    with timezone.override(PARIS):
        return MomentField().clean(text)


def test_a_typed_hour_is_that_of_the_wall_clock_before_and_after() -> None:
    assert typed("2026-03-29T01:30") == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert typed("2026-03-29T03:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert typed("2026-10-25T01:30") == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert typed("2026-10-25T03:30") == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29T02:30", "2026-10-25T02:30"], ids=["it does not exist", "it comes twice"])
def test_an_hour_that_says_no_one_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        typed(text)


@pytest.mark.django_db
@pytest.mark.parametrize("later", [False, True], ids=["the first time", "the second time"])
def test_a_page_that_shows_an_hour_that_comes_twice_is_saved_and_changes_nothing_of_it(later: bool) -> None:
    twice = LONG + timedelta(minutes=30) - (timedelta(0) if later else timedelta(hours=1))
    hours = {"starts_at": twice, "ends_at": twice + timedelta(hours=5)}
    push = make_hashtag_push(**hours)
    owner = Organiser(make_member(push.campaign))
    alerts = [
        make_alert(push, send_at=twice, expires_at=twice + timedelta(hours=4)),
        make_alert(push, anchor="start", send_at=twice, expires_at=twice + timedelta(hours=4)),
    ]
    page = owner.send(page_of(push), title_fr="Autre", **{"alerts-0-body_fr": "Autre"})
    push.refresh_from_db()
    assert said(page) == ["Saved."]
    assert (push.title["fr"], push.starts_at) == ("Autre", twice)
    assert [Alert.objects.get(pk=alert.pk).send_at for alert in alerts] == [twice, twice]
    assert Alert.objects.get(pk=alerts[0].pk).body["fr"] == "Autre"
