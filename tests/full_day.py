"""A full day of use: phones that come, take part, move and go; an alert; organisers; and all that must stay untold."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.models import Device, TieCode
from campaigns.models import (
    Alert,
    AlertState,
    Audience,
    Batch,
    Campaign,
    Claim,
    HashtagPush,
    Invitation,
    OrganiserInvitation,
    Receipt,
    Role,
)
from campaigns.retention import forget
from tests.delivering import Delivery, wait_until
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_official,
    make_outreach,
    make_person,
    make_solidarity_alert,
    make_user,
)
from tests.seized import CROWD
from tests.whole_house import Browser, House

API = "/api/v1/"
# Some of whom take no part.
PHONES = CROWD * 5 // 4 + 1
DRAFT = {"title": "Rendez-vous au vieux lavoir", "body": "Portez du jaune citron, venez par la venelle."}
NAMES = {"person": "Camille Zénobie Roux", "official": "Aldegonde Quatremaire", "phone": "+33399887766"}
PERSON = {"e-mail": "ysoline@mail.example", "password": "quinze mots de passe"}


@dataclass
class Phone:
    """A phone as its owner knows it."""

    browser: Browser
    device: Device
    push: Any
    joined: bool


class Day:
    """A full day: phones one after the other, an alert, an organiser; and all that must not be told."""

    def __init__(self, house: House, delivery: Delivery) -> None:
        self.house, self.push = house, delivery.push
        self.secrets = {**DRAFT, **NAMES, **PERSON}
        self.campaign: Campaign = make_campaign(slug="une-cause")
        self.action: HashtagPush = make_hashtag_push(self.campaign)
        self.phones: list[Phone] = []
        self.asleep: list[Phone] = []
        self.by_part: Alert

    def call(self, phone: Browser, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One call of a phone that has to succeed."""
        answer = phone.call(method, API + path, body)
        assert answer[0] == status, (path, answer)
        return json.loads(answer[1]) if answer[1] else None

    def new_phone(self, number: int) -> Phone:
        """Somebody comes: alerts on, follows; four in five take part."""
        address = f"203.0.113.{100 + number}"
        self.secrets[f"address {number}"] = address
        phone, push = Browser(self.house.port, address), self.push.subscribe()
        self.call(phone, "POST", "devices", {"language": "fr", "time_zone": "Europe/Paris"}, 201)
        device = Device.objects.latest("pk")
        keys = {name: urlsafe_b64encode(getattr(push, name)).decode().rstrip("=") for name in ("p256dh", "auth")}
        self.secrets |= {f"endpoint {number}": push.endpoint, f"token {number}": push.token}
        self.secrets |= {f"{name} {number}": value for name, value in keys.items()}
        self.secrets |= {f"{name} {number}, hex": getattr(push, name).hex() for name in keys}
        key = self.call(phone, "GET", "config")["vapid_public_key"]
        given = {"endpoint": push.endpoint, "expirationTime": None, "keys": keys, "application_server_key": key}
        self.call(phone, "PUT", "device/subscription", given, 201)
        follow = {"kinds": ["hashtag_push"], "consent_version": settings.CONSENT_VERSION}
        self.call(phone, "PUT", "campaigns/une-cause/follow", follow)
        joins = number % 5 != 0
        if joins:
            self.call(phone, "PUT", f"actions/{self.action.uuid}/participation", {"stage": "joined"})
        self.phones.append(Phone(phone, device, push, joins))
        return self.phones[-1]

    def verify(self) -> None:
        """All phones that are there prove that messages reach them."""
        for number, phone in enumerate(self.phones):
            (received,) = self.push.wait_for(1, phone.push)
            nonce = received.json()["notification"]["data"]["receipt"]
            self.secrets[f"nonce {number}"] = nonce
            self.call(phone.browser, "POST", "device/subscription/verification", {"nonce": nonce})

    def move_and_erase(self) -> None:
        """One is taken over by another, one erases everything, one keeps a code."""
        old, new, gone, other = (self.new_phone(len(self.phones)) for _ in range(4))
        code = self.call(old.browser, "POST", "device/transfer", status=201)["code"]
        self.call(new.browser, "POST", "device/transfer/takeover", {"code": code})
        self.secrets["code taken"] = code
        self.secrets["code kept"] = self.call(other.browser, "POST", "device/transfer", status=201)["code"]
        self.secrets["icon"] = self.call(other.browser, "POST", "device/transfer/icon", status=201)["manifest"][-32:]
        self.call(gone.browser, "DELETE", "device", status=204)
        self.phones = [phone for phone in self.phones if Device.objects.filter(pk=phone.device.pk).exists()]

    def alert(self) -> None:
        """An alert goes out, and phones say that they showed it."""
        alert = make_alert(self.action)
        alert.schedule(make_member(self.campaign), timezone.now(), needs_approval=False)
        wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent", 120)
        for received in self.push.received():
            data = received.json()["notification"]["data"] if received.subscription else {}
            if data.get("id") == str(alert.uuid):
                self.secrets[f"receipt {len(self.secrets)}"] = data["receipt"]
                sent = {"event": "shown", "nonce": data["receipt"]}
                self.call(self.phones[0].browser, "POST", f"alerts/{alert.uuid}/receipts", sent, 204)
        assert Receipt.objects.filter(alert=alert).count() >= CROWD

    def alert_those_who_joined(self) -> None:
        """One to those who take part: some phones sleep, for all others the push service wants to be asked later."""
        now = timezone.now().astimezone(ZoneInfo("Europe/Paris"))
        hours = {name: f"{now + timedelta(hours=by):%H:%M}" for name, by in (("start", -1), ("end", 1))}
        # The last to come: PostgreSQL puts a changed row behind the others, and their order is looked at.
        self.asleep = self.phones[PHONES - PHONES // 4 : PHONES]
        for phone in self.asleep:
            self.call(phone.browser, "PATCH", "device", {"quiet_hours": hours})
        self.push.answer("*", status=429, retry_after=3600)
        alert = self.by_part = make_alert(self.action, audience=Audience.JOINED, expires_at=far(3))
        alert.schedule(make_member(self.campaign), timezone.now(), needs_approval=False)
        batches = Batch.objects.filter(alert=alert)
        wait_until(lambda: batches.exists() and not batches.unfinished().exists(), "the alert sent once", 120)
        self.push.answer("*", status=201)

    def organise(self) -> None:
        """A draft, a case, officials and their calls, invitations, codes, a session."""
        words = {name: {"fr": text} for name, text in DRAFT.items()}
        make_alert(make_hashtag_push(self.campaign), **words)
        today = timezone.localdate()
        make_person(make_solidarity_alert(self.campaign), name=NAMES["person"], consented_on=today, consent_how="lu")
        outreach, now = make_outreach(self.campaign), timezone.now()
        for number, phone in enumerate(self.phones[:6]):
            official = make_official(outreach, name=NAMES["official"] + str(number), phone=NAMES["phone"])
            until = now + timedelta(hours=1)
            assert Claim.objects.take(outreach, phone.device, [official.pk], now=now, until=until)
        user = make_user("ysoline", email=PERSON["e-mail"], password=PERSON["password"])
        make_member(self.campaign, user=user)
        laptop = Browser(self.house.port, "203.0.113.9")
        assert laptop.submit("/accounts/login/", login="ysoline", password=PERSON["password"])[0] == 302
        assert laptop.call("GET", "/admin/")[0] == 200
        self.secrets |= {f"organiser's cookie {n}": value for n, value in enumerate(sorted(laptop.given)) if value}
        self.secrets["tie code"] = TieCode.objects.make(user, now)
        self.secrets["invitation"] = Invitation.objects.make(self.campaign, uses=3, expires_at=far(24))
        code = OrganiserInvitation.objects.make(self.campaign, Role.EDITOR, user, now)
        self.secrets["organiser's invitation"] = code

    def pass_by(self) -> None:
        """All of it."""
        for number in range(PHONES):
            self.new_phone(number)
        self.verify()
        self.move_and_erase()
        self.alert()
        self.alert_those_who_joined()
        self.organise()
        self.end()

    def end(self) -> None:
        """What a scheduler does every ten minutes; then everything is carried away."""
        forget(timezone.now())
        for number, phone in enumerate(self.phones):
            self.secrets |= {f"cookie {number}.{n}": value for n, value in enumerate(phone.browser.given) if value}
