"""The small-number rule: what may be told of people who took part, so that no count under 10 can be computed."""

from collections.abc import Sequence

# A smaller count could be told apart by those who know each other.
LEAST_COUNT = 10
# Whoever knows this rule and all that is told must be left with more possible values than this for a small count.
LEAST_DOUBT = 5

# How many steps had passed when it was told, and how many had come since it was told the last time.
Telling = tuple[int, int]


def told(count: int) -> int | None:
    """The count if it may be told, else None: fewer than 10, none at all included."""
    return count if count >= LEAST_COUNT else None


def full_tens(count: int) -> int:
    """Rounded down: of two overlapping groups the difference then does not tell how few are in one alone."""
    return count // 10 * 10


def counts_to_merge(counts: Sequence[int]) -> frozenset[int]:
    """Which of these counts (their places in the list) are told only as one sum, the total being known.

    The small ones; and as long as they could be computed from that sum, the smallest of the others with them.
    """
    order = sorted(range(len(counts)), key=lambda place: counts[place])
    merged = [place for place in order if counts[place] < LEAST_COUNT]
    for place in order[len(merged) :] if merged else ():
        if _hides([counts[one] for one in merged], counts[place]):
            break
        merged.append(place)
    return frozenset(merged)


def _hides(merged: Sequence[int], smallest_told: int) -> bool:
    """Whether each small count among the merged ones could be many others.

    None of the merged is larger than the smallest that is told: that, too, is known.
    """
    small = sum(count < LEAST_COUNT for count in merged)
    large, total = len(merged) - small, sum(merged)
    most_of_others = (small - 1) * (LEAST_COUNT - 1) + large * smallest_told
    least, most = max(0, total - most_of_others), min(LEAST_COUNT - 1, total - large * LEAST_COUNT)
    return len(merged) > 1 and total >= LEAST_COUNT and most - least >= LEAST_DOUBT


def tell_growth(counts: Sequence[int]) -> list[Telling]:
    """When to tell how many there are, step by step: whenever ten or more have come since the last time.

    So what was told last is never ten behind. Those who came after the last telling are in it all the same: alone
    they would be what is missing from the sum; of a small last one they make "by the end". Empty when all together
    are fewer than 10. A step may be negative: more took their part back than joined.
    """
    told_at: list[Telling] = []
    new = 0
    for place, count in enumerate(counts):
        new += count
        if new >= LEAST_COUNT:
            told_at.append((place + 1, new))
            new = 0
    if not told_at or told_at[-1][0] == len(counts):
        return told_at
    last, number = told_at.pop()
    new += number
    if new >= LEAST_COUNT + LEAST_DOUBT:
        return [*told_at, (last, new)]
    while new < LEAST_COUNT and told_at:
        new += told_at.pop()[1]
    return [*told_at, (len(counts), new)] if new >= LEAST_COUNT else []
