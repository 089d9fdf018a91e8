"""What an organiser is warned of: it never refuses, and is said before an alert is scheduled."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.models import AlertState
from campaigns.rules import alerts_near, warnings_of
from campaigns.rules.phones import ANDROID, BODY_SHOWN, IPHONE, TITLE_SHOWN, cut
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def at(hour, minute=0):
    return datetime(2031, 7, 14, hour, minute, tzinfo=PARIS)


def draft(push, moment, **values):
    return make_alert(push, **{"send_at": moment, "expires_at": moment + timedelta(minutes=30), **values})


def make_push(campaign=None, **values):
    return make_hashtag_push(campaign, **{"starts_at": at(18), "ends_at": at(20), **values})


def codes(alert):
    return [one.code for one in warnings_of(alert, alerts_near([alert]))]


@pytest.mark.parametrize(
    ("moment", "warned"), [(at(6, 59), True), (at(7), False), (at(21, 59), False), (at(22), True), (at(2), True)]
)
def test_it_warns_of_an_alert_in_the_night_of_the_action_s_zone(moment, warned):
    push = make_push(starts_at=at(0), ends_at=at(23, 59))
    assert ("night" in codes(draft(push, moment))) is warned


def test_it_knows_the_night_elsewhere():
    push = make_push(time_zone="Indian/Reunion")
    # 20:30 in Paris is 22:30 there.
    assert "night" in codes(draft(push, at(20, 30)))


@pytest.mark.parametrize(("minutes", "warned"), [(59, True), (60, False), (-59, True), (-60, False)])
def test_it_warns_of_another_alert_of_the_campaign_too_near(minutes, warned):
    campaign = make_campaign()
    other = draft(make_push(campaign), at(12))
    other.schedule(make_member(campaign), timezone.now(), needs_approval=False)
    alert = draft(make_push(campaign), at(12) + timedelta(minutes=minutes))
    assert codes(alert) == ([f"near-{other.pk}"] if warned else [])


def test_it_warns_of_drafts_of_the_same_action_that_are_scheduled_with_it():
    push = make_push()
    first, second = draft(push, at(12)), draft(push, at(12, 30))
    assert (codes(first), codes(second)) == ([f"near-{second.pk}"], [f"near-{first.pk}"])


def test_it_minds_neither_drafts_elsewhere_nor_other_campaigns():
    campaign, elsewhere = make_campaign(), make_campaign()
    draft(make_push(campaign), at(12))
    draft(make_push(elsewhere), at(12)).schedule(make_member(elsewhere), timezone.now(), needs_approval=False)
    assert codes(draft(make_push(campaign), at(12))) == []


@pytest.mark.parametrize(("purpose", "warned"), [("reminder", True), ("start", True), ("recap", False)])
def test_it_warns_of_an_alert_after_the_end_that_is_not_meant_for_afterwards(purpose, warned):
    assert ("after" in codes(draft(make_push(), at(20, 1), purpose=purpose))) is warned


def test_it_warns_of_texts_that_phones_cut():
    push = make_push()
    fits = {"title": {"fr": "x" * TITLE_SHOWN}, "body": {"fr": "x" * BODY_SHOWN}}
    long = {"title": {"fr": "x" * (TITLE_SHOWN + 1)}, "body": {"fr": "court", "en": "x" * (BODY_SHOWN + 1)}}
    assert codes(draft(push, at(12), **fits)) == []
    assert codes(draft(push, at(15), **long)) == ["long-title-fr", "long-body-en"]


def test_it_keeps_to_numbers_that_phones_show():
    assert 40 <= TITLE_SHOWN <= 50
    assert 100 <= BODY_SHOWN <= 178
    assert min(ANDROID.folded, IPHONE.folded) < BODY_SHOWN
    assert cut("x" * 50, 50) == "x" * 50
    assert cut("x" * 51, 50) == "x" * 49 + "…"


def test_it_says_a_new_warning_before_it_schedules():
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_push(campaign)
    alert = draft(push, at(12))
    text = {"alerts-0-body_fr": "x" * (BODY_SHOWN + 1)}
    page = owner.send(page_of(push), "_schedule", str(alert.pk), **text)
    alert.refresh_from_db()
    assert (alert.state, len(alert.body["fr"])) == (AlertState.DRAFT, BODY_SHOWN + 1)
    assert any("saved, not scheduled yet" in message for message in said(page))
    assert parse(page).fields[f"warned-{alert.pk}"] == "long-body-fr"
    owner.send(page_of(push), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.SCHEDULED


def test_it_schedules_at_once_what_was_warned_of_on_the_page():
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_push(campaign)
    alert = draft(push, at(3))
    assert "It rings in the night: 03:00." in owner.get(page_of(push)).content.decode()
    owner.send(page_of(push), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.SCHEDULED
