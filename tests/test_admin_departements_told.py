"""After an alert to some departements was sent: no two choices of departements tell how few are in one."""

import re

import pytest
from django.utils import timezone

from campaigns.admin.alerts.figures import AlertFigures
from campaigns.admin.recap.funnel import AlertLine, line_of
from campaigns.admin.recap.telling import How, Told
from campaigns.models import Alert, DeliveryTally
from tests.admin_pages import page_of, parse
from tests.delivery_pages import FCM, World

pytestmark = pytest.mark.django_db


def make_world(audience: int, accepted: int, failed: int, **values: object) -> World:
    world = World(audience=audience, **values)
    batch = world.batch(accepted=accepted, failed=failed)
    DeliveryTally.objects.add({(batch.pk, FCM, "201"): accepted, (batch.pk, FCM, "timeout"): failed}, timezone.now())
    return world


def numbers_in(html: str) -> set[str]:
    """What stands alone in a place for a number."""
    return set(re.findall(r"<(?:dd|dt|td|strong)[^>]*>\s*([\d,]+)\s*<", html))


def numbers_on(world: World, view: str) -> set[str]:
    keys = [world.alert.pk] if view.startswith("delivery") else []
    answer = world.owner.get(page_of(world.push, view, *keys))
    if answer["Content-Type"] == "application/json":
        return numbers_in("".join(answer.json()["fragments"].values()))
    return numbers_in(answer.content.decode().partition('id="content-main"')[2])


@pytest.mark.parametrize("view", ["change", "status", "delivery", "delivery_status"])
def test_two_choices_of_departements_look_alike(view):
    one = make_world(14, 12, 2, departements=["75"])
    both = make_world(17, 15, 2, departements=["13", "75"])
    assert numbers_on(one, view) == numbers_on(both, view) == {"0", "10"}


def test_its_page_tells_neither_hours_nor_push_services():
    world = make_world(17, 15, 2, departements=["75"])
    text = parse(world.owner.get(world.address)).text
    assert "10 devices or a few more" in text
    assert "Numbers in full tens" in text
    assert "Not drawn for some departements" in text
    assert "Not told for some departements" in text
    assert "Of each reason fewer than 10 devices" in text
    assert FCM not in text


def test_reasons_are_told_in_full_tens():
    world = make_world(57, 30, 27, departements=["75"])
    assert world.heading() == "Why 20 devices got nothing"
    assert set(world.reasons().values()) <= {0, 20, 30}


def test_alerts_to_all_are_counted_one_by_one():
    world = make_world(17, 15, 2)
    page = world.page()
    assert {"15", "2"} <= numbers_on(world, "delivery")
    assert "17 devices" in page
    assert "Numbers in full tens" not in page


def test_a_recap_tells_the_same_tens():
    figures = AlertFigures(accepted=15, shown=13, opened=4)
    alert = Alert(audience_size=17, departements=["75"])
    tens = Told(10, How.AT_LEAST)
    assert line_of(alert, figures) == AlertLine(alert, tens, tens, tens, Told(None, How.FEW))
