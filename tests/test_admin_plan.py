"""The plan of an alert in its form: a number, a unit, before or after the start or the end, or a moment of its own."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override

from campaigns.admin.fields.plan import Plan
from campaigns.models import Alert, AlertAnchor, AlertState
from tests.admin_pages import Organiser, add_row, page_of, parse, said
from tests.make import make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)


def paris(hour, minute=0, day=14, month=7):
    return datetime(2031, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def make_planned(anchor=AlertAnchor.START, offset=-3 * HOUR, **values):
    """An owner, and a draft three hours before an action on the fourteenth of July, 18:00."""
    campaign = make_campaign()
    push = make_hashtag_push(campaign, starts_at=paris(18), ends_at=paris(20))
    window = {"send_at": paris(15), "expires_at": paris(17)}
    alert = make_alert(push, anchor=anchor, offset=offset, **{**window, **values})
    return Organiser(make_member(campaign)), push, alert


def stored(alert):
    alert.refresh_from_db()
    return alert


def plan(number, unit, relation, row=0):
    parts = {"number": str(number), "unit": unit, "relation": relation}
    return {f"alerts-{row}-plan_{name}": value for name, value in parts.items()}


def clean(fields):
    return {name: text for name, text in fields.items() if "__prefix__" not in name}


def test_it_shows_the_plan_and_the_hour_that_follows_from_it():
    owner, push, _alert = make_planned()
    fields = parse(owner.get(page_of(push))).fields
    assert {name: fields[f"alerts-0-plan_{name}"] for name in ("number", "unit", "relation")} == {
        "number": "3",
        "unit": "h",
        "relation": "before_start",
    }
    assert fields["alerts-0-send_at"] == "2031-07-14T15:00"


@pytest.mark.parametrize(
    ("typed", "moment", "kept"),
    [
        ((90, "m", "before_start"), paris(16, 30), Plan(AlertAnchor.START, timedelta(minutes=-90))),
        ((2, "d", "before_start"), paris(18, day=12), Plan(AlertAnchor.START, timedelta(days=-2))),
        ((0, "m", "after_start"), paris(18), Plan(AlertAnchor.START, timedelta(0))),
        ((1, "h", "after_start"), paris(19), Plan(AlertAnchor.START, HOUR)),
        ((15, "m", "before_end"), paris(19, 45), Plan(AlertAnchor.END, timedelta(minutes=-15))),
        ((30, "m", "after_end"), paris(20, 30), Plan(AlertAnchor.END, timedelta(minutes=30))),
    ],
)
def test_it_makes_a_moment_of_the_plan_and_takes_the_end_along(typed, moment, kept):
    owner, push, alert = make_planned()
    owner.send(page_of(push), **plan(*typed))
    alert = stored(alert)
    assert (alert.send_at, Plan(alert.anchor, alert.offset)) == (moment, kept)
    assert alert.expires_at - alert.send_at == 2 * HOUR


def test_it_counts_whole_days_on_the_wall_clock():
    campaign = make_campaign()
    # On the thirtieth of March 2031 the clock in Paris skips an hour.
    push = make_hashtag_push(campaign, starts_at=paris(18, day=30, month=3), ends_at=paris(20, day=30, month=3))
    make_alert(push, send_at=paris(10, day=1, month=3), expires_at=paris(11, day=1, month=3))
    Organiser(make_member(campaign)).send(page_of(push), **plan(1, "d", "before_start"))
    assert push.alerts.get().send_at == paris(18, day=29, month=3)


def test_it_gives_an_alert_a_moment_of_its_own_when_an_hour_is_typed():
    owner, push, alert = make_planned()
    page = owner.send(page_of(push), **{"alerts-0-send_at": "2031-07-14T12:10"})
    alert = stored(alert)
    assert (alert.send_at, alert.anchor) == (paris(12, 10), AlertAnchor.FIXED)
    assert any("a moment of its own now" in text for text in said(page))


def test_it_takes_the_moment_that_is_shown_when_it_is_to_stay():
    owner, push, alert = make_planned()
    owner.send(page_of(push), **{"alerts-0-plan_relation": "fixed"})
    alert = stored(alert)
    assert (alert.send_at, alert.anchor, alert.offset) == (paris(15), AlertAnchor.FIXED, timedelta(0))


def test_it_believes_the_plan_when_both_were_changed():
    owner, push, alert = make_planned()
    owner.send(page_of(push), **plan(1, "h", "before_start"), **{"alerts-0-send_at": "2031-07-14T12:10"})
    assert stored(alert).send_at == paris(17)


def test_it_keeps_an_end_that_was_typed():
    owner, push, alert = make_planned()
    owner.send(page_of(push), **plan(1, "h", "before_start"), **{"alerts-0-expires_at": "2031-07-14T19:59"})
    assert stored(alert).expires_at == paris(19, 59)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (plan("", "h", "before_start"), "Say how many minutes, hours or days."),
        (plan(-1, "h", "before_start"), "greater than or equal to 0"),
        (plan(1000, "h", "before_start"), "less than or equal to 999"),
        ({"alerts-0-plan_relation": "fixed", "alerts-0-send_at": ""}, "Say when."),
        ({"alerts-0-expires_at": "2031-07-14T10:00"}, "after the moment of sending"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(values, reason):
    owner, push, alert = make_planned()
    page = owner.send(page_of(push), **values, **{"alerts-0-body_fr": "Gardé."})
    assert reason in page.content.decode()
    assert parse(page).fields["alerts-0-body_fr"] == "Gardé."
    assert stored(alert).send_at == paris(15)


def test_it_changes_nothing_that_was_not_touched():
    owner, push, alert = make_planned()
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = owner.send(page_of(push))
    assert said(page) == ["Saved."]
    assert stored(alert).state == AlertState.SCHEDULED


def test_it_proposes_plans_for_a_new_action():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    values = {"starts_at": "2031-07-14T18:00", "ends_at": "2031-07-14T20:00", "hashtag": "Un", "title_fr": "Ce soir"}
    owner.send("/admin/campaigns/hashtagpush/add/", **values)
    with override("en"):
        plans = [Plan(alert.anchor, alert.offset).in_words() for alert in Alert.objects.all()]
    assert plans == ["1 day before the start", "1 hour before the start", "at the start", "30 minutes after the end"]


def test_it_adds_an_alert_by_its_plan_alone():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign, starts_at=paris(18), ends_at=paris(20))
    fields = clean(parse(owner.get(page_of(push))).fields)
    row = {"title_fr": "Un", "body_fr": "Deux", "purpose": "reminder", "audience": "followers", "urgency": ""}
    row |= {"plan_number": "3", "plan_unit": "h", "plan_relation": "before_start", "send_at": "", "expires_at": ""}
    owner.post(page_of(push), {**add_row(fields, "alerts", **row), "_save": "1"})
    alert = push.alerts.get()
    assert (alert.send_at, alert.expires_at, alert.anchor) == (paris(15), paris(18), AlertAnchor.START)


def test_it_begins_a_new_alert_an_hour_before_the_start():
    owner, push, _alert = make_planned()
    fields = parse(owner.get(page_of(push))).fields
    assert fields["alerts-__prefix__-plan_number"] == "1"
    assert fields["alerts-__prefix__-plan_relation"] == "before_start"


def test_it_voids_the_approval_of_another_plan():
    _owner, _push, alert = make_planned()
    before = alert.digest
    alert.offset = -2 * HOUR
    assert alert.digest != before
    alert.departements = ["75"]
    assert alert.digest not in (before, Alert.objects.get(pk=alert.pk).digest)


def test_it_draws_the_plan_as_a_time_line_with_the_action_on_it():
    owner, push, _alert = make_planned()
    make_alert(push, anchor=AlertAnchor.END, offset=HOUR, send_at=paris(21), expires_at=paris(22), purpose="recap")
    page = owner.get(page_of(push))
    marks = page.context["time_line"]
    assert [(mark.kind, mark.plan) for mark in marks if mark.kind != "now"] == [
        ("alert", "3 hours before the start"),
        ("start", ""),
        ("end", ""),
        ("alert", "1 hour after the end"),
    ]
    assert [mark.day is not None for mark in marks if mark.kind != "now"] == [True, False, False, False]
    text = parse(page).text
    assert "The action starts" in text
    assert "3 hours before the start" in text
