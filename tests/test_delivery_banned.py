"""A rally is banned in the middle of it all: nothing but corrections reaches a phone."""

import pytest
from django.utils import timezone

from campaigns.delivery import worker
from campaigns.delivery.beginning import begin
from campaigns.kinds import Purpose
from campaigns.models import Alert, AlertState, RallyCall
from campaigns.rules import audience_of, ban_correction
from tests.delivering import Delivery
from tests.make import far, make_alert, make_campaign, make_device, make_follow, make_member, make_rally_call

pytestmark = pytest.mark.django_db


def make_rally(delivery: Delivery, followers: int = 1) -> RallyCall:
    """A declared rally with followers."""
    campaign = make_campaign()
    delivery.follow_many(campaign, followers)
    return make_rally_call(campaign)


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state


def test_a_scheduled_alert_does_not_leave_after_the_ban(delivery: Delivery) -> None:
    rally = make_rally(delivery)
    alert = delivery.schedule(make_alert(rally))
    rally.set_declaration("banned")
    delivery.tick()
    assert state_of(alert) == AlertState.DRAFT
    assert not delivery.push.received()


def test_one_that_slipped_through_is_refused_at_its_minute(delivery: Delivery) -> None:
    rally = make_rally(delivery)
    alert = delivery.schedule(make_alert(rally))
    # Past the button: as if somebody had scheduled it in the moment of the ban.
    RallyCall.objects.update(declaration="banned")
    delivery.tick()
    assert not delivery.push.received()
    assert not begin(alert.pk, timezone.now())
    assert state_of(alert) == AlertState.DRAFT


def test_what_is_being_sent_stops_before_the_next_window(delivery: Delivery) -> None:
    rally = make_rally(delivery)
    alert = delivery.schedule(make_alert(rally))
    begin(alert.pk, timezone.now())
    rally.set_declaration("banned")
    worker.send_batches(alert.pk)
    assert state_of(alert) == AlertState.PAUSED
    assert not delivery.push.received()


def test_the_news_of_the_ban_goes_to_all_followers(delivery: Delivery) -> None:
    rally = make_rally(delivery, 2)
    delivery.send(make_alert(rally))
    late = delivery.follow(rally.campaign)
    rally.set_declaration("banned")
    news = ban_correction(rally, timezone.now())
    news.save()
    delivery.send(news)
    assert state_of(news) == AlertState.SENT
    texts = [received.json() for received in delivery.push.received(late.push)]
    assert [text["notification"]["title"] for text in texts] == ["Correction\u00a0: le rassemblement est interdit"]
    assert texts[0]["notification"]["data"]["card"]["declaration"] == "banned"


def test_other_corrections_go_to_whoever_had_the_wrong_one() -> None:
    rally = make_rally_call()
    wrong = make_alert(rally)
    Alert.objects.filter(pk=wrong.pk).update(started_at=timezone.now(), last_device=0)
    make_follow(rally.campaign, make_device())
    wrong.refresh_from_db()
    correction = wrong.correct(title={"fr": "Correction"}, body={"fr": "x"}, send_at=far(0), expires_at=far(1))
    assert audience_of(correction).count() == 0
    rally.set_declaration("banned")
    assert audience_of(Alert.objects.get(pk=correction.pk)).count() == 1


def test_only_corrections_count_as_alive_while_it_is_banned() -> None:
    rally = make_rally_call()
    alerts = [make_alert(rally, purpose=purpose) for purpose in (Purpose.START, Purpose.CORRECTION)]
    assert Alert.objects.alive().count() == 2
    rally.set_declaration("banned", make_member(rally.campaign))
    assert list(Alert.objects.alive()) == alerts[1:]
    assert list(Alert.objects.forbidden()) == alerts[:1]
