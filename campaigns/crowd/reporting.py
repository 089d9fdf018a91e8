"""A crowd reports what became of an alert: all who do so in one moment are counted together."""

import re
from collections.abc import Sequence
from uuid import UUID

from campaigns.crowd.reading import UUID_AS_WRITTEN, read_json
from campaigns.models import Receipt, ReceiptEvent, Report
from campaigns.receipts import check_receipt
from mobilise.fast_path import Call, Route, use_connection
from mobilise.grouped import Grouped

# Made once: the framework makes them anew whenever they are asked for.
EVENTS = frozenset(ReceiptEvent.values)


def answer(call: Call) -> bytes | None:
    """Nothing, once it is counted. None: for the view to answer."""
    given, alert = read_json(call.body, {"event", "nonce"}), UUID(call.names[0])
    if given is None:
        return None
    event, text = given.get("event"), given.get("nonce")
    nonce = check_receipt(alert, text) if isinstance(text, str) else None
    if nonce is None or not isinstance(event, str) or event not in EVENTS:
        return None
    return None if _record(Report(alert, event, nonce)) is None else b""


def _record_together(reports: Sequence[Report]) -> list[bool | None]:
    # Of a group only this thread asks the database.
    use_connection()
    return Receipt.objects.record_together(reports)


_record = Grouped(_record_together)
ROUTE = Route("POST", re.compile(rf"/api/v1/alerts/({UUID_AS_WRITTEN.pattern})/receipts"), "204 No Content", answer)
