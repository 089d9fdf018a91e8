"""Security headers: on every answer, by address."""

from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import pytest
from django.test import Client

from mobilise.headers import APP_POLICY, PAGE_POLICY, WORKER_POLICY, add_static_headers, headers_of

pytestmark = pytest.mark.django_db
EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize(
    ("path", "policy", "referrer"),
    [
        ("/", APP_POLICY, "no-referrer"),
        ("/settings", APP_POLICY, "no-referrer"),
        ("/healthz", APP_POLICY, "no-referrer"),
        ("/nothing", APP_POLICY, "no-referrer"),
        ("/api/v1/feed", APP_POLICY, "no-referrer"),
        ("/api/v1/nothing", APP_POLICY, "no-referrer"),
        ("/api/v1/docs", PAGE_POLICY, "no-referrer"),
        ("/accounts/login/", PAGE_POLICY, "same-origin"),
        ("/admin/", PAGE_POLICY, "same-origin"),
        ("/admin/nothing/", PAGE_POLICY, "same-origin"),
    ],
)
def test_every_answer_has_them(path: str, policy: str, referrer: str):
    headers = Client().get(path).headers

    assert (headers["Content-Security-Policy"], headers["Referrer-Policy"]) == (policy, referrer)
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/", "/api/v1/feed", "/admin/", "/healthz"])
def test_over_https_it_stays_https(settings: Any, path: str):
    settings.SECURE, settings.SECURE_HSTS_SECONDS = True, 31536000

    assert Client().get(path)["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("policy", [APP_POLICY, PAGE_POLICY, WORKER_POLICY])
def test_no_policy_allows_anything_unsafe_or_foreign(policy: str):
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/device", "/admin/", "/accounts/login/"])
def test_what_is_personal_is_kept_nowhere(path: str):
    assert "no-store" in Client().get(path)["Cache-Control"]


@pytest.mark.parametrize(
    ("url", "policy", "cached"),
    [
        ("/sw.js", WORKER_POLICY, "no-cache"),
        ("/index.html", APP_POLICY, "no-cache"),
        ("/assets/index-1.js", APP_POLICY, "max-age=60"),
        ("/static/admin/css/base.css", PAGE_POLICY, "max-age=60"),
    ],
)
def test_files_have_them_too(url: str, policy: str, cached: str):
    headers = Headers([("Cache-Control", "max-age=60")])

    add_static_headers(headers, "file", url)

    assert (headers["Content-Security-Policy"], headers["Cache-Control"]) == (policy, cached)
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_built_files_are_served_with_them(settings: Any, tmp_path: Path):
    (tmp_path / "assets").mkdir()
    for name in ("sw.js", "assets/app.js"):
        (tmp_path / name).write_text("{}")
    settings.WHITENOISE_ROOT = tmp_path
    client = Client()

    worker, asset = (client.get(url) for url in ("/sw.js", "/assets/app.js"))

    assert (worker["Content-Security-Policy"], worker["Cache-Control"]) == (WORKER_POLICY, "no-cache")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "immutable" in asset["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in asset.headers
    assert headers_of("/sw.js").items() <= worker.headers.items()
