"""What one owner sends alone is held for five minutes, and any organiser can stop it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.delivery.beginning import begin
from campaigns.delivery.scheduler import Scheduler
from campaigns.models import (
    Act,
    Alert,
    AlertState,
    Approval,
    Asking,
    AuditEntry,
    Campaign,
    IllegalTransition,
    Role,
    stop_everything,
)
from tests.admin_pages import Organiser, page_of, parse, said
from tests.approving import approval_page, make_case, offers, state_of, text_of
from tests.make import (
    far,
    make_campaign,
    make_member,
)

pytestmark = pytest.mark.django_db
REAUTHENTICATE = "/accounts/2fa/reauthenticate/"
SECOND = timedelta(seconds=1)


# ---- five minutes


def make_held():
    """An alert that its owner sent alone just now."""
    alert = make_case()
    alert.askings.get().send_alone(alert.scheduled_by, timezone.now())
    alert.refresh_from_db()
    return alert


def test_it_does_not_leave_before_the_others_could_have_stopped_it():
    alert = make_held()
    scheduler = Scheduler(lambda pk: None, lambda pk: None)
    scheduler.tick(alert.not_before - SECOND)
    assert not begin(alert.pk, alert.not_before - SECOND)
    assert state_of(alert) == AlertState.SCHEDULED
    scheduler.tick(alert.not_before)
    assert state_of(alert) == AlertState.SENDING


def test_it_does_not_leave_before_its_own_minute_either():
    alert = make_case(send_at=far(1))
    alert.askings.get().send_alone(alert.scheduled_by, timezone.now())
    alert.refresh_from_db()
    assert not begin(alert.pk, alert.not_before)
    assert begin(alert.pk, alert.send_at)


@pytest.mark.parametrize("role", Role)
def test_it_is_stopped_by_any_organiser_of_the_campaign(role):
    alert = make_held()
    organiser = Organiser(make_member(alert.action.campaign, role))
    page = organiser.get(approval_page(alert))
    assert offers(page) == {"stop"}
    assert f"{timezone.localtime(alert.not_before):%H:%M:%S}" in text_of(page)
    assert "data-countdown" in page.content.decode()

    page = organiser.send(approval_page(alert), "answer", "stop")

    assert state_of(alert) == AlertState.DRAFT
    assert (alert.not_before, Approval.objects.count(), Asking.objects.count()) == (None, 0, 0)
    assert AuditEntry.objects.get(act=Act.RETURNED_TO_DRAFT).actor == organiser.user.username
    again = organiser.post(approval_page(alert), {"answer": "stop", "digest": alert.digest}, follow=True)
    assert said(again) == ["It is a draft already and will not be sent."]
    Scheduler(lambda pk: None, lambda pk: None).tick(far(0.5))
    assert state_of(alert) == AlertState.DRAFT


def test_it_is_stopped_from_the_page_of_the_action_too():
    alert = make_held()
    editor = Organiser(make_member(alert.action.campaign, Role.EDITOR))
    page = editor.get(page_of(alert.action))
    assert f"{alert.scheduled_by.username} sends it alone" in text_of(page)
    assert f"../alerts/{alert.pk}/draft/" in [button.get("formaction") for button in parse(page).buttons]
    editor.press(page_of(alert.action, "alert", alert.pk, "draft"))
    assert state_of(alert) == AlertState.DRAFT


def test_it_is_on_the_start_page_of_every_organiser_of_the_campaign():
    alert = make_held()
    editor = Organiser(make_member(alert.action.campaign, Role.EDITOR))
    stranger = Organiser(make_member(make_campaign()))
    words = "unless somebody stops it"
    assert words in text_of(editor.get("/admin/"))
    assert approval_page(alert) in editor.get("/admin/").content.decode()
    assert words not in text_of(stranger.get("/admin/"))
    Alert.objects.update(not_before=timezone.now())
    assert words not in text_of(editor.get("/admin/"))


def test_it_is_held_no_longer_once_an_owner_stopped_everything():
    alert = make_held()
    stop_everything(Campaign.objects.filter(pk=alert.action.campaign_id), alert.scheduled_by)
    assert (state_of(alert), alert.not_before) == (AlertState.DRAFT, None)
    alert.schedule(alert.scheduled_by, timezone.now(), needs_approval=True)
    assert alert.askings.count() == 1
    assert not alert.approvals.exists()


def test_it_is_too_late_to_stop_what_has_begun_and_says_what_is_left():
    alert = make_held()
    editor = Organiser(make_member(alert.action.campaign, Role.EDITOR))
    digest = alert.digest
    begin(alert.pk, alert.not_before)
    page = editor.post(approval_page(alert), {"answer": "stop", "digest": digest}, follow=True)
    assert "is now: sending" in said(page)[0]
    assert state_of(alert) == AlertState.SENDING


def test_an_edit_voids_what_one_owner_decided():
    alert = make_held()
    Organiser(alert.scheduled_by).send(page_of(alert.action), **{"alerts-0-body_fr": "Autre chose"})
    assert state_of(alert) == AlertState.AWAITING
    assert (alert.not_before, Approval.objects.count()) == (None, 0)


def test_a_scheduler_that_read_it_before_does_not_begin_it_early():
    alert = make_case()
    alert.return_to_draft()
    alert.schedule(alert.scheduled_by, timezone.now(), needs_approval=False)
    as_read = Alert.objects.get(pk=alert.pk)
    Alert.objects.update(not_before=far(0.1))
    with pytest.raises(IllegalTransition):
        as_read.begin_sending(timezone.now(), last_device=0, audience_size=0)
    assert state_of(alert) == AlertState.SCHEDULED
