"""The feed: bytes that are ready, the same for everybody, at most two seconds old."""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import ActionLink, ActionState, Campaign, Medium, Visibility
from campaigns.views.actions import ActionView
from campaigns.views.campaigns import CampaignsView
from campaigns.views.feed import FeedView
from mobilise.ready import ready_answers
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_broadcast,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_outreach,
    make_person,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db
# campaigns, hashtags kept for later, actions with their kinds; links, media, gatherings, persons, steps;
# the sums of outreaches
COLD_QUERIES = 9


def make_everything(campaign: Campaign) -> None:
    """One action of each kind with all that it can have."""
    push, rally, case = make_hashtag_push(campaign), make_rally_call(campaign), make_solidarity_alert(campaign)
    for action in (push, rally, case, make_broadcast(campaign), make_outreach(campaign)):
        ActionLink.objects.create(action=action, label={"fr": "Cagnotte"}, url="https://fund.example/")
        Medium.objects.create(action=action, kind="clip", url="https://clip.example/", alt={"fr": "Un extrait"})
        make_gathering(action)
    make_person(case)
    make_person(case)


def test_a_cold_build_costs_the_same_for_many_actions_as_for_one(django_assert_num_queries: Any):
    make_everything(make_campaign())
    with django_assert_num_queries(COLD_QUERIES):
        get_json("feed")
    for _ in range(4):
        make_everything(make_campaign())
    ready_answers.clear()

    with django_assert_num_queries(COLD_QUERIES):
        feed = get_json("feed")

    assert (len(feed["campaigns"]), len(feed["live"])) == (5, 25)


def test_once_built_it_needs_no_database_and_reads_no_cookie(django_assert_num_queries: Any):
    make_everything(make_campaign())
    first = ApiClient().call("GET", "feed")

    with django_assert_num_queries(0):
        again = ApiClient(make_cookie_only()).call("GET", "feed")

    assert again.content == first.content
    assert "Cookie" not in again.get("Vary", "")
    assert not again.cookies


def make_cookie_only() -> Any:
    class Nobody:
        cookie = "0" * 32 + ".secret"

    return Nobody()


def test_it_is_public_and_short_lived():
    response = ApiClient().call("GET", "feed")

    assert response["Cache-Control"] == "public, max-age=1"
    assert response["Vary"] == "Accept-Encoding"


def test_nginx_is_told_in_which_second_it_is_the_last_time_younger_than_two():
    response = ApiClient().call("GET", "feed")
    built = datetime.fromisoformat(response.json()["as_of"]).timestamp()

    assert abs(int(response["X-Accel-Expires"].removeprefix("@")) - (built + 0.5)) <= 0.6


def test_the_same_content_is_304_whenever_it_was_built():
    make_hashtag_push()
    client = ApiClient()
    first = client.call("GET", "feed")
    ready_answers.clear()

    again = client.call("GET", "feed", **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]


def test_another_content_has_another_etag():
    client = ApiClient()
    first = client.call("GET", "feed")
    make_campaign()
    ready_answers.clear()

    again = client.call("GET", "feed", **{"If-None-Match": first["ETag"]})

    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_it_is_compressed_for_those_who_can_read_that():
    make_everything(make_campaign())

    response = ApiClient().call("GET", "feed", **{"Accept-Encoding": "br, gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.content))["live"]


def test_it_sorts_actions_into_live_coming_and_over():
    campaign = make_campaign()
    live_long = make_hashtag_push(campaign, ends_at=far(5))
    live_short = make_rally_call(campaign, ends_at=far(1))
    late = make_rally_call(campaign, starts_at=far(50), ends_at=far(51))
    soon = make_rally_call(campaign, starts_at=far(2), ends_at=far(3))
    yesterday = make_rally_call(campaign, starts_at=far(-26), ends_at=far(-24))
    today = make_rally_call(campaign, starts_at=far(-6), ends_at=far(-4))
    make_rally_call(campaign, starts_at=far(-200), ends_at=far(-24 * 7 - 1))

    feed = get_json("feed")

    assert ids(feed["live"]) == [str(live_short.uuid), str(live_long.uuid)]
    assert ids(feed["coming"]) == [str(soon.uuid), str(late.uuid)]
    assert ids(feed["over"]) == [str(today.uuid), str(yesterday.uuid)]


def ids(actions: list[dict[str, Any]]) -> list[str]:
    return [action["id"] for action in actions]


def test_it_shows_nothing_that_is_not_public():
    make_hashtag_push(state=ActionState.DRAFT)
    make_hashtag_push(make_campaign(published=False))
    closed = make_campaign(visibility=Visibility.INVITATION)
    make_hashtag_push(closed)
    device = make_device()
    make_follow(closed, device)

    feed = get_json("feed", device)

    assert [feed[name] for name in ("live", "coming", "over")] == [[], [], []]
    assert closed.slug not in json.dumps(feed)


def test_a_cancelled_action_is_shown_as_such():
    make_rally_call(state=ActionState.CANCELLED)

    assert [action["state"] for action in get_json("feed")["live"]] == ["cancelled"]


def test_times_are_in_utc_whatever_the_zone_of_the_process():
    start = timezone.now().replace(microsecond=0) - timedelta(minutes=5)
    make_rally_call(starts_at=start)

    assert get_json("feed")["live"][0]["starts_at"] == start.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert abs(datetime.fromisoformat(get_json("feed")["as_of"]) - timezone.now()) < timedelta(seconds=5)


def test_a_hashtag_kept_for_later_is_nowhere_in_the_feed():
    campaign = make_campaign(hashtag="500signaturesPourAnasse")
    make_hashtag_push(
        campaign,
        reveal_at=far(0.5),
        link="https://site.example/500signaturespouranasse",
        talking_points={"fr": "Dites pourquoi.\nAvec #500SignaturesPourAnasse."},
        questions={"fr": "Pourquoi #500SignaturesPourAnasse ?"},
    )

    feed = get_json("feed")

    assert "500signatures" not in json.dumps(feed).lower()
    push = feed["live"][0]["hashtag_push"]
    assert (push["hashtag"], push["link"], push["questions"]) == (None, "", None)
    assert push["talking_points"] == {"fr": ["Dites pourquoi."]}
    assert feed["campaigns"][0]["hashtag"] == ""


def test_a_revealed_hashtag_is_shown_with_all_that_goes_with_it():
    make_hashtag_push(reveal_at=far(-0.1), link="https://site.example/", questions={"fr": "Pourquoi ?\n\nQui ?"})

    feed = get_json("feed")

    push = feed["live"][0]["hashtag_push"]
    assert (push["hashtag"], push["link"]) == ("500SignaturesPourAnasse", "https://site.example/")
    assert push["questions"] == {"fr": ["Pourquoi ?", "Qui ?"]}
    assert feed["campaigns"][0]["hashtag"] == "500SignaturesPourAnasse"


# ---- one campaign


def test_a_campaigns_feed_holds_its_own_actions_only():
    mine = make_hashtag_push()
    make_hashtag_push()

    feed = get_json(f"campaigns/{mine.campaign.slug}/feed")

    assert [one["slug"] for one in feed["campaigns"]] == [mine.campaign.slug]
    assert ids(feed["live"]) == [str(mine.uuid)]


def test_a_closed_campaigns_feed_is_for_its_followers_and_stays_with_them():
    closed = make_campaign(visibility=Visibility.INVITATION)
    action, follower = make_hashtag_push(closed), make_device()
    make_follow(closed, follower)

    response = ApiClient(follower).call("GET", f"campaigns/{closed.slug}/feed")

    assert ids(response.json()["live"]) == [str(action.uuid)]
    assert response["Cache-Control"] == "private, no-store"
    assert ApiClient(make_device()).call("GET", f"campaigns/{closed.slug}/feed").status_code == 404
    assert ApiClient().call("GET", f"campaigns/{closed.slug}/feed").status_code == 404


def test_a_closed_campaigns_feed_is_closed_at_once_to_whoever_stops_following():
    closed = make_campaign(visibility=Visibility.INVITATION)
    device = make_device()
    make_follow(closed, device)
    client = ApiClient(device)
    assert client.call("GET", f"campaigns/{closed.slug}/feed").status_code == 200

    client.call("DELETE", f"campaigns/{closed.slug}/follow")

    assert client.call("GET", f"campaigns/{closed.slug}/feed").status_code == 404


def test_a_closed_campaigns_feed_is_built_once_for_all_followers(django_assert_num_queries: Any):
    closed = make_campaign(visibility=Visibility.INVITATION)
    make_everything(closed)
    clients = []
    for _ in range(2):
        device = make_device()
        make_follow(closed, device)
        clients.append(ApiClient(device))
    clients[0].call("GET", f"campaigns/{closed.slug}/feed")

    # Public or not, which device, may it see: the rest is ready.
    with django_assert_num_queries(3):
        clients[1].call("GET", f"campaigns/{closed.slug}/feed")


def test_the_views_keep_their_bytes_for_no_more_than_two_seconds():
    assert max(FeedView.seconds, CampaignsView.seconds, ActionView.seconds) <= 1
