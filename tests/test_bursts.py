"""Crowds behind one address: made-up phones move no count, those with real subscriptions are slowed and flagged, and a
rally gets through."""

import heapq
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import prod
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Device
from accounts.pusher import vapid_keys
from accounts.tasks import send_verification
from campaigns.models import Act, AuditEntry, Burst, Heartbeat, Tally
from campaigns.models.burst import NOTICED_FROM, STEP
from campaigns.models.heartbeat import SCHEDULER
from mobilise.ready import ready_answers
from mobilise.throttles.limits import LIMITS
from tests.admin_pages import Organiser, page_of, parse
from tests.api import ApiClient, get_json
from tests.delivering import ROOT
from tests.make import make_campaign, make_device, make_hashtag_push, make_member, make_rally_call, make_subscription
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
CROWD = 1000
NEW = {"language": "fr", "time_zone": "Europe/Paris"}
NOW = datetime(2031, 2, 20, 18, 0, 1, tzinfo=timezone.get_default_timezone())


class Clock:
    """What time it is for everybody, until somebody waits."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def push(push_service: PushService, settings: Any) -> PushService:
    settings.PUSH_EXTRA_HOSTS, settings.PUSH_CA_FILE = push_service.extra_hosts, push_service.ca_file
    return push_service


class Street:
    """Many phones behind one address, over one client: the phones differ by their cookies alone."""

    def __init__(self) -> None:
        self._client = ApiClient()

    def call(self, cookie: str, method: str, path: str, body: Any) -> Any:
        """One call."""
        self._client.cookies.clear()
        if cookie:
            self._client.cookies[settings.DEVICE_COOKIE_NAME] = cookie
        return self._client.call(method, path, body)

    def new_phone(self) -> str:
        """Its cookie."""
        assert self.call("", "POST", "devices", NEW).status_code == 201
        return str(self._client.cookies[settings.DEVICE_COOKIE_NAME].value)

    def join(self, phone: str, action: Any) -> int:
        """The status."""
        path = f"actions/{action.uuid}/participation"
        return int(self.call(phone, "PUT", path, {"stage": "joined"}).status_code)

    def subscribe(self, phone: str, push: PushService) -> str:
        """Gives a subscription of a real push service, which is sent a nonce. Its token there."""
        made, key = push.subscribe(), vapid_keys()[0].public_key
        answer = self.call(phone, "PUT", "device/subscription", {**made.to_json(), "application_server_key": key})
        assert answer.status_code == 201, answer.content
        device = Device.objects.from_cookie(phone)
        assert device is not None
        assert send_verification.call(device.pk, 1) == "accepted"
        return made.token

    def verify(self, phone: str, nonce: str) -> int:
        """The status."""
        return int(self.ask_to_verify(phone, nonce).status_code)

    def ask_to_verify(self, phone: str, nonce: str) -> Any:
        """The answer."""
        return self.call(phone, "POST", "device/subscription/verification", {"nonce": nonce})

    def verify_as_workers_do(self, nonces: dict[str, str], clock: Clock) -> dict[str, datetime]:
        """{phone: nonce}, all in the same second; each waits as it is told, for as long as its worker goes on.

        Returns when each was taken. Who is not in it has given up.
        """
        goes_on, spread = milliseconds("worker/verify.ts", "GOES_ON"), milliseconds("alerts/nonce.ts", "SPREAD")
        end, chance = clock.now + goes_on, random.Random(20)  # noqa: S311
        turns = [(clock.now, phone) for phone in nonces]
        taken: dict[str, datetime] = {}
        while turns:
            clock.now, phone = heapq.heappop(turns)
            answer = self.ask_to_verify(phone, nonces[phone])
            if answer.status_code == 200:
                taken[phone] = clock.now
                continue
            assert answer.status_code == 429, answer.content
            again = clock.now + timedelta(seconds=int(answer["Retry-After"])) + chance.random() * spread
            if again < end:
                heapq.heappush(turns, (again, phone))
        return taken


def milliseconds(file: str, name: str) -> timedelta:
    """A constant of the app."""
    source = (ROOT / "frontend" / "src" / file).read_text(encoding="utf-8")
    (value,) = re.findall(rf"^const {name} = ([\d_* ]+);$", source, re.MULTILINE)
    return timedelta(milliseconds=prod(int(factor) for factor in value.split("*")))


def nonces_of(push: PushService) -> dict[str, str]:
    """{token: nonce} of all that was pushed."""
    return {one.token: one.json()["notification"]["data"]["receipt"] for one in push.received()}


def public_count(action: Any) -> int | None:
    ready_answers.clear()
    count: int | None = get_json(f"actions/{action.uuid}/pulse")["joined"]
    return count


def text_of(client: Organiser, address: str) -> str:
    return " ".join(parse(client.get(address)).text.split())


def test_a_thousand_made_up_phones_move_no_public_count():
    action, street = make_hashtag_push(), Street()
    before = public_count(action)

    answers = [street.join(street.new_phone(), action) for _ in range(CROWD)]

    assert answers == [200] * CROWD
    assert public_count(action) == before
    assert Tally.objects.sums(action)["joined"] == {"total": CROWD, "counted": 0}


def test_a_thousand_with_real_subscriptions_are_slowed_and_flagged(push: PushService, clock: Clock):
    Heartbeat.objects.beat(SCHEDULER, clock.now)
    action, street = make_hashtag_push(title={"fr": "Ce soir"}), Street()
    phones = [make_device().cookie for _ in range(CROWD)]
    tokens = [street.subscribe(phone, push) for phone in phones]
    nonces = nonces_of(push)

    verified = [street.verify(phone, nonces[token]) for phone, token in zip(phones, tokens, strict=True)]
    joined = [street.join(phone, action) for phone in phones]

    most = LIMITS["verify"].address_a_minute
    assert most is not None
    assert most < CROWD / 2
    assert verified == [200] * most + [429] * (CROWD - most)
    assert joined == [200] * CROWD
    assert public_count(action) == most
    # Those who organise see it where they look, in words; nobody sees an address.
    organiser = Organiser(make_member(action.campaign))
    words = f"at least {CROWD} taps came from one network address."
    pages = [text_of(organiser, "/admin/"), text_of(organiser, page_of(action))]
    assert [page.count(words) for page in pages] == [1, 1]
    assert words not in text_of(organiser, page_of(make_hashtag_push(action.campaign)))
    (entry,) = AuditEntry.objects.filter(act=Act.BURST_SEEN)
    assert (entry.actor, entry.about) == ("", "Ce soir")
    log = text_of(organiser, f"/admin/campaigns/campaign/{action.campaign_id}/audit/")
    assert "noticed very many taps from one network address" in log
    assert [one for one in (*pages, log) if "127.0.0.1" in one] == []


def test_a_thousand_new_phones_behind_one_address_at_a_rally_get_through_in_minutes(clock: Clock):
    rally, street = make_rally_call(title={"fr": "À la Sorbonne"}), Street()
    # All have just heard of it, and their pushes come in the same second.
    devices = [make_device() for _ in range(CROWD)]
    nonces = {device.cookie: new_nonce(device) for device in devices}

    joined = [street.join(phone, rally) for phone in nonces]
    before = public_count(rally)
    taken = street.verify_as_workers_do(nonces, clock)

    assert (joined, before) == ([200] * CROWD, None)
    assert len(taken) == CROWD
    assert public_count(rally) == CROWD
    most = LIMITS["verify"].address_a_minute
    assert most is not None
    assert max(taken.values()) - NOW <= timedelta(minutes=CROWD // most)


def new_nonce(device: Device) -> str:
    """Of a subscription made now, as its first push brings it."""
    return make_subscription(device, verified=False).issue_nonce(NOW)


# ---- the marker by itself


def test_a_small_gathering_is_none(clock: Clock):
    action = make_hashtag_push()
    for hits in (1, STEP, NOTICED_FROM - 1):
        Burst.objects.watch(action, hits, clock.now)
    assert not Burst.objects.exists()


def test_it_keeps_the_largest_of_each_window_and_notes_it_once_an_hour(clock: Clock):
    action = make_hashtag_push()
    for hits in (NOTICED_FROM, NOTICED_FROM + 1, NOTICED_FROM + 2 * STEP, NOTICED_FROM + STEP):
        Burst.objects.watch(action, hits, clock.now)
    clock.wait(600)
    Burst.objects.watch(action, NOTICED_FROM, clock.now)
    assert list(Burst.objects.order_by("begins_at").values_list("most", flat=True)) == [
        NOTICED_FROM + 2 * STEP,
        NOTICED_FROM,
    ]
    assert AuditEntry.objects.filter(act=Act.BURST_SEEN).count() == 1
    clock.wait(3601)
    Burst.objects.watch(action, NOTICED_FROM, clock.now)
    assert AuditEntry.objects.filter(act=Act.BURST_SEEN).count() == 2
    assert Burst.objects.largest()[action.pk].most == NOTICED_FROM + 2 * STEP


def test_the_start_page_tells_of_it_for_a_day_and_to_its_own_organisers(clock: Clock):
    Heartbeat.objects.beat(SCHEDULER, clock.now)
    action = make_hashtag_push()
    Burst.objects.watch(action, NOTICED_FROM, clock.now)
    mine, other = Organiser(make_member(action.campaign)), Organiser(make_member(make_campaign()))
    assert ["network address" in text_of(one, "/admin/") for one in (mine, other)] == [True, False]
    clock.wait(25 * 3600)
    assert "network address" not in text_of(Organiser(mine.user), "/admin/")
