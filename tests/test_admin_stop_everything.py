"""Stop everything: all sending of the owner's campaigns pauses, everybody else is signed out, nothing else happens."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.beginning import begin
from campaigns.models import Act, Alert, AlertState, Approval, Role
from tests.admin_pages import Organiser, page_of, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
    make_user,
)

pytestmark = pytest.mark.django_db
STOP = "/admin/campaigns/campaign/stop/"
ADMIN = "/admin/"


def make_sending(campaign):
    """One alert in each state in which something could still leave."""
    push = make_hashtag_push(campaign)
    states = (AlertState.SENDING, AlertState.SCHEDULED, AlertState.AWAITING, AlertState.PAUSED, AlertState.SENT)
    alerts = {state: make_alert(push, send_at=far(1), expires_at=far(2)) for state in states}
    for state, alert in alerts.items():
        Alert.objects.filter(pk=alert.pk).update(state=state, scheduled_digest=alert.digest)
    return alerts


def states_of(campaign):
    return sorted(Alert.objects.filter(action__campaign=campaign).values_list("state", flat=True))


def test_it_pauses_what_is_sent_and_takes_back_what_would_be():
    campaign, other = make_campaign(), make_campaign()
    owner = Organiser(make_member(campaign))
    alerts = make_sending(campaign)
    make_sending(other)
    scheduled = alerts[AlertState.SCHEDULED]
    approval = {"user": make_member(campaign, Role.APPROVER), "approved_at": timezone.now(), "digest": scheduled.digest}
    Approval.objects.create(alert=scheduled, **approval)
    words = owner.press(STOP)
    assert states_of(campaign) == ["draft", "draft", "paused", "paused", "sent"]
    assert states_of(other) == ["awaiting", "paused", "scheduled", "sending", "sent"]
    assert not Approval.objects.exists()
    expected = "1 alert is paused, 2 are drafts again, 1 other organiser is signed out"
    assert words == [f"Everything is stopped: {expected}. Nothing goes on by itself."]
    entry = campaign.audit_entries.get(act=Act.STOPPED_EVERYTHING)
    assert (entry.actor, entry.text) == (owner.user.username, "Paused: 1. Back to draft: 2.")


def test_it_lets_what_waited_for_approval_be_scheduled_again():
    campaign = make_campaign(two_person=True, two_person_above=0)
    make_audience(campaign)
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    owner = Organiser(make_member(campaign))
    for _ in range(2):
        owner.send(page_of(push), "_schedule", str(alert.pk))
        assert states_of(campaign) == ["awaiting"]
        owner.press(STOP)
        assert states_of(campaign) == ["draft"]
    acts = list(campaign.audit_entries.order_by("pk").values_list("act", flat=True))
    assert acts == ["approval_asked", "returned_to_draft", "stopped_everything"] * 2


def test_it_signs_everybody_else_out_and_the_owner_elsewhere():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    elsewhere = Organiser(owner.user)
    others = [Organiser(make_member(campaign, role)) for role in Role.values]
    stranger = Organiser(make_member(make_campaign()))
    owner.press(page_of(campaign, "change").replace("change/", "stop/"))
    assert [client.get(ADMIN).status_code for client in (*others, elsewhere)] == [302] * 4
    assert [client.get(ADMIN).status_code for client in (owner, stranger)] == [200] * 2


def test_it_lets_everybody_sign_in_again():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    editor = Organiser(make_member(campaign, Role.EDITOR))
    owner.press(STOP)
    editor.user.refresh_from_db()
    editor.force_login(editor.user)
    assert editor.get(ADMIN).status_code == 200


def test_it_stops_only_the_campaigns_that_one_owns():
    mine, theirs = make_campaign(), make_campaign()
    owner = Organiser(make_member(mine))
    make_member(theirs, Role.APPROVER, owner.user)
    colleague = Organiser(make_member(theirs))
    make_sending(theirs)
    owner.press(STOP)
    assert "sending" in states_of(theirs)
    assert colleague.get(ADMIN).status_code == 200
    assert owner.post(reverse("admin:stop_campaign", args=[theirs.pk])).status_code == 403


def test_it_says_first_what_it_does_and_does_nothing_yet():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    editor = Organiser(make_member(campaign, Role.EDITOR, make_user("eli")))
    make_sending(campaign)
    page = owner.get(STOP).content.decode()
    assert "eli" in page
    assert "Stop everything now" in page
    assert "sending" in states_of(campaign)
    assert editor.get(ADMIN).status_code == 200
    assert STOP in owner.get(ADMIN).content.decode()
    assert STOP not in editor.get(ADMIN).content.decode()


def test_it_may_be_pressed_twice():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    make_sending(campaign)
    owner.press(STOP)
    assert "0 alerts are paused" in owner.press(STOP)[0]
    assert owner.get(ADMIN).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (Role.APPROVER, 403), (None, 404)])
def test_it_is_the_owners_alone(role, status):
    campaign = make_campaign()
    make_sending(campaign)
    client = Organiser(make_member(campaign, role) if role else make_user())
    address = reverse("admin:stop_campaign", args=[campaign.pk])
    assert [client.get(address).status_code, client.post(address).status_code] == [status, status]
    assert client.post(STOP).status_code == 403
    assert Client().post(STOP).url.startswith("/admin/login/")
    assert "sending" in states_of(campaign)


def make_audience(campaign):
    device = make_device()
    make_follow(campaign, device)
    make_subscription(device)


def test_it_ends_what_a_stolen_session_has_begun():
    campaign = make_campaign()
    make_audience(campaign)
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=timezone.now(), expires_at=far(2))
    owner, thief = (Organiser(make_member(campaign, role)) for role in (Role.OWNER, Role.EDITOR))
    thief.send(page_of(push), "_schedule", str(alert.pk))
    assert begin(alert.pk, timezone.now())
    owner.press(STOP)
    assert Alert.objects.get(pk=alert.pk).state == "paused"
    for verb in ("resume", "draft", "cancel"):
        assert thief.post(page_of(push, "alert", alert.pk, verb)).url.startswith("/admin/login/")
    assert Alert.objects.get(pk=alert.pk).state == "paused"
    assert said(owner.post(page_of(push, "alert", alert.pk, "resume"), follow=True)) != []
    assert Alert.objects.get(pk=alert.pk).state == "sending"
