"""Editing alerts on the page of their action: scheduled already, changed by somebody else, too long."""

import pytest
from django.utils import timezone

from campaigns.models import Alert, AlertState, Approval
from tests.admin_pages import Organiser, add_row, page_of, parse, said
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


def make_owner(**values):
    campaign = make_campaign(**values)
    return Organiser(make_member(campaign)), campaign


def test_it_schedules_again_what_was_edited_while_scheduled():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = owner.send(page_of(push), **{"alerts-0-body_fr": "À dix-neuf heures."})
    alert.refresh_from_db()
    assert (alert.state, alert.body["fr"]) == (AlertState.SCHEDULED, "À dix-neuf heures.")
    assert alert.scheduled_digest == alert.digest
    assert any("was changed" in text for text in said(page))
    assert any("is scheduled for" in text for text in said(page))


def test_it_waits_for_approval_again_when_an_approved_alert_is_edited():
    owner, campaign = make_owner(two_person=True, two_person_above=0)
    device = make_device()
    make_subscription(device)
    make_follow(campaign, device)
    alert = make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=True)
    alert.approve(make_member(campaign), timezone.now())
    owner.send(page_of(alert.action), **{"alerts-0-body_fr": "À dix-neuf heures."})
    alert.refresh_from_db()
    assert alert.state == AlertState.AWAITING
    assert not Approval.objects.exists()


def test_it_leaves_a_draft_when_the_edit_must_not_be_sent():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = owner.send(page_of(push), **{"alerts-0-body_fr": ""})
    alert.refresh_from_db()
    assert (alert.state, alert.body) == (AlertState.DRAFT, {"en": "Six o'clock."})
    assert any("is a draft again" in text for text in said(page))


@pytest.mark.parametrize("state", ["sending", "paused", "sent", "expired", "cancelled"])
def test_it_does_not_change_what_is_being_sent_or_was(state):
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    fields = parse(owner.get(page_of(push))).fields
    Alert.objects.filter(pk=alert.pk).update(state=state)
    late = {name: text for name, text in fields.items() if "__prefix__" not in name}
    page = owner.post(page_of(push), {**late, "alerts-0-body_fr": "Trop tard.", "_save": "1"}, follow=True)
    alert.refresh_from_db()
    assert (alert.state, alert.body["fr"]) == (state, "Dix-huit heures.")
    assert any("came too late" in text for text in said(page))


def test_it_does_not_overwrite_what_somebody_else_changed():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    stale = {name: text for name, text in parse(owner.get(page_of(push))).fields.items() if "__prefix__" not in name}
    Organiser(make_member(campaign)).send(page_of(push), **{"alerts-0-body_fr": "Le bon texte."})
    page = owner.post(page_of(push), {**stale, "alerts-0-title_fr": "Ancien", "_save": "1"})
    alert.refresh_from_db()
    assert alert.body["fr"] == "Le bon texte."
    assert "Somebody changed this alert meanwhile" in page.content.decode()


def test_it_counts_characters_without_a_script():
    owner, campaign = make_owner()
    alert = make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(2))
    page = owner.send(page_of(alert.action), "_schedule", str(alert.pk), **{"alerts-0-title_fr": "x" * 61})
    alert.refresh_from_db()
    assert (alert.state, alert.title["fr"]) == (AlertState.DRAFT, "C'est l'heure")
    assert "61 characters; at most 60 fit" in page.content.decode()


def test_it_counts_a_line_end_as_one_character():
    owner, campaign = make_owner()
    alert = make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(2))
    text = "x" * 89 + "\r\n" + "y" * 90
    owner.send(page_of(alert.action), **{"alerts-0-body_fr": text})
    alert.refresh_from_db()
    assert alert.body["fr"] == text.replace("\r\n", "\n")


def test_it_adds_an_alert_once():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    page = parse(owner.get(page_of(push)))
    start = timezone.localtime(far(1)).strftime("%Y-%m-%dT%H:%M")
    end = timezone.localtime(far(2)).strftime("%Y-%m-%dT%H:%M")
    row = {"title_fr": "Un", "body_fr": "Deux", "send_at": start, "expires_at": end}
    row |= {"purpose": "reminder", "audience": "followers", "urgency": ""}
    clean = {name: text for name, text in page.fields.items() if "__prefix__" not in name}
    for _ in range(2):
        owner.post(page_of(push), {**add_row(clean, "alerts", **row), "_save": "1"})
    alert = push.alerts.get()
    assert (alert.state, alert.urgency, alert.title) == ("draft", "normal", {"fr": "Un"})


def test_it_deletes_drafts_only():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    draft = make_alert(push, send_at=far(1), expires_at=far(2))
    scheduled = make_alert(push, send_at=far(3), expires_at=far(4))
    scheduled.schedule(owner.user, timezone.now(), needs_approval=False)
    fields = {name: text for name, text in parse(owner.get(page_of(push))).fields.items() if "__prefix__" not in name}
    ticked = {**fields, "alerts-0-DELETE": "on", "alerts-1-DELETE": "on", "_save": "1"}
    page = owner.post(page_of(push), ticked, follow=True)
    assert list(push.alerts.all()) == [scheduled]
    assert [text for text in said(page) if "is no draft any more: it was not deleted" in text]
    assert draft not in push.alerts.all()
