"""Calendars: read back by a parser that is not ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from campaigns.models import ActionState, Campaign, Visibility
from mobilise.icalendar import Event, fold, write_calendar
from tests.api import ApiClient
from tests.make import (
    UNKNOWN_ID,
    far,
    make_broadcast,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_outreach,
    make_rally_call,
    make_solidarity_alert,
)

NASTY = "Élus ; virgule, \\n barre \\ « guillemets »\r\nBEGIN:VALARM\x00 🌹" + "é" * 120
STARTS = datetime(2031, 2, 20, 17, 30, tzinfo=UTC)


def fetch(path: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(path, headers=headers)


def events(response: Any) -> list[Any]:
    assert response.status_code == 200, response.content
    return [*Calendar.from_ical(response.content).walk("VEVENT")]


def of_action(action: Any, query: str = "") -> str:
    return f"/actions/{action.uuid}.ics{query}"


def of_campaign(campaign: Campaign, query: str = "") -> str:
    return f"/campaigns/{campaign.slug}/calendar.ics{query}"


# ---- the format


def make_event(**values: Any) -> Event:
    defaults = {
        "uid": "1@site.example",
        "revised_at": datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
        "summary": "Ce soir",
    }
    return Event(**{**defaults, **values})


def test_what_is_written_is_what_is_read():
    event = make_event(
        summary=NASTY,
        description=NASTY,
        location=NASTY,
        url="https://site.example/a/1",
        coordinates=(48.84881, 2.34251),
    )
    read = Calendar.from_ical(write_calendar(NASTY, [event])).walk("VEVENT")[0]
    said = NASTY.replace("\r\n", "\n").replace("\x00", "")
    assert [str(read[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")] == [said] * 3
    assert (str(read["URL"]), str(read["UID"])) == ("https://site.example/a/1", "1@site.example")
    assert (read.decoded("DTSTART"), read.decoded("DTEND")) == (STARTS, STARTS + timedelta(hours=2))
    assert read.decoded("DTSTAMP") == read.decoded("LAST-MODIFIED") == event.revised_at
    assert (read["GEO"].latitude, read["GEO"].longitude) == (48.84881, 2.34251)
    assert not read.errors


def test_lines_end_as_they_must_and_are_short_enough():
    written = write_calendar(NASTY, [make_event(summary=NASTY, alarm=timedelta(hours=1))])
    lines = written.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) == 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    # No character is cut in two.
    assert all(line.decode() for line in lines[:-1])


@pytest.mark.parametrize("text", ["", "a" * 75, "a" * 76, "é" * 200, "🌹" * 60, "a" * 74 + "é" + "b" * 80])
def test_folding_is_undone_by_unfolding(text: str):
    assert fold(text).replace(b"\r\n ", b"") == text.encode() + b"\r\n"
    assert max(map(len, fold(text).split(b"\r\n"))) <= 75


def test_the_newer_of_two_versions_has_the_higher_number():
    older, newer = (
        Calendar.from_ical(write_calendar("", [make_event(revised_at=STARTS + timedelta(seconds=n))])).walk("VEVENT")[0]
        for n in (0, 1)
    )
    assert 0 < older["SEQUENCE"] < newer["SEQUENCE"] < 2**31
    assert older["UID"] == newer["UID"]


def test_an_empty_calendar_is_one_too():
    read = Calendar.from_ical(write_calendar("Rien", [], timedelta(hours=1)))
    assert (str(read["X-WR-CALNAME"]), read.walk("VEVENT")) == ("Rien", [])
    assert read.subcomponents
    assert str(read["REFRESH-INTERVAL"].to_ical(), "ascii") in ("PT1H", "PT60M")


def test_what_is_cancelled_rings_no_alarm():
    read = Calendar.from_ical(write_calendar("", [make_event(cancelled=True, alarm=timedelta(hours=1))]))
    assert (str(read.walk("VEVENT")[0]["STATUS"]), read.walk("VALARM")) == ("CANCELLED", [])


# ---- one action


@pytest.mark.django_db
def test_an_action_has_an_alarm_and_says_what_it_is():
    push = make_hashtag_push(starts_at=STARTS, ends_at=STARTS + timedelta(hours=2), summary={"fr": "En vos mots."})
    [event] = events(fetch(of_action(push)))
    assert (str(event["SUMMARY"]), event.decoded("DTSTART")) == ("Ce soir", STARTS)
    assert str(event["UID"]) == f"{push.uuid}@127.0.0.1"
    text = str(event["DESCRIPTION"])
    assert "#500SignaturesPourAnasse" in text
    assert "En vos mots." in text
    assert f"http://127.0.0.1:8000/a/{push.uuid}" in text
    [alarm] = event.walk("VALARM")
    assert (str(alarm["ACTION"]), alarm.decoded("TRIGGER")) == ("DISPLAY", -timedelta(minutes=10))
    # A calendar shared at work says "busy".
    assert str(event["CLASS"]) == "PRIVATE"


@pytest.mark.django_db
@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.LINK])
@pytest.mark.parametrize(
    "make", [make_hashtag_push, make_rally_call, make_solidarity_alert, make_broadcast, make_outreach]
)
def test_each_kind_has_an_alarm_before_it_begins(make: Any, visibility: str):
    campaign = make_campaign(visibility=visibility)
    action = make(campaign, starts_at=far(24), ends_at=far(26))
    key = f"?key={campaign.calendar_key}" if visibility == Visibility.LINK else ""

    (event,) = events(fetch(of_action(action, key)))

    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(minutes=-10)]


@pytest.mark.django_db
def test_what_goes_on_for_weeks_has_a_second_one_a_day_before_its_end():
    (event,) = events(fetch(of_action(make_outreach(starts_at=far(-24), ends_at=far(24 * 20)))))

    begins, ends = event.walk("VALARM")
    assert (ends["TRIGGER"].params["RELATED"], ends["TRIGGER"].dt) == ("END", timedelta(days=-1))
    assert begins["TRIGGER"].dt == timedelta(minutes=-10)


@pytest.mark.django_db
def test_a_campaigns_has_alarms_for_who_asks_for_them():
    campaign = make_campaign()
    make_gathering(make_rally_call(campaign, starts_at=far(24), ends_at=far(26)), starts_at=far(24))

    (plain,), (ringing,) = (events(fetch(of_campaign(campaign, query))) for query in ("", "?alarm=1"))

    assert (len(plain.walk("VALARM")), len(ringing.walk("VALARM"))) == (0, 1)


@pytest.mark.django_db
def test_each_place_is_an_event_of_its_own():
    rally = make_rally_call(starts_at=STARTS, ends_at=STARTS + timedelta(hours=3))
    first = make_gathering(rally, practical={"fr": "Venez en avance."}, latitude="48.84881", longitude="2.34251")
    ends = STARTS + timedelta(hours=2)
    second = make_gathering(rally, name={"fr": "Lille"}, address="Grand-Place", starts_at=STARTS, ends_at=ends)
    both = events(fetch(of_action(rally)))
    assert [str(event["LOCATION"]) for event in both] == [
        "Place de la Sorbonne, Place de la Sorbonne, 75005 Paris",
        "Lille, Grand-Place",
    ]
    assert [event.decoded("DTEND") for event in both] == [rally.ends_at, ends]
    assert [str(event["UID"]) for event in both] == [f"{first.uuid}@127.0.0.1", f"{second.uuid}@127.0.0.1"]
    assert "Venez en avance." in str(both[0]["DESCRIPTION"])
    assert {event.walk("VALARM")[0].decoded("TRIGGER") for event in both} == {-timedelta(hours=1)}
    [alone] = events(fetch(of_action(rally, f"?gathering={second.uuid}")))
    assert str(alone["UID"]) == f"{second.uuid}@127.0.0.1"


@pytest.mark.django_db
@pytest.mark.parametrize("query", [f"?gathering={UNKNOWN_ID}", "?gathering=x"])
def test_a_place_that_is_none_is_not_found(query: str):
    assert fetch(of_action(make_rally_call(), query)).status_code == 404


@pytest.mark.django_db
def test_the_hashtag_is_in_it_after_its_hour_and_the_event_is_newer_then():
    hidden = make_hashtag_push(reveal_at=far(1), link="https://x.example/500SignaturesPourAnasse")
    told = make_hashtag_push(reveal_at=far(1), summary={"fr": "Rendez-vous #500SignaturesPourAnasse"})
    files = [fetch(of_action(push)).content + fetch(of_campaign(push.campaign)).content for push in (hidden, told)]
    assert not [file for file in files if b"500signatures" in file.lower().replace(b"\r\n ", b"")]
    [before] = events(fetch(of_action(hidden)))
    type(hidden).objects.filter(pk=hidden.pk).update(reveal_at=far(1 / 3600 / 10))
    later = make_hashtag_push(reveal_at=far(0))
    [after] = events(fetch(of_action(later)))
    assert "#500SignaturesPourAnasse" in str(after["DESCRIPTION"])
    assert after["SEQUENCE"] >= before["SEQUENCE"]


@pytest.mark.django_db
def test_a_change_makes_it_newer():
    push = make_hashtag_push()
    type(push).objects.filter(pk=push.pk).update(revised_at=far(-2))
    [before] = events(fetch(of_action(push)))
    push.cancel()
    [after] = events(fetch(of_action(push, "?lang=en")))
    assert (str(before["STATUS"]), str(after["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert str(after["SUMMARY"]) == "Cancelled: Tonight"
    assert after.walk("VALARM") == []


@pytest.mark.django_db
def test_a_broadcast_says_where_it_is():
    broadcast = make_broadcast(platform="France 5", link="https://television.example/direct")
    [event] = events(fetch(of_action(broadcast)))
    assert str(event["LOCATION"]) == "Télévision, France 5"
    assert "https://television.example/direct" in str(event["DESCRIPTION"])


@pytest.mark.django_db
def test_to_a_banned_rally_nobody_is_led():
    rally = make_rally_call(declaration="banned")
    make_gathering(rally)
    [event] = events(fetch(of_action(rally)))
    assert str(event["DESCRIPTION"]).startswith("Le rassemblement est interdit.")
    assert event.walk("VALARM") == []


@pytest.mark.django_db
def test_it_speaks_the_language_that_is_asked_for_else_the_campaigns():
    push = make_hashtag_push()
    titles = [str(events(fetch(of_action(push, query)))[0]["SUMMARY"]) for query in ("", "?lang=en", "?lang=xx")]
    assert titles == ["Ce soir", "Tonight", "Ce soir"]


# ---- a campaign's


@pytest.mark.django_db
def test_a_campaigns_holds_what_it_does_and_did_lately(django_assert_num_queries: Any):
    campaign = make_campaign()
    shown = [make_hashtag_push(campaign), make_rally_call(campaign, starts_at=far(48), ends_at=far(50))]
    cancelled = make_hashtag_push(campaign, state=ActionState.CANCELLED, starts_at=far(60), ends_at=far(61))
    make_hashtag_push(campaign, state=ActionState.DRAFT)
    make_hashtag_push(campaign, starts_at=far(-24 * 40), ends_at=far(-24 * 40 + 1))
    make_hashtag_push()
    for _ in range(3):
        make_gathering(shown[1])
    with django_assert_num_queries(3):  # the campaign; actions, gatherings
        response = fetch(of_campaign(campaign))
    found = events(response)
    assert [str(event["STATUS"]) for event in found] == ["CONFIRMED"] * 4 + ["CANCELLED"]
    assert str(found[0]["UID"]).startswith(str(shown[0].uuid))
    assert str(found[4]["UID"]).startswith(str(cancelled.uuid))
    assert not [event for event in found if event.walk("VALARM")]
    with django_assert_num_queries(0):
        fetch(of_campaign(campaign))


@pytest.mark.django_db
def test_it_is_kept_for_some_minutes_and_not_sent_twice():
    campaign = make_campaign()
    make_rally_call(campaign)
    first = fetch(of_campaign(campaign))
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Content-Disposition"] == f'inline; filename="{campaign.slug}.ics"'
    assert not first.cookies
    again = fetch(of_campaign(campaign), **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(method: str):
    assert getattr(Client(), method)(of_campaign(make_campaign())).status_code == 405


# ---- closed campaigns


@pytest.mark.django_db
def test_by_link_it_opens_with_the_calendars_own_key_alone():
    campaign = make_campaign(visibility=Visibility.LINK)
    rally = make_rally_call(campaign)
    assert campaign.calendar_path == of_campaign(campaign, f"?key={campaign.calendar_key}")
    opened = [fetch(campaign.calendar_path), fetch(of_action(rally, f"?key={campaign.calendar_key}"))]
    assert [(one.status_code, one["Cache-Control"]) for one in opened] == [(200, "private, no-store")] * 2
    assert [str(event["UID"]) for one in opened for event in events(one)] == [f"{rally.uuid}@127.0.0.1"] * 2
    # An address is passed on and logged: from it nobody gets the link.
    assert campaign.link_key not in "".join([campaign.calendar_path, *(str(one.content) for one in opened)])
    wrong = ("", "?key=", f"?key={'0' * 32}", f"?key={campaign.link_key}", f"?key={campaign.link_digest}")
    refused = [
        fetch(path(row, query)) for query in wrong for path, row in ((of_campaign, campaign), (of_action, rally))
    ]
    assert [one.status_code for one in refused] == [404] * 10


@pytest.mark.django_db
def test_by_invitation_it_is_for_a_followers_own_browser():
    campaign, follower = make_campaign(visibility=Visibility.INVITATION), make_device()
    rally = make_rally_call(campaign)
    make_follow(campaign, follower)
    assert campaign.calendar_path is None
    assert events(fetch(of_action(rally), ApiClient(follower)))
    assert fetch(of_action(rally), ApiClient(follower))["Cache-Control"] == "private, no-store"
    strangers = [Client(), ApiClient(make_device())]
    paths = [of_action(rally), of_action(rally, "?key="), of_campaign(campaign), of_campaign(campaign, "?key=")]
    assert {fetch(path, stranger).status_code for path in paths for stranger in strangers} == {404}


@pytest.mark.django_db
def test_of_what_is_not_published_there_is_none_for_anybody():
    follower = make_device()
    draft = make_rally_call(state=ActionState.DRAFT)
    hidden = make_rally_call(make_campaign(published=False))
    for campaign in (draft.campaign, hidden.campaign):
        make_follow(campaign, follower)
    paths = [of_action(draft), of_action(hidden), of_campaign(hidden.campaign), f"/actions/{UNKNOWN_ID}.ics"]
    assert [fetch(path, ApiClient(follower)).status_code for path in paths] == [404] * 4
