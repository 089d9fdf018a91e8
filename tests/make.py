"""Factories: plain functions that make rows with sensible defaults."""

import os
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone
from PIL import Image

from accounts.models import Device, OrganiserDevice, PushKeys, Subscription, User
from campaigns.kinds import KIND_BITS, kinds_to_mask
from campaigns.models import (
    ActionState,
    Alert,
    Broadcast,
    Campaign,
    ContactRecord,
    Figure,
    Follow,
    Gathering,
    HashtagPush,
    IdentityKey,
    Medium,
    MediumKind,
    Membership,
    Official,
    OutcomeSum,
    Outreach,
    Person,
    Picture,
    RallyCall,
    Role,
    SolidarityAlert,
    Tally,
)
from campaigns.models.outreach.identity import digest_identity
from campaigns.models.outreach.officials import Details
from campaigns.pictures import encode
from mobilise.webpush.vapid import VapidKey

_numbers = count(1)

# Nothing has it. The same in every run: a test that is parametrized with it has one name.
UNKNOWN_ID = UUID("8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90")


def make_user(username: str = "", **extra: Any) -> User:
    """An organiser with an unusable password."""
    return User.objects.create_user(username or f"organiser{next(_numbers)}", **extra)


def make_campaign(**values: Any) -> Campaign:
    """A published, public campaign."""
    number = next(_numbers)
    defaults = {
        "slug": f"campaign-{number}",
        "name": {"fr": f"Campagne {number}", "en": f"Campaign {number}"},
        "hashtag": "500SignaturesPourAnasse",
        "run_by": {"fr": "Le comité", "en": "The committee"},
        "contact": "contact@campaign.example",
        "legal_phone": "+33 1 99 00 00 00",
        "published": True,
    }
    return Campaign.objects.create(**{**defaults, **values})


def make_member(campaign: Campaign, role: str = Role.OWNER, user: User | None = None) -> User:
    """An organiser with a role in the campaign."""
    user = user or make_user()
    Membership.objects.create(campaign=campaign, user=user, role=role)
    return user


def _action_values(campaign: Campaign | None, values: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    defaults = {
        "campaign": campaign or make_campaign(),
        "title": {"fr": "Ce soir", "en": "Tonight"},
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=2),
        "state": ActionState.PUBLISHED,
    }
    return {**defaults, **values}


def make_hashtag_push(campaign: Campaign | None = None, **values: Any) -> HashtagPush:
    """A hashtag push that is live now."""
    return HashtagPush.objects.create(**{"hashtag": "500SignaturesPourAnasse", **_action_values(campaign, values)})


def make_rally_call(campaign: Campaign | None = None, **values: Any) -> RallyCall:
    """A declared rally call that is live now."""
    return RallyCall.objects.create(**{"declaration": "declared", **_action_values(campaign, values)})


def make_solidarity_alert(campaign: Campaign | None = None, **values: Any) -> SolidarityAlert:
    """A solidarity alert that is live now."""
    extra = {"source": "legal team", "checked_at": timezone.now()}
    return SolidarityAlert.objects.create(**{**extra, **_action_values(campaign, values)})


def make_broadcast(campaign: Campaign | None = None, **values: Any) -> Broadcast:
    """A television set that is live now."""
    extra = {"medium": "television", "platform": "France 5", "link": "https://television.example/direct"}
    return Broadcast.objects.create(**{**extra, **_action_values(campaign, values)})


def make_outreach(campaign: Campaign | None = None, **values: Any) -> Outreach:
    """An outreach that is live now."""
    extra = {"script": {"fr": "Bonjour, je vous appelle au sujet du parrainage."}}
    return Outreach.objects.create(**{**extra, **_action_values(campaign, values)})


def make_person(case: SolidarityAlert, **values: Any) -> Person:
    """A person who is summoned, not named; a name comes with how the consent to it was given."""
    values = {**({"consent_how": "in writing"} if values.get("name") else {}), **values}
    return Person.objects.create(**{"alert_case": case, "place": {"fr": "Commissariat du 18e"}, **values})


def make_gathering(action: Any, **values: Any) -> Gathering:
    """One place and time of an action."""
    defaults = {
        "action_id": action.pk,
        "name": {"fr": "Place de la Sorbonne"},
        "address": "Place de la Sorbonne, 75005 Paris",
        "departement": "75",
        "starts_at": action.starts_at,
    }
    return Gathering.objects.create(**{**defaults, **values})


def picture_file(size: tuple[int, int] = (64, 48), kind: str = "PNG", **more: Any) -> BytesIO:
    """What an organiser would choose: a file with a picture of one colour; ``more`` as Pillow's `save` takes it."""
    file = BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(file, kind, **more)
    file.seek(0)
    return file


def make_medium(action: Any, **values: Any) -> Medium:
    """A picture to relay; another kind needs a ``url``."""
    medium = Medium.objects.create(**{"action": action, "kind": "picture", "alt": {"fr": "La place"}, **values})
    if medium.kind == MediumKind.PICTURE:
        make_picture(medium)
    return medium


def make_picture(owner: Any) -> Picture:
    """A small picture of a gathering or of a medium."""
    return Picture.objects.keep(owner, encode(picture_file()))


def make_alert(action: Any, **values: Any) -> Alert:
    """A draft alert that is due now and useful for an hour."""
    now = timezone.now()
    defaults = {
        "action_id": action.pk,
        "title": {"fr": "C'est l'heure", "en": "It is time"},
        "body": {"fr": "Dix-huit heures.", "en": "Six o'clock."},
        "send_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    return Alert.objects.create(**{**defaults, **values})


def make_figure(action: Any, **values: Any) -> Figure:
    """A figure that an organiser typed in: 8,000 posts."""
    defaults = {
        "action_id": action.pk,
        "value": 8000,
        "label": {"fr": "messages sous le hashtag", "en": "posts under the hashtag"},
        "source": {"fr": "X"},
        "as_of": action.ends_at,
    }
    return Figure.objects.create(**{**defaults, **values})


def make_sums(action: Any, joined: int, done: int = 0, *, place: int = 0, at: datetime | None = None) -> None:
    """So many took part, all of them counted in public, in one minute."""
    minute = at or action.starts_at
    Tally.objects.add_all(action, {(place, "joined"): (joined, joined), (place, "done"): (done, done)}, minute)


def make_device(**values: Any) -> Device:
    """An anonymous device. Its cookie's value is in ``device.cookie``."""
    made = {"language": "fr", "time_zone": "Europe/Paris", "today": timezone.now().date()}
    device, cookie = Device.objects.make(**{name: values.pop(name, default) for name, default in made.items()})
    if values:
        Device.objects.filter(pk=device.pk).update(**values)
        device.refresh_from_db()
    device.cookie = cookie  # type: ignore[attr-defined]  # for tests that speak as this device
    return device


def tie_phone(user: User, *, subscribed: bool = True, **values: Any) -> Device:
    """A phone that the organiser tied to their account."""
    device = make_device(**values)
    if subscribed:
        make_subscription(device)
    OrganiserDevice.objects.create(device=device, user=user, tied_on=timezone.now().date())
    return device


def make_awaiting(campaign: Campaign | None = None, action: Any = None, **values: Any) -> Alert:
    """An alert that an owner scheduled and that awaits approval; to one follower, in two-person mode, unless told."""
    if campaign is None and action is None:
        campaign = make_campaign(two_person=True, two_person_above=0)
        follower = make_device()
        make_subscription(follower)
        make_follow(campaign, follower)
    action = action or make_hashtag_push(campaign)
    alert = make_alert(action, **{"send_at": far(1), "expires_at": far(2), **values})
    alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=True)
    return alert


def make_push_keys(endpoint: str) -> PushKeys:
    """Keys as a browser would make them, for an endpoint; nobody keeps the private half."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return PushKeys(endpoint, public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), os.urandom(16))


def vapid_fingerprint() -> str:
    """The fingerprint of the key that the settings hand out."""
    return VapidKey.from_string(settings.VAPID_PRIVATE_KEYS.split(",")[0]).fingerprint


def make_subscription(device: Device, keys: PushKeys | None = None, *, verified: bool = True) -> Subscription:
    """A subscription of the device, verified unless told otherwise."""
    today = timezone.now().date()
    keys = keys or make_push_keys(f"https://fcm.googleapis.com/fcm/send/{next(_numbers)}")
    host = keys.endpoint.split("/")[2]
    row = Subscription.objects.register(device, keys, host=host, fingerprint=vapid_fingerprint(), today=today)
    if verified:
        Subscription.objects.filter(pk=row.pk).update(verified_on=today)
        row.refresh_from_db()
    return row


def make_follow(campaign: Campaign, device: Device, kinds: list[str] | None = None) -> Follow:
    """The device follows the campaign, all kinds unless told otherwise."""
    mask = kinds_to_mask(kinds if kinds is not None else list(KIND_BITS))
    return Follow.objects.create(
        campaign=campaign, device=device, kinds_mask=mask, consent_version=1, consented_on=timezone.now().date()
    )


def make_followers(campaign: Campaign, number: int, **device: Any) -> list[Device]:
    """So many devices that follow the campaign and can be reached."""
    devices = [make_device(**device) for _ in range(number)]
    for one in devices:
        make_subscription(one)
        make_follow(campaign, one)
    return devices


def as_json_subscription(keys: PushKeys) -> dict[str, Any]:
    """What the browser's PushSubscription.toJSON() gives."""
    b64 = {name: urlsafe_b64encode(getattr(keys, name)).decode().rstrip("=") for name in ("p256dh", "auth")}
    return {"endpoint": keys.endpoint, "expirationTime": None, "keys": b64}


def far(hours: float) -> datetime:
    """A moment that many hours from now."""
    return timezone.now() + timedelta(hours=hours)


def make_official(outreach: Outreach, departement: str = "67", **details: str) -> Official:
    """An official of the outreach's list whom nobody has contacted."""
    number = next(_numbers)
    given = {"name": f"Élue Inventée {number}", "function": "Maire", "commune": f"Ville-Fictive-{number}"}
    given |= {"phone": "03 99 00 00 00", "email": f"mairie{number}@commune.example", **details}
    digest = digest_identity(IdentityKey.get(), given["name"], given["commune"], departement)
    record, _ = ContactRecord.objects.get_or_create(digest=digest)
    OutcomeSum.objects.enlist(outreach, departement)
    sealed = Details(**given).sealed()
    return Official.objects.create(
        outreach=outreach, record=record, departement=departement, details_sealed=sealed, lot=number
    )
