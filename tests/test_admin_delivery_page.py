"""The page on an alert's delivery: what it says, to whom, and how often it asks anew."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Alert, Audience, DeliveryTally
from campaigns.watching.totals import TALLIES_KEPT
from tests.admin_pages import Organiser, page_of
from tests.delivering import Delivery
from tests.delivery_pages import FCM, World, pause, seconds
from tests.make import (
    make_alert,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_user,
)
from tests.push_service.behaviours import Behaviour

pytestmark = pytest.mark.django_db


def test_it_tells_what_a_real_delivery_did(delivery: Delivery):
    push = make_hashtag_push()
    owner = Organiser(make_member(push.campaign))
    followers = delivery.follow_many(push.campaign, 5)
    delivery.push.answer(followers[0].push, Behaviour(status=410))
    delivery.push.answer(followers[1].push, Behaviour(status=403))
    alert = delivery.send(make_alert(push))

    page = owner.get(page_of(push, "delivery", alert.pk)).content.decode()

    assert "3 accepted within 5 s" in page
    assert "Why 2 devices got nothing" in page
    assert followers[0].push.endpoint.split("/")[2] in page
    assert "(410)" in page
    assert [one.push.endpoint for one in followers if one.push.endpoint in page] == []
    assert [
        one.push.endpoint.rsplit("/", 1)[1] for one in followers if one.push.endpoint.rsplit("/", 1)[1] in page
    ] == []


def test_it_tells_answers_by_push_service_in_words():
    world = World()
    batch = world.batch(accepted=5)
    evil = "click-here.notify.windows.com"
    tallies = {(batch.pk, FCM, "201"): 4200, (batch.pk, FCM, "429"): 2, (batch.pk, evil, "timeout"): 1}
    DeliveryTally.objects.add(tallies, timezone.now())

    text = re.sub(r"<[^>]+>|\s+", " ", world.page())

    assert "Google fcm.googleapis.com" in re.sub(" +", " ", text)
    assert "4,200" in text
    assert "Asks to come back later" in text
    assert "Microsoft" in text
    assert "No answer in time" in text
    assert "click-here" not in text


def test_it_does_not_tell_answers_by_push_service_where_that_would_say_who_took_part():
    world = World()
    batch = world.batch(accepted=5)
    Alert.objects.update(audience=Audience.JOINED)
    DeliveryTally.objects.add({(batch.pk, "", "201"): 4200, (batch.pk, "", "429"): 2}, timezone.now())

    text = re.sub(r"<[^>]+>|\s+", " ", world.page())

    assert "all push services together" in text
    assert "4,200" in text
    assert "others" not in text


def test_what_was_deleted_is_said():
    world = World("sent")
    world.batch(accepted=100)
    long_ago = timezone.now() - TALLIES_KEPT - timedelta(days=1)
    Alert.objects.update(started_at=long_ago, finished_at=long_ago)

    assert "Kept for 30 days" in world.page()


def test_it_refreshes_while_it_is_sent():
    world = World()
    world.batch(accepted=7, done=False)

    status = json.loads(world.owner.get(page_of(world.push, "delivery_status", world.alert.pk)).content)

    assert status["ask_again"] == 2500
    assert status["fixed"] == []
    page = world.page()
    places = re.findall(r'data-fragment="(\w+)"', page)
    assert set(places) == set(status["fragments"]) != set()
    assert "<dd>7</dd>" in status["fragments"]["summary"]
    assert 'data-status="status/"' in page


@pytest.mark.parametrize(("state", "again"), [("sent", None), ("cancelled", None), ("paused", 15000)])
def test_it_stops_when_nothing_will_change(state: str, again: int | None):
    world = World(state)

    status = json.loads(world.owner.get(page_of(world.push, "delivery_status", world.alert.pk)).content)

    assert status["ask_again"] == again


def test_it_asks_few_questions(django_assert_max_num_queries: Any):
    world = World()
    batch = world.batch(accepted=5, done=False)
    for number in range(30):
        tallies = {(batch.pk, f"h{number}.push.apple.com", "201"): 1}
        DeliveryTally.objects.add(tallies, seconds(5 * number))
    for reason in ("retry", "host_paused", "host_paused"):
        world.wait(batch, reason)
    with django_assert_max_num_queries(20):
        world.page()


def test_the_action_leads_to_it():
    world = World()

    page = world.owner.get(page_of(world.push)).content.decode()

    # From what is being sent now, from the list of what was, and from the alert's own card.
    assert page.count(f"../alerts/{world.alert.pk}/delivery/") == 3


@pytest.mark.parametrize("view", ["delivery", "delivery_status", "resume_host"])
def test_it_is_for_the_campaigns_organisers_alone(view: str):
    world, host = World(), pause()
    world.batch(accepted=3)
    outsiders = [Organiser(make_member(make_campaign())), Organiser(make_user(is_superuser=True))]
    address = page_of(world.push, view, world.alert.pk)

    answers = [getattr(one, how)(address, {"host": host.pk}) for one in outsiders for how in ("get", "post")]

    assert {answer.status_code for answer in answers} == {404}
    host.refresh_from_db()
    assert host.paused_until is not None


def test_it_finds_no_alert_under_another_action():
    world = World()
    other = make_hashtag_push(world.campaign)

    assert world.owner.get(page_of(other, "delivery", world.alert.pk)).status_code == 404
