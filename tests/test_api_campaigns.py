"""Campaigns: what is shown of them, and following."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Device
from campaigns.models import Campaign, Follow, Invitation, Visibility
from tests.api import ApiClient, get_json
from tests.make import far, make_campaign, make_device, make_follow, make_hashtag_push

pytestmark = pytest.mark.django_db
WANTED = {"kinds": ["rally_call", "hashtag_push"], "consent_version": 1}


def follow(device: Device, campaign: Campaign, **changes: Any) -> Any:
    return ApiClient(device).call("PUT", f"campaigns/{campaign.slug}/follow", {**WANTED, **changes})


def test_it_shows_a_campaign_as_the_organisers_wrote_it():
    deadline = timezone.now().replace(microsecond=0)
    campaign = make_campaign(
        slug="anasse",
        name={"fr": "500 signatures", "en": ""},
        goal_target=500,
        goal_reached=210,
        goal_unit={"fr": "signatures"},
        goal_deadline=deadline,
    )

    shown = get_json("campaigns")

    assert shown["campaigns"] == [get_json("campaigns/anasse")]
    assert shown["campaigns"][0] == {
        "slug": "anasse",
        "name": {"fr": "500 signatures"},
        "summary": {},
        "hashtag": "500SignaturesPourAnasse",
        "goal": {
            "target": 500,
            "reached": 210,
            "reached_as_of": None,
            "unit": {"fr": "signatures"},
            "deadline": deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "run_by": campaign.run_by,
        "contact": campaign.contact,
        "legal_phone": campaign.legal_phone,
        "main_language": "fr",
        "time_zone": "Europe/Paris",
        "visibility": "public",
        "calendar": "/campaigns/anasse/calendar.ics",
    }


def test_a_campaign_without_a_goal_has_none():
    campaign = make_campaign()

    assert get_json(f"campaigns/{campaign.slug}")["goal"] is None


def test_the_list_holds_public_ones_only_and_costs_two_queries(django_assert_num_queries: Any):
    shown = [make_campaign() for _ in range(5)]
    make_campaign(published=False)
    closed = make_campaign(visibility=Visibility.INVITATION)
    device = make_device()
    make_follow(closed, device)
    client = ApiClient(device)

    with django_assert_num_queries(2):
        response = client.call("GET", "campaigns")

    assert {one["slug"] for one in response.json()["campaigns"]} == {one.slug for one in shown}


def test_a_closed_campaign_is_for_its_followers():
    closed = make_campaign(visibility=Visibility.INVITATION)
    follower = make_device()
    make_follow(closed, follower)

    response = ApiClient(follower).call("GET", f"campaigns/{closed.slug}")

    assert (response.status_code, response.json()["visibility"]) == (200, "invitation")
    assert response["Cache-Control"] == "private, no-store"
    assert ApiClient(make_device()).call("GET", f"campaigns/{closed.slug}").status_code == 404
    assert ApiClient().call("GET", f"campaigns/{closed.slug}").status_code == 404


def test_an_unpublished_campaign_is_for_nobody():
    hidden, device = make_campaign(published=False), make_device()
    make_follow(hidden, device)

    assert ApiClient(device).call("GET", f"campaigns/{hidden.slug}").status_code == 404
    assert follow(device, hidden).status_code == 404


def test_a_campaigns_hashtag_waits_for_the_action_that_reveals_it():
    push = make_hashtag_push(reveal_at=far(1))
    make_campaign()

    assert get_json(f"campaigns/{push.campaign.slug}")["hashtag"] == ""
    assert sorted(one["hashtag"] for one in get_json("campaigns")["campaigns"]) == ["", "500SignaturesPourAnasse"]


# ---- following


def test_following_keeps_the_kinds_and_the_day_of_the_consent():
    device, campaign = make_device(), make_campaign()

    response = follow(device, campaign)

    assert response.json() == {
        "campaign": campaign.slug,
        "kinds": ["hashtag_push", "rally_call"],
        "consent_version": 1,
        "consented_on": timezone.now().date().isoformat(),
    }
    assert Follow.objects.get().device == device


def test_following_again_changes_the_kinds_and_renews_the_consent():
    device, campaign = make_device(), make_campaign()
    Follow.objects.filter(pk=make_follow(campaign, device).pk).update(consented_on=date(2022, 2, 20))

    assert follow(device, campaign, kinds=["solidarity_alert"]).json()["kinds"] == ["solidarity_alert"]

    row = Follow.objects.get()
    assert (row.kinds, row.consented_on) == (["solidarity_alert"], timezone.now().date())


def test_following_the_same_again_keeps_the_day():
    device, campaign = make_device(), make_campaign()
    row = make_follow(campaign, device, ["rally_call"])
    Follow.objects.filter(pk=row.pk).update(consented_on=date(2022, 2, 20))

    assert follow(device, campaign, kinds=["rally_call", "rally_call"]).json()["consented_on"] == "2022-02-20"


def test_following_without_a_kind_is_following_in_silence():
    device, campaign = make_device(), make_campaign()

    assert follow(device, campaign, kinds=[]).json()["kinds"] == []
    assert not Follow.objects.wanting("rally_call").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kinds": ["dance"]}, "kinds.0"),
        ({"kinds": "rally_call"}, "kinds"),
        ({"kinds": ["rally_call"] * 21}, "kinds"),
        ({"kinds": None}, "kinds"),
        ({"consent_version": "the first"}, "consent_version"),
        ({"consent_version": None}, "consent_version"),
        ({"invitation": "../.."}, "invitation"),
    ],
)
def test_it_refuses_a_follow_that_makes_no_sense(changes: dict[str, Any], field: str):
    response = follow(make_device(), make_campaign(), **changes)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert not Follow.objects.exists()


def test_unfollowing_may_be_repeated():
    device, campaign = make_device(), make_campaign()
    make_follow(campaign, device)
    client = ApiClient(device)

    answers = [client.call("DELETE", f"campaigns/{campaign.slug}/follow").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert not Follow.objects.exists()


def test_a_closed_campaign_is_entered_by_invitation_once_per_use():
    closed = make_campaign(visibility=Visibility.INVITATION)
    code = Invitation.objects.make(closed, uses=1, expires_at=far(1))
    first, second = make_device(), make_device()

    assert follow(first, closed).status_code == 404
    assert follow(first, closed, invitation=code).status_code == 200
    assert follow(second, closed, invitation=code).status_code == 404
    # Once inside, changing the kinds needs no invitation and uses none.
    assert follow(first, closed, kinds=[]).status_code == 200
    assert Invitation.objects.get().uses_left == 0


@pytest.mark.parametrize("case", ["wrong", "too old", "of another campaign"])
def test_an_invitation_that_is_none_leads_nowhere(case: str):
    closed = make_campaign(visibility=Visibility.INVITATION)
    other = make_campaign(visibility=Visibility.INVITATION)
    codes = {
        "wrong": "nothing",
        "too old": Invitation.objects.make(closed, uses=5, expires_at=far(-1)),
        "of another campaign": Invitation.objects.make(other, uses=5, expires_at=far(1)),
    }

    response = follow(make_device(), closed, invitation=codes[case])

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert not Follow.objects.exists()


def test_a_public_campaign_uses_no_invitation():
    campaign = make_campaign()
    code = Invitation.objects.make(campaign, uses=1, expires_at=far(1))

    assert follow(make_device(), campaign, invitation=code).status_code == 200
    assert Invitation.objects.get().uses_left == 1


def test_following_needs_a_device():
    campaign = make_campaign()

    assert ApiClient().call("PUT", f"campaigns/{campaign.slug}/follow", WANTED).status_code == 401
    assert ApiClient().call("DELETE", f"campaigns/{campaign.slug}/follow").status_code == 401
