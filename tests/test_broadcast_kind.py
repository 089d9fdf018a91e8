"""A broadcast as activists get it: in the API, in an alert, without JavaScript; and who is alerted of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from campaigns.delivery.cards import make_card
from campaigns.kinds import Kind
from campaigns.models import Action, Broadcast
from campaigns.rules import audience_of
from campaigns.sharing.calendars import action_calendar
from campaigns.sharing.words import words_of_action
from campaigns.views.pages.action import describe
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
)

pytestmark = pytest.mark.django_db
KINDS_OF_BEFORE = ["hashtag_push", "rally_call", "solidarity_alert"]


def test_it_shows_where_to_listen() -> None:
    space = make_broadcast(medium="audio_space", platform="X", link="https://network.example/space")
    shown = get_json(f"actions/{space.uuid}")
    assert shown["kind"] == "broadcast"
    assert shown["broadcast"] == {"medium": "audio_space", "platform": "X", "link": "https://network.example/space"}
    assert (shown["hashtag_push"], shown["rally_call"], shown["solidarity_alert"]) == (None, None, None)
    assert get_json(f"actions/{make_hashtag_push().uuid}")["broadcast"] is None


def test_listening_counts_as_joined() -> None:
    broadcast, device = make_broadcast(), make_device()
    answer = ApiClient(device).call("PUT", f"actions/{broadcast.uuid}/participation", {"stage": "joined"})
    assert (answer.status_code, answer.json()["stage"]) == (200, "joined")


def test_nobody_who_followed_before_is_alerted_without_having_asked() -> None:
    campaign = make_campaign()
    before, asked = make_device(), make_device()
    make_follow(campaign, before, KINDS_OF_BEFORE)
    make_follow(campaign, asked, [*KINDS_OF_BEFORE, Kind.BROADCAST])
    alert = make_alert(make_broadcast(campaign))
    assert [follow.device for follow in audience_of(alert)] == [asked]


def test_a_follower_can_ask_for_it_and_leave_the_others() -> None:
    campaign, device = make_campaign(), make_device()
    make_follow(campaign, device, KINDS_OF_BEFORE)
    wanted: dict[str, Any] = {"kinds": ["broadcast"], "consent_version": 1}
    answer = ApiClient(device).call("PUT", f"campaigns/{campaign.slug}/follow", wanted)
    assert answer.json()["kinds"] == ["broadcast"]


def test_its_alert_carries_what_opens_it() -> None:
    card = make_card(make_broadcast(), "fr", timezone.now())
    assert (card["medium"], card["platform"]) == ("television", "France 5")
    assert card["link"] == "https://television.example/direct"


def test_it_is_readable_without_javascript() -> None:
    with translation.override("fr"):
        said = describe(make_broadcast(), timezone.now())
    assert said["broadcast"] == {
        "medium": "télévision",
        "platform": "France 5",
        "link": "https://television.example/direct",
    }


def test_it_needs_no_link_and_refuses_one_that_is_no_web_address() -> None:
    broadcast = make_broadcast(link="", starts_at=far(1), ends_at=far(1) + timedelta(minutes=5))
    broadcast.full_clean()
    broadcast.link = "javascript:alert(1)"
    with pytest.raises(ValidationError) as refused:
        broadcast.full_clean()
    assert list(refused.value.error_dict) == ["link"]
    assert Broadcast.objects.get().link == ""


def test_a_calendar_says_what_it_is_on_and_how_to_open_it() -> None:
    broadcast = make_broadcast()
    entry = action_calendar(Action.objects.filter(pk=broadcast.pk), "en", timezone.now(), None)
    assert entry is not None
    lines = entry.decode().replace("\r\n ", "")
    assert "LOCATION:Television\\, France 5" in lines
    assert "https://television.example/direct" in lines


def test_an_invitation_says_what_it_is_on() -> None:
    assert words_of_action(make_broadcast(), "fr", timezone.now()).place == "Télévision, France 5"
    assert words_of_action(make_hashtag_push(), "fr", timezone.now()).place == ""
