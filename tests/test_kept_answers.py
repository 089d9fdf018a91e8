"""Whole answers in front of Django: the same as Django's, for whom they are meant, and not a moment too old."""

import time

import pytest
from django.conf import settings

from campaigns.models import Action, Campaign, Visibility
from mobilise.kept_answers import MOST_ANSWERS, Application, KeptAnswers
from tests.make import make_campaign, make_device, make_follow, make_hashtag_push
from tests.wsgi_site import WsgiSite

# Requests close the connections that they find.
pytestmark = pytest.mark.django_db(transaction=True)

FEED = "/api/v1/feed"
# The feed's seconds and a little.
OVER = 1.1


@pytest.fixture
def answers() -> list[KeptAnswers]:
    """The one that is in front of Django, once that is there."""
    return []


@pytest.fixture
def kept(answers: list[KeptAnswers]) -> WsgiSite:
    def wrap(django: Application) -> KeptAnswers:
        answers.append(KeptAnswers(django))
        return answers[0]

    return WsgiSite(wrap)


@pytest.fixture
def action(transactional_db: None) -> Action:
    """One of five: so much in the feed that it is worth compressing."""
    campaign = make_campaign()
    pushes = [make_hashtag_push(campaign) for _ in range(5)]
    return pushes[0]


@pytest.mark.parametrize("what", ["/api/v1/feed", "/api/v1/actions/{}", "/api/v1/actions/{}/pulse"])
def test_what_anybody_may_have_is_repeated_as_django_said_it(kept: WsgiSite, action: Action, what: str):
    path = what.format(action.uuid)
    kept.get(path)
    first = kept.get(path)

    assert first[0] == "200 OK"
    assert [kept.get(path) for _ in range(20)] == [first] * 20
    assert kept.asked <= 2


def test_what_a_phone_has_is_not_sent_again(kept: WsgiSite, action: Action):
    _, headers, body = kept.get(FEED)
    etag = headers["ETag"]
    asked = kept.asked

    answers = [kept.get(FEED, HTTP_IF_NONE_MATCH=etag) for _ in range(3)]

    assert [(status, body) for status, _, body in answers] == [("304 Not Modified", b"")] * 3
    assert kept.asked == asked + 1
    assert kept.get(FEED)[2] == body
    assert kept.get(FEED, HTTP_IF_NONE_MATCH='W/"another"')[2] == body


def test_bytes_are_compressed_for_who_reads_that_alone(kept: WsgiSite, action: Action):
    for _ in range(2):
        _, plain, body = kept.get(FEED)
        _, compressed, packed = kept.get(FEED, HTTP_ACCEPT_ENCODING="br, gzip")

        assert "Content-Encoding" not in plain
        assert compressed["Content-Encoding"] == "gzip"
        assert len(packed) < len(body)


def test_a_change_is_told_when_the_answers_time_is_over(kept: WsgiSite, action: Action):
    make_campaign(slug="later")
    kept.get(FEED)
    Campaign.objects.filter(slug="later").update(visibility=Visibility.LINK)
    time.sleep(OVER)

    assert b'"later"' not in kept.get(FEED)[2]


def test_a_closed_campaigns_answer_is_its_followers_alone(kept: WsgiSite):
    closed = make_campaign(visibility=Visibility.LINK)
    follower = make_device()
    make_follow(closed, follower)
    cookie = f"{settings.DEVICE_COOKIE_NAME}={follower.cookie}"  # type: ignore[attr-defined]
    path = f"/api/v1/campaigns/{closed.slug}/feed"

    for _ in range(3):
        assert kept.get(path, HTTP_COOKIE=cookie)[0] == "200 OK"
        assert kept.get(path)[0] == "404 Not Found"
    assert kept.asked == 6


def test_another_host_is_refused_though_the_answer_is_there(kept: WsgiSite, action: Action):
    kept.get(FEED)

    assert kept.get(FEED, HTTP_HOST="elsewhere.example")[0] == "400 Bad Request"
    assert kept.get(FEED)[0] == "200 OK"


def test_only_get_is_answered_from_what_is_kept(kept: WsgiSite, action: Action):
    kept.get(FEED)

    assert kept.get(FEED, method="DELETE")[0] == "403 Forbidden"
    kept.get(FEED, method="HEAD")
    assert kept.asked == 3


def test_made_up_addresses_do_not_fill_the_memory(kept: WsgiSite, answers: list[KeptAnswers], action: Action):
    long = "x" * 5000
    kept.get(FEED, query=long)
    kept.get(FEED, query=long)
    assert kept.asked == 2

    for number in range(2 * MOST_ANSWERS + 10):
        kept.get(FEED, query=str(number))
    assert len(answers[0]._answers) <= MOST_ANSWERS
