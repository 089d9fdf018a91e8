"""What an alert's push message says to one device."""

import json
import math
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, override

from accounts.models import LockScreen
from campaigns.delivery.audience import Recipient
from campaigns.delivery.cards import make_card
from campaigns.models import Alert
from campaigns.receipts import RECEIPT_LENGTH, ReceiptMaker
from mobilise.fields import IndexDigester, pick
from mobilise.webpush import declarative
from mobilise.webpush.pusher import MAX_MESSAGE, MAX_TTL, Message

# Above this audience only 1 in N phones reports that it showed the alert; what is shown is then an estimate.
SAMPLED_ABOVE = 10_000
SHOWN_REPORTS = 5_000
TOPIC_LENGTH = 22

# Stands in the prepared text where each device's own receipt goes; as long as a receipt is.
_RECEIPT_MARK = "\x00receipt" + "\x00" * 35
_MARK_IN_JSON = json.dumps(_RECEIPT_MARK)[1:-1].encode()


class MessageMaker:
    """Makes one alert's messages. What is the same for many devices is prepared once and kept."""

    def __init__(self, alert: Alert, now: datetime, *, kind: str = "alert") -> None:
        """``kind``: the payload's ``data.type``; "test" for an organiser's look at it."""
        self._alert = alert
        self._kind = kind
        # A test is a notification of its own: the alert itself, when it comes, is no repeat of it.
        self._id, self._tag = (alert.uuid, alert.tag) if kind == "alert" else (uuid4(),) * 2
        self._made_at = now
        self._sample = sample_of(alert.audience_size or 0)
        self._discreet = {value: is_discreet(alert, value) for value in LockScreen.values}
        self._receipts = ReceiptMaker(alert.uuid)
        self._topics = IndexDigester("topic", alert.tag.bytes)
        self._prepared: dict[tuple[Any, ...], tuple[bytes, bytes]] = {}

    def make(self, recipient: Recipient, now: datetime) -> Message:
        """The message for one device. Its time to live is what is left of the send window, four weeks at most."""
        discreet = self._discreet[recipient.lock_screen]
        # Only a discreet text says an hour, and says it in the device's zone.
        variant = (recipient.language, discreet, recipient.keep_cards, recipient.time_zone if discreet else "")
        if variant not in self._prepared:
            before, _, after = self._prepare(*variant).partition(_MARK_IN_JSON)
            self._prepared[variant] = before, after
        before, after = self._prepared[variant]
        return Message(
            body=before + self._receipts.make() + after,
            ttl=min(max(1, math.floor((self._alert.expires_at - now).total_seconds())), MAX_TTL),
            urgency=self._alert.urgency,
            topic=self._topic(recipient.device_id),
        )

    def _topic(self, device_id: int) -> str:
        """RFC 8030 section 5.4: a repeat, or a correction, replaces what still waits at the push service."""
        return urlsafe_b64encode(self._topics.digest(device_id.to_bytes(8, "big"))).decode()[:TOPIC_LENGTH]

    def _prepare(self, language: str, discreet: bool, keep_cards: bool, time_zone: str) -> bytes:
        """The JSON text with a mark for the receipt; the card is shortened, then left out, until it fits."""
        card = make_card(self._alert.action, language, self._made_at) if keep_cards else None
        if card is not None:
            card["text"] = " ".join(texts_of(self._alert, language))
        notification = self._notification(language, discreet, time_zone)
        for shrunk in _shrink(card):
            body = _encode(notification, shrunk)
            if len(body) - len(_MARK_IN_JSON) + RECEIPT_LENGTH <= MAX_MESSAGE:
                return body
        return body  # the transport refuses what is too long, and delivery counts and reports it

    def _notification(self, language: str, discreet: bool, time_zone: str) -> dict[str, Any]:
        alert = self._alert
        title, body = discreet_texts(alert, language, time_zone) if discreet else texts_of(alert, language)
        return {
            "title": title,
            "body": body,
            "navigate": f"{settings.SITE_URL}/a/{alert.action.uuid}?alert={alert.uuid}",
            "tag": str(self._tag),
            "lang": language,
            "data": {
                "type": self._kind,
                "id": str(self._id),
                "receipt": _RECEIPT_MARK,
                "sample": self._sample,
                "expires": int(alert.expires_at.timestamp()),
            },
        }


def sample_of(audience: int) -> int:
    """N: of N phones one reports that the alert was shown."""
    return 1 if audience <= SAMPLED_ABOVE else max(1, round(audience / SHOWN_REPORTS))


def is_discreet(alert: Alert, lock_screen: str) -> bool:
    """Whether the lock screen shows no word of it."""
    if lock_screen == LockScreen.AUTO:
        return alert.action.traits.discreet
    return lock_screen == LockScreen.DISCREET


def texts_of(alert: Alert, language: str) -> tuple[str, str]:
    """(title, body) in a language. A correction says that it is one, first."""
    main = alert.action.campaign.main_language
    title, body = pick(alert.title, language, main), pick(alert.body, language, main)
    if alert.corrects_id and not title.casefold().startswith("correction"):
        with override(language):
            title = gettext("Correction: %(text)s") % {"text": title}
    return title, body


def hour_in_words(moment: datetime, language: str, time_zone: str) -> str:
    """The hour of a moment as it is said in this language, in this zone."""
    local = moment.astimezone(ZoneInfo(time_zone))
    if language == "fr":
        return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"
    return f"{local:%H:%M}"


def discreet_texts(alert: Alert, language: str, time_zone: str) -> tuple[str, str]:
    """What a discreet notification shows: the site's name and until when to read."""
    hour = hour_in_words(alert.expires_at, language, time_zone)
    with override(language):
        return settings.SITE_NAME, gettext("New message, read before %(hour)s") % {"hour": hour}


def _shrink(card: dict[str, Any] | None) -> list[dict[str, Any] | None]:
    """The card whole, then without what can be missed first, then not at all."""
    if card is None:
        return [None]
    without_summary = {name: value for name, value in card.items() if name != "summary"}
    bare = {name: value for name, value in without_summary.items() if name not in ("gatherings", "link", "text")}
    return [card, without_summary, bare, None]


def _encode(notification: dict[str, Any], card: dict[str, Any] | None) -> bytes:
    data = {**notification["data"], **({"card": card} if card else {})}
    return declarative.encode({**notification, "data": data})
