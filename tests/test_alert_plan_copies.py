"""What a copied action's alerts keep of their plan."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.models import Action, AlertAnchor
from campaigns.models.copying import copy_to
from campaigns.rules import proposed_alerts
from tests.make import make_alert, make_campaign, make_hashtag_push, make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def paris(month: int, day: int, hour: int) -> datetime:
    """An hour of 2031 in Paris, in UTC. The clock skips an hour in the night to 30 March."""
    return datetime(2031, month, day, hour, tzinfo=PARIS).astimezone(UTC)


def copied(push: Action, starts_at: datetime) -> Action:
    return copy_to(type(push).objects.get(pk=push.pk), starts_at, make_user())[0]


def make_push() -> Action:
    return make_hashtag_push(make_campaign(), starts_at=paris(3, 23, 6), ends_at=paris(3, 23, 8))


@pytest.mark.parametrize(
    ("offset", "moment"), [(-timedelta(hours=5), paris(3, 30, 0)), (-timedelta(days=1), paris(3, 29, 6))]
)
def test_it_keeps_the_plan_of_an_alert_and_follows_it(offset: timedelta, moment: datetime) -> None:
    push = make_push()
    window = {"send_at": push.starts_at + offset, "expires_at": push.starts_at + offset + timedelta(hours=1)}
    make_alert(push, anchor=AlertAnchor.START, offset=offset, departements=["75"], **window)
    alert = copied(push, paris(3, 30, 6)).alerts.get()
    assert (alert.anchor, alert.offset, alert.send_at) == (AlertAnchor.START, offset, moment)
    assert alert.expires_at - alert.send_at == timedelta(hours=1)
    assert alert.departements == ["75"]


def test_it_tells_the_copy_s_own_start() -> None:
    push = make_push()
    announcement = proposed_alerts(push, paris(3, 1, 12))[0]
    announcement.save()
    alert = copied(push, paris(3, 30, 6)).alerts.get()
    assert announcement.body["fr"] == "Rendez-vous dimanche 23 mars, 06 h 00."
    assert alert.body == {"fr": "Rendez-vous dimanche 30 mars, 06 h 00.", "en": "See you Sunday 30 March, 06:00."}
