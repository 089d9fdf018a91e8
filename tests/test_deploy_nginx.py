"""The nginx configuration of deploy/: what it keeps, what it passes on, what it says itself."""

import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from mobilise.headers import APP_POLICY
from tests.deployed_nginx import NAME, ROOT, Answer, DeployedNginx, ask, wait_for_a_second_to_begin
from tests.make import UNKNOWN_ID
from tests.recording_upstream import PRIVATE, PUBLIC, RecordingUpstream
from tests.servers.server import LOOPBACK, Missing

ACTION = f"/api/v1/actions/{UNKNOWN_ID}"
ADDRESS = "203.0.113.77"
# A picture's: a phone may keep it for longer than nginx does.
FOR_BROWSERS = {"Cache-Control": "public, max-age=600"}
# nginx counts in whole seconds: what is good for one is asked for anew in the second after the next.
STALE = 2.1


@pytest.fixture
def upstream() -> Iterator[RecordingUpstream]:
    made = RecordingUpstream()
    yield made
    made.stop()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built app of a few words."""
    files = {"index.html": "the app", "sw.js": "the worker", "assets/app.js": "the code"}
    for name, text in files.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "dist"


@pytest.fixture
def nginx(upstream: RecordingUpstream, dist: Path, tmp_path: Path) -> Iterator[DeployedNginx]:
    try:
        server = DeployedNginx(tmp_path / "nginx", upstream.port, dist)
    except Missing as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))
    with server:
        yield server


def stampede(nginx: DeployedNginx, path: str, number: int = 100) -> list[Answer]:
    """So many at once."""
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(lambda _: nginx.ask(path), range(number)))


def test_it_is_accepted_without_a_warning(nginx: DeployedNginx) -> None:
    checked = nginx.check()
    assert (checked.returncode, "[warn]" in checked.stderr, "[emerg]" in checked.stderr) == (0, False, False)


@pytest.mark.parametrize("path", ["/api/v1/feed", ACTION, f"{ACTION}/pulse"])
def test_it_answers_a_public_question_from_its_cache(nginx: DeployedNginx, upstream: RecordingUpstream, path: str):
    upstream.headers = PUBLIC
    wait_for_a_second_to_begin()
    first, second = nginx.ask(path), nginx.ask(path)
    assert (first["X-Cache"], second["X-Cache"], first.body) == ("MISS", "HIT", second.body)
    assert (second["Cache-Control"], second["ETag"]) == (PUBLIC["Cache-Control"], PUBLIC["ETag"])


def test_it_asks_anew_after_a_moment(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC
    first = nginx.ask("/api/v1/feed")
    time.sleep(STALE)
    assert nginx.ask("/api/v1/feed").body != first.body


PICTURE = f"/api/v1/pictures/{UNKNOWN_ID}"


@pytest.mark.parametrize("path", ["/api/v1/feed", PICTURE])
def test_nothing_old_is_given_out_while_the_web_processes_are_slow(
    nginx: DeployedNginx, upstream: RecordingUpstream, path: str
):
    upstream.headers = PUBLIC | FOR_BROWSERS
    first = nginx.ask(path)
    time.sleep(STALE)
    upstream.seconds = 1.0
    assert first.body not in {answer.body for answer in stampede(nginx, path, 20)}


def test_nothing_old_is_given_out_while_the_web_processes_are_away(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC
    nginx.ask("/api/v1/feed")
    upstream.stop()
    time.sleep(STALE)
    answer = nginx.ask("/api/v1/feed")
    assert (answer.status, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")


def test_a_picture_that_was_taken_back_is_asked_for_anew(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC | FOR_BROWSERS
    first = nginx.ask(PICTURE)
    time.sleep(STALE)
    answer = nginx.ask(PICTURE)
    assert (answer.body != first.body, answer["Cache-Control"]) == (True, FOR_BROWSERS["Cache-Control"])


def test_a_stampede_asks_once(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC
    nginx.ask("/api/v1/feed")
    time.sleep(STALE)
    upstream.asked.clear()
    upstream.seconds = 0.02
    answers = stampede(nginx, "/api/v1/feed")
    assert {answer.status for answer in answers} == {200}
    assert 1 <= len(upstream.asked) <= 10


def test_a_stampede_on_what_nobody_asked_for_yet_asks_a_few_times(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers, upstream.seconds = PUBLIC, 0.02
    answers = stampede(nginx, "/api/v1/feed")
    assert {answer.status for answer in answers} == {200}
    assert 1 <= len(upstream.asked) <= 20


@pytest.mark.parametrize("path", ["/api/v1/feed", ACTION, f"{ACTION}/pulse", "/api/v1/device", "/admin/"])
def test_it_keeps_nothing_that_is_private(nginx: DeployedNginx, upstream: RecordingUpstream, path: str):
    upstream.headers = PRIVATE
    answers = [nginx.ask(path, headers={"Cookie": "__Host-device=1"}) for _ in range(3)]
    assert len({answer.body for answer in answers}) == 3
    assert {answer["Set-Cookie"] for answer in answers} == {PRIVATE["Set-Cookie"]}
    assert not {"HIT", "STALE", "UPDATING"} & {answer["X-Cache"] for answer in answers}


def test_of_many_at_once_each_gets_their_own_private_answer(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers, upstream.seconds = PRIVATE, 0.1
    answers = stampede(nginx, ACTION, 30)
    assert len({answer.body for answer in answers}) == len(upstream.asked) == 30


def test_cookies_of_a_device_pass_in_both_directions(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PRIVATE
    answer = nginx.ask("/api/v1/device", headers={"Cookie": "__Host-device=1"})
    assert upstream.asked[0].headers["cookie"] == "__Host-device=1"
    assert answer.all("Set-Cookie") == [PRIVATE["Set-Cookie"]]


def test_the_feed_is_asked_for_without_cookie_and_query(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC
    wait_for_a_second_to_begin()
    nginx.ask("/api/v1/feed?anything=1", headers={"Cookie": "__Host-device=1"})
    assert (upstream.asked[0].path, "cookie" in upstream.asked[0].headers) == ("/api/v1/feed", False)
    assert nginx.ask("/api/v1/feed?anything=2")["X-Cache"] == "HIT"


def test_the_two_encodings_are_kept_apart(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.headers = PUBLIC
    wait_for_a_second_to_begin()
    wanted = ["gzip, deflate, br, zstd", "gzip, deflate, br", "", "br"]
    answers = [nginx.ask("/api/v1/feed", headers={"Accept-Encoding": one}) for one in wanted]
    assert [answer["X-Cache"] for answer in answers] == ["MISS", "HIT", "MISS", "HIT"]
    assert [asked.headers.get("accept-encoding") for asked in upstream.asked] == ["gzip", None]


def test_it_says_from_where_a_call_comes_and_believes_no_caller(nginx: DeployedNginx, upstream: RecordingUpstream):
    nginx.ask("/api/v1/config", headers={"X-Forwarded-For": ADDRESS, "X_Forwarded_For": ADDRESS})
    assert upstream.asked[0].headers["x-forwarded-for"] == LOOPBACK
    assert upstream.asked[0].headers["host"] == NAME
    assert ADDRESS not in str(upstream.asked[0])


@pytest.mark.parametrize(
    "path", ["/metrics", "/readyz", "/metrics/", "/metrics?x=1", "//metrics", "/%6detrics", "/a/../readyz", "/./readyz"]
)
def test_what_is_for_the_operator_is_not_reached_from_outside(
    nginx: DeployedNginx, upstream: RecordingUpstream, path: str
):
    assert (nginx.ask(path).status, upstream.asked) == (404, [])


def test_a_large_body_stops_here(nginx: DeployedNginx, upstream: RecordingUpstream):
    answer = nginx.ask("/api/v1/devices", "POST", body=b" " * 70_000)
    assert (answer.status, answer["Content-Type"], b"too_large" in answer.body) == (413, "application/json", True)
    assert upstream.asked == []


def test_large_headers_stop_here(nginx: DeployedNginx, upstream: RecordingUpstream):
    assert nginx.ask("/", headers={"X-Large": "x" * 9_000}).status == 400
    assert upstream.asked == []


def test_a_form_of_the_admin_may_be_large(nginx: DeployedNginx):
    assert nginx.ask("/admin/campaigns/", "POST", body=b" " * 1_000_000).status == 200


def test_the_app_opens_while_the_web_processes_are_away(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.stop()
    answers = [
        nginx.ask(path)
        for path in (
            "/",
            "/settings",
            "/settings/privacy",
            "/alerts",
            "/alerts/check",
            "/install",
            "/c/500-signatures",
            f"/a/{uuid4()}",
        )
    ]
    assert {(answer.status, answer.body, answer["Content-Security-Policy"]) for answer in answers} == {
        (200, b"the app", APP_POLICY)
    }


def test_it_says_that_the_web_processes_are_away_as_the_api_says_things(
    nginx: DeployedNginx, upstream: RecordingUpstream
):
    upstream.stop()
    answer = nginx.ask("/api/v1/config")
    assert (answer.status, answer["Retry-After"], answer["Content-Type"]) == (503, "5", "application/json")
    assert answer.body.startswith(b'{"code": "unavailable"')
    assert answer.all("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]


def test_compressed_files_are_used(nginx: DeployedNginx, dist: Path):
    (dist / "assets" / "app.js.gz").write_bytes(b"the code, compressed")
    answer = nginx.ask("/assets/app.js", headers={"Accept-Encoding": "gzip, br"})
    assert (answer.body, answer["Content-Encoding"]) == (b"the code, compressed", "gzip")
    assert (answer["Vary"], "immutable" in answer["Cache-Control"]) == ("Accept-Encoding", True)


def test_a_file_that_is_not_there_is_not_kept_as_if_it_were(nginx: DeployedNginx):
    answer = nginx.ask("/assets/of-another-version.js")
    assert (answer.status, answer["Cache-Control"]) == (404, "")


def test_it_speaks_http_2(nginx: DeployedNginx):
    assert nginx.curl("/", "--http2", "--output", "/dev/null", "--write-out", "%{http_version} %{http_code}") == "2 200"


def test_a_name_that_is_not_ours_gets_no_certificate(nginx: DeployedNginx):
    context = ssl.create_default_context(cafile=str(nginx.ca_file))
    plain = socket.create_connection((LOOPBACK, nginx.port), timeout=30)
    with plain, pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        context.wrap_socket(plain, server_hostname="scanner.example")


def test_the_health_check_of_its_container_tells_whether_it_lives(nginx: DeployedNginx):
    compose = (ROOT / "deploy" / "compose" / "compose.yaml").read_text()
    [check] = re.findall(r'\["CMD-SHELL", "(curl .*)"\]', compose)
    command = check.replace("$$", "$").replace("127.0.0.1/", f"127.0.0.1:{nginx.plain_port}/")
    alive = subprocess.run(["sh", "-c", command], check=False).returncode
    nginx.stop()
    assert (alive, subprocess.run(["sh", "-c", command], check=False).returncode) == (0, 1)


def test_plain_http_leads_to_https_and_knows_certbots_files(nginx: DeployedNginx):
    token = nginx.acme / ".well-known" / "acme-challenge" / "token"
    token.parent.mkdir(parents=True)
    token.write_text("proof")
    moved, proof = (ask(nginx.plain_port, path) for path in ("/c/here?x=1", "/.well-known/acme-challenge/token"))
    assert (moved.status, moved["Location"]) == (301, f"https://{NAME}/c/here?x=1")
    assert (proof.status, proof.body) == (200, b"proof")


def test_the_manifest_of_one_phone_is_passed_on_with_its_token_and_never_kept(
    nginx: DeployedNginx, upstream: RecordingUpstream
):
    upstream.headers = PUBLIC
    path = "/manifest.webmanifest?lang=fr&icon=token-of-one-phone"
    assert nginx.ask(path).body != nginx.ask(path).body
    assert {asked.path for asked in upstream.asked} == {path}


def test_it_writes_no_address_and_no_path_down(nginx: DeployedNginx, upstream: RecordingUpstream):
    upstream.stop()
    path = f"/api/v1/actions/{uuid4()}"
    manifest = "/manifest.webmanifest?lang=fr&icon=token-of-one-phone"
    assert nginx.ask(manifest).status == 503
    assert [nginx.ask(path).status, nginx.ask("/assets/x").status, nginx.ask("/admin/").status] == [503, 404, 503]
    nginx.ask("/api/v1/devices", "POST", body=b" " * 70_000)
    nginx.ask("/", headers={"X-Large": "x" * 9_000})
    with socket.create_connection((LOOPBACK, nginx.port)) as garbage:
        garbage.sendall(b"not TLS\r\n\r\n")
        garbage.recv(1000)
    nginx.stop()
    written = nginx.log.read_text() + "".join(
        file.read_text(errors="replace") for file in nginx.folder.glob("mobilise-*/**/*") if file.is_file()
    )
    assert [word for word in (LOOPBACK, "client", path, "/assets/x", NAME, "token-of") if word in written] == []
