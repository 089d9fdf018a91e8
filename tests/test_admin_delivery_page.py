"""The page on an alert's delivery: what it says, to whom, and its one button."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.admin import reasons
from campaigns.admin.timeline import HEIGHT, MOST_BARS, draw
from campaigns.models import Alert, Batch, DeliveryTally, PendingDelivery, PushHost, Role
from campaigns.watching.totals import TALLIES_KEPT
from tests.admin_pages import Organiser, page_of, parse, said
from tests.delivering import Delivery
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_hashtag_push,
    make_member,
    make_subscription,
    make_user,
)
from tests.push_service.behaviours import Behaviour
from tests.test_admin_markup import violations

pytestmark = pytest.mark.django_db
FCM = "fcm.googleapis.com"


class World:
    """An alert of a campaign, its owner, and what a delivery would have left behind."""

    def __init__(self, state: str = "sending", audience: int = 100, **values: Any) -> None:
        self.campaign = make_campaign()
        self.owner = Organiser(make_member(self.campaign))
        self.push = make_hashtag_push(self.campaign)
        self.alert = make_alert(self.push, send_at=far(-0.1), **values)
        begun = {"started_at": timezone.now() - timedelta(minutes=1), "audience_size": audience}
        Alert.objects.filter(pk=self.alert.pk).update(state=state, **begun)
        self.alert.refresh_from_db()

    def batch(self, *, done: bool = True, **counts: int) -> Batch:
        cursor = 9 if done else 0
        return Batch.objects.create(alert=self.alert, first_device=1, last_device=9, cursor=cursor, **counts)

    def wait(self, batch: Batch, reason: str, host: str = FCM, **values: Any) -> None:
        device = make_device()
        row = make_subscription(device)
        type(row).objects.filter(pk=row.pk).update(host=host)
        values = {"not_before": timezone.now() + timedelta(minutes=5), **values}
        PendingDelivery.objects.create(alert=self.alert, batch=batch, device=device, reason=reason, **values)

    @property
    def address(self) -> str:
        return page_of(self.push, "delivery", self.alert.pk)

    def page(self, client: Organiser | None = None, **headers: str) -> str:
        response = (client or self.owner).get(self.address, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    def reasons(self) -> dict[str, int]:
        """{words: number}, as they are on the page."""
        pairs = re.findall(r"<dt>([\d,]+)</dt><dd>(.*?)</dd>", self.page())
        return {words: int(number.replace(",", "")) for number, words in pairs if not words[:1].isdigit()}

    def heading(self) -> str:
        found = re.search(r'<h2 id="reasons-heading">(.*?)</h2>', self.page())
        assert found
        return found[1]


# ---- after a real delivery


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


# ---- why some got nothing


def test_it_says_why_with_numbers_that_add_up():
    world = World(audience=100)
    world.batch(accepted=60, gone=4, refused=3, quiet=2, unreachable=5, skipped=6, failed=7, poisoned=1)

    assert world.heading() == "Why 40 devices got nothing"
    reasons = world.reasons()
    assert sum(reasons.values()) == 40
    assert reasons["Their quiet hours last longer than the alert is useful."] == 2
    assert reasons["Alerts were off there, or never confirmed."] == 5
    assert reasons["No good answer of the push service before the alert was over."] == 7
    assert reasons["Had stopped following before their turn."] == 12


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sending", "Their turn has not come yet."),
        ("paused", "The alert is paused; their turn has not come."),
        ("cancelled", "The alert was cancelled before their turn."),
        ("expired", "The alert was over before their turn."),
    ],
)
def test_it_says_why_the_rest_had_no_turn(state: str, words: str):
    world = World(state, audience=50)
    world.batch(done=False, accepted=20)

    assert world.reasons() == {words: 30}


def test_it_says_what_they_wait_for():
    world = World(audience=5)
    batch = world.batch()
    at = datetime.fromisoformat("2031-03-01T07:00:00+00:00")
    for reason in ("quiet_hours", "quiet_hours", "retry", "slow_host", "host_paused"):
        world.wait(batch, reason, not_before=at)

    assert world.reasons() == {
        "Wait for the end of their quiet hours, the last at 1 Mar, 08:00.": 2,
        "The push service asked to come back later, the last at 1 Mar, 08:00.": 1,
        "Their push service is slow: they are sent apart from the others.": 1,
        f"Their push service, {FCM}, is paused; it is tried again every 10 s.": 1,
    }
    assert "5 may still get it" in world.page()


def test_those_who_wait_of_a_large_audience_are_counted_once_for_all_who_look(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reasons, "LARGE", 1)
    world = World(audience=5)
    batch = world.batch(accepted=3)
    world.wait(batch, "slow_host")
    words = "Their push service is slow: they are sent apart from the others."
    assert world.reasons()[words] == 1
    world.wait(batch, "slow_host")

    assert world.reasons()[words] == 1
    reasons._remembered.forget()
    assert world.reasons()[words] == 2


@pytest.mark.parametrize(
    ("audience", "words"), [("joined", "Had not joined, or no longer following."), ("not_joined", "Had joined, or")]
)
def test_it_says_who_was_not_meant(audience: str, words: str):
    world = World(audience=10)
    Alert.objects.update(audience=audience)
    world.batch(skipped=10)

    assert words in world.page()


def test_it_says_that_nobody_was_missed():
    world = World("sent", audience=10)
    world.batch(accepted=10)

    assert world.heading() == "Everybody it was meant for was sent it"
    assert world.reasons() == {}


def test_a_window_that_was_sent_twice_makes_no_negative_number():
    world = World("sent", audience=10)
    world.batch(accepted=12)

    assert world.reasons() == {}


def test_it_says_nothing_of_an_alert_that_has_not_begun():
    world = World("scheduled")
    Alert.objects.update(started_at=None, audience_size=None)

    page = world.page()

    assert "Planned for" in page
    assert "got nothing" not in page


def test_it_says_that_an_alert_was_over_before_it_could_begin():
    world = World("expired")
    words = "Nothing was sent: its window was over before it could begin."
    assert words not in world.page()

    Alert.objects.update(started_at=None, audience_size=None)

    assert words in world.page()


# ---- answers


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


# ---- the chart

T0 = datetime.fromisoformat("2022-02-20T18:00:00+00:00")


def seconds(number: float) -> datetime:
    return T0 + timedelta(seconds=number)


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


def test_what_was_deleted_is_said():
    world = World("sent")
    world.batch(accepted=100)
    long_ago = timezone.now() - TALLIES_KEPT - timedelta(days=1)
    Alert.objects.update(started_at=long_ago, finished_at=long_ago)

    assert "Kept for 30 days" in world.page()


# ---- refreshing


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


# ---- where it is


def test_the_action_leads_to_it():
    world = World()

    page = world.owner.get(page_of(world.push)).content.decode()

    assert page.count(f"../alerts/{world.alert.pk}/delivery/") == 2


# ---- paused push services


def pause(host: str = FCM) -> PushHost:
    PushHost.objects.pause(host, timezone.now(), "an alarm")
    return PushHost.objects.get(host=host)


def test_an_owner_resumes_a_paused_push_service(caplog: pytest.LogCaptureFixture):
    world, host = World(), pause()
    assert "Resume now" in world.page()

    response = world.owner.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host.pk}, follow=True)

    assert said(response) == [f"{FCM} is sent to again."]
    host.refresh_from_db()
    assert (host.paused_until, host.alarm) == (None, "")
    assert f"{FCM}: resumed by an owner" in caplog.text
    assert "Paused push services" not in response.content.decode()


def test_the_second_tap_says_that_it_was_not_paused_any_more():
    world, host = World(), pause()
    address = page_of(world.push, "resume_host", world.alert.pk)
    world.owner.post(address, {"host": host.pk})

    response = world.owner.post(address, {"host": host.pk}, follow=True)

    assert said(response)[-1] == f"{FCM} was not paused any more."


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_others_see_it_and_cannot_resume_it(role: Role):
    world, host = World(), pause()
    other = Organiser(make_member(world.campaign, role))
    page = world.page(other)
    assert FCM in page
    assert "Resume now" not in page

    answer = other.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host.pk})

    assert answer.status_code == 403
    host.refresh_from_db()
    assert host.paused_until is not None


def test_looking_at_the_address_resumes_nothing():
    world, host = World(), pause()

    answer = world.owner.get(page_of(world.push, "resume_host", world.alert.pk))

    assert (answer.status_code, answer["Location"]) == (302, world.address)
    host.refresh_from_db()
    assert host.paused_until is not None


@pytest.mark.parametrize("host", ["", "x", "999999"])
def test_a_push_service_that_is_not_there_is_not_found(host: str):
    world = World()

    assert world.owner.post(page_of(world.push, "resume_host", world.alert.pk), {"host": host}).status_code == 404


# ---- whose it is


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
