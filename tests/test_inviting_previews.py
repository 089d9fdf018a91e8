"""The picture that a link shows: of what is public, as it is now, never a hashtag too early."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from PIL import Image

from campaigns import tasks
from campaigns.models import Action, ActionState, Campaign, Preview, Visibility
from campaigns.sharing.previews import draw_previews, with_what_is_said
from campaigns.sharing.words import invitation_text, words_of_action, words_of_campaign
from mobilise.drawing.card import SIZE, Card, draw_card
from tests.admin_pages import Organiser, page_of
from tests.make import (
    far,
    make_broadcast,
    make_campaign,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_person,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db


def path_of(action: Action, language: str = "fr") -> str:
    return f"/a/{action.uuid}/{language}-0123456789abcdef.png"


def words(action: Action, language: str = "fr") -> Any:
    read = with_what_is_said(Action.objects.filter(pk=action.pk)).get()
    return words_of_action(read, language, timezone.now())


# ---- the words


def test_it_says_hashtag_date_and_place():
    rally = make_rally_call(title={"fr": "Tous à la Sorbonne"})
    make_gathering(rally)
    said = words(rally)
    assert (said.title, said.place) == ("Tous à la Sorbonne", "Place de la Sorbonne, Place de la Sorbonne, 75005 Paris")
    assert re.fullmatch(r"\w+ \d+ \S+ \d{4}, \d\d:\d\d – .*\d\d:\d\d \(Paris\)", said.when)
    assert words(make_hashtag_push()).hashtag == "#500SignaturesPourAnasse"
    make_gathering(rally, name={"fr": "Lille"})
    assert (words(rally).place, words(rally, "en").place) == ("2 lieux", "2 places")


def test_a_broadcast_says_on_which_channel():
    assert words(make_broadcast(platform="France 5")).place == "Télévision, France 5"


def test_the_hashtag_waits_for_its_hour():
    hidden = make_hashtag_push(reveal_at=far(1), title={"fr": "Avec #500SignaturesPourAnasse"})
    make_gathering(hidden, name={"fr": "500signaturespouranasse"}, address="")
    assert "500signatures" not in words(hidden).in_one_sentence.lower().replace("500 signatures", "")
    assert (words(hidden).hashtag, words(hidden).title, words(hidden).place) == ("", "", "")
    told = make_hashtag_push(reveal_at=far(-1))
    assert words(told).hashtag == "#500SignaturesPourAnasse"


def test_it_names_nobody():
    case = make_solidarity_alert()
    make_person(case, name="Anasse K.", consented_on=timezone.now().date())
    assert "Anasse K." not in words(case).in_one_sentence


def test_it_says_that_it_is_cancelled_or_banned():
    assert words(make_hashtag_push(state=ActionState.CANCELLED)).state == "Annulée"
    assert words(make_rally_call(declaration="banned"), "en").state == "Banned"


def test_the_organisers_invitation_holds_no_hashtag():
    push = make_hashtag_push(title={"fr": "Ce soir", "en": "Tonight"})
    texts = [invitation_text(words(push, language), "https://site.example/a/1", language) for language in ("fr", "en")]
    texts.append(invitation_text(words_of_campaign(push.campaign, "fr"), "https://site.example/c/1", "fr"))
    assert not [text for text in texts if "#" in text or not text.endswith(("/a/1", "/c/1"))]
    assert texts[0].startswith("Ce soir. ")
    assert texts[1].startswith("Tonight. ")


# ---- drawing


@pytest.mark.parametrize(
    "card",
    [
        Card("", "", "", (), ""),
        Card("Élus : « œuvre »", "Été à Évry – l’heure", "#Hashtag", ("20 février", "Paris"), "site.example"),
        Card("w" * 300, "mot " * 200, "#" + "x" * 80, ("w" * 300, "w" * 300), "w" * 300),
        Card("🌹", "w" * 300, "🌹", ("مرحبا",), "\n\x00"),
    ],
)
def test_it_is_a_small_png_of_the_size_that_crawlers_want(card: Card):
    drawn = draw_card(card)
    image = Image.open(BytesIO(drawn))
    assert (image.format, image.size) == ("PNG", SIZE)
    assert len(drawn) < 100_000
    # Nothing runs over the edges.
    colours = {image.convert("RGB").getpixel((x, y)) for x in (0, 1199) for y in (0, 300, 629)}
    assert len(colours) == 1


def test_accents_are_drawn():
    one, other = (draw_card(Card("", text, "", (), "")) for text in ("Évry", "Evry"))
    missing = draw_card(Card("", "\ue000vry", "", (), ""))
    assert len({one, other, missing}) == 3


# ---- at which address


def test_it_is_for_every_crawler_and_kept_by_its_address():
    push = make_hashtag_push()
    answer = Client().get(path_of(push))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert not answer.cookies
    again = Client().get(path_of(push), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert Client().get(f"/c/{push.campaign.slug}/en-x.png").status_code == 200


def test_of_what_is_not_public_there_is_none():
    closed = [make_campaign(visibility=kind) for kind in (Visibility.LINK, Visibility.INVITATION)]
    hidden = [*closed, make_campaign(published=False)]
    actions = [make_rally_call(campaign) for campaign in hidden] + [make_rally_call(state=ActionState.DRAFT)]
    paths = [path_of(action) for action in actions] + [f"/c/{campaign.slug}/fr-1.png" for campaign in hidden]
    public = make_rally_call()
    paths += [path_of(public, "xx"), f"/a/{public.uuid}/x.png"]
    assert {Client().get(path).status_code for path in paths} == {404}
    draw_previews(timezone.now())
    assert {preview.campaign_id for preview in Preview.objects.all()} <= {public.campaign_id, actions[-1].campaign_id}


def test_a_page_names_the_picture_of_its_words(tmp_path: Any, settings: Any):
    (tmp_path / "index.html").write_text("<html lang='fr'><title>x</title><noscript></noscript></html>")
    settings.FRONTEND_DIST = tmp_path
    push = make_hashtag_push(title={"fr": "Ce soir", "en": "Tonight"})
    for query, language, title in (("", "fr", "Ce soir"), ("?lang=en", "en", "Tonight")):
        page = Client().get(f"/a/{push.uuid}{query}").content.decode()
        picture = f"/a/{push.uuid}/{language}-{words(push, language).digest}.png"
        assert f'<meta property="og:image" content="http://127.0.0.1:8000{picture}">' in page
        assert f'<meta property="og:url" content="http://127.0.0.1:8000/a/{push.uuid}{query}">' in page
        assert f'<meta property="og:title" content="{title}">' in page
        assert '<meta name="twitter:card" content="summary_large_image">' in page
        assert re.search(rf'og:image:alt" content="[^"]*{title}', page)
        assert Client().get(picture).status_code == 200


# ---- drawn by a task, stored for all machines


def test_it_is_drawn_once_in_each_language_and_again_when_it_changes():
    push = make_hashtag_push(title={"fr": "Ce soir", "en": "Tonight"})
    now = timezone.now()
    assert [draw_previews(now), draw_previews(now)] == [4, 0]  # the action and its campaign, in two languages
    type(push).objects.filter(pk=push.pk).update(title={"fr": "Demain", "en": "Tonight"})
    assert draw_previews(now) == 1
    assert Preview.objects.filter(action=push).count() == 2


def test_looking_for_what_changed_costs_the_same_for_many(django_assert_num_queries: Any):
    for _ in range(3):
        make_gathering(make_rally_call())
    draw_previews(timezone.now())
    with django_assert_num_queries(6):  # two to delete; what is stored; campaigns; actions, gatherings
        assert draw_previews(timezone.now()) == 0


def test_it_is_drawn_anew_when_the_hashtag_is_revealed():
    push = make_hashtag_push(reveal_at=far(1))
    draw_previews(timezone.now())
    before = {one.language: bytes(one.picture) for one in Preview.objects.filter(action=push)}
    assert draw_previews(far(2)) == 2
    after = {one.language: bytes(one.picture) for one in Preview.objects.filter(action=push)}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_a_picture_of_before_is_not_shown_after_nor_the_other_way_round():
    push = make_hashtag_push(reveal_at=far(1))
    draw_previews(far(2))  # by a machine whose clock is ahead
    stored = [bytes(one.picture) for one in Preview.objects.filter(action=push)]
    shown = Client().get(path_of(push)).content
    assert shown not in stored
    assert shown == draw_card(words(push).card)


def test_what_is_stored_is_what_is_shown(django_assert_num_queries: Any):
    push = make_hashtag_push()
    draw_previews(timezone.now())
    with django_assert_num_queries(3):  # the action, its gatherings, the picture
        shown = Client().get(path_of(push)).content
    assert shown == bytes(Preview.objects.get(action=push, language="fr").picture)
    with django_assert_num_queries(0):
        Client().get(path_of(push))


def test_what_is_public_no_more_leaves_no_picture():
    push, over = make_hashtag_push(), make_hashtag_push(starts_at=far(-24 * 40), ends_at=far(-24 * 39))
    draw_previews(timezone.now())
    assert not Preview.objects.filter(action=over).exists()
    Campaign.objects.filter(pk=push.campaign_id).update(visibility=Visibility.INVITATION)
    draw_previews(timezone.now())
    assert not Preview.objects.filter(campaign=push.campaign).exists()


def test_publishing_and_saving_draw_it(django_capture_on_commit_callbacks: Any):
    campaign = make_campaign()
    push = make_hashtag_push(campaign, state=ActionState.DRAFT, starts_at=far(1), ends_at=far(2))
    organiser = Organiser(make_member(campaign))
    with django_capture_on_commit_callbacks(execute=True):
        organiser.send(page_of(push), "_publish")
    assert DBTaskResult.objects.filter(task_path__endswith="draw_previews").exists()
    tasks.draw_previews.call()
    assert Preview.objects.filter(action=push).count() == 2
