"""From what is told no count under 10 can be computed, not even by whoever knows how it is told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaigns.rules import counts_to_merge, tell_growth, told

World = tuple[int, ...]
# For a count that is not told at least so many values must be possible.
LEAST_POSSIBLE = 5


def tell_places(counts: Sequence[int]) -> Any:
    """All that is known of places: the sum of all, which are told as one, the others."""
    merged = counts_to_merge(counts)
    return (
        told(sum(counts)),
        merged,
        tuple(None if place in merged else count for place, count in enumerate(counts)),
    )


def tell_time(counts: Sequence[int]) -> Any:
    """All that is known of steps of time."""
    return tuple(tell_growth(counts))


def by_what_is_told(worlds: Iterable[World], tell: Callable[[World], Any]) -> dict[Any, list[World]]:
    """Whoever is told the same cannot tell these worlds from each other."""
    same = defaultdict(list)
    for world in worlds:
        same[tell(world)].append(world)
    return same


@pytest.mark.parametrize(("count", "shown"), [(-1, None), (0, None), (1, None), (9, None), (10, 10), (11, 11)])
def test_it_tells_no_count_under_ten(count: int, shown: int | None):
    assert told(count) == shown


@pytest.mark.parametrize(("places", "most"), [(1, 40), (2, 60), (3, 32), (4, 18)])
def test_a_small_place_could_always_have_been_many_other_counts(places: int, most: int):
    worlds = (world for world in product(range(most + 1), repeat=places) if sum(world) <= most)
    doubts = [
        len({world[place] for world in same})
        for (_sum, merged, _shown), same in by_what_is_told(worlds, tell_places).items()
        for place in merged
        if any(world[place] < 10 for world in same)
    ]
    assert doubts
    assert min(doubts) >= LEAST_POSSIBLE


@pytest.mark.parametrize(("places", "most"), [(3, 60), (4, 40)])
def test_not_even_who_knows_which_places_are_small_can_compute_one(places: int, most: int):
    worlds = (world for world in product(range(most + 1), repeat=places) if sum(world) <= most)
    doubts = [
        len({world[place] for world in same if world[place] < 10})
        for (whole, merged, _shown), same in by_what_is_told(worlds, tell_places).items()
        for place in merged
        # When all are told as one, their sum is all that is told.
        if whole is not None and len(merged) < places and any(world[place] < 10 for world in same)
    ]
    assert doubts
    assert min(doubts) >= LEAST_POSSIBLE


@pytest.mark.parametrize(("steps", "most"), [(1, 40), (2, 40), (3, 30), (4, 16)])
def test_a_small_step_could_always_have_been_many_other_counts(steps: int, most: int):
    doubts = [
        len({world[step] for world in same})
        for told_at, same in by_what_is_told(product(range(most + 1), repeat=steps), tell_time).items()
        # Beyond, not all worlds that are told so are among those looked at.
        if all(number <= most for _, number in told_at)
        for step in range(steps)
        if any(world[step] < 10 for world in same)
    ]
    assert doubts
    assert min(doubts) >= LEAST_POSSIBLE


def worlds_close_by(world: World, place: int) -> Iterator[World]:
    """What one place has more, another has less, or two share it; or, when the sum is not told, nobody."""
    rest = [other for other in range(len(world)) if other != place]
    for moved in [*range(-world[place], 0), *range(1, 10)]:
        half = moved // 2
        changes = [{place: moved}, *({place: moved, other: -moved} for other in rest)]
        changes += [{place: moved, one: -half, two: half - moved} for one, two in combinations(rest, 2)]
        for change in changes:
            yield tuple(count + change.get(one, 0) for one, count in enumerate(world))


def worlds_far_off(world: World, place: int) -> Iterator[World]:
    """Of the places that are told as one, another count for this one; of the rest some none, some ten, some alike."""
    merged = counts_to_merge(world) - {place}
    whole = world[place] + sum(world[other] for other in merged)
    for count in range(10):
        for none, tens in product(range(len(merged)), repeat=2):
            alike, left = len(merged) - none - tens, whole - count - 10 * tens
            if count != world[place] and alike > 0 and left >= 0:
                shares = [left // alike + (one < left % alike) for one in range(alike)]
                others = dict(zip(merged, [0] * none + [10] * tens + shares, strict=True))
                yield tuple(others.get(one, count if one == place else had) for one, had in enumerate(world))


def differs_somewhere(world: World, place: int, tell: Callable[[World], Any]) -> bool:
    """Whether another world, in which this count is another one, is told the same."""
    known = tell(world)
    others = chain(worlds_close_by(world, place), worlds_far_off(world, place))
    return any(min(other) >= 0 and tell(other) == known for other in others)


COUNTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 400)), min_size=2, max_size=14)


@given(COUNTS)
@example([0, 10, 10, 10])
def test_any_number_of_places_keeps_the_small_ones(counts: list[int]):
    merged = counts_to_merge(counts)
    small = {place for place, count in enumerate(counts) if count < 10}
    assert small <= merged
    assert [place for place in small if not differs_somewhere(tuple(counts), place, tell_places)] == []


@given(COUNTS)
def test_any_number_of_places_tells_the_others_as_long_as_it_can(counts: list[int]):
    merged = counts_to_merge(counts)
    told_ones = [count for place, count in enumerate(counts) if place not in merged]
    assert all(count >= 10 for count in told_ones)
    assert bool(merged) == any(count < 10 for count in counts)
    assert max((counts[place] for place in merged), default=0) <= min(told_ones, default=401)


@given(COUNTS)
def test_any_length_of_time_keeps_the_small_steps(counts: list[int]):
    small = [step for step, count in enumerate(counts) if count < 10]
    assert [step for step in small if not differs_somewhere(tuple(counts), step, tell_time)] == []


@given(st.lists(st.integers(-6, 40), max_size=40))
def test_what_is_told_of_time_is_ten_at_least_and_leaves_nobody_out(counts: list[int]):
    told_at = tell_growth(counts)
    assert bool(told_at) <= (sum(counts) >= 10)
    assert [number for _, number in told_at if number < 10] == []
    assert sum(number for _, number in told_at) == (sum(counts) if told_at else 0)
    assert sorted({place for place, _ in told_at}) == [place for place, _ in told_at]


@given(st.lists(st.integers(0, 40), max_size=40))
def test_what_was_told_last_is_never_ten_away(counts: list[int]):
    told_at = tell_growth(counts)
    known = [sum(number for place, number in told_at if place <= step) for step in range(len(counts) + 1)]
    true = [sum(counts[:step]) for step in range(len(counts) + 1)]
    # A small last telling waits for the end.
    most = 10 + LEAST_POSSIBLE
    assert bool(told_at) == (sum(counts) >= 10)
    assert [step for step in range(len(known)) if told_at and abs(true[step] - known[step]) >= most] == []
