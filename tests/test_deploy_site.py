"""A real site behind the nginx of deploy/: what people get through both."""

import gzip
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Device
from campaigns.models import HashtagPush, Visibility
from mobilise.headers import headers_of
from tests.delivering import wait_until
from tests.deployed_nginx import NAME, Answer, DeployedNginx, ask, wait_for_a_second_to_begin
from tests.make import make_campaign, make_device, make_follow, make_hashtag_push
from tests.running_site import RunningSite
from tests.servers.server import Missing

# The app: its pages, named as the site is, and its files, which nginx gives out from disk.
APP = [
    "/",
    "/index.html",
    "/settings",
    "/settings/privacy",
    "/alerts/check",
    "/alerts",
    "/transfer",
    "/install",
    "/c/500-signatures",
    "/sw.js",
]
FROM_THE_SITE = [
    "/manifest.webmanifest",
    "/api/v1/feed",
    "/api/v1/config",
    "/api/v1/device",
    "/api/v1/docs",
    "/admin/login/",
    "/healthz",
    "/no",
]


class Deployed:
    """The site, and nginx in front of it."""

    def __init__(self, site: RunningSite, nginx: DeployedNginx) -> None:
        self.site, self.nginx = site, nginx
        self.ask = nginx.ask
        self.origin = f"https://{NAME}"

    def ask_directly(self, path: str) -> Answer:
        """Past nginx."""
        return ask(int(self.site.origin.rpartition(":")[2]), path)

    def change(self, path: str, method: str, body: object = None, cookie: str = "") -> Answer:
        """A call as the app makes it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin, "Content-Type": "application/json"}
        return self.ask(path, method, headers={**headers, "Cookie": cookie}, body=json.dumps(body))


@pytest.fixture(scope="module")
def deployed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """One for all tests of this file: each makes rows of its own, and none counts all."""
    folder = tmp_path_factory.mktemp("deployed")
    # Its secure cookies and HSTS hang on the scheme; nginx's port is not known yet, and not part of what is tested.
    site = RunningSite(folder, {"SITE_URL": f"https://{NAME}", "ALLOWED_HOSTS": f"{NAME},127.0.0.1"})
    with django_db_blocker.unblock():
        try:
            site.wait()
            with start_nginx(folder, site) as nginx:
                yield Deployed(site, nginx)
        finally:
            site.stop()
            call_command("flush", interactive=False, verbosity=0)


def start_nginx(folder: Path, site: RunningSite) -> DeployedNginx:
    """Not started yet. Without nginx the test is skipped, in CI it fails."""
    try:
        return DeployedNginx(folder / "nginx", int(site.origin.rpartition(":")[2]), settings.FRONTEND_DIST)
    except Missing as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))


@pytest.fixture
def push(deployed: Deployed) -> HashtagPush:
    """One of several: a feed that is worth compressing."""
    campaign = make_campaign()
    first, *_ = [make_hashtag_push(campaign) for _ in range(5)]
    return first


def test_the_feed_comes_from_the_cache_the_same_for_everybody(deployed: Deployed, push: HashtagPush):
    wait_until(lambda: str(push.uuid) in deployed.ask("/api/v1/feed").body.decode(), "the feed has it")
    plain = deployed.ask("/api/v1/feed")
    again = deployed.ask("/api/v1/feed", headers={"If-None-Match": plain["ETag"]})
    packed = deployed.ask("/api/v1/feed", headers={"Accept-Encoding": "gzip, deflate, br"})
    with_cookie = [deployed.ask("/api/v1/feed", headers={"Cookie": "__Host-device=of-somebody"}) for _ in range(5)]
    assert plain.status == 200
    assert "HIT" in {answer["X-Cache"] for answer in with_cookie}
    assert {answer["ETag"] for answer in with_cookie} == {plain["ETag"]}
    assert plain["Cache-Control"] == "public, max-age=1"
    assert (again.status, again.body, again["ETag"]) == (304, b"", plain["ETag"])
    assert (packed["Content-Encoding"], packed["Vary"], packed["ETag"]) == ("gzip", "Accept-Encoding", plain["ETag"])
    assert json.loads(gzip.decompress(packed.body))["live"] == json.loads(plain.body)["live"]


def test_a_hundred_phones_ask_for_a_count_in_the_same_second(deployed: Deployed, push: HashtagPush):
    path = f"/api/v1/actions/{push.uuid}/pulse"
    wait_for_a_second_to_begin()
    deployed.ask(path)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: deployed.ask(path), range(100)))
    assert {answer.status for answer in answers} == {200}
    kept = [answer for answer in answers if answer["X-Cache"] == "HIT"]
    assert len(kept) >= 90


def test_an_action_of_a_closed_campaign_is_given_to_followers_and_never_kept(deployed: Deployed):
    campaign = make_campaign(visibility=Visibility.INVITATION)
    path = f"/api/v1/actions/{make_hashtag_push(campaign).uuid}"
    follower = make_device()
    make_follow(campaign, follower)
    cookie = {"Cookie": f"__Host-device={follower.cookie}"}  # type: ignore[attr-defined]  # given by the factory
    answers = [deployed.ask(path, headers=cookie), deployed.ask(path, headers=cookie), deployed.ask(path)]
    assert [answer.status for answer in answers] == [200, 200, 404]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert {answer["X-Cache"] for answer in answers} == {"MISS"}


def test_a_device_is_made_known_and_erased_through_it(deployed: Deployed):
    made = deployed.change("/api/v1/devices", "POST", {"language": "fr", "time_zone": "Europe/Paris"})
    cookie = made["Set-Cookie"].partition(";")[0]
    assert (made.status, cookie.startswith("__Host-device=")) == (201, True)
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(made["Set-Cookie"].split("; "))
    known, unknown = deployed.ask("/api/v1/device", headers={"Cookie": cookie}), deployed.ask("/api/v1/device")
    assert (known.status, known["Cache-Control"], known["X-Cache"]) == (200, "private, no-store", "")
    assert unknown.status == 401
    known_as = json.loads(known.body)["id"]
    assert Device.objects.filter(uuid=known_as).exists()
    assert deployed.change("/api/v1/device", "DELETE", cookie=cookie).status == 204
    assert not Device.objects.filter(uuid=known_as).exists()


def test_every_answer_has_the_security_headers_once_and_as_the_application_says_them(deployed: Deployed, settings: Any):
    assets = [f"/assets/{file.name}" for file in sorted((Path(settings.FRONTEND_DIST) / "assets").iterdir())]
    assert assets != []
    settings.SECURE, settings.SECURE_HSTS_SECONDS = True, 31536000
    wrong = {}
    for path in [*APP, *FROM_THE_SITE, *assets, "/icons/icon-192.png"]:
        answer = deployed.ask(path)
        named = {name: value for name, value in headers_of(path).items() if name != "Cache-Control"}
        # In front of the site it is nginx that names itself, without a version (server_tokens off).
        expected = {name: [value] for name, value in {**named, "Server": "nginx"}.items()}
        said = {name: answer.all(name) for name in expected}
        if said != expected or len(answer.all("Cache-Control")) > 1:
            wrong[path] = said
    assert wrong == {}


def test_the_app_is_the_same_from_disk_as_from_the_application(deployed: Deployed):
    from_disk, from_the_site = (
        [(answer.status, answer["Cache-Control"], answer.body) for answer in map(ask_for, APP)]
        for ask_for in (deployed.ask, deployed.ask_directly)
    )
    assert from_disk == from_the_site
    assert {(status, kept) for status, kept, _ in from_disk} == {(200, "no-cache")}
    # Only the operator asks the web process directly.
    assert [deployed.ask_directly("/readyz").status, deployed.ask("/readyz").status] == [200, 404]
