"""A page that was open while somebody else changed what is on it brings nothing back of what was there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Declaration, RallyCall, Role, SilencePeriod, SolidarityAlert, Visibility
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_gathering,
    make_hashtag_push,
    make_medium,
    make_member,
    make_person,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db
STALE = "Somebody changed this meanwhile"


def fields_of(organiser, row):
    return {name: text for name, text in parse(organiser.get(page_of(row))).fields.items() if "__prefix__" not in name}


def make_two(campaign=None, role=Role.OWNER):
    """Two organisers of one campaign, and the campaign."""
    campaign = campaign or make_campaign()
    return Organiser(make_member(campaign)), Organiser(make_member(campaign, role)), campaign


def make_named(campaign):
    values = {"name": "Anna Muster", "consented_on": timezone.localdate(), "consent_how": "by phone"}
    return make_person(make_solidarity_alert(campaign), **values)


def test_a_name_that_was_withdrawn_does_not_come_back():
    one, other, campaign = make_two(role=Role.EDITOR)
    person = make_named(campaign)
    case = person.alert_case
    page = fields_of(other, case)
    one.press(page_of(case, "person", person.pk, "withdraw"))

    answer = other.post(page_of(case), {**page, "what_to_do_fr": "Venez", "_save": "1"})

    person.refresh_from_db()
    assert (person.name, person.public_name) == ("", None)
    assert STALE in answer.content.decode()
    assert parse(answer).fields["what_to_do_fr"] == "Venez"


def test_a_name_is_given_anew_on_a_page_that_knows_of_the_withdrawal():
    one, other, campaign = make_two()
    person = make_named(campaign)
    case = person.alert_case
    one.press(page_of(case, "person", person.pk, "withdraw"))
    given = {"name": "Anna Muster", "consented_on": timezone.localdate().isoformat(), "consent_how": "in writing"}
    other.send(page_of(case), **{f"persons-0-{name}": value for name, value in given.items()})
    person.refresh_from_db()
    assert person.public_name == "Anna Muster"


def test_a_ban_is_not_lifted():
    one, other, campaign = make_two(role=Role.EDITOR)
    rally = make_rally_call(campaign, starts_at=far(240), ends_at=far(242))
    alert = make_alert(rally, send_at=far(1), expires_at=far(2))
    page = fields_of(other, rally)
    one.press(page_of(rally, "declaration", "banned"))

    answer = other.post(page_of(rally), {**page, "_test": str(alert.pk)})

    assert RallyCall.objects.get().declaration == Declaration.BANNED
    assert STALE in answer.content.decode()


def test_a_closed_campaign_stays_closed():
    one, other, campaign = make_two()
    page = fields_of(other, campaign)
    one.send(page_of(campaign), visibility=Visibility.INVITATION)

    answer = other.post(page_of(campaign), {**page, "contact": "autre@campaign.example", "_save": "1"})

    campaign.refresh_from_db()
    assert (campaign.visibility, campaign.contact) == (Visibility.INVITATION, "contact@campaign.example")
    assert STALE in answer.content.decode()
    assert parse(answer).fields["contact"] == "autre@campaign.example"


def test_what_was_confirmed_stays_confirmed():
    one, other, campaign = make_two()
    case = make_solidarity_alert(campaign, checked_at=far(-23))
    page = fields_of(other, case)
    one.press(page_of(case, "confirm"), source="lawyer")
    confirmed = SolidarityAlert.objects.get()

    answer = other.post(page_of(case), {**page, "_save": "1"})

    again = SolidarityAlert.objects.get()
    assert (again.checked_at, again.source) == (confirmed.checked_at, "lawyer")
    assert STALE in answer.content.decode()


def test_rows_of_an_action_stay_as_somebody_else_wrote_them():
    one, other, campaign = make_two()
    rally = make_rally_call(campaign)
    gathering, medium = make_gathering(rally), make_medium(rally)
    page = fields_of(other, rally)
    one.send(page_of(rally), **{"gatherings-0-address": "Ailleurs", "media-0-alt_fr": "La foule"})

    answer = other.post(page_of(rally), {**page, "title_fr": "Autre", "_save": "1"})

    gathering.refresh_from_db()
    medium.refresh_from_db()
    assert (gathering.address, medium.alt["fr"]) == ("Ailleurs", "La foule")
    assert answer.content.decode().count(STALE) == 2


def test_silence_stays_as_somebody_else_wrote_it():
    one, other, campaign = make_two()
    today = timezone.localdate()
    period = SilencePeriod.objects.create(campaign=campaign, first_day=today, last_day=today)
    page = fields_of(other, campaign)
    later = today + timedelta(days=2)
    one.send(page_of(campaign), **{"silence_periods-0-last_day": later.isoformat()})

    other.post(page_of(campaign), {**page, "contact": "autre@campaign.example", "_save": "1"})

    period.refresh_from_db()
    assert period.last_day == later


def test_the_same_once_more_is_no_conflict():
    one, _, campaign = make_two()
    push = make_hashtag_push(campaign)
    page = {**fields_of(one, push), "title_fr": "Autre", "_save": "1"}
    answers = [one.post(page_of(push), page, follow=True) for _ in range(2)]
    assert [said(answer) for answer in answers] == [["Saved."], ["Saved."]]


def test_a_page_saves_what_nobody_else_touched():
    _, other, campaign = make_two()
    rally = make_rally_call(campaign)
    gathering = make_gathering(rally)
    page = fields_of(other, rally)
    make_alert(rally, send_at=far(1), expires_at=far(2))
    other.post(page_of(rally), {**page, "gatherings-0-address": "Ailleurs", "_save": "1"})
    gathering.refresh_from_db()
    assert gathering.address == "Ailleurs"
