"""As much of the protobuf wire format as Google's push protocol needs, written by hand."""

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Value = int | bytes


def encode_varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode_int(field: int, number: int) -> bytes:
    """int32, int64, bool or enum, not negative."""
    return encode_varint(field << 3 | VARINT) + encode_varint(number)


def encode_fixed64(field: int, number: int) -> bytes:
    return encode_varint(field << 3 | FIXED64) + number.to_bytes(8, "little")


def encode_bytes(field: int, value: bytes | str) -> bytes:
    """bytes, string or an embedded message."""
    raw = value.encode() if isinstance(value, str) else value
    return encode_varint(field << 3 | BYTES) + encode_varint(len(raw)) + raw


def decode(message: bytes) -> dict[int, list[Value]]:
    """Values by field number, in the order in which they came. Raises ValueError for what is not protobuf."""
    fields: dict[int, list[Value]] = {}
    for field, value in _fields(message):
        fields.setdefault(field, []).append(value)
    return fields


def _fields(message: bytes) -> Iterator[tuple[int, Value]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind, size = key & 7, 0
        if kind == VARINT:
            number, at = _varint(message, at)
            yield key >> 3, number
            continue
        if kind == BYTES:
            size, at = _varint(message, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind}")
        raw, at = message[at : at + size], at + size
        if len(raw) != size:
            raise ValueError("the message ends too early")
        yield key >> 3, raw if kind == BYTES else int.from_bytes(raw, "little")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("the message ends too early")
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
