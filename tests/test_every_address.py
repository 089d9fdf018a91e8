"""Every address: what a stranger, a device, a follower and an organiser get there, with which headers, and that no
answer tells what exists to those who may not know. The admin's addresses are walked by test_admin_access.py."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Heartbeat, Role, Visibility
from campaigns.models.heartbeat import SCHEDULER
from mobilise.headers import APP_POLICY, PAGE_POLICY, PERMISSIONS
from mobilise.ready import ready_answers
from mobilise.throttles.limits import HOUR, LIMITS, Limit
from mobilise.throttles.models import day_key
from tests.addresses import UNKNOWN, Site, address, ask, make_site, patterns
from tests.api import ApiClient
from tests.make import make_device, make_user

pytestmark = pytest.mark.django_db
PEOPLE = ("stranger", "device", "follower", "organiser")

# Pattern: status of a GET by a stranger, a device, a follower of the closed campaign that it names, an organiser of it;
# then of a POST of nothing. A follower of it sees what no other device does; an organiser's session opens no door of
# the API, and no device the accounts' pages.
TABLE: dict[str, str] = {
    "healthz": "200 200 200 200 | 200 200 200 200",
    "readyz": "200 200 200 200 | 200 200 200 200",
    "metrics": "404 404 404 404 | 404 404 404 404",
    "api/v1/schema": "200 200 200 200 | 405 405 405 405",
    "api/v1/docs": "200 200 200 200 | 405 405 405 405",
    "api/v1/config": "200 200 200 200 | 405 405 405 405",
    "api/v1/rights": "200 200 200 200 | 405 405 405 405",
    "api/v1/devices": "405 405 405 405 | 400 400 400 403",
    "api/v1/device": "401 200 200 401 | 401 405 405 403",
    "api/v1/device/export": "401 200 200 401 | 401 405 405 403",
    "api/v1/device/subscription": "401 405 405 401 | 401 405 405 403",
    "api/v1/device/subscription/verification": "401 405 405 401 | 401 400 400 403",
    "api/v1/device/reach": "401 200 200 401 | 401 405 405 403",
    "api/v1/device/test-alert": "401 405 405 401 | 401 202 202 403",
    "api/v1/device/transfer": "401 405 405 401 | 401 201 201 403",
    "api/v1/device/transfer/icon": "401 405 405 401 | 401 201 201 403",
    "api/v1/device/transfer/sealed": "401 405 405 401 | 401 405 405 403",
    "api/v1/device/transfer/takeover": "401 405 405 401 | 401 400 400 403",
    "api/v1/campaigns": "200 200 200 200 | 405 405 405 403",
    "api/v1/campaigns/<slug:slug>": "404 404 200 404 | 405 405 405 403",
    "api/v1/campaigns/<slug:slug>/follow": "401 405 405 401 | 401 405 405 403",
    "api/v1/campaigns/<slug:slug>/feed": "404 404 200 404 | 405 405 405 403",
    "api/v1/feed": "200 200 200 200 | 405 405 405 403",
    "api/v1/actions/<uuid:action>": "404 404 200 404 | 405 405 405 403",
    "api/v1/actions/<uuid:action>/pulse": "404 404 200 404 | 405 405 405 403",
    "api/v1/actions/<uuid:action>/participation": "401 404 200 401 | 401 405 405 403",
    "api/v1/actions/<uuid:action>/claim": "401 404 200 401 | 401 404 409 403",
    "api/v1/actions/<uuid:action>/claim/<uuid:claim>": "401 405 405 401 | 401 405 405 403",
    "api/v1/actions/<uuid:action>/claim/<uuid:claim>/outcome": "401 405 405 401 | 401 405 405 403",
    "api/v1/pictures/<uuid:picture>": "404 404 200 404 | 405 405 405 403",
    "api/v1/participations": "401 200 200 401 | 401 405 405 403",
    "api/v1/alerts/<uuid:alert>/receipts": "405 405 405 405 | 400 400 400 403",
    "^api(?:/(?P<rest>.*))?$": "404 404 404 404 | 404 404 404 404",
    "accounts/signup/": "404 404 404 404 | 404 404 404 404",
    "accounts/password/set/": "302 302 302 200 | 302 302 302 200",
    "accounts/phones/": "302 302 302 200 | 302 302 302 200",
    "accounts/phones/<uuid:uuid>/untie/": "302 302 302 405 | 302 302 302 404",
    "accounts/tie/<str:code>": "200 200 200 200 | 409 410 410 409",
    "accounts/join/<str:code>": "410 410 410 410 | 410 410 410 410",
    "accounts/login/": "200 200 200 302 | 200 200 200 302",
    "accounts/logout/": "302 302 302 200 | 302 302 302 302",
    "accounts/inactive/": "200 200 200 200 | 405 405 405 405",
    "accounts/reauthenticate/": "302 302 302 403 | 302 302 302 403",
    "accounts/email/": "302 302 302 200 | 302 302 302 302",
    "accounts/confirm-email/": "200 200 200 200 | 405 405 405 405",
    "accounts/password/change/": "302 302 302 302 | 302 302 302 302",
    "accounts/password/reset/": "200 200 200 200 | 200 200 200 200",
    "accounts/login/code/confirm/": "302 302 302 302 | 302 302 302 302",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": "200 200 200 200 | 404 404 404 404",
    "accounts/password/reset/key/done/": "200 200 200 200 | 405 405 405 405",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "200 200 200 200 | 200 200 200 200",
    "accounts/password/reset/done/": "200 200 200 200 | 405 405 405 405",
    "accounts/2fa/": "302 302 302 200 | 302 302 302 405",
    "accounts/2fa/authenticate/": "302 302 302 302 | 302 302 302 302",
    "accounts/2fa/reauthenticate/": "302 302 302 403 | 302 302 302 403",
    "accounts/2fa/totp/activate/": "302 302 302 200 | 302 302 302 200",
    "accounts/2fa/totp/deactivate/": "302 302 302 404 | 302 302 302 404",
    "accounts/2fa/recovery-codes/": "302 302 302 404 | 302 302 302 405",
    "accounts/2fa/recovery-codes/generate/": "302 302 302 200 | 302 302 302 200",
    "accounts/2fa/recovery-codes/download/": "302 302 302 404 | 302 302 302 404",
    "accounts/2fa/webauthn/": "302 302 302 200 | 302 302 302 405",
    "accounts/2fa/webauthn/add/": "302 302 302 200 | 302 302 302 200",
    "accounts/2fa/webauthn/reauthenticate/": "302 302 302 403 | 302 302 302 403",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "302 302 302 404 | 302 302 302 404",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "302 302 302 404 | 302 302 302 404",
    "accounts/2fa/webauthn/login/": "302 302 302 302 | 302 302 302 302",
    "": "200 200 200 200 | 200 200 200 200",
    "shell": "200 200 200 200 | 200 200 200 200",
    "a/<uuid:action>": "200 200 200 200 | 200 200 200 200",
    "a/<uuid:action>/<slug:version>.png": "404 404 404 404 | 405 405 405 405",
    "c/<slug:slug>": "200 200 200 200 | 200 200 200 200",
    "c/<slug:slug>/<slug:version>.png": "404 404 404 404 | 405 405 405 405",
    "actions/<uuid:action>.ics": "404 404 200 404 | 405 405 405 405",
    "campaigns/<slug:slug>/calendar.ics": "404 404 200 404 | 405 405 405 405",
    "rights": "200 200 200 200 | 200 200 200 200",
    "settings": "200 200 200 200 | 200 200 200 200",
    "settings/<slug:room>": "200 200 200 200 | 200 200 200 200",
    "alerts": "200 200 200 200 | 200 200 200 200",
    "alerts/check": "200 200 200 200 | 200 200 200 200",
    "transfer": "200 200 200 200 | 200 200 200 200",
    "manifest.webmanifest": "200 200 200 200 | 405 405 405 405",
    "install": "200 200 200 200 | 200 200 200 200",
    "icons/<str:form>": "200 200 200 200 | 405 405 405 405",
}


def answers_of(site: Site, pattern: str) -> str:
    """As the table writes it; the three roles are alike here."""
    found = []
    for method in ("GET", "POST"):
        codes = [_status(site.people[who], method, address(pattern, site.names)) for who in site.people]
        assert len(set(codes[3:])) == 1, (pattern, method, codes)
        found.append(" ".join(map(str, codes[:4])))
    return " | ".join(found)


def _status(client: Client, method: str, where: str) -> int:
    """Of a call as if it were the only one."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        status = ask(client, method, where).status_code
        transaction.set_rollback(True)
    client.cookies = cookies
    return int(status)


def test_each_gets_what_is_theirs():
    site = make_site()
    # A site that runs has a scheduler; a young process does not ask for it yet.
    Heartbeat.objects.update_or_create(name=SCHEDULER, defaults={"at": timezone.now()})
    found = {pattern: answers_of(site, pattern) for pattern in patterns()}

    assert set(found) - set(TABLE) == set(), "say in TABLE who may go there"
    assert set(TABLE) - set(found) == set()
    assert {name: (found[name], said) for name, said in TABLE.items() if found[name] != said} == {}


# ---- headers, whatever the answer


def test_each_answer_has_its_headers(settings: Any):
    settings.SECURE, settings.SECURE_HSTS_SECONDS = True, 31536000
    site = make_site(Visibility.PUBLIC)
    site.people["organiser"] = site.people[Role.OWNER]
    places = [(who, method, address(one, site.names)) for one in patterns() for who in PEOPLE for method in METHODS]
    places += [
        ("organiser", "GET", "/admin/"),
        ("stranger", "GET", "/nothing"),
        ("organiser", "GET", "/admin/nothing/"),
    ]

    wrong, personal = {}, set()
    for who, method, where in places:
        client = site.people[who]
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = ask(client, method, where)
            transaction.set_rollback(True)
        client.cookies = cookies
        if complaints := complain(where, answer):
            wrong[who, method, where] = complaints
        if answer.status_code == 200 and PERSONAL.fullmatch(where):
            personal.add(where.rpartition("/")[2])

    assert len(places) > 600
    assert personal == {"participation", "claim"}
    assert wrong == {}


METHODS = ("GET", "POST")
# What may be kept for a moment, as it is the same for everybody; all else below /api/ and the pages of accounts is not.
SHARED = re.compile(r"/api/v1/(feed|rights|campaigns(/[^/]+(/feed)?)?|actions/[^/]+(/pulse)?|pictures/[^/]+)")
# Of one device alone, though they lie below an action.
PERSONAL = re.compile(r"/api/v1/actions/[^/]+/(participation|claim)")


def complain(where: str, answer: Any) -> list[str]:
    """What is wrong with the headers of an answer."""
    page = where.startswith(("/admin/", "/accounts/", "/api/v1/docs"))
    form = where.startswith(("/admin/", "/accounts/"))
    wanted = {
        "Content-Security-Policy": PAGE_POLICY if page else APP_POLICY,
        "Referrer-Policy": "same-origin" if form else "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Server": "web",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    }
    found = [name for name, value in wanted.items() if answer.get(name) != value]
    # Sites that show a preview load its picture from their own pages.
    resource = "cross-origin" if where.endswith(".png") and answer.status_code == 200 else "same-origin"
    if answer.get("Cross-Origin-Resource-Policy") != resource and "/icons/" not in where:
        found.append("Cross-Origin-Resource-Policy")
    personal = form or (where.startswith("/api/") and not (SHARED.fullmatch(where) and answer.status_code == 200))
    if personal and "no-store" not in answer.get("Cache-Control", ""):
        found.append("Cache-Control")
    return found + [name for name in ("X-Powered-By", "Via", "Access-Control-Allow-Origin") if name in answer]


# ---- what exists and what does not look alike

BODY = (
    b'{"stage": "joined", "kinds": ["hashtag_push"], "consent_version": 1, "invitation": "AAAAAAAAAAAAAAAAAAAAAA", '
    b'"event": "shown", "nonce": "AAAA", "result": "refuses"}'
)
NAMING = [one for one in dict.fromkeys(patterns()) if re.search(r"<\w+:(action|slug|picture|alert)>", one)]
VOLATILE = ("ETag", "Date", "Expires", "Last-Modified")


@pytest.mark.parametrize("who", ["stranger", "device"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "PATCH", "DELETE"])
def test_what_is_closed_looks_like_what_is_not_there(who: str, method: str):
    site = make_site()
    # Made once a day, whoever asks first.
    day_key(timezone.now().date())
    told = {}
    for pattern in NAMING:
        there, nowhere = (look(site.people[who], method, pattern, names) for names in (site.names, UNKNOWN))
        told |= {
            f"{pattern} {one} or {other}": pattern for one, other in zip(there, nowhere, strict=True) if one != other
        }

    assert len(NAMING) >= 14
    assert told == {}


def test_guessing_at_a_name_is_limited_like_guessing_at_an_invitation(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(LIMITS, "invitation", Limit(HOUR, device=2, address=None))
    site = make_site()
    path, body = "campaigns/{}/follow", {"kinds": ["hashtag_push"], "consent_version": 1, "invitation": "A" * 22}

    def guess(slug: str) -> list[int]:
        client = ApiClient(make_device())
        return [client.call("PUT", path.format(slug), body).status_code for _ in range(3)]

    assert guess(site.campaign.slug) == guess("nothing") == [404, 404, 429]


def look(client: Client, method: str, pattern: str, names: dict[str, str]) -> tuple[Any, ...]:
    """Status, headers, body and number of statements of one call, the names in it taken out."""
    ready_answers.clear()
    where, cookies = address(pattern, names), client.cookies.copy()
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        answer = client.generic(method, where, b"" if method == "GET" else BODY, "application/json")
        transaction.set_rollback(True)
    client.cookies = cookies
    body = answer.content.decode()
    for value in names.values():
        body = body.replace(value, "…") if len(value) > 6 else body
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE}
    return answer.status_code, headers, body, len(statements)


def test_signing_in_does_not_tell_whether_there_is_such_an_account():
    user = make_user("known")
    user.set_password("correct horse battery staple")
    user.save()

    def sign_in(name: str) -> tuple[int, str, int]:
        client = Client(headers={"Accept-Language": "en"})
        with CaptureQueriesContext(connection) as statements:
            answer = client.post("/accounts/login/", {"login": name, "password": "wrong wrong wrong"})
        text = re.sub(r'value="[^"]{64}"', "", answer.content.decode()).replace(name, "…")
        return answer.status_code, text, len(statements)

    # The first of a day makes the key of its counts.
    sign_in("somebody")
    assert sign_in("known") == sign_in("nobody")


def test_what_an_address_names_by_a_number_is_the_admins_alone():
    numbers = [one for one in patterns() if "<int:" in one]

    # An organiser's own passkeys.
    assert numbers == [one for one in numbers if one.startswith("accounts/2fa/webauthn/keys/<int:pk>/")]


def test_ids_that_leave_the_server_are_random():
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    ids = [field for field in fields if isinstance(field, models.UUIDField) and field.unique and not field.null]

    assert len(ids) >= 10
    assert {getattr(field.default, "__name__", "") for field in ids} == {"uuid4"}


def test_ids_are_not_taken_from_a_list():
    client = ApiClient()
    statuses = {client.call("GET", f"{name}/1").status_code for name in ("actions", "pictures", "alerts")}

    assert statuses == {404}
