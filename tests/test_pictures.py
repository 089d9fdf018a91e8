"""Pictures of meeting points: who chooses them, who sees them, what becomes of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from campaigns.models import ActionState, Follow, Picture, Visibility
from campaigns.models.copying import copy_to
from campaigns.pictures import encode
from tests.admin_pages import Organiser, add_row, page_of, parse
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_member,
    make_picture,
    make_rally_call,
    picture_file,
)

pytestmark = pytest.mark.django_db
ALT = {"fr": "La fontaine", "en": "The fountain"}


def rally_with_picture(**campaign):
    rally = make_rally_call(make_campaign(**campaign))
    make_picture(make_gathering(rally, picture_alt=ALT))
    return rally


def shown(rally, device=None):
    return get_json(f"actions/{rally.uuid}", device)["gatherings"][0]


def ask_for(rally, device=None, **headers):
    picture = Picture.objects.get(action=rally)
    return ApiClient(device).call("GET", picture.path.removeprefix("/api/v1/"), **headers)


# ---- seeing


def test_it_is_shown_with_the_gathering_and_read_by_anybody():
    rally = rally_with_picture()
    picture = Picture.objects.get()
    assert shown(rally)["picture"] == {"path": picture.path, "width": 64, "height": 48}
    assert shown(rally)["picture_alt"] == ALT
    answer = Client().get(picture.path, headers={"Accept": "image/avif,image/webp,*/*;q=0.8"})
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/jpeg", picture.read())
    assert answer["Cache-Control"] == "public, max-age=600"
    again = Client().get(picture.path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_gathering_without_one_says_so():
    rally = make_rally_call()
    make_gathering(rally)
    assert (shown(rally)["picture"], shown(rally)["picture_alt"]) == (None, {})


def test_it_costs_no_query_for_each_gathering(django_assert_num_queries):
    few, many = rally_with_picture(), rally_with_picture()
    for _ in range(5):
        make_picture(make_gathering(many))
    with django_assert_num_queries(4):
        assert ApiClient().call("GET", f"actions/{few.uuid}").status_code == 200
    with django_assert_num_queries(4) as asked:
        assert ApiClient().call("GET", f"actions/{many.uuid}").status_code == 200
    assert [query for query in asked.captured_queries if '"campaigns_picture"."content"' in query["sql"]] == []


def test_one_of_a_draft_is_nobodys():
    rally = rally_with_picture()
    rally.state = ActionState.DRAFT
    rally.save()
    assert ask_for(rally).status_code == 404
    assert ask_for(rally, make_device()).status_code == 404


def test_one_of_a_campaign_by_invitation_is_for_its_followers_only():
    rally = rally_with_picture(visibility=Visibility.INVITATION)
    follower, other = make_device(), make_device()
    make_follow(rally.campaign, follower)
    answer = ask_for(rally, follower)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert [ask_for(rally, device).status_code for device in (other, None)] == [404, 404]
    Follow.objects.all().delete()
    etag = answer["ETag"]
    assert ask_for(rally, follower, **{"If-None-Match": etag}).status_code == 404


def test_one_of_a_campaign_by_link_is_for_whoever_has_the_link():
    rally = rally_with_picture(visibility=Visibility.LINK)
    key = rally.campaign.link_key
    assert ask_for(rally, **{"Campaign-Link": key}).status_code == 200
    assert ask_for(rally, **{"Campaign-Link": key[:-1] + "-"}).status_code == 404
    assert ask_for(rally).status_code == 404


# ---- what becomes of it


def test_it_goes_with_its_gathering():
    rally = rally_with_picture()
    rally.gatherings.all().delete()
    assert not Picture.objects.exists()


def test_a_new_one_has_a_new_address():
    rally = rally_with_picture()
    old = Picture.objects.get()
    Picture.objects.keep(rally.gatherings.get(), encode(picture_file((10, 10))))
    assert Picture.objects.get().path != old.path
    assert Client().get(old.path).status_code == 404


def test_a_copy_of_the_action_has_a_picture_of_its_own():
    rally = rally_with_picture()
    copied, _made = copy_to(rally, far(60 * 24 * 7), make_member(rally.campaign))
    first, second = Picture.objects.get(action=rally), Picture.objects.get(action=copied)
    assert first.read() == second.read()
    assert (first.uuid == second.uuid, second.gathering.picture_alt) == (False, ALT)


def test_it_belongs_to_one_thing():
    rally = rally_with_picture()
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.create(action_id=rally.pk, width=1, height=1, content=b"")


# ---- choosing


def chosen(**more):
    return SimpleUploadedFile("place.png", picture_file(**more).getvalue(), "image/png")


def organiser_of(rally):
    return Organiser(make_member(rally.campaign))


def rally_before():
    rally = make_rally_call(state=ActionState.DRAFT)
    return rally, make_gathering(rally)


def test_an_organiser_chooses_sees_replaces_and_takes_it_away():
    rally, gathering = rally_before()
    organiser, page = organiser_of(rally), page_of(rally)
    organiser.send(page, **{"gatherings-0-picture": chosen(), "gatherings-0-picture_alt_fr": ALT["fr"]})
    first = Picture.objects.get(gathering=gathering)
    preview = page_of(rally, "picture", first.uuid)
    elements = parse(organiser.get(page)).elements
    assert [one["src"] for tag, one in elements if tag == "img"] == [preview]
    assert organiser.get(preview).content == first.read()
    organiser.send(page)
    assert Picture.objects.get() == first
    organiser.send(page, **{"gatherings-0-picture": chosen(size=(9, 9))})
    assert (Picture.objects.get().width, Picture.objects.get() == first) == (9, False)
    fields = {name: text for name, text in parse(organiser.get(page)).fields.items() if "__prefix__" not in name}
    organiser.post(page, {**fields, "gatherings-0-picture-clear": "on", "gatherings-0-picture_alt_fr": ""})
    gathering.refresh_from_db()
    assert (Picture.objects.exists(), gathering.picture_alt) == (False, {})


def test_a_new_gathering_brings_its_picture():
    rally, _gathering = rally_before()
    organiser, page = organiser_of(rally), page_of(rally)
    fields = {name: text for name, text in parse(organiser.get(page)).fields.items() if "__prefix__" not in name}
    values = {"name_fr": "Ici", "address": "1 rue de Rien", "starts_at": "2027-01-05T18:00"}
    fields = add_row(fields, "gatherings", **values, picture=chosen(), picture_alt_fr="Une porte")
    organiser.post(page, fields)
    assert Picture.objects.get().gathering.picture_alt == {"fr": "Une porte"}


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        (b"no picture", "Une porte", "cannot be read as a picture"),
        (b"", "Une porte", "This file is empty"),
        (picture_file().getvalue(), "", "Say in a few words what the picture shows"),
        (b"." * 13 * 1024 * 1024, "Une porte", "12 MB at most"),
    ],
    ids=["no picture", "empty", "no words", "too large"],
)
def test_it_says_what_is_wrong_with_it(file, words, said):
    rally, _gathering = rally_before()
    changes = {"gatherings-0-picture": SimpleUploadedFile("x.png", file), "gatherings-0-picture_alt_fr": words}
    answer = organiser_of(rally).send(page_of(rally), **changes)
    assert said in answer.content.decode()
    assert not Picture.objects.exists()
