"""The chart on the page on an alert's delivery, and the same as a table."""

import re
from typing import Any

import pytest

from campaigns.admin.delivery.chart import HEIGHT, MOST_BARS, draw
from campaigns.models import DeliveryTally
from tests.admin_pages import parse
from tests.delivery_pages import FCM, T0, World, seconds
from tests.test_admin_markup import violations

pytestmark = pytest.mark.django_db


def test_it_draws_a_bar_for_each_step_also_for_an_empty_one():
    chart = draw([(seconds(0), 40, 1), (seconds(10), 20, 0), (seconds(15), 1, 5)])

    assert [(bar.accepted, bar.others, bar.x, bar.height) for bar in chart.bars] == [
        (40, 1, 0, HEIGHT),
        (0, 0, 10, 0),
        (20, 0, 20, HEIGHT // 2),
        (1, 5, 30, 2),
    ]
    assert (chart.most, chart.step_in_words, chart.ends) == (40, "5 s", seconds(20))


@pytest.mark.parametrize(
    ("length", "words"), [(60, "5 s"), (600, "15 s"), (3600, "2 min"), (6 * 3600, "10 min"), (10 * 86400, "12 h")]
)
def test_it_never_draws_too_many_bars(length: int, words: str):
    chart = draw([(seconds(at), 100, 0) for at in range(0, length, 5)])

    assert chart.step_in_words == words
    assert 10 <= len(chart.bars) <= MOST_BARS
    assert sum(bar.accepted for bar in chart.bars) + chart.later == 100 * length // 5


def test_what_comes_much_later_does_not_press_it_flat():
    chart = draw([*((seconds(at), 1000, 0) for at in range(0, 60, 5)), (seconds(7200), 9, 0), (seconds(9000), 0, 3)])

    assert chart.ends == seconds(60)
    assert (chart.later, chart.later_until) == (9, seconds(7200))


@pytest.mark.parametrize("buckets", [[], [(T0, 0, 4)]])
def test_it_draws_nothing_when_nothing_was_accepted(buckets: Any):
    assert draw(buckets).bars == []


def test_it_shows_the_chart_and_the_same_as_a_table():
    world = World()
    batch = world.batch(accepted=30)
    for at in (0, 5, 10):
        DeliveryTally.objects.add({(batch.pk, FCM, "201"): 10}, seconds(at))

    page = parse(world.owner.get(world.address))

    drawing = [attributes for tag, attributes in page.elements if tag == "svg" and "aria-label" in attributes]
    assert [one["aria-label"] for one in drawing] == ["Accepted from 19:00:00 to 19:00:15, at most 10 in 5 s"]
    assert sum(tag == "rect" for tag, _ in page.elements) == 3
    assert "19:00:05" in page.text
    assert violations(page) == []


def test_french_writes_no_commas_into_the_drawing():
    world = World(audience=12_345)
    batch = world.batch(accepted=3)
    for at, number in ((0, 1), (5, 2000)):
        DeliveryTally.objects.add({(batch.pk, FCM, "201"): number}, seconds(at))

    page = world.page(**{"Accept-Language": "fr"})

    numbers = re.findall(
        r'(?:x|y|width|height|viewBox|d)="([^"]*)"', page[page.index('<svg viewBox="0 0 20') :].split("</svg>")[0]
    )
    assert numbers
    assert [one for one in numbers if not re.fullmatch(r"[MH\d ]+", one)] == []
    assert "12\xa0345 appareils" in page
