"""As much of the D-Bus wire format as a notification service needs, written by hand (little-endian only)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

METHOD_CALL, METHOD_RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = range(1, 9)

_FIELD_TYPES = {PATH: "o", INTERFACE: "s", MEMBER: "s", ERROR_NAME: "s", REPLY_SERIAL: "u", DESTINATION: "s"}
_FIELD_TYPES |= {SIGNATURE: "g"}
_FIXED = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d", "h": "I"}
_ALIGNMENT = {"a": 4, "s": 4, "o": 4, "g": 1, "v": 1, "(": 8, "{": 8} | {
    kind: struct.calcsize(code) for kind, code in _FIXED.items()
}
HEADER_SIZE = 16


@dataclass(frozen=True)
class BusMessage:
    """A message that was read; `fields` is the header, by the numbers above."""

    kind: int
    serial: int
    fields: dict[int, Any]
    body: list[Any]


def single_types(signature: str) -> Iterator[str]:
    """The single complete types of a signature: "sa{sv}(ii)" has three."""
    at = 0
    while at < len(signature):
        end = at
        while signature[end] == "a":
            end += 1
        if signature[end] in "({":
            depth = 0
            while True:
                depth += (signature[end] in "({") - (signature[end] in ")}")
                if depth == 0:
                    break
                end += 1
        yield signature[at : end + 1]
        at = end + 1


class Encoder:
    """Writes strings, numbers and arrays of strings, which is all that we ever say."""

    def __init__(self) -> None:
        self.data = bytearray()

    def align(self, to: int) -> None:
        """Pads to a multiple of `to` bytes."""
        self.data += bytes(-len(self.data) % to)

    def put(self, kind: str, value: Any) -> None:
        """Appends one value of the single complete type `kind`."""
        self.align(_ALIGNMENT[kind[0]])
        if kind in _FIXED:
            self.data += struct.pack("<" + _FIXED[kind], value)
        elif kind in "so":
            raw = value.encode()
            self.data += struct.pack("<I", len(raw)) + raw + b"\0"
        elif kind == "g":
            self.data += bytes([len(value)]) + value.encode() + b"\0"
        elif kind == "as":
            inner = Encoder()
            for item in value:
                inner.put("s", item)
            self.data += struct.pack("<I", len(inner.data)) + inner.data
        else:
            raise NotImplementedError(kind)


class Decoder:
    """Reads anything."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at

    def align(self, to: int) -> None:
        """Skips to a multiple of `to` bytes."""
        self.at += -self.at % to

    def get(self, kind: str) -> Any:
        """The next value, of the single complete type `kind`."""
        self.align(_ALIGNMENT[kind[0]])
        match kind[0]:
            case "s" | "o":
                return self._text(self.get("u"))
            case "g":
                return self._text(self.get("y"))
            case "v":
                return self.get(self.get("g"))
            case "a":
                return self._array(kind[1:])
            case "(" | "{":
                return [self.get(inner) for inner in single_types(kind[1:-1])]
        (value,) = struct.unpack_from("<" + _FIXED[kind], self._data, self.at)
        self.at += struct.calcsize(_FIXED[kind])
        return bool(value) if kind == "b" else value

    def _text(self, size: int) -> str:
        raw, self.at = self._data[self.at : self.at + size], self.at + size + 1
        return raw.decode()

    def _array(self, kind: str) -> Any:
        size = self.get("u")
        self.align(_ALIGNMENT[kind[0]])
        end = self.at + size
        if kind == "y":
            raw, self.at = self._data[self.at : end], end
            return raw
        items = []
        while self.at < end:
            items.append(self.get(kind))
        return dict(items) if kind[0] == "{" else items


def encode_message(
    kind: int, serial: int, fields: dict[int, Any], signature: str = "", body: Sequence[Any] = ()
) -> bytes:
    """A whole message, header and body."""
    content = Encoder()
    for single, value in zip(single_types(signature), body, strict=True):
        content.put(single, value)
    header = Encoder()
    header.data += struct.pack("<cBBBII", b"l", kind, 0, 1, len(content.data), serial)
    pairs = Encoder()
    for number, value in (fields | ({SIGNATURE: signature} if signature else {})).items():
        pairs.align(8)
        pairs.put("y", number)
        pairs.put("g", _FIELD_TYPES[number])
        pairs.put(_FIELD_TYPES[number], value)
    header.data += struct.pack("<I", len(pairs.data)) + pairs.data
    header.align(8)
    return bytes(header.data + content.data)


def sizes(start: bytes) -> tuple[int, int]:
    """From a message's first 16 bytes: the size of the whole header with its padding, and of the body."""
    body, _, fields = struct.unpack_from("<III", start, 4)
    header = HEADER_SIZE + fields
    return header + -header % 8, body


def decode_message(data: bytes) -> BusMessage:
    if data[:1] != b"l":
        raise ValueError("not a little-endian D-Bus message")
    fields = dict(Decoder(data, 12).get("a(yv)"))
    header, _ = sizes(data)
    decoder = Decoder(data[header:])
    body = [decoder.get(kind) for kind in single_types(fields.get(SIGNATURE, ""))]
    return BusMessage(data[1], struct.unpack_from("<I", data, 8)[0], fields, body)
