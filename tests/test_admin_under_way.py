"""An action's page while alerts are sent: state, rate, counts, pause and stop at its top, refreshed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.admin.alerts.rate import rates_of
from campaigns.models import Alert, DeliveryTally
from tests.admin_pages import page_of, parse
from tests.delivery_pages import FCM, World, seconds

pytestmark = pytest.mark.django_db


def begun(world, started_at):
    Alert.objects.filter(pk=world.alert.pk).update(started_at=started_at)
    world.alert.refresh_from_db()


def test_the_rate_is_what_was_accepted_in_the_last_seconds():
    world = World()
    begun(world, seconds(0))
    batch = world.batch()
    for at, number in ((0, 5000), (20, 100), (25, 200), (30, 60)):
        DeliveryTally.objects.add({(batch.pk, FCM, "201"): number, (batch.pk, FCM, "429"): 7}, seconds(at))

    # From 20 s on, 12 seconds.
    assert rates_of([world.alert], seconds(32)) == {world.alert.pk: 30.0}


def test_the_rate_of_what_has_just_begun_is_not_thinned_by_the_time_before():
    world = World()
    begun(world, seconds(3))
    DeliveryTally.objects.add({(world.batch().pk, FCM, "201"): 400}, seconds(4))
    assert rates_of([world.alert], seconds(7)) == {world.alert.pk: 100.0}


def test_the_rate_falls_to_nothing_when_nothing_comes():
    world = World()
    begun(world, seconds(0))
    DeliveryTally.objects.add({(world.batch().pk, FCM, "201"): 400}, seconds(0))
    assert rates_of([world.alert], seconds(60)) == {world.alert.pk: 0.0}


@pytest.mark.parametrize("state", ["draft", "scheduled", "paused", "sent", "cancelled"])
def test_what_is_not_being_sent_has_no_rate_and_costs_no_question(state, django_assert_num_queries):
    world = World(state)
    with django_assert_num_queries(0):
        assert rates_of([world.alert], timezone.now()) == {}


def test_it_asks_one_question_for_many_alerts(django_assert_num_queries):
    worlds = [World(), World()]
    for world in worlds:
        DeliveryTally.objects.add({(world.batch().pk, FCM, "201"): 100}, timezone.now() - timedelta(seconds=1))
    with django_assert_num_queries(1):
        rates = rates_of([world.alert for world in worlds], timezone.now())
    assert [rate > 0 for rate in rates.values()] == [True, True]


def fragment_of(world):
    return world.owner.get(page_of(world.push, "status")).json()["fragments"]["under-way"]


def test_it_shows_state_rate_counts_pause_and_stop_at_the_top():
    world = World(audience=12_000)
    batch = world.batch(accepted=3000, gone=20)
    begun(world, timezone.now() - timedelta(seconds=60))
    DeliveryTally.objects.add({(batch.pk, FCM, "201"): 3000}, timezone.now() - timedelta(seconds=2))

    page = world.owner.get(page_of(world.push)).content.decode()
    fragment = fragment_of(world)

    for text in ("sending", "3,000", "per second now", "3,020 of 12,000 dealt with"):
        assert text in fragment
    assert 'max="12000" value="3020"' in fragment
    addresses = [
        button["formaction"] for button in parse(world.owner.get(page_of(world.push))).buttons if "formaction" in button
    ]
    assert addresses[:2] == [f"../alerts/{world.alert.pk}/pause/", f"../alerts/{world.alert.pk}/cancel/"]
    assert page.index("dealt with") < page.index('id="alerts-group"')


def test_stop_ends_it_for_good_and_it_leaves_the_top():
    world = World(audience=100)
    world.owner.press(page_of(world.push, "alert", world.alert.pk, "cancel"))
    world.alert.refresh_from_db()
    assert world.alert.state == "cancelled"
    assert fragment_of(world).strip() == ""


def test_a_paused_one_stays_at_the_top_with_a_way_on():
    world = World("paused", audience=100)
    fragment = fragment_of(world)
    assert f"../alerts/{world.alert.pk}/resume/" in fragment
    assert f"../alerts/{world.alert.pk}/pause/" not in fragment
    assert "per second" not in fragment


def test_french_writes_the_numbers_its_own_way():
    world = World(audience=12_000)
    world.batch(accepted=3000)
    page = world.owner.get(page_of(world.push), headers={"Accept-Language": "fr"}).content.decode()
    assert 'max="12000" value="3000"' in page
    assert "3\xa0000" in page
