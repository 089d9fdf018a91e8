"""What is known of a case has a source and an hour; a day later it is unconfirmed, and everybody sees that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.delivery.beginning import begin
from campaigns.delivery.cards import make_card
from campaigns.models import AlertState, HeldBack, SolidarityAlert
from tests.admin_pages import Organiser, page_of, said
from tests.api import get_json
from tests.make import far, make_alert, make_campaign, make_member, make_solidarity_alert

pytestmark = pytest.mark.django_db
DAY_AGO = -24.02


def make_case(**values):
    """An owner and their solidarity alert."""
    campaign = make_campaign()
    return Organiser(make_member(campaign)), make_solidarity_alert(campaign, **values)


def confirm_of(case):
    return page_of(case).replace("/change/", "/confirm/")


def test_the_page_greys_after_a_day_and_says_since_when():
    owner, case = make_case(checked_at=far(DAY_AGO))
    html = owner.get(page_of(case)).content.decode()
    assert "case-card unconfirmed" in html
    assert "Unconfirmed since " in html


def test_it_does_not_before():
    owner, case = make_case(checked_at=far(-23.9))
    html = owner.get(page_of(case)).content.decode()
    assert "case-card unconfirmed" not in html
    assert "Last checked: " in html


def test_one_tap_confirms_it_with_a_source():
    owner, case = make_case(checked_at=far(DAY_AGO))
    before = timezone.now()
    assert owner.press(confirm_of(case), source="l'avocate") == ["Confirmed now. Source: l'avocate."]
    fresh = SolidarityAlert.objects.get()
    assert (fresh.source, fresh.checked_at >= before) == ("l'avocate", True)
    assert "case-card unconfirmed" not in owner.get(page_of(case)).content.decode()


@pytest.mark.parametrize("source", [{}, {"source": " "}, {"source": "x" * 201}])
def test_it_confirms_nothing_without_a_source_that_fits(source):
    owner, case = make_case(checked_at=far(DAY_AGO))
    stored = SolidarityAlert.objects.values("source", "checked_at").get()
    owner.press(confirm_of(case), **source)
    assert SolidarityAlert.objects.values("source", "checked_at").get() == stored


def test_a_look_at_the_button_confirms_nothing():
    owner, case = make_case(checked_at=far(DAY_AGO))
    owner.get(confirm_of(case), follow=True)
    assert SolidarityAlert.objects.get().is_unconfirmed(timezone.now())


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("source", "", "This field is required."),
        ("checked_at", "", "This field is required."),
        ("checked_at", "2131-01-01T10:00", "This is in the future"),
    ],
)
def test_the_form_wants_a_source_and_an_hour(field, value, reason):
    owner, case = make_case()
    page = owner.send(page_of(case), **{field: value})
    assert reason in page.content.decode()


def test_its_alerts_wait_for_a_confirmation():
    owner, case = make_case(checked_at=far(DAY_AGO))
    alert = make_alert(case, send_at=far(1), expires_at=far(2))
    page = owner.send(page_of(case), "_schedule", str(alert.pk))
    assert any("Confirm it first" in text for text in said(page))
    alert.refresh_from_db()
    assert alert.state == AlertState.DRAFT
    owner.press(confirm_of(case), source="l'avocate")
    owner.send(page_of(case), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.SCHEDULED


def test_an_alert_that_was_scheduled_before_is_held_back_and_the_start_page_says_so():
    owner, case = make_case(starts_at=far(1), ends_at=far(3))
    alert = make_alert(case)
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    SolidarityAlert.objects.update(checked_at=far(DAY_AGO))
    assert not begin(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.held_back) == (AlertState.DRAFT, HeldBack.STALE)
    reason = "nobody had confirmed the case for 24 hours"
    assert reason in owner.get(page_of(case)).content.decode()
    assert reason in owner.get("/admin/").content.decode()


def test_a_correction_that_was_scheduled_before_is_sent():
    owner, case = make_case(checked_at=far(DAY_AGO))
    alert = make_alert(case, purpose="correction")
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    assert begin(alert.pk, timezone.now())


def test_a_correction_does_not_wait():
    owner, case = make_case(checked_at=far(DAY_AGO))
    alert = make_alert(case, purpose="correction", send_at=far(1), expires_at=far(2))
    owner.send(page_of(case), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == AlertState.SCHEDULED


def test_activists_learn_when_it_was_checked_from_the_api_and_from_the_card():
    _, case = make_case(checked_at=far(-3).replace(microsecond=0))
    told = get_json(f"actions/{case.uuid}")["solidarity_alert"]
    stamp = case.checked_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (told["checked_at"], told["source"]) == (stamp, "legal team")
    assert make_card(case, "fr", timezone.now())["checked_at"] == stamp


def test_an_hour_of_check_lasts_for_exactly_a_day():
    now = timezone.now()
    _, case = make_case(checked_at=now - timedelta(hours=24))
    assert (case.is_unconfirmed(now), case.is_unconfirmed(now + timedelta(seconds=1))) == (False, True)
