"""Correcting an alert that went out, from the admin."""

import pytest
from django.utils import timezone

from campaigns.models import Alert, AlertState
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
)

pytestmark = pytest.mark.django_db


def make_sent(state="sending"):
    """An owner, and an alert of theirs that has begun to be sent."""
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_hashtag_push(campaign)
    alert = make_alert(push)
    Alert.objects.filter(pk=alert.pk).update(state=state, started_at=timezone.now(), last_device=7)
    return owner, push, alert


def test_it_proposes_the_old_text_as_a_correction():
    owner, push, alert = make_sent()
    fields = parse(owner.get(page_of(push, "correct", alert.pk))).fields
    assert fields["title_fr"].startswith("Correction\u00a0: C'est l'heure")
    assert fields["title_en"] == "Correction: It is time"
    assert fields["body_fr"] == "Dix-huit heures."


def test_it_schedules_the_correction_and_stops_the_wrong_one():
    owner, push, alert = make_sent()
    page = owner.send(page_of(push, "correct", alert.pk), body_fr="À dix-neuf heures.")
    correction = alert.corrections.get()
    alert.refresh_from_db()
    assert (correction.state, correction.body["fr"]) == (AlertState.SCHEDULED, "À dix-neuf heures.")
    assert correction.tag == alert.uuid
    assert alert.state == AlertState.CANCELLED
    assert page.redirect_chain[-1][0] == page_of(push)


def test_it_makes_one_correction_of_two_taps():
    owner, push, alert = make_sent("sent")
    for _ in range(2):
        page = owner.send(page_of(push, "correct", alert.pk), body_fr="À dix-neuf heures.")
    assert alert.corrections.count() == 1
    assert said(page) == ["This correction was made already."]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title_fr": "Rendez-vous"}, "Begin the title with"),
        ({"body_fr": "x" * 181}, "at most 180 fit"),
        ({"body_fr": "", "body_en": ""}, "at least one language"),
        ({"expires_at": "2020-01-01T10:00"}, "after the moment of sending"),
        ({"send_at": "soon"}, "Enter a valid date/time"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong(changes, reason):
    owner, push, alert = make_sent("sent")
    page = owner.send(page_of(push, "correct", alert.pk), **changes)
    assert reason in page.content.decode()
    assert not alert.corrections.exists()


@pytest.mark.parametrize("state", ["draft", "scheduled", "awaiting"])
def test_it_corrects_nothing_that_nobody_can_have_had(state):
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    Alert.objects.filter(pk=alert.pk).update(state=state)
    page = owner.get(page_of(push, "correct", alert.pk), follow=True)
    assert "change it instead" in said(page)[0]
    owner.post(page_of(push, "correct", alert.pk), {})
    assert not alert.corrections.exists()


def test_it_waits_for_a_second_person_in_two_person_mode():
    owner, push, alert = make_sent("sent")
    device = make_device()
    make_subscription(device)
    make_follow(push.campaign, device)
    Alert.objects.filter(pk=alert.pk).update(last_device=device.pk)
    type(push.campaign).objects.update(two_person=True, two_person_above=0)
    owner.send(page_of(push, "correct", alert.pk))
    assert alert.corrections.get().state == AlertState.AWAITING
