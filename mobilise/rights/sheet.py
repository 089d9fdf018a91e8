"""What a sheet holds, once it was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

Said = TypeVar("Said", str, list[str])


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """One situation: short statements, and where they come from."""

    id: str
    title: Mapping[str, str]
    points: Mapping[str, list[str]]
    sources: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The law of one country as far as it is told, in each of ``languages``; the first of them is the main one."""

    version: int
    jurisdiction: str
    checked_on: date
    languages: tuple[str, ...]
    topics: tuple[Topic, ...]

    def topic(self, wanted: str) -> Topic | None:
        """The topic of this id, if the sheet has one: another country's may not."""
        return next((topic for topic in self.topics if topic.id == wanted), None)

    def say(self, texts: Mapping[str, Said], language: str | None) -> Said:
        """The text in this language, else in the main one."""
        return texts.get(language or "") or texts[self.languages[0]]

    def sources_of(self, wanted: str, language: str | None) -> str:
        """Where a topic's statements come from, in one line; "" when there is no such topic."""
        topic = self.topic(wanted)
        return " · ".join(self.say(topic.sources, language)) if topic else ""
