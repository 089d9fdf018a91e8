"""What a first visit fetches comes from memory or disk: not one statement for page, script, style and feed."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from mobilise.ready import ready_answers
from tests.make import make_hashtag_push

pytestmark = pytest.mark.django_db
FEED = "/api/v1/feed"
FILE = re.compile(r'(?:src|href)="(/[^"]+\.(?:js|css))"')


def fetch(client: Client, path: str, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


@pytest.fixture
def files() -> list[str]:
    """Script and style of the page."""
    index = Path(settings.FRONTEND_DIST) / "index.html"
    assert index.exists(), "the front end is not built: make test builds it, or npm run build in frontend/"
    found = FILE.findall(index.read_text(encoding="utf-8"))
    assert {Path(name).suffix for name in found} == {".js", ".css"}
    return found


def test_a_first_visit_asks_the_database_nothing(files: list[str], django_assert_num_queries: Any):
    make_hashtag_push()
    client = Client()
    fetch(client, FEED)

    with django_assert_num_queries(0):
        answers = [fetch(client, path) for path in ("/", *files, FEED)]

    assert {response.status_code for response, _ in answers} == {200}
    assert all(body for _, body in answers)


def test_the_next_visit_fetches_nothing_that_did_not_change(files: list[str], django_assert_num_queries: Any):
    make_hashtag_push()
    client = Client()
    first, _ = fetch(client, FEED)
    pages = {path: fetch(client, path)[0] for path in files}

    with django_assert_num_queries(0):
        feed, body = fetch(client, FEED, **{"If-None-Match": first["ETag"]})

    assert (feed.status_code, body) == (304, b"")
    # Their names change with what they hold: a browser does not even ask.
    assert ["immutable" in response["Cache-Control"] for response in pages.values()] == [True] * len(files)
    ready_answers.clear()
    # Built anew, the same: still nothing to fetch.
    assert fetch(client, FEED, **{"If-None-Match": first["ETag"]})[0].status_code == 304
