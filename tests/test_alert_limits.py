"""At most five alerts a campaign and day, none in its silence: at scheduling and at the moment of sending."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from campaigns.delivery.beginning import begin
from campaigns.models import Action, Alert, AlertState, Campaign, HeldBack, SilencePeriod
from campaigns.rules import problems_of
from tests.make import make_alert, make_campaign, make_hashtag_push, make_member, make_solidarity_alert

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2031, 7, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What is refused is read here in English."""
    with override("en"):
        yield


def at(hour: int, day: int = 14, minute: int = 0) -> datetime:
    """An hour of July 2031 in Paris."""
    return datetime(2031, 7, day, hour, minute, tzinfo=PARIS)


def make_push(campaign: Campaign) -> Action:
    return make_hashtag_push(campaign, starts_at=at(18), ends_at=at(20))


def draft(action: Action, moment: datetime, **values: object) -> Alert:
    return make_alert(action, send_at=moment, expires_at=moment + timedelta(hours=1), **values)


def schedule(alert: Alert, by: User) -> None:
    alert.schedule(by, NOW, needs_approval=False)


def fill_the_day(campaign: Campaign, by: User) -> Action:
    """Five scheduled alerts on the fourteenth of July."""
    push = make_push(campaign)
    for hour in (0, 9, 12, 15, 23):
        schedule(draft(push, at(hour)), by)
    return push


@pytest.mark.django_db
def test_it_refuses_a_sixth_alert_of_the_campaign_s_day() -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    fill_the_day(campaign, owner)
    sixth = draft(make_push(campaign), at(17))
    with pytest.raises(ValidationError, match="5 alerts on 14 Jul"):
        schedule(sixth, owner)
    assert Alert.objects.get(pk=sixth.pk).state == AlertState.DRAFT
    assert len(problems_of(sixth)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "hour"), [(13, 23), (15, 0)])
def test_it_counts_the_days_on_the_campaign_s_clock(day: int, hour: int) -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    push = fill_the_day(campaign, owner)
    # In UTC both are on the fourteenth or next to it; in Paris they are not.
    other_day = draft(push, at(hour, day, 30))
    schedule(other_day, owner)
    assert other_day.state == AlertState.SCHEDULED


@pytest.mark.django_db
def test_it_leaves_solidarity_alerts_and_corrections_aside() -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    push = fill_the_day(campaign, owner)
    case = make_solidarity_alert(campaign, starts_at=at(18), ends_at=at(20))
    for hour in range(9, 16):
        schedule(draft(case, at(hour)), owner)
    Alert.objects.filter(action=push).update(started_at=NOW)
    wrong = push.alerts.first()
    assert wrong is not None
    text = {"fr": "Correction"}
    right = wrong.correct(title=text, body=text, send_at=at(17), expires_at=at(18))
    schedule(right, owner)
    assert right.state == AlertState.SCHEDULED


@pytest.mark.django_db
def test_it_gives_the_place_of_what_is_taken_back_to_another() -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    push = fill_the_day(campaign, owner)
    first, second = push.alerts.all()[:2]
    first.return_to_draft()
    second.cancel(NOW)
    for hour in (16, 17):
        schedule(draft(push, at(hour)), owner)
    with pytest.raises(ValidationError):
        schedule(first, owner)


@pytest.mark.django_db
def test_it_keeps_the_place_of_what_was_cancelled_while_it_was_sent() -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    push = fill_the_day(campaign, owner)
    Alert.objects.filter(pk=push.alerts.all()[0].pk).update(state=AlertState.CANCELLED, started_at=NOW)
    with pytest.raises(ValidationError):
        schedule(draft(push, at(17)), owner)


@pytest.mark.django_db
def test_it_leaves_other_campaigns_alone() -> None:
    campaign, other = make_campaign(), make_campaign()
    fill_the_day(campaign, make_member(campaign))
    elsewhere = draft(make_push(other), at(17))
    schedule(elsewhere, make_member(other))
    assert elsewhere.state == AlertState.SCHEDULED


@pytest.mark.django_db(transaction=True)
def test_it_gives_the_last_place_to_one_of_several_who_ask_at_once() -> None:
    campaign = make_campaign()
    owner = make_member(campaign)
    push = make_push(campaign)
    for hour in (9, 12, 15, 16):
        schedule(draft(push, at(hour)), owner)
    rivals = [draft(push, at(17, minute=minute)) for minute in range(4)]
    start = Barrier(len(rivals))

    def try_it(alert: Alert) -> bool:
        start.wait()
        try:
            schedule(alert, owner)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(rivals)) as pool:
        won = list(pool.map(try_it, rivals))
    assert sorted(won) == [False, False, False, True]
    assert Alert.objects.filter(state=AlertState.SCHEDULED).count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("send_at", "expires_at", "touches"),
    [
        (at(20, 11), at(0, 12), False),
        (at(20, 11), at(0, 12, 1), True),
        (at(9, 12), at(10, 12), True),
        (at(9, 11), at(9, 14), True),
        (at(23, 13), at(1, 14), True),
        (at(0, 14), at(1, 14), False),
    ],
)
def test_it_refuses_an_alert_whose_window_touches_the_silence(
    send_at: datetime, expires_at: datetime, touches: bool
) -> None:
    campaign = make_campaign()
    SilencePeriod.objects.create(campaign=campaign, first_day=date(2031, 7, 12), last_day=date(2031, 7, 13))
    alert = make_alert(make_push(campaign), send_at=send_at, expires_at=expires_at)
    assert bool(problems_of(alert)) is touches
    if touches:
        with pytest.raises(ValidationError, match="keeps silence"):
            schedule(alert, make_member(campaign))
    else:
        schedule(alert, make_member(campaign))
        assert alert.state == AlertState.SCHEDULED


@pytest.mark.django_db
def test_it_holds_back_at_its_minute_what_was_scheduled_before_the_silence() -> None:
    campaign = make_campaign()
    alert = make_alert(make_hashtag_push(campaign))
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=False)
    today = timezone.now().astimezone(PARIS).date()
    SilencePeriod.objects.create(campaign=campaign, first_day=today, last_day=today + timedelta(days=1))
    assert not begin(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.held_back) == (AlertState.DRAFT, HeldBack.SILENCE)


@pytest.mark.django_db
def test_it_forgets_why_it_was_held_back_when_it_is_scheduled_again() -> None:
    campaign = make_campaign()
    alert = make_alert(make_hashtag_push(campaign), held_back=HeldBack.SILENCE)
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=False)
    assert Alert.objects.get(pk=alert.pk).held_back == ""


@pytest.mark.django_db
def test_it_has_no_silence_that_ends_before_it_begins() -> None:
    period = SilencePeriod(campaign=make_campaign(), first_day=date(2031, 7, 13), last_day=date(2031, 7, 12))
    with pytest.raises(ValidationError) as refused:
        period.full_clean()
    assert "last_day" in refused.value.message_dict
