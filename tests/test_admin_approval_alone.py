"""One owner alone, after ten minutes without an answer: a fresh second factor, then five minutes to be stopped in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.delivery.beginning import begin
from campaigns.models import (
    Act,
    Alert,
    AlertState,
    Approval,
    ApprovalRefused,
    Asking,
    AuditEntry,
    Role,
)
from campaigns.models.approving.asking import ALONE_AFTER, STOP_WITHIN
from campaigns.rules import ban_correction
from tests.admin_pages import Organiser, page_of, parse, said
from tests.approving import approval_page, make_case, offers, press_alone, state_of, text_of
from tests.make import (
    far,
    make_alert,
    make_awaiting,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_rally_call,
    make_user,
)
from tests.second_factors import PASSWORD, Confirmed, code_now, let_pass

pytestmark = pytest.mark.django_db
REAUTHENTICATE = "/accounts/2fa/reauthenticate/"
SECOND = timedelta(seconds=1)


# ---- who, what, when


def test_it_is_offered_to_the_owner_who_scheduled_it_after_ten_minutes():
    alert = make_case()
    owner = Organiser(alert.scheduled_by)
    assert offers(owner.get(approval_page(alert))) == {"alone"}
    assert "Nobody answers" in text_of(owner.get(page_of(alert.action)))
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER + timedelta(minutes=1))
    page = owner.get(approval_page(alert))
    assert offers(page) == set()
    assert "If nobody answers, you can send it alone from" in text_of(page)


def test_it_is_not_offered_for_what_can_wait():
    alert = make_awaiting()
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER)
    page = Organiser(alert.scheduled_by).get(approval_page(alert))
    assert offers(page) == set()
    assert "send it alone" not in text_of(page)


def make_correction():
    campaign = make_campaign(two_person=True, two_person_above=0)
    wrong = make_alert(make_hashtag_push(campaign))
    Alert.objects.filter(pk=wrong.pk).update(started_at=timezone.now(), state="sent")
    wrong.refresh_from_db()
    text = {"fr": "Correction"}
    right = wrong.correct(title=text, body=text, send_at=timezone.now(), expires_at=far(1))
    right.schedule(make_member(campaign), timezone.now(), needs_approval=True)
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER)
    return right


def make_ban_news():
    """No alert of the rally was sent before."""
    rally = make_rally_call(make_campaign(two_person=True, two_person_above=0), starts_at=far(10), ends_at=far(12))
    rally.set_declaration("banned")
    news = ban_correction(rally, timezone.now())
    news.save()
    news.schedule(make_member(rally.campaign), timezone.now(), needs_approval=True)
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER)
    return news


def make_announcement():
    alert = make_awaiting()
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER)
    return alert


@pytest.mark.parametrize(
    ("make", "may"),
    [(make_case, True), (make_correction, True), (make_ban_news, True), (make_announcement, False)],
)
def test_it_lets_one_owner_send_only_a_solidarity_alert_or_a_correction(make, may):
    alert = make()
    if may:
        alert.askings.get().send_alone(alert.scheduled_by, timezone.now())
        assert state_of(alert) == AlertState.SCHEDULED
    else:
        with pytest.raises(ApprovalRefused, match="Only a solidarity alert or a correction"):
            alert.askings.get().send_alone(alert.scheduled_by, timezone.now())
        assert state_of(alert) == AlertState.AWAITING


@pytest.mark.parametrize("role", [Role.APPROVER, Role.EDITOR, None])
def test_it_lets_only_an_owner_send_alone(role):
    alert = make_case()
    campaign = alert.action.campaign if role else make_campaign()
    with pytest.raises(ApprovalRefused):
        alert.askings.get().send_alone(make_member(campaign, role or Role.OWNER), timezone.now())
    assert state_of(alert) == AlertState.AWAITING


@pytest.mark.parametrize(("minutes", "may"), [(9.9, False), (10, True)])
def test_it_gives_the_others_ten_minutes_first(minutes, may):
    alert = make_case()
    Asking.objects.update(began_at=timezone.now())
    asking = alert.askings.get()
    moment = asking.began_at + timedelta(minutes=minutes)
    if may:
        asking.send_alone(alert.scheduled_by, moment)
    else:
        with pytest.raises(ApprovalRefused):
            asking.send_alone(alert.scheduled_by, moment)
    assert state_of(alert) == (AlertState.SCHEDULED if may else AlertState.AWAITING)


def test_it_starts_the_ten_minutes_anew_after_an_edit():
    alert = make_case()
    Organiser(alert.scheduled_by).send(page_of(alert.action), **{"alerts-0-title_fr": "Autre chose"})
    assert state_of(alert) == AlertState.AWAITING
    with pytest.raises(ApprovalRefused):
        alert.askings.get().send_alone(alert.scheduled_by, timezone.now())


def test_it_refuses_what_would_be_over_before_the_others_could_stop_it():
    alert = make_case(expires_at=timezone.now() + STOP_WITHIN - SECOND)
    with pytest.raises(ApprovalRefused, match="choose a later end"):
        alert.askings.get().send_alone(alert.scheduled_by, timezone.now())


def test_it_refuses_what_was_changed_under_its_hands():
    alert = make_case()
    asking = alert.askings.get()
    assert asking.alert.title
    Alert.objects.update(title={"fr": "x"})
    with pytest.raises(ApprovalRefused, match="changed meanwhile"):
        asking.send_alone(alert.scheduled_by, timezone.now())


# ---- the second factor


def test_it_sends_alone_with_a_fresh_second_factor(settings):
    settings.REQUIRE_MFA = True
    alert = make_case()
    owner = Confirmed(alert.scheduled_by)
    let_pass(owner, 4.9)

    page = press_alone(owner, alert)

    assert state_of(alert) == AlertState.SCHEDULED
    assert said(page)[-1:] == ["It leaves in five minutes unless somebody stops it. The others are told."]
    assert (Approval.objects.get().user, Approval.objects.get().alone) == (owner.user, True)
    assert AuditEntry.objects.get(act=Act.SENT_ALONE).actor == owner.user.username


@pytest.mark.parametrize("required", [True, False])
def test_it_asks_for_the_second_factor_when_it_is_older_than_five_minutes(settings, required):
    settings.REQUIRE_MFA = required
    alert = make_case()
    owner = Confirmed(alert.scheduled_by)
    let_pass(owner, 5)

    asked = press_alone(owner, alert)

    assert state_of(alert) == AlertState.AWAITING
    assert asked.redirect_chain[-1][0].partition("?")[0] == REAUTHENTICATE
    fields = {**parse(asked).fields, "code": code_now(owner.secret)}
    back = owner.post(REAUTHENTICATE, fields, follow=True)
    assert back.redirect_chain[-1][0] == approval_page(alert)
    assert (offers(back), state_of(alert)) == ({"alone"}, AlertState.AWAITING)
    press_alone(owner, alert)
    assert state_of(alert) == AlertState.SCHEDULED


def test_a_stolen_session_cannot_send_alone(settings):
    settings.REQUIRE_MFA = True
    alert = make_case()
    owner = Confirmed(alert.scheduled_by)
    let_pass(owner, 6)
    thief = Client(headers={"Accept-Language": "en"})
    thief.cookies = owner.cookies
    assert offers(thief.get(approval_page(alert))) == {"alone"}

    press_alone(thief, alert)
    thief.post("/accounts/reauthenticate/", {"password": PASSWORD})
    thief.post(REAUTHENTICATE, {"code": "000000", "next": approval_page(alert)})
    press_alone(thief, alert)
    thief.post(page_of(alert.action, "alert", alert.pk, "alone"), {"digest": alert.digest})

    assert state_of(alert) == AlertState.AWAITING


def test_the_factor_is_the_user_s_own(settings):
    settings.REQUIRE_MFA = False
    alert = make_case()
    owner = Confirmed(alert.scheduled_by)
    session = owner.session
    session["account_authentication_methods_user"] = str(make_user().pk)
    session.save()

    press_alone(owner, alert)

    assert state_of(alert) == AlertState.AWAITING


def test_whoever_has_no_second_factor_is_led_to_set_one_up():
    alert = make_case()

    page = press_alone(Organiser(alert.scheduled_by), alert)

    assert page.redirect_chain[0][0] == "/accounts/2fa/"
    assert said(page) == ["To send alone, set up a second factor first."]
    assert state_of(alert) == AlertState.AWAITING


def test_it_sends_alone_once_when_tapped_twice():
    alert = make_case()
    owner = Confirmed(alert.scheduled_by)

    pages = [press_alone(owner, alert) for _ in range(2)]

    assert said(pages[1]) == ["You have done so already."]
    assert Approval.objects.count() == AuditEntry.objects.filter(act=Act.SENT_ALONE).count() == 1


# ---- below the number of devices


def test_it_notes_that_one_person_was_enough_for_so_few():
    campaign = make_campaign(two_person=True, two_person_above=5)
    alert = make_alert(make_hashtag_push(campaign), send_at=far(0.1))
    owner = Organiser(make_member(campaign))
    page = owner.send(page_of(alert.action), "_schedule", str(alert.pk))
    assert "To so few, one person may send" in said(page)[-1]
    assert state_of(alert) == AlertState.SCHEDULED

    assert begin(alert.pk, alert.send_at)

    noted = AuditEntry.objects.get(act=Act.ONE_WAS_ENOUGH)
    assert (noted.actor, noted.text) == (owner.user.username, "≤ 5")


@pytest.mark.parametrize("two_person", [True, False])
def test_it_notes_nothing_of_the_kind_otherwise(two_person):
    campaign = make_campaign(two_person=two_person, two_person_above=5)
    alert = make_alert(make_hashtag_push(campaign))
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=two_person)
    if two_person:
        alert.approve(make_member(campaign, Role.APPROVER), timezone.now())
    assert begin(alert.pk, timezone.now())
    assert not AuditEntry.objects.filter(act=Act.ONE_WAS_ENOUGH).exists()
