"""The app's pages: the bare shell everywhere, and a public action readable without JavaScript."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns.models import ActionLink, ActionState, Visibility
from mobilise.first_files import FILE
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
PATHS = [
    "/",
    "/shell",
    "/settings",
    "/settings/privacy",
    "/alerts",
    "/alerts/check",
    "/transfer",
    "/install",
    "/c/anasse",
    f"/a/{UNKNOWN_ID}",
]


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


@pytest.mark.parametrize("path", PATHS[:8])
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


# ---- what a page asks for beside the app itself

LISTED = {
    "screens": {
        "feed": ["/assets/feed.js", "/assets/shared.js"],
        "campaign": ["/assets/campaign.js", "/assets/shared.js"],
        "action": ["/assets/action.js"],
        "rally_call": ["/assets/rally.js"],
    },
    "texts": {"en": "/assets/en.json", "fr": "/assets/fr.json"},
}
MODULE = '<link rel="modulepreload" crossorigin href="{}">'
DATA = '<link rel="preload" as="fetch" crossorigin href="{}">'


def links_of(path: str, language: str) -> list[str]:
    """The links that the page has more than the bare one."""
    page = get(path, **{"Accept-Language": language}).content.decode()
    return [line.strip() for line in page.splitlines() if "preload" in line]


def links(scripts: list[str], data: list[str]) -> list[str]:
    return [MODULE.format(f"/assets/{name}.js") for name in scripts] + [DATA.format(name) for name in data]


@pytest.fixture
def listed(shell: Path) -> None:
    """The build says which files belong to which screen."""
    (shell.parent / FILE).write_text(json.dumps(LISTED), encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("de-DE,en;q=0.5", "en"), ("de-DE", "en"), ("", "en"), ("de,fr;q=0.5", "fr")],
)
def test_the_start_asks_for_its_screen_its_texts_and_its_answer(listed: None, asked: str, spoken: str):
    expected = links(["feed", "shared"], [f"/assets/{spoken}.json", "/api/v1/feed"])

    assert links_of("/", asked) == expected
    assert "Accept-Language" in get("/")["Vary"]


def test_a_campaign_asks_for_its_own(listed: None):
    make_campaign(slug="anasse")

    answers = ["/api/v1/campaigns/anasse", "/api/v1/campaigns/anasse/feed"]
    assert links_of("/c/anasse", "fr") == links(["campaign", "shared"], ["/assets/fr.json", *answers])


def test_an_action_asks_for_its_kind_and_for_its_count_while_it_counts(listed: None):
    on, over = make_rally_call(ends_at=far(1)), make_rally_call(starts_at=far(-2), ends_at=far(-1))

    for action, more in ((on, [f"/api/v1/actions/{on.uuid}/pulse"]), (over, [])):
        answers = [f"/api/v1/actions/{action.uuid}", *more, "/api/v1/feed"]
        assert links_of(f"/a/{action.uuid}", "en") == links(["action", "rally"], ["/assets/en.json", *answers])


@pytest.mark.parametrize("path", PATHS[1:])
def test_the_page_that_stands_for_all_asks_for_nothing_of_one(listed: None, path: str):
    assert get(path).content.decode() == get("/shell").content.decode() == SHELL


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


# ---- a public campaign


def test_a_campaign_can_be_read_without_javascript_and_previewed(django_assert_num_queries: Any):
    campaign = make_campaign(
        slug="anasse", name={"fr": "500 signatures", "en": "500 sponsors"}, summary={"fr": "Avant le 4 mars."}
    )
    make_rally_call(campaign, title={"fr": "Tous à la Sorbonne"})
    make_hashtag_push(campaign, title={"fr": "Brouillon"}, state=ActionState.DRAFT)
    make_hashtag_push(campaign, title={"fr": "#500SignaturesPourAnasse"}, reveal_at=far(1))

    with django_assert_num_queries(2):  # the campaign, its actions
        page = get("/c/anasse").content.decode()

    assert "<title>500 signatures</title>" in page
    assert '<meta property="og:description" content="Avant le 4 mars.">' in page
    assert '<meta property="og:url" content="http://127.0.0.1:8000/c/anasse">' in page
    summary = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Tous à la Sorbonne" in summary
    assert "Brouillon" not in page
    assert "#500Signatures" not in page
    assert "<title>500 sponsors</title>" in get("/c/anasse?lang=en").content.decode()
    with django_assert_num_queries(0):
        get("/c/anasse")


def test_a_closed_campaign_is_the_bare_shell():
    closed = [make_campaign(visibility=kind) for kind in (Visibility.LINK, Visibility.INVITATION)]
    hidden = [*closed, make_campaign(published=False)]

    assert [get(f"/c/{campaign.slug}").content.decode() for campaign in hidden] == [SHELL] * 3


# ---- health


def test_healthz_asks_nobody(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        response = get("/healthz")

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
