"""Reads a rights sheet from its file. Whoever writes another one is told all that is wrong with it, and where."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from mobilise.rights.sheet import Sheet, Topic

# It is read on a phone, by somebody who is afraid.
LONGEST_TITLE, LONGEST_POINT, LONGEST_SOURCE = 60, 240, 120
SHEET_KEYS = ("version", "jurisdiction", "checked_on", "languages", "topics")
TOPIC_KEYS = ("id", "title", "points", "sources")
LANGUAGE = re.compile(r"[a-z]{2,3}")
JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
TOPIC_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")

Problems = Iterator[str]


def read_sheet(path: Path) -> Sheet:
    """The sheet in this file. Raises ImproperlyConfigured with every problem, a line each."""
    try:
        content = path.read_bytes()
        given = json.loads(content)
    except OSError as error:
        raise ImproperlyConfigured(f"RIGHTS_SHEET, {path}, cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ImproperlyConfigured(f"RIGHTS_SHEET, {path}, is no JSON in UTF-8: {error}.") from None
    problems = list(_problems_of(given))
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        raise ImproperlyConfigured(f"RIGHTS_SHEET, {path}, is no rights sheet (docs/operations.md):\n{lines}")
    topics = tuple(Topic(**topic) for topic in given["topics"])
    day, languages = date.fromisoformat(given["checked_on"]), tuple(given["languages"])
    return Sheet(given["version"], given["jurisdiction"], day, languages, topics)


def _problems_of(given: Any) -> Problems:
    if not isinstance(given, dict):
        yield "it has to be an object, { ... }"
        return
    yield from _key_problems(given, SHEET_KEYS, "")
    version = given.get("version")
    if "version" in given and (not isinstance(version, int) or isinstance(version, bool) or version < 1):
        yield "version: a whole number, 1 or more; raise it with every change"
    if "jurisdiction" in given and not _matches(JURISDICTION, given["jurisdiction"]):
        yield "jurisdiction: a country's code in capitals, such as FR or BE"
    if "checked_on" in given and not _is_day(given["checked_on"]):
        yield "checked_on: a day, such as 2026-11-22"
    languages: Any = given.get("languages")
    if not _is_list(languages, lambda code: _matches(LANGUAGE, code)) or len(set(languages)) != len(languages):
        yield 'languages: a list of language codes, the main one first, such as ["fr", "en"]'
    else:
        yield from _problems_of_topics(given.get("topics"), languages)


def _problems_of_topics(topics: Any, languages: list[str]) -> Problems:
    if not isinstance(topics, list) or not topics:
        yield "topics: a list of one topic or more"
        return
    ids: set[Any] = set()
    for number, topic in enumerate(topics, start=1):
        if not isinstance(topic, dict):
            yield f"topic {number}: it has to be an object, {{ ... }}"
            continue
        known = _matches(TOPIC_ID, topic.get("id"))
        where = f"topic {number} ({topic['id']})" if known else f"topic {number}"
        yield from _key_problems(topic, TOPIC_KEYS, f"{where}: ")
        if "id" in topic and not known:
            yield f"{where}: id: small letters, digits and _, such as custody"
        if known and topic["id"] in ids:
            yield f"{where}: another topic has this id already"
        ids.add(topic["id"] if known else None)
        for key, problems in (("title", _title_problems), ("points", _point_problems), ("sources", _source_problems)):
            if key in topic:
                yield from (f"{where}: {key}: {problem}" for problem in problems(topic[key], languages))


def _title_problems(given: Any, languages: list[str]) -> Problems:
    yield from _language_problems(
        given, languages, lambda text: _is_text(text, LONGEST_TITLE), f"text of {LONGEST_TITLE}"
    )


def _point_problems(given: Any, languages: list[str]) -> Problems:
    yield from _lists_problems(given, languages, LONGEST_POINT)
    if isinstance(given, dict) and len({len(lines) for lines in given.values() if isinstance(lines, list)}) > 1:
        yield "every language has to say the same number of things"


def _source_problems(given: Any, languages: list[str]) -> Problems:
    yield from _lists_problems(given, languages, LONGEST_SOURCE)


def _lists_problems(given: Any, languages: list[str], longest: int) -> Problems:
    def is_right(lines: Any) -> bool:
        return _is_list(lines, lambda line: _is_text(line, longest))

    yield from _language_problems(given, languages, is_right, f"list of one text or more, each of {longest}")


def _language_problems(given: Any, languages: list[str], is_right: Callable[[Any], bool], wanted: str) -> Problems:
    """What is wrong with a map by language code."""
    if not isinstance(given, dict):
        yield f"an object with a {wanted} characters at most for each of {', '.join(languages)}"
        return
    yield from (f"nothing in {code}" for code in languages if code not in given)
    yield from (f"{code} is not among the sheet's languages" for code in given if code not in languages)
    for code in languages:
        if code in given and not is_right(given[code]):
            yield f"{code}: a {wanted} characters at most"


def _key_problems(given: dict[str, Any], keys: Collection[str], where: str) -> Problems:
    yield from (f"{where}{key} is missing" for key in keys if key not in given)
    yield from (f"{where}{key} is unknown: only {', '.join(keys)}" for key in given if key not in keys)


def _is_list(given: Any, is_right: Callable[[Any], bool]) -> bool:
    return isinstance(given, list) and bool(given) and all(is_right(each) for each in given)


def _is_text(given: Any, longest: int) -> bool:
    return isinstance(given, str) and bool(given.strip()) and len(given) <= longest


def _matches(pattern: re.Pattern[str], given: Any) -> bool:
    return isinstance(given, str) and pattern.fullmatch(given) is not None


def _is_day(given: Any) -> bool:
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return False
    return True
