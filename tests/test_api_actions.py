"""One action as everybody sees it, and its pulse."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from campaigns.models import Action, ActionLink, ActionState, Medium, Tally, Visibility
from mobilise.ready import ready_answers
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_person,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db


def test_it_shows_a_rally_with_its_gatherings():
    rally = make_rally_call(declaration="declared", practical={"fr": "Métro Cluny"}, successor=make_hashtag_push())
    ActionLink.objects.create(action=rally, label={"fr": "Cagnotte"}, url="https://fund.example/")
    Medium.objects.create(action=rally, kind="post", url="https://post.example/", alt={"fr": "La place"})
    gathering = make_gathering(rally, latitude="48.84850", longitude="2.34280")

    shown = get_json(f"actions/{rally.uuid}")

    assert (shown["id"], shown["campaign"], shown["kind"]) == (str(rally.uuid), rally.campaign.slug, "rally_call")
    assert (shown["state"], shown["successor"]) == ("open", str(rally.successor.uuid))
    assert shown["rally_call"] == {"declaration": "declared", "practical": {"fr": "Métro Cluny"}}
    assert (shown["hashtag_push"], shown["solidarity_alert"]) == (None, None)
    assert shown["links"] == [{"label": {"fr": "Cagnotte"}, "url": "https://fund.example/"}]
    assert shown["media"] == [
        {"kind": "post", "url": "https://post.example/", "alt": {"fr": "La place"}, "picture": None}
    ]
    assert shown["gatherings"] == [
        {
            "id": str(gathering.uuid),
            "name": {"fr": "Place de la Sorbonne"},
            "address": "Place de la Sorbonne, 75005 Paris",
            "departement": "75",
            "starts_at": shown["starts_at"],
            "ends_at": None,
            "latitude": 48.8485,
            "longitude": 2.3428,
            "practical": {},
            "picture": None,
            "picture_alt": {},
        }
    ]


def test_it_names_a_person_only_with_their_consent():
    case = make_solidarity_alert(what_to_do={"fr": "Venez."})
    make_person(case, name="Anasse K.", consented_on=date(2022, 2, 18))
    # A name that got in without a consent, past the admin's form.
    make_person(case, name="Somebody Else")
    silent = make_person(case)
    silent.become("held", timezone.now())

    response = ApiClient().call("GET", f"actions/{case.uuid}")

    shown = response.json()["solidarity_alert"]
    assert [person["name"] for person in shown["persons"]] == ["Anasse K.", None, None]
    assert [step["status"] for step in shown["persons"][2]["steps"]] == ["summoned", "held"]
    assert (shown["legal_phone"], shown["source"]) == (case.campaign.legal_phone, "legal team")
    assert "Somebody" not in response.content.decode()


def test_a_consent_that_is_withdrawn_is_withdrawn_here():
    case = make_solidarity_alert()
    person = make_person(case, name="Anasse K.", consented_on=date(2022, 2, 18))
    assert get_json(f"actions/{case.uuid}")["solidarity_alert"]["persons"][0]["name"] == "Anasse K."

    person.withdraw_consent(date(2022, 2, 19))
    ready_answers.clear()

    assert get_json(f"actions/{case.uuid}")["solidarity_alert"]["persons"][0]["name"] is None


def test_what_an_action_leads_to_is_told_once_it_can_be_seen():
    rally = make_rally_call(successor=make_hashtag_push(state=ActionState.DRAFT))

    assert get_json(f"actions/{rally.uuid}")["successor"] is None


def test_the_hashtag_comes_with_its_hour():
    push = make_hashtag_push(reveal_at=far(1))
    assert get_json(f"actions/{push.uuid}")["hashtag_push"]["hashtag"] is None

    type(push).objects.filter(pk=push.pk).update(reveal_at=far(-0.01))
    ready_answers.clear()

    assert get_json(f"actions/{push.uuid}")["hashtag_push"]["hashtag"] == push.hashtag


@pytest.mark.parametrize("path", ["actions/{}", "actions/{}/pulse"])
def test_what_is_not_to_be_seen_is_404(path: str):
    draft = make_rally_call(state=ActionState.DRAFT)
    unpublished = make_rally_call(make_campaign(published=False))
    closed = make_rally_call(make_campaign(visibility=Visibility.INVITATION))
    hidden = [draft.uuid, unpublished.uuid, closed.uuid, uuid4()]

    answers = [
        client.call("GET", path.format(one)) for client in (ApiClient(), ApiClient(make_device())) for one in hidden
    ]

    assert [answer.status_code for answer in answers] == [404] * 8


@pytest.mark.parametrize("path", ["actions/{}", "actions/{}/pulse"])
def test_a_closed_campaigns_action_is_for_its_followers(path: str):
    action, follower = make_rally_call(make_campaign(visibility=Visibility.INVITATION)), make_device()
    make_follow(action.campaign, follower)

    response = ApiClient(follower).call("GET", path.format(action.uuid))

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    assert ApiClient().call("GET", path.format(action.uuid)).status_code == 404


@pytest.mark.parametrize(("path", "cold"), [("actions/{}", 6), ("actions/{}/pulse", 3)])
def test_it_is_built_in_few_queries_and_then_in_none(django_assert_num_queries: Any, path: str, cold: int):
    case = make_solidarity_alert()
    for _ in range(3):
        make_person(case)
        make_gathering(case)
    client = ApiClient()

    with django_assert_num_queries(cold):
        client.call("GET", path.format(case.uuid))
    with django_assert_num_queries(0):
        response = client.call("GET", path.format(case.uuid))

    assert response["Cache-Control"] == "public, max-age=1"


# ---- pulse


def tally(action: Action, stage: str, number: int, *, counted: int | None = None, minutes: int = 0) -> None:
    now = timezone.now() - timedelta(minutes=minutes)
    Tally.objects.add(action, 0, stage, now, total=number, counted=number if counted is None else counted)


def test_the_pulse_is_the_sum_of_what_counts():
    push = make_hashtag_push()
    tally(push, "joined", 8, minutes=2)
    tally(push, "joined", 40, counted=7)
    tally(push, "done", 12)

    pulse = get_json(f"actions/{push.uuid}/pulse")

    assert (pulse["joined"], pulse["done"], pulse["notes"]) == (15, 12, [])
    assert pulse["as_of"].endswith("Z")


@pytest.mark.parametrize(("number", "shown"), [(0, None), (1, None), (9, None), (10, 10)])
def test_a_small_count_is_not_told(number: int, shown: int | None):
    push = make_hashtag_push()
    tally(push, "joined", number)

    assert get_json(f"actions/{push.uuid}/pulse")["joined"] == shown


def test_another_actions_counts_are_not_mixed_in():
    push = make_hashtag_push()
    tally(make_hashtag_push(), "joined", 100)

    assert get_json(f"actions/{push.uuid}/pulse")["joined"] is None


def test_links_and_media_that_tell_the_hashtag_come_with_it():
    push = make_hashtag_push(reveal_at=far(1), hashtag="SecretTag")
    ActionLink.objects.create(action=push, label={"fr": "Déclaration"}, url="https://site.example/secrettag")
    ActionLink.objects.create(action=push, label={"fr": "Cagnotte"}, url="https://fund.example/")
    Medium.objects.create(action=push, kind="clip", url="https://site.example/1", alt={"fr": "Sur #SecretTag"})
    shown = get_json(f"actions/{push.uuid}")
    assert [link["url"] for link in shown["links"]] == ["https://fund.example/"]
    assert shown["media"] == []

    type(push).objects.filter(pk=push.pk).update(reveal_at=far(-0.01))
    ready_answers.clear()

    shown = get_json(f"actions/{push.uuid}")
    assert (len(shown["links"]), len(shown["media"])) == (2, 1)
