"""A case moves on: one tap a status, and the alert that goes with it is ready, once, and never sent by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Alert, AlertState, Person, PersonStatus, SolidarityAlert
from campaigns.rules import status_alert, text_problems
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import far, make_campaign, make_gathering, make_member, make_person, make_solidarity_alert

pytestmark = pytest.mark.django_db


def make_case(**values):
    """An owner, their solidarity alert that begins tomorrow, and a person of it."""
    campaign = make_campaign()
    case = make_solidarity_alert(campaign, starts_at=far(20), ends_at=far(30), **values)
    return Organiser(make_member(campaign)), case, make_person(case)


def button_of(case, person, verb):
    return page_of(case).replace("/change/", f"/persons/{person.pk}/{verb}/")


def test_one_tap_moves_the_status_and_prepares_its_alert():
    owner, case, person = make_case()
    make_gathering(case, name={"fr": "Commissariat du 18e", "en": "18th district"})
    page = owner.post(button_of(case, person, "held"), {"source": "l'avocate"}, follow=True)
    alert = case.alerts.get()
    assert (alert.purpose, alert.urgency, alert.state) == (Purpose.STATUS, Urgency.HIGH, AlertState.DRAFT)
    assert alert.body["fr"].startswith("Une personne est en garde à vue")
    assert alert.body["en"].startswith("One person is held in custody")
    assert "Rassemblement " in alert.body["fr"]
    assert "Confirmé " in alert.body["fr"]
    assert alert.expires_at - alert.send_at == timedelta(hours=6)
    html = page.content.decode()
    assert "Ready to be scheduled" in html
    assert f'name="_schedule" value="{alert.pk}"' in html
    assert "An alert is ready below" in said(page)[0]


def test_one_more_tap_schedules_it_as_it_was_changed():
    owner, case, person = make_case()
    owner.press(button_of(case, person, "held"))
    alert = case.alerts.get()
    owner.send(page_of(case), "_schedule", str(alert.pk), **{"alerts-0-body_fr": "En garde à vue depuis 11 h."})
    alert.refresh_from_db()
    assert (alert.state, alert.body["fr"]) == (AlertState.SCHEDULED, "En garde à vue depuis 11 h.")


def test_a_second_tap_makes_no_second_draft():
    owner, case, person = make_case()
    owner.press(button_of(case, person, "held"))
    assert "This is not possible any more" in owner.press(button_of(case, person, "held"))[0]
    assert case.alerts.count() == 1
    assert person.steps.count() == 2


def test_a_look_at_the_button_moves_nothing():
    owner, case, person = make_case()
    owner.get(button_of(case, person, "held"), follow=True)
    assert Person.objects.get().status == PersonStatus.SUMMONED
    assert not case.alerts.exists()


def test_the_move_is_news_of_now_with_its_source():
    owner, case, person = make_case(checked_at=far(-30))
    before = timezone.now()
    owner.press(button_of(case, person, "released"), source="l'avocate")
    fresh = SolidarityAlert.objects.get()
    assert (fresh.source, fresh.checked_at >= before) == ("l'avocate", True)


def test_it_moves_nothing_without_a_source():
    owner, case, person = make_case()
    messages = owner.press(button_of(case, person, "held"), source="  ")
    assert "This field cannot be blank." in messages[0]
    assert Person.objects.get().status == PersonStatus.SUMMONED
    assert not case.alerts.exists()


def test_an_alert_for_a_status_that_passed_is_not_sent():
    owner, case, person = make_case()
    owner.press(button_of(case, person, "held"))
    old = case.alerts.get()
    owner.press(button_of(case, person, "released"))
    page = owner.send(page_of(case), "_schedule", str(old.pk))
    old.refresh_from_db()
    assert old.state == AlertState.DRAFT
    assert any("the person's status is now “released”" in text for text in said(page))
    new = case.alerts.exclude(pk=old.pk).get()
    offered = [button["value"] for button in parse(page).buttons if button.get("name") == "_schedule"]
    assert offered[0] == str(new.pk)


@pytest.mark.parametrize("status", PersonStatus.values)
def test_every_status_has_its_text_in_both_languages_and_it_fits(status):
    case = make_solidarity_alert(title={"fr": "C" * 80})
    make_gathering(case, name={"fr": "P" * 120}, starts_at=far(400))
    person = make_person(case, place={"fr": "L" * 160}, status=status)
    alert = status_alert(case, person, timezone.now())
    alert.full_clean(exclude={"action", "corrects", "scheduled_by"})
    assert set(alert.body) == {"fr", "en"}
    assert len({alert.body["fr"], alert.body["en"]}) == 2


def test_a_prepared_alert_never_names_anybody():
    case = make_solidarity_alert()
    person = make_person(case, name="Camille", consented_on=timezone.localdate(), status="held")
    alert = status_alert(case, person, timezone.now())
    assert "Camille" not in str([alert.title, alert.body])


def test_several_persons_each_have_their_buttons():
    owner, case, first = make_case()
    second = make_person(case)
    html = owner.get(page_of(case)).content.decode()
    assert f"persons/{first.pk}/held/" in html
    assert f"persons/{second.pk}/held/" in html
    owner.press(button_of(case, second, "held"))
    assert [person.status for person in case.persons.all()] == ["summoned", "held"]
    assert [text_problems(alert) for alert in Alert.objects.all()] == [[]]
