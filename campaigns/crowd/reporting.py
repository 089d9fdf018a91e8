"""A crowd reports what became of an alert."""

import re
from uuid import UUID

from campaigns.crowd.reading import UUID_AS_WRITTEN, read_json
from campaigns.models import Receipt, ReceiptEvent
from campaigns.receipts import check_receipt
from mobilise.fast_path import Call, Route


def answer(call: Call) -> bytes | None:
    """Nothing, once it is counted. None: for the view to answer."""
    given, alert = read_json(call.body, {"event", "nonce"}), UUID(call.names[0])
    if given is None:
        return None
    event, text = given.get("event"), given.get("nonce")
    nonce = check_receipt(alert, text) if isinstance(text, str) else None
    if nonce is None or event not in ReceiptEvent.values:
        return None
    return None if Receipt.objects.record(alert, str(event), nonce) is None else b""


ROUTE = Route("POST", re.compile(rf"/api/v1/alerts/({UUID_AS_WRITTEN.pattern})/receipts"), "204 No Content", answer)
