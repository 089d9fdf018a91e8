"""When a rally is declared: 3 clear days at least and 15 at most before, on the calendar of its own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import RallyCall
from campaigns.rules import Authority, Urge, declaration_window, filings_of
from tests.make import make_gathering, make_rally_call

PARIS, REUNION, TAHITI = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion"), ZoneInfo("Pacific/Tahiti")
SATURDAY, TUESDAY = 5, 1

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
hours = st.times()
zones = st.sampled_from([PARIS, REUNION, TAHITI, ZoneInfo("UTC"), ZoneInfo("America/Miquelon")])


def test_a_saturday_is_declared_by_tuesday() -> None:
    window = declaration_window(datetime(2026, 11, 28, 14, tzinfo=PARIS), PARIS)
    assert (window.last, window.first) == (date(2026, 11, 24), date(2026, 11, 12))


def test_it_reads_the_day_in_the_zone_of_the_rally() -> None:
    late_in_tahiti = datetime(2026, 11, 29, 6, tzinfo=UTC)
    assert declaration_window(late_in_tahiti, TAHITI).last == date(2026, 11, 24)
    assert declaration_window(late_in_tahiti, REUNION).last == date(2026, 11, 25)


@given(day=days, hour=hours, zone=zones)
def test_there_are_three_clear_days_and_no_more_than_fifteen(day: date, hour: time, zone: ZoneInfo) -> None:
    window = declaration_window(datetime.combine(day, hour, tzinfo=zone).astimezone(UTC), zone)
    # An hour that the clock skips is read as the one after it: the day of the rally is that of its moment.
    rally = datetime.combine(day, hour, tzinfo=zone).astimezone(UTC).astimezone(zone).date()
    assert len(list(_between(window.last, rally))) == 3
    assert len(list(_between(window.first, rally))) == 15
    assert (window.last - window.first).days == 12


@given(day=days, hour=hours)
def test_every_saturday_is_declared_by_a_tuesday(day: date, hour: time) -> None:
    saturday = day + timedelta(days=(SATURDAY - day.weekday()) % 7)
    assert declaration_window(datetime.combine(saturday, hour, tzinfo=PARIS), PARIS).last.weekday() == TUESDAY


@given(day=days, hour=hours, other=hours, zone=zones)
def test_the_hour_of_the_rally_changes_nothing(day: date, hour: time, other: time, zone: ZoneInfo) -> None:
    noon = declaration_window(datetime.combine(day, time(12), tzinfo=zone), zone)
    assert noon in (
        declaration_window(datetime.combine(day, hour, tzinfo=zone), zone),
        declaration_window(datetime.combine(day, other, tzinfo=zone), zone),
    )


@given(day=days, today=days)
def test_it_is_overdue_exactly_from_the_day_after_the_last(day: date, today: date) -> None:
    window = declaration_window(datetime.combine(day, time(12), tzinfo=PARIS), PARIS)
    urge = window.urge(today)
    assert (urge == Urge.OVERDUE) == (today > window.last)
    assert (urge == Urge.EARLY) == (today < window.first)
    assert (urge == Urge.LAST_DAY) == (today == window.last)


def _between(one: date, other: date) -> list[date]:
    return [one + timedelta(days=n) for n in range(1, (other - one).days)]


# ---- per place


def rally_on(day: date, **values: object) -> RallyCall:
    starts_at = datetime.combine(day, time(14), tzinfo=PARIS)
    return make_rally_call(
        declaration="undeclared", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **values
    )


NOW = datetime(2026, 11, 20, 10, tzinfo=PARIS)


@pytest.mark.django_db
def test_each_place_is_declared_once_for_its_earliest_hour() -> None:
    rally = rally_on(date(2026, 11, 28))
    make_gathering(rally, starts_at=rally.starts_at + timedelta(days=1))
    make_gathering(rally)
    make_gathering(rally, address="Vieux-Port, Marseille", departement="13", starts_at=rally.starts_at - timedelta(1))
    filings = filings_of(rally, NOW)
    assert [(filing.window.last.day, filing.authority) for filing in filings] == [
        (23, Authority.TOWN_HALL_OR_PREFECTURE),
        (24, Authority.POLICE_PREFECTURE),
    ]


@pytest.mark.django_db
def test_a_rally_without_places_counts_from_its_own_start() -> None:
    (filing,) = filings_of(rally_on(date(2026, 11, 28)), NOW)
    assert (filing.window.last, filing.urge) == (date(2026, 11, 24), Urge.OPEN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "urge"),
    [
        (date(2026, 12, 7), Urge.EARLY),
        (date(2026, 12, 6), Urge.OPEN),
        (date(2026, 11, 24), Urge.LAST_DAY),
        (date(2026, 11, 23), Urge.OVERDUE),
        (date(2026, 11, 19), Urge.PAST),
    ],
)
def test_it_says_how_the_deadline_stands(day: date, urge: Urge) -> None:
    assert [filing.urge for filing in filings_of(rally_on(day), NOW)] == [urge]


@pytest.mark.django_db
def test_a_banned_rally_has_nothing_to_declare() -> None:
    rally = rally_on(date(2026, 11, 28))
    rally.set_declaration("banned")
    assert filings_of(rally, NOW) == []


def test_no_name_of_who_declares_is_stored() -> None:
    own = {field.name for field in RallyCall._meta.get_fields() if field.model is RallyCall}
    assert own == {"action_ptr", "declaration", "practical"}
    words = ("declarant", "declarer", "organizer", "responsible", "phone", "name")
    assert [field.name for field in RallyCall._meta.fields if any(word in field.name for word in words)] == []
