"""A crowd on the fast path has the same answers and the same counts as one that goes through Django's views."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Device, Subscription
from campaigns.crowd.routes import ROUTES
from campaigns.models import (
    Action,
    ActionState,
    Burst,
    Declaration,
    Participation,
    RallyCall,
    Receipt,
    ReceiptCount,
    Tally,
    Visibility,
)
from campaigns.receipts import make_receipt
from mobilise.fast_path import FastPath
from mobilise.throttles import limits
from mobilise.throttles.limits import DAY, Limit
from mobilise.throttles.models import Count
from tests.engines import engine
from tests.make import (
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_push_keys,
    make_rally_call,
    make_subscription,
)
from tests.together import at_once
from tests.wsgi_site import Answer, WsgiSite

# Requests close the connections that they find.
pytestmark = pytest.mark.django_db(transaction=True)

JOINED = b'{"stage":"joined"}'
USUAL = {"CONTENT_TYPE": "application/json", "HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture
def fast() -> WsgiSite:
    return WsgiSite(lambda django: FastPath(django, ROUTES))


@pytest.fixture
def plain() -> WsgiSite:
    return WsgiSite(lambda django: django)


def cookie_of(device: Device) -> str:
    return f"{settings.DEVICE_COOKIE_NAME}={device.cookie}"  # type: ignore[attr-defined]


def join(
    site: WsgiSite, action: Action, device: Device, body: bytes = JOINED, *, path: str = "", **headers: str
) -> Answer:
    given = USUAL | {"HTTP_COOKIE": cookie_of(device)} | headers
    return site.get(path or f"/api/v1/actions/{action.uuid}/participation", method="PUT", body=body, **given)


@dataclass
class Case:
    """One phone before one rally, changed by ``change``, that sends ``body`` and ``headers``.

    ``usual``: it is answered on the fast path.
    """

    usual: bool = False
    body: Any = field(default_factory=lambda: {"stage": "joined"})
    change: Callable[["World"], object] = lambda world: None
    headers: dict[str, str] = field(default_factory=dict)


class World:
    """The rows of a case."""

    def __init__(self, case: Case) -> None:
        self.rally = make_rally_call(make_campaign())
        self.place = make_gathering(self.rally)
        self.elsewhere = make_gathering(make_rally_call())
        self.device = make_device()
        case.change(self)

    def verify(self) -> None:
        make_subscription(self.device, make_push_keys(f"https://push.example/{uuid.uuid4()}"))

    def set(self, **values: Any) -> None:
        RallyCall.objects.filter(pk=self.rally.pk).update(**values)

    def take_part(self, *, verified: bool) -> None:
        Participation.objects.take_part(self.rally, self.device, "joined", self.place, verified=verified, now=NOW())

    def close(self) -> None:
        type(self.rally.campaign).objects.update(visibility=Visibility.LINK)

    def body(self, case: Case) -> bytes:
        if isinstance(case.body, bytes):
            return case.body
        said = json.dumps(case.body)
        return said.replace("PLACE", str(self.place.uuid)).replace("ELSEWHERE", str(self.elsewhere.uuid)).encode()

    def left(self) -> dict[str, Any]:
        """What is in the database afterwards, without names."""
        rows = Participation.objects.filter(action=self.rally).values_list("stage", "verified", "gathering")
        return {
            "parts": [(stage, verified, at == self.place.pk) for stage, verified, at in rows],
            "sums": Tally.objects.sums(self.rally),
            "seen": Device.objects.get(pk=self.device.pk).last_seen,
        }

    def without_names(self, answer: Answer) -> Answer:
        status, headers, body = answer
        return status, headers, body.replace(str(self.place.uuid).encode(), b"PLACE")


NOW = timezone.now
CASES = {
    "joined": Case(usual=True),
    "done": Case(usual=True, body={"stage": "done"}),
    "at a place": Case(usual=True, body={"stage": "joined", "gathering": "PLACE"}),
    "at no place": Case(usual=True, body={"stage": "joined", "gathering": None}),
    "what waited": Case(
        usual=True,
        body={"stage": "done", "waited": True},
        change=lambda world: world.set(ends_at=NOW() - timedelta(minutes=5)),
    ),
    "verified": Case(usual=True, change=World.verify),
    "seen long ago": Case(usual=True, change=lambda w: Device.objects.update(last_seen=NOW().date() - timedelta(9))),
    "it took part before": Case(usual=True, body={"stage": "done"}, change=lambda w: w.take_part(verified=False)),
    "it counted before its subscription was renewed": Case(
        usual=True, body={"stage": "done"}, change=lambda w: w.take_part(verified=True)
    ),
    "other cookies too": Case(usual=True, headers={"HTTP_COOKIE": "a=b; {cookie}; c"}),
    "a place elsewhere": Case(body={"stage": "joined", "gathering": "ELSEWHERE"}),
    "a place written otherwise": Case(body={"stage": "joined", "gathering": "{PLACE}"}),
    "no place's name": Case(body={"stage": "joined", "gathering": 7}),
    "no stage": Case(body={}),
    "another stage": Case(body={"stage": "left"}),
    "a stage that is a list": Case(body={"stage": ["joined"]}),
    "waited, in words": Case(body={"stage": "joined", "waited": "yes"}),
    "more than is asked": Case(body={"stage": "joined", "name": "Zoé"}),
    "a list": Case(body=["joined"]),
    "no JSON": Case(body=b"stage=joined"),
    "no number": Case(body=b'{"stage":"joined","waited":NaN}'),
    "UTF-16": Case(body='{"stage":"joined"}'.encode("utf-16")),
    "a byte order mark": Case(body=b'\xef\xbb\xbf{"stage":"joined"}'),
    "nothing": Case(body=b""),
    "nested deeply": Case(body=b'{"stage":' + b"[" * 1000),
    "it is over": Case(change=lambda world: world.set(ends_at=NOW() - timedelta(minutes=5))),
    "it waited too long": Case(
        body={"stage": "joined", "waited": True}, change=lambda world: world.set(ends_at=NOW() - timedelta(hours=2))
    ),
    "cancelled": Case(change=lambda world: world.set(state=ActionState.CANCELLED)),
    "a draft": Case(change=lambda world: world.set(state=ActionState.DRAFT)),
    "banned": Case(change=lambda world: world.set(declaration=Declaration.BANNED)),
    "its key is gone": Case(change=lambda world: world.set(participation_key=None)),
    "a closed campaign": Case(change=World.close),
    "a closed campaign that it follows": Case(
        change=lambda world: (make_follow(world.rally.campaign, world.device), world.close())
    ),
    "no cookie": Case(headers={"HTTP_COOKIE": ""}),
    "a made-up cookie": Case(headers={"HTTP_COOKIE": f"{settings.DEVICE_COOKIE_NAME}={'0' * 32}.secret"}),
    "no cookie of ours": Case(headers={"HTTP_COOKIE": f"{settings.DEVICE_COOKIE_NAME}=é"}),
    "the right device's, with another secret": Case(headers={"HTTP_COOKIE": "{cookie}x"}),
    "another site": Case(headers={"HTTP_SEC_FETCH_SITE": "cross-site"}),
    "a sibling's page": Case(headers={"HTTP_SEC_FETCH_SITE": "same-site"}),
    "another origin": Case(headers={"HTTP_ORIGIN": "https://elsewhere.example"}),
    "another host": Case(headers={"HTTP_HOST": "elsewhere.example"}),
    "a form": Case(headers={"CONTENT_TYPE": "application/x-www-form-urlencoded"}),
    "another charset": Case(headers={"CONTENT_TYPE": "application/json; charset=nonsense"}),
    "what reads no JSON": Case(headers={"HTTP_ACCEPT": "text/html"}),
    "a format": Case(headers={"query": "format=xml"}),
    "another path": Case(headers={"path": f"/api/v1/actions/{'A' * 8}-aaaa-aaaa-aaaa-{'a' * 12}/participation"}),
    "an unknown action": Case(headers={"path": f"/api/v1/actions/{uuid.UUID(int=7)}/participation"}),
}


def told(site: WsgiSite, case: Case) -> tuple[Answer, dict[str, Any], bool]:
    """The answer, what is left, and whether Django was asked."""
    world = World(case)
    headers = {name: said.replace("{cookie}", cookie_of(world.device)) for name, said in case.headers.items()}
    before = site.asked
    answer = join(site, world.rally, world.device, world.body(case), **headers)
    type(world.rally.campaign).objects.update(visibility=Visibility.PUBLIC)
    return world.without_names(answer), world.left(), site.asked > before


def test_each_kind_of_call_is_answered_as_by_django(plain: WsgiSite, fast: WsgiSite):
    taught = World(Case())
    join(fast, taught.rally, taught.device)

    ways = {name: (told(plain, case)[:2], told(fast, case)) for name, case in CASES.items()}

    assert {name: fast[:2] for name, (_, fast) in ways.items()} == {name: plain for name, (plain, _) in ways.items()}
    assert {name for name, (_, fast) in ways.items() if not fast[2]} == {
        name for name, case in CASES.items() if case.usual
    }
    assert Count.objects.count() > len(CASES)


@pytest.fixture
def rally(fast: WsgiSite) -> RallyCall:
    """One that a phone has joined, so that others like it are let through."""
    rally = make_rally_call()
    join(fast, rally, make_device())
    fast.asked = 0
    return rally


def test_a_crowd_is_counted_to_the_last(fast: WsgiSite, rally: RallyCall):
    devices = [make_device() for _ in range(40)]
    for device in devices[:15]:
        make_subscription(device, make_push_keys(f"https://push.example/{device.pk}"))

    at_once(*[lambda device=device: join(fast, rally, device) for device in devices * 2])

    assert Tally.objects.sums(rally)["joined"] == {"total": 41, "counted": 15}
    assert fast.asked == 0


def small(monkeypatch: pytest.MonkeyPatch, *, device: int, address: int) -> None:
    monkeypatch.setitem(limits.LIMITS, "take_part", Limit(DAY, device=device, address=address))


def test_a_device_over_its_limit_is_refused_as_by_django(
    fast: WsgiSite, plain: WsgiSite, rally: RallyCall, monkeypatch: pytest.MonkeyPatch
):
    small(monkeypatch, device=3, address=100)

    for site in (fast, plain):
        device = make_device()
        answers = [join(site, rally, device) for _ in range(5)]
        assert [status for status, _, _ in answers] == ["200 OK"] * 3 + ["429 Too Many Requests"] * 2
        assert "Retry-After" in answers[-1][1]
    assert join(fast, rally, make_device())[0] == "200 OK"


def test_a_crowd_behind_one_address_is_let_in_up_to_its_limit(
    fast: WsgiSite, rally: RallyCall, monkeypatch: pytest.MonkeyPatch
):
    small(monkeypatch, device=60, address=21)
    devices = [make_device() for _ in range(30)]

    at_once(*[lambda device=device: join(fast, rally, device) for device in devices])

    # The one that was there before was counted in another window.
    assert Participation.objects.filter(action=rally).count() == 1 + 21


def test_many_from_one_address_are_told_to_the_organisers(
    fast: WsgiSite, rally: RallyCall, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("campaigns.models.burst.NOTICED_FROM", 50)
    device = make_device()

    for _ in range(50):
        join(fast, rally, device)

    assert Burst.objects.get().action_id == rally.pk
    assert fast.asked == 0


def test_a_phone_that_is_verified_while_it_joins_counts(fast: WsgiSite, rally: RallyCall):
    device = make_device()
    subscription = make_subscription(device, make_push_keys("https://push.example/late"), verified=False)
    verified = []

    def verify(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """After it was read, before its part is there."""
        if "campaigns_participation" in sql and sql.startswith("INSERT") and not verified:
            verified.append(True)
            Subscription.objects.filter(pk=subscription.pk).update(verified_on=NOW().date())
            Participation.objects.count_verified(device, NOW())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(verify):
        answer = join(fast, rally, device)

    assert verified
    assert json.loads(answer[2])["counted"]
    assert Tally.objects.sums(rally)["joined"] == {"total": 2, "counted": 1}


@pytest.mark.skipif(engine() == "sqlite", reason="no server closes a connection to a file")
def test_a_connection_that_the_server_closed_costs_nobody_an_answer(
    fast: WsgiSite, rally: RallyCall, caplog: pytest.LogCaptureFixture
):
    devices = [make_device() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    at_once(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [ours]))

    assert [join(fast, rally, device)[0] for device in devices] == ["200 OK"] * 3
    assert fast.asked == 1
    assert "on the fast path" in caplog.text


def report(site: WsgiSite, alert: Any, body: bytes, **headers: str) -> Answer:
    return site.get(f"/api/v1/alerts/{alert}/receipts", method="POST", body=body, **USUAL | headers)


def as_said(event: Any, nonce: Any, **more: Any) -> bytes:
    return json.dumps({"event": event, "nonce": nonce, **more}).encode()


def receipts_of(site: WsgiSite) -> tuple[list[Answer], dict[str, int], int]:
    """What a phone reports of an alert in all kinds of ways; what is counted, and how often Django was asked."""
    alert = make_alert(make_rally_call())
    nonce, other = make_receipt(alert.uuid), make_receipt(make_alert(make_rally_call()).uuid)
    old = make_alert(make_rally_call(), send_at=NOW() - timedelta(days=31), expires_at=NOW() - timedelta(days=30))
    before = site.asked
    answers = [report(site, alert.uuid, as_said(event, nonce)) for event in ("shown", "opened", "not_shown", "shown")]
    answers.append(report(site, old.uuid, as_said("shown", make_receipt(old.uuid))))
    usual = site.asked - before
    answers += [
        report(site, alert.uuid, body)
        for body in (
            as_said("eaten", nonce),
            as_said(["shown"], nonce),
            as_said("shown", other),
            as_said("shown", 7),
            as_said("shown", f" {nonce} "),
            as_said("shown", nonce, more=1),
            b"",
            b"[]",
        )
    ]
    answers.append(report(site, uuid.UUID(int=7), as_said("shown", make_receipt(uuid.UUID(int=7)))))
    answers.append(report(site, alert.uuid, as_said("opened", nonce), HTTP_SEC_FETCH_SITE="cross-site"))
    counted = {row.event: row.total for row in ReceiptCount.objects.filter(alert_id=alert.pk)}
    return answers, counted, usual


def test_receipts_are_answered_as_by_django(plain: WsgiSite, fast: WsgiSite):
    receipts_of(fast)
    Receipt.objects.all().delete()

    by_django, at_once = receipts_of(plain), receipts_of(fast)

    assert at_once[:2] == by_django[:2]
    assert (by_django[2], at_once[2]) == (5, 0)


def test_a_part_that_counted_counts_on_after_the_subscription_was_renewed(fast: WsgiSite, rally: RallyCall):
    device = make_device()
    subscription = make_subscription(device, make_push_keys("https://push.example/renewed"))
    join(fast, rally, device)
    Subscription.objects.filter(pk=subscription.pk).update(verified_on=None)

    answer = join(fast, rally, device, b'{"stage":"done"}')

    assert json.loads(answer[2])["counted"]
    assert Tally.objects.sums(rally) == {"joined": {"total": 2, "counted": 1}, "done": {"total": 1, "counted": 1}}
    assert fast.asked == 0
