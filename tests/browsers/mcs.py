"""The frames of MCS, the connection over which Chromium gets its push messages, and the few messages in them."""

import asyncio
import time
from dataclasses import dataclass

from tests.browsers.mailbox import Message, Subscription
from tests.browsers.protobuf import Value, decode, encode_bytes, encode_int, encode_varint

VERSION = 41
HEARTBEAT_PING, HEARTBEAT_ACK, LOGIN_REQUEST, LOGIN_RESPONSE, CLOSE = range(5)
IQ_STANZA, DATA_MESSAGE = 7, 8

# Field numbers of mcs.proto that we read.
LOGIN_USER, LOGIN_RECEIVED_IDS = 3, 10
LAST_STREAM_ID_RECEIVED = {HEARTBEAT_PING: 2, HEARTBEAT_ACK: 2, IQ_STANZA: 10, DATA_MESSAGE: 11}


@dataclass(frozen=True)
class Frame:
    """One message of the browser."""

    tag: int
    fields: dict[int, list[Value]]

    def number(self, field: int) -> int:
        """A numeric field, 0 when it is not there."""
        value = self.fields.get(field, [0])[0]
        return value if isinstance(value, int) else 0

    def texts(self, field: int) -> list[str]:
        """A repeated text field."""
        return [value.decode() for value in self.fields.get(field, []) if isinstance(value, bytes)]

    @property
    def last_stream_id_received(self) -> int:
        """How many of our frames the browser has had; 0 when it does not say."""
        field = LAST_STREAM_ID_RECEIVED.get(self.tag)
        return self.number(field) if field else 0


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Tag, length, message. Raises IncompleteReadError when the browser went away."""
    tag = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return Frame(tag, decode(await reader.readexactly(size)))


def frame(tag: int, message: bytes) -> bytes:
    return bytes([tag]) + encode_varint(len(message)) + message


def login_response() -> bytes:
    now = int(time.time() * 1000)
    message = encode_bytes(1, "1") + encode_int(6, 1) + encode_int(8, now)
    return bytes([VERSION]) + frame(LOGIN_RESPONSE, message)


def heartbeat_ack(stream_id_received: int) -> bytes:
    return frame(HEARTBEAT_ACK, encode_int(2, stream_id_received))


def data_message(subscription: Subscription, message: Message, stream_id_received: int) -> bytes:
    """A push message: the encrypted body as it is, whom it is for, and a wish to be acknowledged at once."""
    details = {"subtype": subscription.channel, "content-encoding": "aes128gcm"}
    stanza = (
        encode_bytes(3, subscription.details["sender"])
        + encode_bytes(5, subscription.details["category"])
        + b"".join(encode_bytes(7, encode_bytes(1, key) + encode_bytes(2, value)) for key, value in details.items())
        + encode_bytes(9, message.version)
        + encode_int(11, stream_id_received)
        + encode_int(17, message.ttl)
        + encode_int(18, int(message.created * 1000))
        + encode_bytes(21, message.body)
        + encode_int(24, 1)
    )
    return frame(DATA_MESSAGE, stanza)
