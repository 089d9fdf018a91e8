"""Campaigns by link: nowhere to be found, open to whoever has the link, until the link is changed."""

from typing import Any

import pytest

from campaigns.models import Campaign, Follow, Visibility
from tests.api import ApiClient
from tests.make import make_campaign, make_device, make_follow, make_hashtag_push, make_outreach, make_rally_call

pytestmark = pytest.mark.django_db
WANTED = {"kinds": ["rally_call"], "consent_version": 1}


def make_by_link(**values: Any) -> Campaign:
    return make_campaign(visibility=Visibility.LINK, **values)


def get(path: str, *keys: str, device: Any = None) -> Any:
    return ApiClient(device).call("GET", path, **{"Campaign-Link": ",".join(keys)} if keys else {})


def addresses(campaign: Campaign, action: Any) -> list[str]:
    return [
        f"campaigns/{campaign.slug}",
        f"campaigns/{campaign.slug}/feed",
        f"actions/{action.uuid}",
        f"actions/{action.uuid}/pulse",
    ]


def test_it_is_listed_nowhere_even_for_those_who_have_the_link():
    campaign = make_by_link()
    make_rally_call(campaign)
    lists = [get("feed", campaign.link_key), get("campaigns", campaign.link_key), get("feed"), get("campaigns")]
    assert [answer.status_code for answer in lists] == [200] * 4
    assert not [answer for answer in lists if campaign.slug in answer.content.decode()]


def test_whoever_has_the_link_reads_it_without_a_device_and_nobody_keeps_it():
    campaign = make_by_link()
    answers = [get(path, campaign.link_key) for path in addresses(campaign, make_rally_call(campaign))]
    assert [(answer.status_code, answer["Cache-Control"]) for answer in answers] == [(200, "private, no-store")] * 4


def test_to_a_stranger_it_is_what_does_not_exist():
    campaign, elsewhere = make_by_link(), make_by_link()
    action = make_rally_call(campaign)
    nothing = get("campaigns/no-such-campaign")
    found = [
        get(path, *keys, device=device)
        for path in addresses(campaign, action)
        for keys in ((), (elsewhere.link_key,), ("a" * 22,), ("",), ("' OR 1=1 --",))
        for device in (None, make_device())
    ]
    assert len(found) == 40
    assert {answer.status_code for answer in found} == {404}
    assert {answer.content for answer in found} == {nothing.content}


def test_it_is_followed_and_taken_part_in_with_the_link_alone():
    campaign, device = make_by_link(), make_device()
    action = make_rally_call(campaign)
    client = ApiClient(device, **{"Campaign-Link": f"{'x' * 22}, {campaign.link_key}"})
    assert client.call("PUT", f"actions/{action.uuid}/participation", {"stage": "joined"}).status_code == 200
    assert ApiClient(device).call("PUT", f"campaigns/{campaign.slug}/follow", WANTED).status_code == 404
    assert client.call("PUT", f"campaigns/{campaign.slug}/follow", WANTED).status_code == 200
    # From now on it is known by its cookie.
    assert get(f"campaigns/{campaign.slug}", device=device).status_code == 200


def test_officials_are_called_with_the_link_alone():
    campaign, device = make_by_link(), make_device()
    path = f"actions/{make_outreach(campaign).uuid}/claim"
    refused, allowed = (
        ApiClient(device, **headers).call("GET", path) for headers in ({}, {"Campaign-Link": campaign.link_key})
    )
    assert (refused.status_code, allowed.status_code) == (404, 200)


def test_a_changed_link_kills_the_old_one_and_keeps_the_followers():
    campaign, follower = make_by_link(), make_device()
    make_follow(campaign, follower)
    old, calendar = campaign.link_key, campaign.calendar_path
    assert campaign.change_link(campaign.link_digest)
    assert get(f"campaigns/{campaign.slug}", old).status_code == 404
    assert get(f"campaigns/{campaign.slug}", campaign.link_key).status_code == 200
    assert get(f"campaigns/{campaign.slug}", device=follower).status_code == 200
    assert campaign.calendar_path != calendar


def test_the_link_is_changed_once_by_whoever_saw_it():
    campaign = make_by_link()
    seen = campaign.link_digest
    twin = Campaign.objects.get(pk=campaign.pk)
    assert [campaign.change_link(seen), twin.change_link(seen)] == [True, False]
    assert Campaign.objects.get(pk=campaign.pk).link_key == campaign.link_key


def test_a_campaign_that_was_closed_and_opened_again_has_another_link():
    campaign = make_by_link()
    old = campaign.link_key
    for visibility in (Visibility.INVITATION, Visibility.LINK):
        campaign.visibility = visibility
        campaign.save()
        if visibility == Visibility.INVITATION:
            assert (campaign.link_key, campaign.link_digest) == ("", None)
            assert get(f"campaigns/{campaign.slug}", old).status_code == 404
    assert campaign.link_key not in ("", old)
    assert get(f"campaigns/{campaign.slug}", old).status_code == 404


def test_saving_it_again_keeps_the_link():
    campaign = make_by_link()
    Campaign.objects.get(pk=campaign.pk).save()
    assert Campaign.objects.get(pk=campaign.pk).link_key == campaign.link_key


def test_the_key_is_not_to_be_read_in_the_database_nor_in_the_api():
    campaign, device = make_by_link(), make_device()
    make_follow(campaign, device)
    stored = Campaign.objects.filter(pk=campaign.pk).extra(select={"raw": "link_key"}).values_list("raw", flat=True)[0]
    assert campaign.link_key.encode() not in bytes(stored)
    assert campaign.link_key not in get(f"campaigns/{campaign.slug}", device=device).content.decode()
    assert campaign.path == f"/c/{campaign.slug}#link={campaign.link_key}"


def test_an_unpublished_one_opens_for_nobody():
    campaign = make_by_link(published=False)
    assert get(f"campaigns/{campaign.slug}", campaign.link_key).status_code == 404


def test_a_campaign_in_the_open_has_no_key():
    campaign = make_campaign()
    make_hashtag_push(campaign)
    assert (campaign.link_key, campaign.link_digest, campaign.path) == ("", None, f"/c/{campaign.slug}")


def test_many_keys_cost_one_look():
    campaign, device = make_by_link(), make_device()
    keys = [f"{number:022}" for number in range(25)]
    # Twenty are looked at: more of them is nobody who follows campaigns.
    assert get(f"campaigns/{campaign.slug}", *keys[:19], campaign.link_key).status_code == 200
    assert get(f"campaigns/{campaign.slug}", *keys, campaign.link_key, device=device).status_code == 404
    assert not Follow.objects.exists()
