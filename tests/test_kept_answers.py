"""Whole answers in front of Django: the same as Django's, for whom they are meant, and not a moment too old."""

import io
import time
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from campaigns.models import Action, Campaign, Visibility
from mobilise.kept_answers import MOST_ANSWERS, Environ, KeptAnswers, StartResponse
from tests.make import make_campaign, make_device, make_follow, make_hashtag_push

# Requests close the connections that they find.
pytestmark = pytest.mark.django_db(transaction=True)

FEED = "/api/v1/feed"
# The feed's seconds and a little.
OVER = 1.1

Answer = tuple[str, dict[str, str], bytes]


class Site:
    """Our WSGI application, and how often Django was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._django = get_wsgi_application()
        self.application = KeptAnswers(self._ask_django)

    def get(self, path: str, *, method: str = "GET", query: str = "", **headers: str) -> Answer:
        """Status line, headers and body, as the server would send them."""
        told: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            **headers,
        }
        body = b"".join(self.application(environ, lambda status, headers: told.append((status, headers))))
        status, answered = told[-1]
        return status, dict(answered), body

    def _ask_django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.asked += 1
        return self._django(environ, start_response)


@pytest.fixture
def kept() -> Site:
    return Site()


@pytest.fixture
def action(transactional_db: None) -> Action:
    """One of five: so much in the feed that it is worth compressing."""
    campaign = make_campaign()
    pushes = [make_hashtag_push(campaign) for _ in range(5)]
    return pushes[0]


@pytest.mark.parametrize("what", ["/api/v1/feed", "/api/v1/actions/{}", "/api/v1/actions/{}/pulse"])
def test_what_anybody_may_have_is_repeated_as_django_said_it(kept: Site, action: Action, what: str):
    path = what.format(action.uuid)
    kept.get(path)
    first = kept.get(path)

    assert first[0] == "200 OK"
    assert [kept.get(path) for _ in range(20)] == [first] * 20
    assert kept.asked <= 2


def test_what_a_phone_has_is_not_sent_again(kept: Site, action: Action):
    _, headers, body = kept.get(FEED)
    etag = headers["ETag"]
    asked = kept.asked

    answers = [kept.get(FEED, HTTP_IF_NONE_MATCH=etag) for _ in range(3)]

    assert [(status, body) for status, _, body in answers] == [("304 Not Modified", b"")] * 3
    assert kept.asked == asked + 1
    assert kept.get(FEED)[2] == body
    assert kept.get(FEED, HTTP_IF_NONE_MATCH='W/"another"')[2] == body


def test_bytes_are_compressed_for_who_reads_that_alone(kept: Site, action: Action):
    for _ in range(2):
        _, plain, body = kept.get(FEED)
        _, compressed, packed = kept.get(FEED, HTTP_ACCEPT_ENCODING="br, gzip")

        assert "Content-Encoding" not in plain
        assert compressed["Content-Encoding"] == "gzip"
        assert len(packed) < len(body)


def test_a_change_is_told_when_the_answers_time_is_over(kept: Site, action: Action):
    make_campaign(slug="later")
    kept.get(FEED)
    Campaign.objects.filter(slug="later").update(visibility=Visibility.LINK)
    time.sleep(OVER)

    assert b'"later"' not in kept.get(FEED)[2]


def test_a_closed_campaigns_answer_is_its_followers_alone(kept: Site):
    closed = make_campaign(visibility=Visibility.LINK)
    follower = make_device()
    make_follow(closed, follower)
    cookie = f"{settings.DEVICE_COOKIE_NAME}={follower.cookie}"  # type: ignore[attr-defined]
    path = f"/api/v1/campaigns/{closed.slug}/feed"

    for _ in range(3):
        assert kept.get(path, HTTP_COOKIE=cookie)[0] == "200 OK"
        assert kept.get(path)[0] == "404 Not Found"
    assert kept.asked == 6


def test_another_host_is_refused_though_the_answer_is_there(kept: Site, action: Action):
    kept.get(FEED)

    assert kept.get(FEED, HTTP_HOST="elsewhere.example")[0] == "400 Bad Request"
    assert kept.get(FEED)[0] == "200 OK"


def test_only_get_is_answered_from_what_is_kept(kept: Site, action: Action):
    kept.get(FEED)

    assert kept.get(FEED, method="DELETE")[0] == "403 Forbidden"
    kept.get(FEED, method="HEAD")
    assert kept.asked == 3


def test_made_up_addresses_do_not_fill_the_memory(kept: Site, action: Action):
    long = "x" * 5000
    kept.get(FEED, query=long)
    kept.get(FEED, query=long)
    assert kept.asked == 2

    for number in range(2 * MOST_ANSWERS + 10):
        kept.get(FEED, query=str(number))
    assert len(kept.application._answers) <= MOST_ANSWERS
