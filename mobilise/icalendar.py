"""Writing calendars (RFC 5545): events with an alarm, in UTC, for whichever program a phone has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

CONTENT_TYPE = "text/calendar; charset=utf-8"
# Octets of a line, its end not counted (section 3.1).
LINE = 75
# SEQUENCE is an integer of 31 bits: seconds since then fit for a lifetime.
_EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. ``uid`` stays the same for ever; ``revised_at`` says which of two versions is the newer."""

    uid: str
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    coordinates: tuple[float, float] | None = None
    cancelled: bool = False
    alarm: timedelta | None = None  # before the start
    last_call: timedelta | None = None  # before the end


def write_calendar(name: str, events: Iterable[Event], refresh: timedelta | None = None) -> bytes:
    """The file. With ``refresh`` it is one to subscribe to: how often a program shall ask again (RFC 7986)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_text(settings.SITE_NAME)}//EN", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    if refresh is not None:
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{_duration(refresh)}", f"X-PUBLISHED-TTL:{_duration(refresh)}"]
    components = [line for event in events for line in _event(event)]
    lines += [*(components or _NOTHING), "END:VCALENDAR"]
    return b"".join(fold(line) for line in lines)


def fold(line: str) -> bytes:
    """The line with its end, in pieces of at most 75 octets; no character is cut in two."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        # The space that begins a piece after the first counts too.
        if len(piece) + len(octets) > LINE - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


# A calendar holds at least one component (section 3.6): here a zone that nothing refers to.
_NOTHING = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def _event(event: Event) -> list[str]:
    revised = _moment(event.revised_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{revised}",
        f"LAST-MODIFIED:{revised}",
        f"SEQUENCE:{max(0, int((event.revised_at - _EPOCH).total_seconds()))}",
        f"DTSTART:{_moment(event.starts_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SUMMARY:{_text(event.summary)}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        # A calendar shared with colleagues shows "busy", not where somebody demonstrates.
        "CLASS:PRIVATE",
    ]
    for name, value in (("DESCRIPTION", _text(event.description)), ("LOCATION", _text(event.location))):
        lines += [f"{name}:{value}"] if value else []
    lines += [f"URL:{_CONTROLS.sub('', event.url)}"] if event.url else []
    lines += ["GEO:{:.6f};{:.6f}".format(*event.coordinates)] if event.coordinates else []
    if not event.cancelled:
        lines += _alarm(event, "", event.alarm) + _alarm(event, ";RELATED=END", event.last_call)
    return [*lines, "END:VEVENT"]


def _alarm(event: Event, related: str, before: timedelta | None) -> list[str]:
    if before is None:
        return []
    lines = ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(event.summary)}"]
    return [*lines, f"TRIGGER{related}:-{_duration(before)}", "END:VALARM"]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _duration(span: timedelta) -> str:
    return f"PT{int(span.total_seconds()) // 60}M"


def _text(text: str) -> str:
    """Section 3.3.11."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
