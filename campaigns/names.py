"""How a person's name is known again in a text: by neighbouring words, by a word alone, by initials."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

# A word by itself is taken for a name from this length on: "Le" begins many sentences.
SHORTEST_ALONE = 3
PARTICLES = frozenset(
    {"d", "de", "del", "della", "der", "des", "di", "dos", "du", "el", "l", "la", "las", "le", "les", "los", "of"}
    | {"saint", "the", "van", "von"}
)
# "M. le maire"
NO_INITIAL = "m"

# What stands for a name that was taken out, by language; "" for a text whose language is not known.
INSTEAD = {"fr": "une personne", "en": "one person", "": "une personne / one person"}

_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_HASHTAG = re.compile(r"#\w+")
_HONORIFIC = re.compile(r"\b(?:M\.|MM?\.|Mme|Mlle|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Me)\s+$")
# What may stand between two words, or two initials, of one name.
_BETWEEN = re.compile(r"[\s.'’_-]*")


@dataclass(frozen=True, slots=True)
class Forms:
    """What a name is known by, folded: ``whole``: at least two of its words together; ``parts``: less than that."""

    whole: frozenset[str]
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something in a text that may be a name, and where it stands."""

    start: int
    end: int
    form: str


def fold(word: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def forms_of(name: str) -> Forms:
    """The forms of a name. What stands in brackets is a remark, not a name."""
    words = [piece.form for piece in _words(_BRACKETS.sub(" ", _composed(name))) if piece.form not in PARTICLES]
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    pairs |= {f"{other} {one}" for one, other in pairwise(words)}
    firsts = "".join(word[0] for word in words)
    runs = {firsts[start:end] for start in range(len(firsts)) for end in range(start + 1, len(firsts) + 1)}
    initials = {f".{run}" for run in runs if run != NO_INITIAL}
    alone = {word for word in words if len(word) >= SHORTEST_ALONE}
    return Forms(frozenset(pairs), frozenset(initials | alone))


def pieces_of(text: str) -> Iterator[Piece]:
    """All in a text (as ``without`` reads it) that may be a form of a name.

    Two neighbouring words count however they are written; one alone only with a capital; initials with their dots, or
    two capitals together.
    """
    text = _composed(text)
    words = list(_words(text))
    named = [word for word in words if word.form not in PARTICLES]
    for word in named:
        raw = text[word.start : word.end]
        if len(word.form) >= SHORTEST_ALONE and raw[0].isupper():
            yield word
        if len(raw) == 2 and raw.isupper():
            yield Piece(word.start, word.end, f".{word.form}")
    for one, other in pairwise(named):
        between = [word for word in words if one.end <= word.start < other.start]
        if _touch(text, [one, *between, other]):
            yield Piece(one.start, other.end, f"{one.form} {other.form}")
    yield from _initials(text, words)


def without(text: str, is_name: Callable[[str], bool], instead: str) -> str:
    """The text with every piece that is a name replaced; a hashtag that holds one goes."""
    text = _composed(text)
    spans: list[tuple[int, int]] = []
    for start, end in sorted((piece.start, piece.end) for piece in pieces_of(text) if is_name(piece.form)):
        if spans and (start <= spans[-1][1] or _BETWEEN.fullmatch(text[spans[-1][1] : start])):
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    for start, end in reversed(spans):
        text = _put(text, start, end, instead)
    return text


def finds(text: str, is_name: Callable[[str], bool]) -> bool:
    """Whether some piece of the text is a name."""
    return any(is_name(piece.form) for piece in pieces_of(text))


def _put(text: str, start: int, end: int, instead: str) -> str:
    hashtag = next((found for found in _HASHTAG.finditer(text) if found.start() < start and end <= found.end()), None)
    if hashtag:
        return (text[: hashtag.start()].rstrip() + text[hashtag.end() :]).strip()
    if honorific := _HONORIFIC.search(text[:start]):
        start = honorific.start()
    begins = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?\n" or text[:start].endswith("\n")
    return text[:start] + (instead[0].upper() + instead[1:] if begins else instead) + text[end:]


def _composed(text: str) -> str:
    """One character a letter, so that places in the text are places of letters."""
    return unicodedata.normalize("NFC", text)


def _words(text: str) -> Iterator[Piece]:
    """Runs of letters; a capital after a small letter begins another word, as in hashtags."""
    for run in _LETTERS.finditer(text):
        start = run.start()
        for part in _CAMEL.split(run.group()):
            yield Piece(start, start + len(part), fold(part))
            start += len(part)


def _touch(text: str, words: Collection[Piece]) -> bool:
    return all(_BETWEEN.fullmatch(text[one.end : other.start]) for one, other in pairwise(words))


def _initials(text: str, words: Collection[Piece]) -> Iterator[Piece]:
    run: list[Piece] = []
    for word in [*words, Piece(len(text), len(text), "")]:
        single = word.end - word.start == 1 and text[word.start].isupper()
        if run and not (single and _touch(text, [run[-1], word])):
            yield from _run_of_initials(text, run)
            run = []
        if single:
            run.append(word)


def _run_of_initials(text: str, run: list[Piece]) -> Iterator[Piece]:
    end = run[-1].end
    if text[end : end + 1] == ".":
        end += 1
    if len(run) > 1:
        yield Piece(run[0].start, end, "." + "".join(one.form for one in run))
    # "L. 211-1" is an article.
    elif end > run[-1].end and not text[end:].lstrip()[:1].isdigit():
        yield Piece(run[0].start, end, f".{run[0].form}")
