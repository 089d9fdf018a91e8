"""From the bytes of a file to its text, whatever spreadsheet wrote it."""

import codecs

# How much of a file without a mark at its start is looked at.
_SAMPLE = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class Unreadable(Exception):
    """The file as a whole is no list; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def decode(content: bytes) -> str:
    """The text. Raises Unreadable: "empty", "workbook", "binary", "encoding".

    UTF-8 and UTF-16 with or without their mark; what is neither is taken for Windows' cp1252, of which Latin-1's
    accents are a part.
    """
    if not content.strip():
        raise Unreadable("empty")
    if content.startswith(_WORKBOOKS):
        raise Unreadable("workbook")
    text = _decode(content)
    if "\0" in text:
        raise Unreadable("binary")
    return text


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _try(content, encoding)
    unmarked = _utf16_without_mark(content[:_SAMPLE])
    if unmarked:
        return _try(content, unmarked)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _windows(content)


def _windows(content: bytes) -> str:
    """Five of cp1252's bytes mean nothing: a file that has one is Latin-1."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _try(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None


def _utf16_without_mark(sample: bytes) -> str:
    """In text of Latin letters every other byte is 0: which ones tells the order."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 4
    if odd > half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > half and not odd else ""
