"""Alerts on the page of their action as phones show them."""

import pytest
from django.conf import settings

from tests.admin_pages import Organiser, page_of, parse
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


def previews(alert, campaign, language="en"):
    page = Organiser(make_member(campaign)).get(page_of(alert.action), headers={"Accept-Language": language})
    (form,) = page.context["inline_admin_formsets"][-1].formset.initial_forms
    return form.card.previews, parse(page)


def make_draft(campaign=None, **values):
    campaign = campaign or make_campaign()
    return make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(3), **values), campaign


def test_it_shows_each_language_on_each_kind_of_screen():
    alert, campaign = make_draft()
    shown, page = previews(alert, campaign)
    assert [(one.code, [screen.kind for screen in one.screens]) for one in shown] == [
        ("fr", ["android", "iphone", "discreet"]),
        ("en", ["android", "iphone", "discreet"]),
    ]
    assert [one.screens[0].title for one in shown] == ["C'est l'heure", "It is time"]
    assert {one.app for one in shown} == {settings.SITE_NAME}
    assert "How phones show it" in page.text


def test_it_cuts_the_texts_as_the_phones_do():
    alert, campaign = make_draft(title={"fr": "t" * 60}, body={"fr": "b" * 180})
    android, iphone, _discreet = previews(alert, campaign)[0][0].screens
    assert (len(android.title), len(android.body), len(android.folded)) == (50, 120, 49)
    assert (len(iphone.title), len(iphone.body)) == (40, 160)
    assert android.title.endswith("t…")


def test_it_shows_no_word_of_it_on_a_discreet_screen():
    alert, campaign = make_draft()
    discreet = previews(alert, campaign)[0][0].screens[2]
    assert discreet.title == settings.SITE_NAME
    assert discreet.body.startswith("Nouveau message, à lire avant")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "No English text: French is shown."), ("fr", "Pas de texte en anglais\u00a0: c'est le texte en français")],
)
def test_it_says_which_language_stands_in_for_a_missing_text(language, said):
    alert, campaign = make_draft(title={"fr": "C'est l'heure"}, body={"fr": "Dix-huit heures."})
    shown, _page = previews(alert, campaign, language)
    assert shown[0].missing == ""
    assert shown[1].missing.startswith(said)
    assert shown[1].screens[0].body == "Dix-huit heures."


def test_it_begins_with_the_campaign_s_main_language():
    alert, campaign = make_draft(make_campaign(main_language="en"))
    assert [one.code for one in previews(alert, campaign)[0]] == ["en", "fr"]
