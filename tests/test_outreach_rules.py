"""What an outreach goes by: three bars, office hours, who has to rest, who is one and the same."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models.outreach.identity import digest_identity
from campaigns.rules.outreach import is_office_hour, measure, office_window, rest_until
from campaigns.rules.outreach.holidays import easter, holidays

PARIS = ZoneInfo("Europe/Paris")
COUNTS = st.dictionaries(st.sampled_from([f"{number:02}" for number in range(1, 96)]), st.integers(0, 400))
NUMBERS = st.integers(1, 1_000)


def paris(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 in Paris. 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@given(COUNTS, NUMBERS, NUMBERS, NUMBERS)
def test_what_adds_is_never_more_than_there_is_or_than_the_caps_allow(counts, target, needed, cap):
    goal = measure(counts, target=target, departements_needed=needed, departement_cap=cap)
    assert 0 <= goal.counted <= goal.total == sum(counts.values())
    assert goal.counted <= cap * goal.departements
    assert goal.beyond == sum(max(number - cap, 0) for number in counts.values())
    assert goal.full <= goal.departements == sum(number > 0 for number in counts.values())
    assert goal.is_reached == (goal.counted >= target and goal.departements >= needed)


@given(COUNTS, NUMBERS, st.sampled_from(["01", "67", "95"]))
def test_one_more_adds_one_or_nothing_where_the_departement_is_full(counts, cap, departement):
    def reached(numbers):
        return measure(numbers, target=500, departements_needed=30, departement_cap=cap)

    before = counts.get(departement, 0)
    now, then = reached(counts), reached({**counts, departement: before + 1})
    assert then.counted - now.counted == (1 if before < cap else 0)
    assert then.departements - now.departements == (1 if before == 0 else 0)
    assert (then.full, then.most) >= (now.full, now.most)


def test_it_counts_the_sponsorships_of_2022():
    counts = {"75": 60, "67": 50, "93": 12}
    goal = measure(counts, target=500, departements_needed=30, departement_cap=50)
    assert (goal.total, goal.counted, goal.beyond) == (122, 112, 10)
    assert (goal.departements, goal.full, goal.most, goal.is_reached) == (3, 2, 60, False)


@pytest.mark.parametrize(
    ("moment", "office"),
    [
        (paris(23, 8, 59), False),
        (paris(23, 9), True),
        (paris(23, 11, 59), True),
        (paris(23, 12), False),
        (paris(23, 14), True),
        (paris(23, 17), False),
        (paris(28, 10), False),  # a Saturday
        (paris(11, 10), False),  # Armistice Day, a Wednesday
        (paris(6, 10, month=4), False),  # Easter Monday
        (paris(14, 10, month=5), False),  # Ascension Day
        (paris(25, 10, month=5), False),  # Whit Monday
    ],
)
def test_it_knows_office_hours(moment, office):
    assert is_office_hour("67", PARIS, moment) is office


@pytest.mark.parametrize(
    ("year", "sunday"), [(2022, date(2022, 4, 17)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5))]
)
def test_it_knows_easter(year, sunday):
    assert easter(year) == sunday
    assert len(holidays(year)) == 11


def test_it_calls_overseas_by_the_clock_that_hangs_there():
    morning_in_reunion = paris(23, 7)
    assert is_office_hour("974", PARIS, morning_in_reunion)
    assert not is_office_hour("67", PARIS, morning_in_reunion)
    assert not is_office_hour("987", PARIS, paris(23, 10))


def test_it_says_when_the_offices_open_and_close():
    friday_evening = office_window(["67"], PARIS, paris(27, 18))
    assert (friday_evening.opens_at, friday_evening.closes_at) == (paris(30, 9), paris(30, 12))
    noon = office_window(["67", "974"], PARIS, paris(23, 11))
    assert noon.holds(paris(23, 11))
    assert noon.closes_at == paris(23, 14)
    assert office_window([], PARIS, paris(23, 13)).opens_at == paris(23, 14)


@given(st.integers(0, 6 * 365 * 24 * 60))
def test_there_is_always_a_next_window(minutes):
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = office_window(["67", "971", "988"], PARIS, now)
    assert now < window.closes_at
    assert window.opens_at < window.closes_at
    assert window.opens_at - now < timedelta(days=6)


def test_it_lets_three_go_unreported_then_slows_down():
    now = paris(23, 10)
    assert rest_until([now] * 2) is None
    assert rest_until([now - timedelta(hours=1), now, now - timedelta(hours=2)]) == now + timedelta(minutes=15)
    assert rest_until([now] * 4) == now + timedelta(minutes=30)
    assert rest_until([now] * 40) == now + timedelta(hours=12)


SAME = [
    ("Mme Jeanne DUPONT-MOREAU", "Saint-Étienne-du-Rouvray"),
    ("dupont moreau jeanne", "ST ETIENNE DU ROUVRAY"),
    ("Dupont‐Moreau, Jeanne", "Mairie de Saint Étienne du Rouvray"),
]


def test_it_knows_one_person_in_several_spellings():
    assert len({digest_identity(b"k" * 32, name, commune, "76") for name, commune in SAME}) == 1


@pytest.mark.parametrize(
    ("name", "commune", "departement"),
    [
        ("Jeanne Dupond-Moreau", "Saint-Étienne-du-Rouvray", "76"),
        ("Jeanne Dupont-Moreau", "Saint-Étienne", "76"),
        ("Jeanne Dupont-Moreau", "Saint-Étienne-du-Rouvray", "42"),
    ],
)
def test_it_tells_others_apart(name, commune, departement):
    known = digest_identity(b"k" * 32, *SAME[0], "76")
    assert digest_identity(b"k" * 32, name, commune, departement) != known
    assert digest_identity(b"j" * 32, *SAME[0], "76") != known
