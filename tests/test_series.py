"""A broadcast that comes back every week: the next one is a draft, at the same hour of the clock, made once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns import tasks
from campaigns.models import Action, ActionState, AlertState, Broadcast
from campaigns.models.copying import keep_as_template
from campaigns.models.series import carry_on
from tests.make import far, make_alert, make_broadcast, make_hashtag_push, make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def paris(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026 in Paris, in UTC. The clock changes on 29 March and on 25 October."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def make_weekly(start: datetime, until: date, **values: object) -> Broadcast:
    """Two hours, with a reminder five minutes before."""
    broadcast = make_broadcast(starts_at=start, ends_at=start + timedelta(hours=2), repeats_until=until, **values)
    reminder = {"send_at": start - timedelta(minutes=5), "expires_at": start + timedelta(minutes=10)}
    alert = make_alert(broadcast, purpose="reminder", **reminder)
    type(alert).objects.filter(pk=alert.pk).update(state=AlertState.SENT)
    return broadcast


def latest() -> Broadcast:
    return Broadcast.objects.order_by("pk")[Broadcast.objects.count() - 1]


@pytest.mark.parametrize(
    ("start", "following"),
    [
        (paris(3, 8, 20), paris(3, 15, 20)),
        # Over the changes of the clock: an hour less, an hour more, the same hour to be there.
        (paris(3, 22, 20), paris(3, 29, 20)),
        (paris(10, 18, 20), paris(10, 25, 20)),
    ],
)
def test_the_next_one_is_a_draft_at_the_same_hour_of_the_clock(start: datetime, following: datetime) -> None:
    first = make_weekly(start, date(2026, 12, 31))
    assert carry_on(start + timedelta(minutes=1)) == 1
    following_one = latest()
    assert (following_one.starts_at, following_one.state) == (following, ActionState.DRAFT)
    assert following_one.repeats_until == date(2026, 12, 31)
    alert = following_one.alerts.get()
    assert (alert.state, alert.send_at) == (AlertState.DRAFT, following - timedelta(minutes=5))
    assert (first.copies.count(), following_one.uuid != first.uuid) == (1, True)


def test_it_waits_until_one_begins() -> None:
    make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    assert carry_on(paris(3, 8, 19, 59)) == 0
    assert carry_on(paris(3, 8, 20)) == 1


def test_it_is_made_once_however_often_it_is_looked_for() -> None:
    make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    assert [carry_on(paris(3, 8, 21)) for _ in range(3)] == [1, 0, 0]
    assert Broadcast.objects.count() == 2


def test_it_is_not_made_again_when_somebody_deleted_it() -> None:
    make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    carry_on(paris(3, 8, 21))
    latest().delete()
    assert carry_on(paris(3, 8, 21)) == 0
    assert Broadcast.objects.count() == 1


def test_a_week_that_is_cancelled_is_skipped() -> None:
    make_weekly(paris(3, 8, 20), date(2026, 12, 31), state=ActionState.CANCELLED)
    assert carry_on(paris(3, 8, 21)) == 1
    assert latest().starts_at == paris(3, 15, 20)


def test_weeks_in_which_nothing_ran_are_not_made_up_for() -> None:
    make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    assert carry_on(paris(4, 1, 12)) == 1
    assert latest().starts_at == paris(4, 5, 20)
    assert carry_on(paris(4, 1, 12)) == 0


def test_it_ends_with_its_last_day_and_goes_on_if_that_is_moved() -> None:
    broadcast = make_weekly(paris(3, 8, 20), date(2026, 3, 15))
    assert carry_on(paris(3, 8, 21)) == 1
    assert carry_on(paris(3, 15, 21)) == 0
    last = latest()
    assert last.pk != broadcast.pk
    Broadcast.objects.filter(pk=last.pk).update(repeats_until=date(2026, 3, 22))
    assert carry_on(paris(3, 15, 21)) == 1


def test_its_last_day_is_one_of_its_own_zone() -> None:
    late = datetime(2026, 3, 8, 23, tzinfo=ZoneInfo("America/Martinique"))
    make_weekly(late, date(2026, 3, 15), time_zone="America/Martinique")
    # Monday in UTC already, still Sunday there: the last one is about to begin.
    assert carry_on(datetime(2026, 3, 16, 2, 30, tzinfo=UTC)) == 1
    assert latest().starts_at == datetime(2026, 3, 16, 3, tzinfo=UTC)


def test_its_end_leads_to_the_next_one_unless_it_leads_elsewhere() -> None:
    weekly = make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    chosen = make_hashtag_push(weekly.campaign)
    other = make_weekly(paris(3, 9, 20), date(2026, 12, 31), successor=chosen)
    carry_on(paris(3, 9, 21))
    assert Action.objects.get(pk=weekly.pk).successor.copied_from_id == weekly.pk
    assert Action.objects.get(pk=other.pk).successor_id == chosen.pk


def test_a_template_and_what_is_not_repeated_stay_alone() -> None:
    make_broadcast()
    keep_as_template(make_broadcast(), make_user())
    Broadcast.objects.filter(state=ActionState.TEMPLATE).update(repeats_until=far(24 * 90).date())
    before = Broadcast.objects.count()
    assert carry_on(timezone.now()) == 0
    assert Broadcast.objects.count() == before


def test_one_that_cannot_go_on_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    broken = make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    Broadcast.objects.filter(pk=broken.pk).update(time_zone="Nowhere/Nothing")
    make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    assert carry_on(paris(3, 8, 21)) == 1
    assert "cannot be carried on: ZoneInfoNotFoundError" in caplog.text


def test_the_house_looks_after_it() -> None:
    make_weekly(timezone.now() - timedelta(minutes=5), far(24 * 30).date())
    assert tasks.carry_series_on.func() == "1"
    assert tasks.carry_series_on.func() == "0"


def test_it_asks_for_a_last_day_that_allows_a_second_one() -> None:
    weekly = make_weekly(paris(3, 8, 20), date(2026, 3, 14))
    with pytest.raises(ValidationError) as refused:
        weekly.full_clean()
    assert list(refused.value.error_dict) == ["repeats_until"]
    weekly.repeats_until = date(2026, 3, 15)
    weekly.full_clean()


def test_what_lasts_longer_than_a_week_is_not_repeated() -> None:
    weekly = make_weekly(paris(3, 8, 20), date(2026, 12, 31))
    weekly.ends_at = weekly.starts_at + timedelta(days=8)
    with pytest.raises(ValidationError) as refused:
        weekly.full_clean()
    assert list(refused.value.error_dict) == ["ends_at"]
