"""An action's page stays short: an alert shows what it says, and its form unfolds where it has to be seen."""

import pytest

from tests.admin_pages import Organiser, page_of, parse
from tests.make import far, make_alert, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert():
    return make_alert(make_hashtag_push(), title={"fr": "Dix-huit heures"}, send_at=far(1), expires_at=far(2))


def folds_of(response):
    return [
        "open" in values
        for tag, values in parse(response).elements
        if tag == "details" and values.get("class") == "alert-change"
    ]


def test_it_shows_what_the_alert_says_above_its_folded_form(alert):
    page = Organiser(make_member(alert.action.campaign)).get(page_of(alert.action))
    assert folds_of(page) == [False]
    text = page.content.decode()
    assert text.index("<strong>Dix-huit heures</strong>") < text.index('class="alert-change"')


def test_it_unfolds_a_form_with_something_to_mend(alert):
    owner = Organiser(make_member(alert.action.campaign))
    page = owner.send(page_of(alert.action), **{"alerts-0-title_fr": "x" * 61})
    assert folds_of(page) == [True]
