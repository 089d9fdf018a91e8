"""Persons of a solidarity alert in the admin: named only with a dated consent, moved on by buttons."""

import pytest
from django.utils import timezone

from campaigns.models import Person, PersonStatus
from campaigns.models.cases.person import NEXT_STATUSES
from tests.admin_pages import Organiser, page_of, said
from tests.make import make_campaign, make_member, make_person, make_solidarity_alert

pytestmark = pytest.mark.django_db


def make_case(**values):
    """An owner, and a person of a solidarity alert of theirs."""
    campaign = make_campaign()
    case = make_solidarity_alert(campaign)
    return Organiser(make_member(campaign)), case, make_person(case, **values)


def button_of(case, person, verb):
    return page_of(case).replace("/change/", f"/persons/{person.pk}/{verb}/")


@pytest.mark.parametrize("target", PersonStatus.values)
@pytest.mark.parametrize("status", PersonStatus.values)
def test_it_moves_a_status_on_or_says_why_not(status, target):
    owner, case, person = make_case()
    Person.objects.filter(pk=person.pk).update(status=status)
    messages = owner.press(button_of(case, person, target))
    person.refresh_from_db()
    legal = target in NEXT_STATUSES[status]
    assert person.status == (target if legal else status)
    assert ("The status is now" in messages[0]) is legal
    assert person.steps.count() == (2 if legal else 1)


def test_it_knows_no_other_status():
    owner, case, person = make_case()
    assert "is now: summoned" in owner.press(button_of(case, person, "convicted"))[0]


def test_it_offers_what_may_follow():
    owner, case, person = make_case()
    person.become("held", timezone.now())
    html = owner.get(page_of(case)).content.decode()
    offered = {status for status in PersonStatus.values if f"persons/{person.pk}/{status}/" in html}
    assert offered == NEXT_STATUSES["held"]


def test_it_takes_no_name_without_a_dated_consent():
    owner, case, person = make_case()
    page = owner.send(page_of(case), **{"persons-0-name": "Camille"})
    person.refresh_from_db()
    assert person.name == ""
    assert "needs the person&#x27;s consent and its date" in page.content.decode()


def test_it_removes_a_name_when_the_consent_is_withdrawn():
    owner, case, person = make_case(name="Camille", consented_on=timezone.now().date())
    assert "Camille" in owner.get(page_of(case)).content.decode()
    page = owner.post(button_of(case, person, "withdraw"), follow=True)
    person.refresh_from_db()
    assert (person.name, person.consent_how, person.public_name) == ("", "", None)
    assert person.withdrawn_on == timezone.localdate()
    assert "Camille" not in page.content.decode()
    assert said(page)[0].startswith("The name is removed")


def test_it_says_what_organisers_may_not_do_where_they_write():
    owner, case, _ = make_case()
    html = owner.get(page_of(case)).content.decode()
    assert "CP art. 223-1-1" in html
    assert "Information, not legal advice; as of" in html
