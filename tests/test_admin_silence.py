"""Silence periods on the page of a campaign: owners change them, the others read them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Alert, AlertState, AuditEntry, Role, SilencePeriod
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db
ROW = "silence_periods-0-{}"
BALLOT = {ROW.format("first_day"): "2032-04-10", ROW.format("last_day"): "2032-04-11"}


def test_it_keeps_the_days_that_an_owner_types():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    owner.send(page_of(campaign), **BALLOT)
    period = campaign.silence_periods.get()
    assert (period.first_day, period.last_day) == (date(2032, 4, 10), date(2032, 4, 11))
    assert AuditEntry.objects.filter(act="silence_changed").count() == 1
    page = owner.send(page_of(campaign))
    assert said(page) == ["Saved."]
    assert AuditEntry.objects.filter(act="silence_changed").count() == 1


def test_it_says_which_scheduled_alerts_will_be_held_back():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    alert = make_alert(make_hashtag_push(campaign), send_at=far(24), expires_at=far(25))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    days = {"first_day": timezone.now().date(), "last_day": (timezone.now() + timedelta(days=3)).date()}
    page = owner.send(page_of(campaign), **{ROW.format(name): day.isoformat() for name, day in days.items()})
    assert any("will be held back" in text for text in said(page))


@pytest.mark.parametrize("days", [(0, 1), (1, 2)])
def test_it_resumes_no_alert_whose_rest_would_be_sent_in_silence(days):
    campaign = make_campaign(time_zone="UTC")
    owner = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(-1), expires_at=far(24))
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.PAUSED, started_at=far(-1))
    first, last = (timezone.now().date() + timedelta(days=number) for number in days)
    period = SilencePeriod.objects.create(campaign=campaign, first_day=first, last_day=last)

    assert "keeps silence" in owner.press(page_of(push, "alert", alert.pk, "resume"))[0]
    alert.refresh_from_db()
    assert alert.state == AlertState.PAUSED

    period.delete()
    owner.press(page_of(push, "alert", alert.pk, "resume"))
    alert.refresh_from_db()
    assert alert.state == AlertState.SENDING


def test_it_resumes_what_a_silence_that_is_over_touched():
    campaign = make_campaign(time_zone="UTC")
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(-48), expires_at=far(1))
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.PAUSED, started_at=far(-48))
    day = timezone.now().date() - timedelta(days=1)
    SilencePeriod.objects.create(campaign=campaign, first_day=day, last_day=day)
    Organiser(make_member(campaign)).press(page_of(push, "alert", alert.pk, "resume"))
    alert.refresh_from_db()
    assert alert.state == AlertState.SENDING


def test_it_refuses_days_in_the_wrong_order_beside_the_field():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    page = owner.send(page_of(campaign), **{**BALLOT, ROW.format("last_day"): "2032-04-09"})
    assert "The last day cannot come before the first." in page.content.decode()
    assert not SilencePeriod.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_it_lets_the_others_read_them(role):
    campaign = make_campaign()
    SilencePeriod.objects.create(campaign=campaign, first_day=date(2032, 4, 10), last_day=date(2032, 4, 11))
    page = Organiser(make_member(campaign, role)).get(page_of(campaign))
    assert "10 Apr 2032 – 11 Apr 2032" in page.content.decode()
    assert ROW.format("first_day") not in parse(page).fields


def test_it_refuses_an_alert_in_the_silence_in_words_beside_it():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(24), expires_at=far(25))
    today = timezone.now().date()
    SilencePeriod.objects.create(campaign=campaign, first_day=today, last_day=today + timedelta(days=3))
    assert "The campaign keeps silence" in owner.get(page_of(push)).content.decode()
    page = owner.send(page_of(push), "_schedule", str(alert.pk))
    assert any("was not scheduled: The campaign keeps silence" in text for text in said(page))


def test_it_says_on_the_page_that_an_alert_was_held_back():
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    make_alert(push, send_at=far(1), expires_at=far(2), held_back="silence")
    page = Organiser(make_member(campaign)).get(page_of(push))
    assert "It was held back at its minute and not sent: the campaign keeps silence." in page.content.decode()
