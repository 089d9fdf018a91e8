"""What can be relayed: what the API says of it, when, and what a copy takes along."""

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import Action, ActionState, Medium, Picture, Visibility
from campaigns.models.copying import copy
from mobilise.ready import ready_answers
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_medium,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db


def ask(medium: Medium, device=None, **headers: str):
    return ApiClient(device).call("GET", medium.picture.path.removeprefix("/api/v1/"), **headers)


def test_an_action_says_what_can_be_relayed_and_where_each_is():
    push = make_hashtag_push()
    picture = make_medium(push).picture
    make_medium(push, kind="clip", url="https://clip.example/", alt={"fr": "Un extrait"}, position=1)
    assert get_json(f"actions/{push.uuid}")["media"] == [
        {
            "kind": "picture",
            "url": "",
            "alt": {"fr": "La place"},
            "picture": {"path": picture.path, "width": 64, "height": 48},
        },
        {"kind": "clip", "url": "https://clip.example/", "alt": {"fr": "Un extrait"}, "picture": None},
    ]
    assert ask(picture.medium).content == picture.read()


def test_a_picture_without_its_file_is_not_shown():
    push = make_hashtag_push()
    make_medium(push)
    Picture.objects.all().delete()
    assert get_json(f"actions/{push.uuid}")["media"] == []


@pytest.mark.parametrize("visibility", [Visibility.LINK, Visibility.INVITATION])
def test_of_a_closed_campaign_only_followers_get_pictures(visibility: str):
    campaign = make_campaign(visibility=visibility)
    medium, device = make_medium(make_hashtag_push(campaign)), make_device()
    assert ask(medium).status_code == 404
    assert ask(medium, device).status_code == 404
    make_follow(campaign, device)
    answer = ask(medium, device)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_of_a_campaign_by_link_whoever_has_the_link_gets_pictures():
    campaign = make_campaign(visibility=Visibility.LINK)
    medium = make_medium(make_hashtag_push(campaign))
    assert ask(medium, **{"Campaign-Link": campaign.link_key}).status_code == 200
    assert ask(medium, **{"Campaign-Link": "x" * 22}).status_code == 404


@pytest.mark.parametrize("visibility", Visibility.values)
def test_pictures_are_kept_back_with_the_hashtag(visibility: str):
    campaign, device = make_campaign(visibility=visibility), make_device()
    make_follow(campaign, device)
    push = make_hashtag_push(campaign, reveal_at=far(1), hashtag="SecretTag")
    medium = make_medium(push, alt={"fr": "Une place"})
    assert get_json(f"actions/{push.uuid}", device)["media"] == []
    assert ask(medium, device).status_code == 404

    type(push).objects.filter(pk=push.pk).update(reveal_at=far(-0.01))
    ready_answers.clear()

    assert len(get_json(f"actions/{push.uuid}", device)["media"]) == 1
    assert ask(medium, device).status_code == 200


def test_it_is_a_picture_or_a_link_and_the_database_holds_it_to_that():
    push = make_hashtag_push()
    for values in ({"kind": "picture", "url": "https://picture.example/"}, {"kind": "post", "url": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Medium.objects.create(action=push, alt={"fr": "La place"}, **values)


def test_pictures_are_deleted_with_what_they_belong_to():
    push = make_hashtag_push(state=ActionState.DRAFT)
    make_medium(push)
    push.media.all().delete()
    assert not Picture.objects.exists()
    make_medium(push)
    push.delete()
    assert not Picture.objects.exists()


def test_a_copy_has_pictures_of_its_own():
    push = make_hashtag_push()
    picture = make_medium(push).picture
    copied = copy(push, far(48), None)
    other = copied.media.get().picture
    assert (other.read(), other.uuid == picture.uuid) == (picture.read(), False)


def test_a_copied_case_leaves_its_pictures_behind():
    case = make_solidarity_alert()
    make_medium(case)
    make_medium(case, kind="post", url="https://post.example/", alt={"fr": "Un message"})
    copied = copy(case, far(48), None)
    assert [medium.kind for medium in copied.media.all()] == ["post"]
    assert not Picture.objects.filter(action=copied).exists()


def test_the_goal_of_an_action_is_told():
    rally = make_rally_call(goal=300)
    assert get_json(f"actions/{rally.uuid}")["goal"] == 300
    Action.objects.filter(pk=rally.pk).update(goal=None)
    ready_answers.clear()
    assert get_json(f"actions/{rally.uuid}")["goal"] is None
