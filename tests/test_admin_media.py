"""What organisers give to be relayed: links, and pictures of their own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Action, Medium, Picture
from tests.admin_pages import Organiser, add_row, page_of, parse
from tests.make import (
    make_campaign,
    make_hashtag_push,
    make_medium,
    make_member,
    make_rally_call,
    make_solidarity_alert,
    picture_file,
)

pytestmark = pytest.mark.django_db
LINK = {"kind": "clip", "url": "https://videos.example/1", "alt_fr": "Un extrait", "position": "0"}
PICTURE = {"kind": "picture", "url": "", "alt_fr": "La place, pleine", "position": "0"}


def upload(content: bytes | None = None, name: str = "place.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file().read() if content is None else content)


def make_owner(action: Action) -> Organiser:
    return Organiser(make_member(action.campaign))


def add(owner: Organiser, action: Action, *rows: dict):
    """Fills in so many more media and saves."""
    fields = fields_of(owner, action)
    for row in rows:
        fields = add_row(fields, "media", **row)
    return owner.post(page_of(action), {**fields, "_save": "1"}, follow=True)


def fields_of(owner: Organiser, action: Action) -> dict:
    page = parse(owner.get(page_of(action)))
    files = {values.get("name") for tag, values in page.elements if values.get("type") == "file"}
    return {name: text for name, text in page.fields.items() if "__prefix__" not in name and name not in files}


def errors_of(page) -> list[str]:
    formsets = [one.formset for one in page.context["inline_admin_formsets"]]
    return [str(error) for formset in formsets for form in formset.errors for each in form.values() for error in each]


@pytest.mark.parametrize("make", [make_hashtag_push, make_rally_call, make_solidarity_alert])
def test_a_picture_is_sent_in_and_shown(make):
    action = make()
    owner = make_owner(action)
    page = add(owner, action, {**PICTURE, "picture": upload()}, {**LINK, "position": "1"})
    assert page.redirect_chain, errors_of(page)
    assert [(one.kind, one.url) for one in action.media.all()] == [("picture", ""), ("clip", LINK["url"])]
    picture = Picture.objects.get(medium__action=action)
    assert (picture.action_id, picture.width, picture.height) == (action.pk, 64, 48)

    shown = [values for tag, values in parse(page).elements if tag == "img" and "/pictures/" in values["src"]]
    assert len(shown) == 1
    answer = owner.get(shown[0]["src"])
    assert (answer.status_code, answer["Content-Type"], answer.content) == (
        200,
        "image/jpeg",
        picture.read(),
    )


def test_the_form_can_carry_files():
    push = make_hashtag_push()
    page = parse(make_owner(push).get(page_of(push)))
    forms = [values for tag, values in page.elements if tag == "form" and values.get("id") == "hashtagpush_form"]
    assert [form.get("enctype") for form in forms] == ["multipart/form-data"]


def test_a_new_action_takes_pictures_too():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    address = "/admin/campaigns/hashtagpush/add/"
    fields = {name: text for name, text in parse(owner.get(address)).fields.items() if "__prefix__" not in name}
    fields = add_row(fields, "media", **PICTURE, picture=upload())
    typed = {"title_fr": "Ce soir", "hashtag": "Un", "starts_at": "2031-07-14T18:00", "ends_at": "2031-07-14T20:00"}
    page = owner.post(address, {**fields, **typed, "_save": "1"}, follow=True)
    assert page.redirect_chain, errors_of(page)
    assert Picture.objects.get().action.campaign == campaign


def test_another_picture_takes_the_place_of_the_first_at_another_address():
    push = make_hashtag_push()
    picture, owner = make_medium(push).picture, make_owner(push)
    fields = fields_of(owner, push)
    page = owner.post(
        page_of(push), {**fields, "media-0-picture": upload(picture_file((90, 60)).read()), "_save": "1"}, follow=True
    )
    assert page.redirect_chain, errors_of(page)
    new = Picture.objects.get()
    assert (new.width, new.uuid == picture.uuid) == (90, False)


def test_saving_again_leaves_the_picture_as_it_is():
    push = make_hashtag_push()
    picture, owner = make_medium(push).picture, make_owner(push)
    owner.send(page_of(push), **{"media-0-alt_fr": "Une autre description"})
    assert Picture.objects.get().uuid == picture.uuid
    assert Medium.objects.get().alt["fr"] == "Une autre description"


def test_a_picture_that_becomes_a_link_is_gone():
    push = make_hashtag_push()
    make_medium(push)
    make_owner(push).send(page_of(push), **{"media-0-kind": "post", "media-0-url": "https://post.example/"})
    assert Medium.objects.get().kind == "post"
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**PICTURE}, "Choose the picture."),
        ({**PICTURE, "picture": upload(b"<svg/>", "a.svg")}, "This file cannot be read as a picture."),
        (
            {**PICTURE, "picture": upload(picture_file((2000, 2000), "JPEG").read()[:3000])},
            "This file cannot be read as a picture.",
        ),
        ({**PICTURE, "picture": upload(bytes(13 << 20))}, "These pictures are too large: 12 MB at most"),
        ({**PICTURE, "picture": upload(), "alt_fr": ""}, "Write this in at least one language."),
        ({**LINK, "url": ""}, "Paste the address at which it is published."),
        ({**LINK, "url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({**LINK, "url": "videos.example"}, "Enter a valid URL."),
    ],
)
def test_it_says_what_is_missing_or_wrong_beside_the_field(row: dict, said: str):
    push = make_hashtag_push()
    page = add(make_owner(push), push, row)
    assert page.status_code == 200
    assert not page.redirect_chain
    assert [error for error in errors_of(page) if error.startswith(said)], errors_of(page)
    assert not Medium.objects.exists()


def test_there_are_six_at_most():
    push = make_hashtag_push()
    page = add(make_owner(push), push, *[{**LINK, "position": str(place)} for place in range(7)])
    assert not page.redirect_chain
    assert not Medium.objects.exists()


def test_a_picture_is_for_the_organisers_of_its_campaign():
    push = make_hashtag_push()
    picture = make_medium(push).picture
    address = page_of(push, "picture", picture.uuid)
    assert make_owner(push).get(address).status_code == 200
    assert make_owner(make_hashtag_push()).get(address).status_code == 404


def test_the_goal_is_at_least_ten():
    push = make_hashtag_push()
    owner = make_owner(push)
    assert owner.send(page_of(push), goal="9").status_code == 200
    push.refresh_from_db()
    assert push.goal is None
    owner.send(page_of(push), goal="300")
    push.refresh_from_db()
    assert push.goal == 300
