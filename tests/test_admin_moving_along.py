"""An action is put off: what has an hour of its own goes along, unless somebody typed another one."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.models import Gathering
from tests.admin_pages import Organiser, page_of, said
from tests.make import far, make_campaign, make_gathering, make_hashtag_push, make_member, make_rally_call

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def paris(day, hour, minute=0, month=7):
    return datetime(2031, month, day, hour, minute, tzinfo=PARIS)


def typed(starts_at, ends_at):
    return {"starts_at": f"{starts_at:%Y-%m-%dT%H:%M}", "ends_at": f"{ends_at:%Y-%m-%dT%H:%M}"}


def make_rally(*gatherings):
    campaign = make_campaign()
    rally = make_rally_call(campaign, starts_at=paris(14, 18), ends_at=paris(14, 20))
    rows = [make_gathering(rally, **values) for values in gatherings]
    return Organiser(make_member(campaign)), rally, rows


def hours_of(rows):
    return [(row.starts_at, row.ends_at) for row in Gathering.objects.filter(pk__in=[one.pk for one in rows])]


def test_gatherings_and_the_reveal_go_along():
    owner, rally, rows = make_rally(
        {"starts_at": paris(14, 18), "ends_at": paris(14, 19)}, {"starts_at": paris(14, 19, 30)}
    )
    page = owner.send(page_of(rally), **typed(paris(15, 10), paris(15, 13)))
    assert hours_of(rows) == [(paris(15, 10), paris(15, 11)), (paris(15, 11, 30), None)]
    (text,) = [text for text in said(page) if text.startswith("Moved with the action")]
    assert "Place de la Sorbonne: 15 Jul 2031, 10:00" in text

    push = make_hashtag_push(rally.campaign, starts_at=paris(14, 18), ends_at=paris(14, 20), reveal_at=paris(14, 17))
    page = owner.send(page_of(push), **typed(paris(13, 18), paris(13, 20)))
    push.refresh_from_db()
    assert push.reveal_at == paris(13, 17)
    assert "Moved with the action: Revealed at: 13 Jul 2031, 17:00. Look at it." in said(page)


def test_they_go_along_on_the_wall_clock():
    owner, rally, rows = make_rally({"starts_at": paris(14, 18, 30)})
    owner.send(page_of(rally), **typed(paris(14, 18, month=12), paris(14, 20, month=12)))
    assert hours_of(rows) == [(paris(14, 18, 30, month=12), None)]


def test_what_was_typed_stays_as_it_was_typed():
    owner, rally, rows = make_rally({"starts_at": paris(14, 18)}, {"starts_at": paris(14, 19)})
    moved = typed(paris(15, 18), paris(15, 20))
    page = owner.send(page_of(rally), **moved, **{"gatherings-0-starts_at": "2031-07-15T09:00"})
    assert hours_of(rows) == [(paris(15, 9), None), (paris(15, 19), None)]
    assert not [text for text in said(page) if "09:00" in text]


def test_an_action_that_becomes_longer_moves_no_place_and_says_so():
    owner, rally, rows = make_rally({"starts_at": paris(14, 19)})
    page = owner.send(page_of(rally), **typed(paris(14, 17), paris(14, 20)))
    assert hours_of(rows) == [(paris(14, 19), None)]
    assert "The hours of its places stay as they are: look at them." in said(page)
    page = owner.send(page_of(rally), **typed(paris(14, 17), paris(14, 21)))
    assert said(page) == ["Saved."]


def test_what_has_come_already_stays():
    owner, rally, _ = make_rally()
    values = {"starts_at": far(1), "ends_at": far(3)}
    push = make_hashtag_push(rally.campaign, reveal_at=far(-1), **values)
    early = make_gathering(rally, starts_at=far(-1))
    later = {name: (moment + timedelta(days=1)).astimezone(PARIS) for name, moment in values.items()}
    owner.send(page_of(push), **typed(later["starts_at"], later["ends_at"]))
    owner.send(page_of(rally), **typed(paris(15, 18), paris(15, 20)))
    before = push.reveal_at, early.starts_at
    push.refresh_from_db()
    early.refresh_from_db()
    assert (push.reveal_at, early.starts_at) == (before[0].replace(second=0, microsecond=0), before[1])


def test_a_gathering_does_not_end_before_it_begins():
    owner, rally, rows = make_rally({"starts_at": paris(14, 18), "ends_at": paris(14, 19)})
    page = owner.send(page_of(rally), **{"gatherings-0-ends_at": "2031-07-14T17:00"})
    assert "The end must come after the start." in page.content.decode()
    assert hours_of(rows) == [(paris(14, 18), paris(14, 19))]
