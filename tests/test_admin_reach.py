"""Whom an alert goes to, as its page says it: how many now, and no number that tells of single persons."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import AlertState, Audience, Participation, Stage
from campaigns.rules import Reach, audience, audience_size, needs_approval, reach_of
from tests.admin_pages import Organiser, page_of, said
from tests.make import far, make_alert, make_campaign, make_device, make_followers, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


def make_draft(campaign, **values):
    return make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(2), **values)


def goes_to(alert):
    owner = Organiser(make_member(alert.action.campaign))
    (form,) = owner.get(page_of(alert.action)).context["inline_admin_formsets"][-1].formset.initial_forms
    return form.card.goes_to


def join(action, devices):
    for device in devices:
        Participation.objects.take_part(action, device, Stage.JOINED, None, verified=True, now=timezone.now())


def test_it_says_how_many_follow():
    campaign = make_campaign()
    make_followers(campaign, 3)
    assert goes_to(make_draft(campaign)) == "Goes to 3 devices now."


def test_it_says_no_number_below_ten_of_a_narrowed_audience():
    campaign = make_campaign()
    make_followers(campaign, 9, departement="75")
    make_followers(campaign, 20, departement="13")
    assert goes_to(make_draft(campaign, departements=["75"])) == "Goes to fewer than 10 devices now, in 75."
    joined = make_draft(campaign, audience=Audience.JOINED)
    assert goes_to(joined) == "Goes to fewer than 10 devices now."


def test_it_says_full_tens_of_departements_so_that_no_difference_tells_of_few():
    campaign = make_campaign()
    make_followers(campaign, 14, departement="75")
    make_followers(campaign, 3, departement="13")
    assert goes_to(make_draft(campaign, departements=["75"])) == "Goes to 10 devices or a few more now, in 75."
    assert (
        goes_to(make_draft(campaign, departements=["13", "75"])) == "Goes to 10 devices or a few more now, in 13, 75."
    )


def test_it_counts_who_joined_and_can_be_reached():
    campaign = make_campaign()
    alert = make_draft(campaign, audience=Audience.JOINED)
    followers = make_followers(campaign, 12)
    join(alert.action, followers[:11])
    assert goes_to(alert) == "Goes to 11 devices now."


def join_as_strangers(action, number):
    for _ in range(number):
        Participation.objects.take_part(action, make_device(), Stage.JOINED, None, verified=False, now=timezone.now())


def test_strangers_who_join_change_no_number_and_pass_no_second_pair_of_eyes():
    campaign = make_campaign(two_person=True, two_person_above=12)
    followers = make_followers(campaign, 26)
    push = make_hashtag_push(campaign)
    join(push, followers[:13])
    join_as_strangers(push, 15)
    rest = make_alert(push, audience=Audience.NOT_JOINED, send_at=far(1), expires_at=far(2))
    joined = make_alert(push, audience=Audience.JOINED, send_at=far(1), expires_at=far(2))
    assert (audience_size(rest), audience_size(joined)) == (13, 13)

    Organiser(make_member(campaign)).send(page_of(push), "_schedule", str(rest.pk))
    rest.refresh_from_db()
    assert rest.state == AlertState.AWAITING


def test_it_asks_no_second_person_for_as_many_as_one_may_send_to():
    campaign = make_campaign(two_person=True, two_person_above=13)
    push = make_hashtag_push(campaign)
    join(push, make_followers(campaign, 26)[:13])
    assert not needs_approval(make_alert(push, audience=Audience.NOT_JOINED))


def test_it_counts_no_more_of_a_large_audience_than_it_needs(monkeypatch):
    monkeypatch.setattr(audience, "CHUNK", 4)
    monkeypatch.setattr(audience, "MOST_COUNTED", 12)
    campaign = make_campaign()
    make_followers(campaign, 30)
    alert = make_draft(campaign, audience=Audience.NOT_JOINED)
    with CaptureQueriesContext(connection) as found:
        assert reach_of(alert) == Reach(12, narrowed=True, at_least=True)
    assert len([one for one in found if "campaigns_participation" in one["sql"]]) == 3
    assert goes_to(alert) == "Goes to 12 devices or more now."


@pytest.mark.parametrize(
    "narrowed", [{"departements": ["75"]}, {"audience": Audience.JOINED}, {"audience": Audience.NOT_JOINED}]
)
def test_it_refuses_to_schedule_for_fewer_than_ten_of_a_narrowed_audience(narrowed):
    campaign = make_campaign()
    make_followers(campaign, 9, departement="75")
    alert = make_draft(campaign, **narrowed)
    owner = Organiser(make_member(campaign))
    page = owner.send(page_of(alert.action), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.DRAFT
    assert any("Fewer than 10 devices" in text for text in said(page))


def test_it_schedules_for_few_who_are_all_who_follow():
    campaign = make_campaign()
    make_followers(campaign, 2)
    alert = make_draft(campaign)
    Organiser(make_member(campaign)).send(page_of(alert.action), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.SCHEDULED


def test_it_keeps_the_departements_that_an_organiser_chooses():
    campaign = make_campaign()
    alert = make_draft(campaign)
    owner = Organiser(make_member(campaign))
    owner.send(page_of(alert.action), **{"alerts-0-departements": ["93", "2A", "75"]})
    alert.refresh_from_db()
    assert alert.departements == ["2A", "75", "93"]
    page = owner.send(page_of(alert.action), **{"alerts-0-departements": ["20"]})
    assert "Choose departements of the list." in page.content.decode()
    alert.refresh_from_db()
    assert alert.departements == ["2A", "75", "93"]
