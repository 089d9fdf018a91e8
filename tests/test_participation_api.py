"""Taking part through the API: what may be said, when, and what becomes of the counts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Device
from campaigns.models import Action, ActionState, Participation, Tally, Visibility
from tests.api import ApiClient, get_json
from tests.make import (
    UNKNOWN_ID,
    far,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_rally_call,
    make_solidarity_alert,
    make_subscription,
)

pytestmark = pytest.mark.django_db
NOTHING = {"stage": None, "gathering": None, "counted": False}


def say(device: Device, action: Any, stage: str, **more: Any) -> Any:
    return ApiClient(device).call("PUT", f"actions/{action.uuid}/participation", {"stage": stage, **more})


def sums(action: Any) -> tuple[int, int, int, int]:
    """joined, of these counted; done, of these counted."""
    found = Tally.objects.sums(action)
    return (*found["joined"].values(), *found["done"].values())  # type: ignore[return-value]


@pytest.mark.parametrize("make", [make_hashtag_push, make_rally_call, make_solidarity_alert])
def test_joining_and_having_done_it_count_once(make: Any):
    device, action = make_device(), make()
    make_subscription(device)

    joined = [say(device, action, "joined") for _ in range(2)]
    assert [one.json() for one in joined] == [{"stage": "joined", "gathering": None, "counted": True}] * 2
    assert sums(action) == (1, 1, 0, 0)

    done = [say(device, action, "done") for _ in range(2)]
    assert [one.json()["stage"] for one in done] == ["done", "done"]
    assert sums(action) == (1, 1, 1, 1)


def test_having_done_it_without_joining_first_is_both():
    device, action = make_device(), make_hashtag_push()

    say(device, action, "done")

    assert sums(action) == (1, 0, 1, 0)


def test_a_device_that_is_not_verified_takes_part_and_is_told_it_does_not_count():
    device, action = make_device(), make_hashtag_push()
    make_subscription(device, verified=False)

    assert say(device, action, "joined").json()["counted"] is False
    assert sums(action) == (1, 0, 0, 0)


def test_going_back_from_done_to_joined_takes_done_back():
    device, action = make_device(), make_hashtag_push()
    say(device, action, "done")

    say(device, action, "joined")

    assert sums(action) == (1, 0, 0, 0)


def test_withdrawing_takes_all_of_it_back_and_may_be_repeated():
    device, action = make_device(), make_hashtag_push()
    say(device, action, "done")
    client = ApiClient(device)

    answers = [client.call("DELETE", f"actions/{action.uuid}/participation").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert sums(action) == (0, 0, 0, 0)
    assert client.call("GET", f"actions/{action.uuid}/participation").json() == NOTHING


def test_a_gathering_is_chosen_kept_changed_and_left():
    device, rally = make_device(), make_rally_call()
    here, there = make_gathering(rally), make_gathering(rally)

    assert say(device, rally, "joined", gathering=str(here.uuid)).json()["gathering"] == str(here.uuid)
    assert say(device, rally, "done").json()["gathering"] == str(here.uuid)
    assert say(device, rally, "done", gathering=str(there.uuid)).json()["gathering"] == str(there.uuid)
    assert say(device, rally, "done", gathering=None).json()["gathering"] is None
    # Each move took back what it had added elsewhere, whichever shard it went to.
    places = [0, here.pk, there.pk]
    assert [sum(Tally.objects.filter(place=one).values_list("total", flat=True)) for one in places] == [2, 0, 0]


def test_a_gathering_of_another_action_is_refused():
    device, rally, other = make_device(), make_rally_call(), make_rally_call()

    response = say(device, rally, "joined", gathering=str(make_gathering(other).uuid))

    assert (response.status_code, list(response.json()["fields"])) == (400, ["gathering"])
    assert not Participation.objects.exists()


@pytest.mark.parametrize("body", [{}, {"stage": None}, {"stage": "left"}, {"stage": "joined", "gathering": "x"}, []])
def test_it_refuses_what_it_does_not_know(body: Any):
    rally = make_rally_call()

    response = ApiClient(make_device()).call("PUT", f"actions/{rally.uuid}/participation", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert not Participation.objects.exists()


CLOSED: list[tuple[dict[str, Any], str]] = [
    ({"state": ActionState.CANCELLED}, "action_cancelled"),
    ({"state": ActionState.CANCELLED, "declaration": "banned"}, "action_cancelled"),
    ({"declaration": "banned"}, "rally_banned"),
    ({"starts_at": far(-3), "ends_at": far(-1)}, "action_over"),
    ({"participation_key": None}, "action_over"),
]


@pytest.mark.parametrize(("values", "code"), CLOSED)
def test_what_is_closed_takes_nobody_any_more(values: dict[str, Any], code: str):
    rally = make_rally_call(**values)

    response = say(make_device(), rally, "joined")

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert sums(rally) == (0, 0, 0, 0)


@pytest.mark.parametrize("ended", [-0.01, -0.9])
def test_what_waited_for_a_network_is_taken_for_an_hour_after_the_end(ended: float):
    device, push = make_device(), make_hashtag_push(starts_at=far(-3), ends_at=far(ended))

    assert say(device, push, "done").json()["code"] == "action_over"
    answers = [say(device, push, "done", waited=True) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sums(push) == (1, 0, 1, 0)


TOO_LATE: list[tuple[dict[str, Any], str]] = [
    ({"ends_at": far(-1.1)}, "action_over"),
    ({"ends_at": far(-0.5), "state": ActionState.CANCELLED}, "action_cancelled"),
    ({"ends_at": far(-0.5), "declaration": "banned"}, "rally_banned"),
    ({"ends_at": far(-0.5), "participation_key": None}, "action_over"),
]


@pytest.mark.parametrize(("values", "code"), TOO_LATE)
def test_waiting_opens_nothing_that_is_closed_for_good(values: dict[str, Any], code: str):
    rally = make_rally_call(starts_at=far(-3), **values)

    response = say(make_device(), rally, "joined", waited=True)

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert sums(rally) == (0, 0, 0, 0)


def test_one_may_come_to_what_has_not_begun():
    assert say(make_device(), make_rally_call(starts_at=far(24), ends_at=far(26)), "joined").status_code == 200


def test_once_the_links_are_deleted_nothing_is_left_to_see_or_take_back():
    device, rally = make_device(), make_rally_call()
    say(device, rally, "joined")
    Action.objects.update(participation_key=None)
    client = ApiClient(device)

    assert client.call("GET", f"actions/{rally.uuid}/participation").json() == NOTHING
    assert client.call("DELETE", f"actions/{rally.uuid}/participation").status_code == 204
    assert client.call("GET", "participations").json() == []
    assert sums(rally) == (1, 0, 0, 0)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_action_that_may_not_be_seen_is_404(method: str):
    hidden = [
        make_rally_call(state=ActionState.DRAFT).uuid,
        make_rally_call(make_campaign(visibility=Visibility.INVITATION)).uuid,
        uuid4(),
    ]
    client = ApiClient(make_device())

    answers = [client.call(method, f"actions/{one}/participation", {"stage": "joined"}) for one in hidden]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_follower_takes_part_in_a_closed_campaign():
    rally, device = make_rally_call(make_campaign(visibility=Visibility.INVITATION)), make_device()
    make_follow(rally.campaign, device)

    assert say(device, rally, "joined").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "participations"), ("PUT", f"actions/{UNKNOWN_ID}/participation")]
)
def test_without_a_device_it_is_401(method: str, path: str):
    assert ApiClient().call(method, path, {}).status_code == 401


def test_its_own_list_holds_its_own_parts_in_few_queries(django_assert_num_queries: Any):
    device, other = make_device(), make_device()
    rallies = [make_rally_call() for _ in range(6)]
    place = make_gathering(rallies[0])
    say(device, rallies[0], "joined", gathering=str(place.uuid))
    say(device, rallies[1], "done")
    say(other, rallies[2], "done")

    client = ApiClient(device)
    with django_assert_num_queries(3):  # the device, the actions with a key, its parts
        listed = client.call("GET", "participations").json()

    assert listed == [
        {"action": str(rallies[0].uuid), "stage": "joined", "gathering": str(place.uuid), "counted": False},
        {"action": str(rallies[1].uuid), "stage": "done", "gathering": None, "counted": False},
    ]


def test_joining_costs_the_same_whatever_else_there_is(django_assert_num_queries: Any):
    device, rally = make_device(), make_rally_call()
    make_subscription(device)
    say(device, make_rally_call(), "joined")

    # Device, verified or not; its count and its address's; action; in a transaction insert and tally. Transactions are
    # savepoints here: two statements.
    with django_assert_num_queries(8):
        say(device, rally, "joined")


def test_the_database_holds_no_time_and_no_device_of_a_part():
    device, rally = make_device(), make_rally_call()
    say(device, rally, "joined")

    row = Participation.objects.values().get()

    assert set(row) == {"id", "action_id", "gathering_id", "token", "stage", "verified"}
    assert device.uuid.bytes not in bytes(row["token"])


def test_the_public_count_begins_at_ten():
    rally = make_rally_call()
    for _ in range(9):
        device = make_device()
        make_subscription(device)
        say(device, rally, "joined")
    assert get_json(f"actions/{rally.uuid}/pulse")["joined"] is None

    tenth = make_device()
    make_subscription(tenth)
    say(tenth, rally, "joined")

    assert Tally.objects.sums(rally)["joined"]["counted"] == 10
    assert timezone.now() - timedelta(minutes=2) < max(Tally.objects.values_list("minute", flat=True))
