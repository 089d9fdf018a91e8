"""Declarative Web Push: a body that a browser can show by itself, and hands to the service worker to change."""

import json
from typing import Any


def encode(notification: dict[str, Any]) -> bytes:
    """The message, as JSON in UTF-8 (Push API, "declarative push message").

    ``notification`` has at least "title" and "navigate", an absolute address. Whatever becomes of the worker, Safari
    shows what is in it; the worker is asked first because the message is mutable.
    """
    # The standard has "mutable" beside the notification; Safari 18.4 and some after it look for it inside (WebKit
    # bug 296770), and would tell the worker nothing.
    message = {"web_push": 8030, "mutable": True, "notification": {**notification, "mutable": True}}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
