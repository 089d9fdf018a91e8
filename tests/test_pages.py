"""The app's pages: the bare shell everywhere, and a public action readable without JavaScript."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns.models import ActionLink, ActionState, Visibility
from tests.make import (
    UNKNOWN_ID,
    far,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_person,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db
SHELL = """<!doctype html>
<html lang="fr">
  <head>
    <meta charset="utf-8" />
    <title>Mobilise</title>
    <meta
      name="description"
      content="Les alertes."
    />
    <script type="module" src="/assets/index.js"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>
      <p>JavaScript.</p>
    </noscript>
  </body>
</html>
"""
PATHS = ["/", "/settings", "/alerts", "/c/anasse", f"/a/{UNKNOWN_ID}"]


@pytest.fixture(autouse=True)
def shell(tmp_path: Path, settings: Any) -> Path:
    """A front end that was built."""
    (tmp_path / "index.html").write_text(SHELL, encoding="utf-8")
    settings.FRONTEND_DIST = tmp_path
    return tmp_path / "index.html"


def get(path: str, **headers: str) -> Any:
    return Client(headers=headers).get(path)


@pytest.mark.parametrize("path", PATHS)
def test_every_address_of_the_app_is_the_same_bare_shell(path: str):
    response = get(path)

    assert (response.status_code, response.content.decode()) == (200, SHELL)
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies


@pytest.mark.parametrize("path", PATHS[:4])
def test_the_shell_needs_no_database(django_assert_num_queries: Any, path: str):
    with django_assert_num_queries(0):
        get(path)


def test_a_shell_that_did_not_change_is_304():
    etag = get("/")["ETag"]

    assert get("/settings", **{"If-None-Match": etag}).status_code == 304


def test_a_new_build_is_found_at_once(shell: Path):
    etag = get("/")["ETag"]
    shell.write_text(SHELL.replace("index.js", "index2.js"), encoding="utf-8")

    response = get("/", **{"If-None-Match": etag})

    assert (response.status_code, "index2.js" in response.content.decode()) == (200, True)


@pytest.mark.parametrize("path", PATHS)
def test_without_a_build_it_says_what_to_do(shell: Path, path: str):
    shell.unlink()

    response = get(path)

    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert "make run" in response.content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/a/", "/a/1", "/settings/", "/c/../admin"])
def test_other_addresses_are_404(path: str):
    assert get(path).status_code == 404


# ---- a public action


def page_of(action: Any) -> str:
    response = get(f"/a/{action.uuid}")
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_public_action_has_a_preview_and_a_summary():
    rally = make_rally_call(
        title={"fr": "Tous à la Sorbonne", "en": "All to the Sorbonne"},
        summary={"fr": "Venez nombreux."},
        starts_at=datetime(2022, 2, 20, 17, tzinfo=UTC),
        ends_at=far(1),
    )
    make_gathering(rally)
    ActionLink.objects.create(action=rally, label={"fr": "Cagnotte"}, url="https://fund.example/")

    page = page_of(rally)

    assert "<title>Tous à la Sorbonne</title>" in page
    assert '<meta property="og:title" content="Tous à la Sorbonne">' in page
    assert f'<meta property="og:url" content="http://127.0.0.1:8000/a/{rally.uuid}">' in page
    assert page.count('name="description"') == 1
    summary = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "dimanche 20 février 2022, 18:00" in summary
    assert "(Europe/Paris)" in summary
    assert "Place de la Sorbonne, 75005 Paris" in summary
    assert 'href="https://fund.example/"' in summary
    assert page.count("/assets/index.js") == 1


def test_it_speaks_the_campaigns_main_language():
    push = make_hashtag_push(
        make_campaign(main_language="en"), starts_at=datetime(2022, 2, 20, 17, tzinfo=UTC), ends_at=far(1)
    )

    page = get(f"/a/{push.uuid}", **{"Accept-Language": "fr"}).content.decode()

    assert '<html lang="en"' in page
    assert "<title>Tonight</title>" in page
    assert "Sunday 20 February 2022, 18:00" in page


def test_what_organisers_write_is_text_and_nothing_else():
    nasty = "</title></noscript><script>alert(1)</script>\\1\"'"
    rally = make_rally_call(title={"fr": nasty}, summary={"fr": nasty})
    make_gathering(rally, name={"fr": nasty}, address=nasty)

    page = page_of(rally)

    assert page.count("<script") == SHELL.count("<script")
    assert (page.count("</noscript>"), page.count("</title>")) == (1, 1)
    assert "\\1" in page


def test_the_hashtag_is_told_after_its_hour_and_not_before():
    hidden, told = make_hashtag_push(reveal_at=far(1)), make_hashtag_push(reveal_at=far(-1))

    assert "500SignaturesPourAnasse" not in page_of(hidden)
    assert "#500SignaturesPourAnasse" in page_of(told)


def test_a_person_is_named_only_with_their_consent():
    case = make_solidarity_alert(what_to_do={"fr": "Venez à 8 h 30."})
    make_person(case, name="Anasse K.", consented_on=date(2022, 2, 18))
    make_person(case, name="Somebody Else")

    page = page_of(case)

    assert "Anasse K." in page
    assert "Somebody" not in page
    assert "Venez à 8 h 30." in page
    assert f'href="tel:{case.campaign.legal_phone}"' in page


def test_what_is_not_public_is_the_bare_shell_for_everybody():
    closed, follower = make_rally_call(make_campaign(visibility=Visibility.INVITATION)), make_device()
    make_follow(closed.campaign, follower)
    hidden = [closed, make_rally_call(state=ActionState.DRAFT), make_rally_call(make_campaign(published=False))]

    assert [page_of(action) for action in hidden] == [SHELL] * 3


def test_a_page_is_built_once_for_many(django_assert_num_queries: Any):
    case = make_solidarity_alert()
    for _ in range(3):
        make_person(case)

    with django_assert_num_queries(4):  # the action; gatherings, links, persons
        page_of(case)
    with django_assert_num_queries(0):
        page_of(case)


# ---- health


def test_healthz_asks_nobody(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        response = get("/healthz")

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
