"""A full run of the whole house, with much that goes wrong: none of its secrets is in any log, or in the database."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Subscription, TieCode
from campaigns import tasks
from campaigns.models import Alert, AlertState, Batch, Campaign, Invitation
from tests.delivering import Delivery, Follower, wait_until
from tests.make import far, make_alert, make_device, make_hashtag_push, make_member, make_user
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.whole_house import Browser, House, database_dump, find_leaks, task_table

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = {"IPv4": "203.0.113.77", "IPv6": "2001:db8:7:7::77"}
TEXTS = {"title": "Rendez-vous sous la lune rousse", "body": "Apportez vos casseroles étamées."}
PERSON = {
    "e-mail": "jeanne.roux@mail.example",
    "password": "quinze mots de passe",
    "wrong password": "pas le bon du tout",
}
OPEN_IN_THE_DATABASE = {
    ("accounts_user", "e-mail"),
    ("account_emailaddress", "e-mail"),
    ("campaigns_alert", "title"),
    ("campaigns_alert", "body"),
    # This test put it there itself, in a row that cannot be used.
    ("accounts_subscription", "token of follower 0"),
}
METRICS_TOKEN = "metrics-token-of-this-run"


class Run:
    """One run: what was done, and all that must stay untold."""

    def __init__(self, house: House, delivery: Delivery) -> None:
        self.house, self.delivery = house, delivery
        self.secrets = {**ADDRESSES, **TEXTS, **PERSON, "METRICS_TOKEN": METRICS_TOKEN}
        for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAPID_PRIVATE_KEYS"):
            self.secrets[name] = getattr(settings, name)
        self.phone = Browser(house.port, ADDRESSES["IPv4"])
        self.laptop = Browser(house.port, ADDRESSES["IPv6"])

    def keep(self, name: str, push: Any) -> None:
        """The subscription's endpoint and keys are secrets."""
        keys = {"p256dh": push.p256dh, "auth": push.auth}
        self.secrets[f"endpoint {name}"] = push.endpoint
        self.secrets[f"token {name}"] = push.token
        for key, value in keys.items():
            self.secrets[f"{key} {name}"] = urlsafe_b64encode(value).decode().rstrip("=")
            self.secrets[f"{key} {name}, hex"] = value.hex()

    def finish(self) -> None:
        """What was given to browsers and phones is secret too."""
        for number, value in enumerate(sorted(self.phone.given | self.laptop.given)):
            if value:
                self.secrets[f"cookie {number}"] = value
        for number, received in enumerate(self.delivery.push.received()):
            receipt = received.json()["notification"]["data"].get("receipt") if received.subscription else None
            if receipt:
                self.secrets[f"nonce {number}"] = receipt


@pytest.fixture
def run(start_house: Callable[..., House], delivery: Delivery) -> Run:
    house = start_house(
        LOG_FORMAT="json",
        METRICS_TOKEN=METRICS_TOKEN,
        EMAIL_URL="smtp://127.0.0.1:9",  # nobody listens
        CANARY_DEVICES=str(uuid4()),
    )
    return Run(house, delivery)


# ---- what people do, rightly and wrongly


def use_the_app(run: Run, push: PushService) -> None:
    """A phone: alerts on, verified; and much that is refused."""
    made = push.subscribe()
    run.keep("of the phone", made)
    b64 = {name: urlsafe_b64encode(getattr(made, name)).decode().rstrip("=") for name in ("p256dh", "auth")}
    settings_ = {"language": "fr", "time_zone": "Europe/Paris"}
    assert run.phone.call("POST", "/api/v1/devices", settings_)[0] == 201
    key = json.loads(run.phone.call("GET", "/api/v1/config")[1])["vapid_public_key"]
    given = {"endpoint": made.endpoint, "expirationTime": None, "keys": b64, "application_server_key": key}
    answer = run.phone.call("PUT", "/api/v1/device/subscription", given)
    assert answer[0] == 201, answer
    (received,) = push.wait_for(1, made)
    nonce = received.json()["notification"]["data"]["receipt"]
    assert run.phone.call("POST", "/api/v1/device/subscription/verification", {"nonce": nonce})[0] == 200
    refused = [
        run.phone.call("PUT", "/api/v1/device/subscription", {**given, "endpoint": url})
        for url in (made.endpoint.replace("://", "://x@"), made.endpoint.replace("https", "http"), "https://10.0.0.9/x")
    ]
    stranger = Browser(run.house.port, ADDRESSES["IPv4"])
    refused += [
        stranger.call("POST", "/api/v1/device/subscription/verification", {"nonce": nonce}),
        run.phone.call("POST", "/api/v1/devices", "{broken" + made.endpoint),
        run.phone.call("PUT", "/api/v1/device/subscription", "x" * 200_000),
        run.phone.call("POST", f"/api/v1/alerts/{uuid4()}/receipts", {"event": "shown", "nonce": nonce}),
        run.phone.call("GET", "/api/v1/device", Host=f"{ADDRESSES['IPv4']}:1"),
        run.phone.call("DELETE", "/api/v1/device", Origin=f"https://{PERSON['e-mail']}"),
        run.phone.call("GET", "/metrics"),
    ]
    assert {status for status, _ in refused} <= {400, 401, 403, 404, 413, 429}


def sign_in(run: Run, campaign: Campaign) -> None:
    """An organiser: refused, then let in; a password reset whose mail cannot be sent."""
    user = make_user("jeanne", email=PERSON["e-mail"], password=PERSON["password"])
    make_member(campaign, user=user)
    for name, word in ((PERSON["e-mail"], PERSON["password"]), ("jeanne", PERSON["wrong password"])):
        assert run.laptop.submit("/accounts/login/", login=name, password=word)[0] == 200
    assert run.laptop.submit("/accounts/login/", login="jeanne", password=PERSON["password"])[0] == 302
    code = TieCode.objects.make(user, timezone.now())
    invitation = Invitation.objects.make(campaign, uses=3, expires_at=far(24))
    run.secrets |= {"tie code": code, "invitation": invitation}
    assert run.laptop.call("GET", "/admin/")[0] == 200
    assert run.laptop.call("GET", f"/accounts/tie/{code}")[0] == 200
    stranger = Browser(run.house.port, ADDRESSES["IPv6"])
    assert stranger.submit("/accounts/password/reset/", email=PERSON["e-mail"])[0] in (302, 500)
    assert stranger.call("POST", "/accounts/login/", {"login": PERSON["e-mail"], "password": "x"})[0] == 403
    assert stranger.call("GET", f"/c/{campaign.slug}?invitation={invitation}")[0] in (200, 503)
    assert stranger.call("GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}")[0] == 200
    assert stranger.call("GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}x")[0] == 404
    run.laptop.given |= stranger.given


# ---- what goes wrong behind

BAD = [
    [Behaviour(status=410)],
    [Behaviour(status=403)],
    [Behaviour(status=413)],
    [Behaviour(status=307, location="self")],
    [Behaviour(status=429, retry_after=1), Behaviour()],
    [Behaviour(status=500, retry_after=1, body_size=100_000), Behaviour()],
    [Behaviour(reset=True), Behaviour()],
    [Behaviour(garbage=True), Behaviour()],
    [Behaviour(hang=True), Behaviour()],
]


def follow(run: Run, campaign: Campaign) -> list[Follower]:
    followers = run.delivery.follow_many(campaign, len(BAD) + 12)
    for number, follower in enumerate(followers):
        run.keep(f"of follower {number}", follower.push)
        run.secrets[f"cookie of follower {number}"] = follower.device.cookie  # type: ignore[attr-defined]
    plans = {follower.push.token: plan for follower, plan in zip(followers, BAD, strict=False)}
    slow = {follower.push.token: [Behaviour(delay=1.0)] for follower in followers[len(BAD) + 1 :]}
    run.delivery.push.answer_many({**plans, **slow})
    poisoned = followers[len(BAD)].device
    Subscription.objects.filter(device=poisoned).update(
        blob=b"no blob of ours " + run.secrets["token of follower 0"].encode()
    )
    return followers


def send(run: Run, campaign: Campaign) -> Alert:
    """An alert with all sorts of answers, its worker killed in the middle."""
    followers = follow(run, campaign)
    text = {name: {"fr": words, "en": words} for name, words in TEXTS.items()}
    alert = make_alert(make_hashtag_push(campaign), **text)
    before = run.delivery.push.total()
    run.delivery.schedule(alert)
    wait_until(lambda: run.delivery.push.total() > before, "the first message", 60)
    run.house.replace("delivery")
    Batch.objects.filter(alert=alert, lease_until__isnull=False).update(lease_until=far(-1))
    wait_until(lambda: is_over(alert), "the end of the alert", 240)
    tasks.enqueue_test_alert(alert.pk, followers[len(BAD)].device.pk)
    tasks.enqueue_test_alert(alert.pk, followers[-1].device.pk)
    return alert


def is_over(alert: Alert) -> bool:
    return Alert.objects.filter(pk=alert.pk, state=AlertState.SENT).exists()


@contextmanager
def broken_database() -> Iterator[None]:
    """A table is not there, as after half a restore."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE campaigns_follow RENAME TO campaigns_follow_away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE campaigns_follow_away RENAME TO campaigns_follow")


def fail(run: Run, campaign: Campaign) -> None:
    """Requests, the scheduler and a test alert meet a database that has lost a table."""
    late = make_alert(make_hashtag_push(campaign), title={"fr": TEXTS["title"]}, body={"fr": TEXTS["body"]})
    with broken_database():
        assert run.phone.call("GET", "/api/v1/device")[0] == 500
        assert run.laptop.call("GET", f"/admin/campaigns/campaign/{campaign.pk}/change/")[0] == 500
        run.delivery.schedule(late)
        wait_until(lambda: "cannot begin" in run.house.log(), "the scheduler's complaint", 60)
    wait_until(lambda: is_over(late), "the late alert sent", 240)


# ---- the tests


def test_nothing_of_a_full_run_is_told(run: Run, push_service: PushService):
    campaign = make_hashtag_push().campaign
    use_the_app(run, push_service)
    sign_in(run, campaign)
    alert = send(run, campaign)
    fail(run, campaign)
    run.finish()
    stored = task_table()
    run.house.stop()
    log = run.house.log()

    assert len(run.secrets) > 100
    assert find_leaks(run.secrets, log) == []
    assert find_leaks(run.secrets, stored) == []

    # The database, as whoever carries it away reads it: what organisers wrote of themselves and to everybody is in its
    # own tables, and in none else. The file of SQLite holds the same rows: it is searched for the rest.
    dump = database_dump()
    found = {(table, name) for table, text in dump.items() for name in find_leaks(run.secrets, text)}
    assert {pair for pair in found if not pair[0].startswith((".", "mobilise"))} == OPEN_IN_THE_DATABASE
    assert {name for _, name in found} == {name for _, name in OPEN_IN_THE_DATABASE}

    # The run was no quiet one, and the search finds what is there.
    events = [json.loads(line) for line in log.splitlines()]
    words = " ".join(event["event"] for event in events)
    for said in (f"alert {alert.pk} begins", "row cannot be used", "too large", "cannot begin", "CANARY_DEVICES"):
        assert said in words, words
    errors = " ".join(text for event in events for text in event.get("error", []))
    assert re.search("OperationalError|ProgrammingError", errors + words)
    assert "ConnectionRefusedError" in errors
    for name, secret in run.secrets.items():
        assert find_leaks(run.secrets, f"{log}\n{json.dumps({'event': secret})}") == [
            other for other, value in run.secrets.items() if value.casefold() in secret.casefold()
        ], name


@pytest.mark.parametrize("wrap", ["{}", "x={}&y", '"{}"', "GET /a/{}/b HTTP/1.1"])
def test_the_search_finds_what_it_looks_for(wrap: str):
    device = make_device()
    secrets = {"cookie": device.cookie, "text": TEXTS["body"]}  # type: ignore[attr-defined]  # set by make_device

    assert find_leaks(secrets, "all is well") == []
    assert find_leaks(secrets, f"one\n{wrap.format(secrets['cookie'])}\nthree") == ["cookie"]
    assert find_leaks(secrets, json.dumps({"event": wrap.format(secrets["text"])})) == ["text"]
