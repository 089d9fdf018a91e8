"""One tap publishes an action and schedules all its alerts; what may not leave stays a draft, and says why."""

import pytest

from campaigns.models import ActionState, Alert, AlertState
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
)

pytestmark = pytest.mark.django_db


def states(action):
    return list(Alert.objects.filter(action=action).order_by("send_at").values_list("state", flat=True))


@pytest.fixture
def push():
    push = make_hashtag_push(state=ActionState.DRAFT, starts_at=far(30), ends_at=far(32))
    for hours in (10, 20, 30):
        make_alert(push, send_at=far(hours), expires_at=far(hours + 1))
    return push


def test_it_publishes_and_schedules_all(push):
    page = Organiser(make_member(push.campaign)).send(page_of(push), "_schedule_all", title_fr="Ce soir, 18 h")
    push.refresh_from_db()
    assert (push.state, push.title["fr"]) == (ActionState.PUBLISHED, "Ce soir, 18 h")
    assert states(push) == [AlertState.SCHEDULED] * 3
    assert sum("is scheduled for" in text for text in said(page)) == 3
    assert "_schedule_all" not in page.content.decode()


def test_it_leaves_out_what_is_over_or_says_too_much(push):
    over = make_alert(push, send_at=far(-2), expires_at=far(-1))
    telling = make_alert(push, send_at=far(5), expires_at=far(6), title={"fr": f"#{push.hashtag}"})
    push.reveal_at = far(8)
    push.save()
    page = Organiser(make_member(push.campaign)).send(page_of(push), "_schedule_all")
    assert set(states(push)) == {AlertState.SCHEDULED, AlertState.DRAFT}
    drafts = Alert.objects.filter(action=push, state=AlertState.DRAFT)
    assert {alert.pk for alert in drafts} == {over.pk, telling.pk}
    assert any("was not scheduled" in text for text in said(page))


def test_it_leaves_corrections_to_be_decided_one_by_one(push):
    sent = make_alert(push, send_at=far(-1), expires_at=far(1))
    Alert.objects.filter(pk=sent.pk).update(state=AlertState.SENT, started_at=far(-1))
    sent.refresh_from_db()
    correction = sent.correct(title={"fr": "Correction"}, body={"fr": "Autre lieu."}, send_at=far(1), expires_at=far(2))
    Organiser(make_member(push.campaign)).send(page_of(push), "_schedule_all")
    correction.refresh_from_db()
    assert correction.state == AlertState.DRAFT
    assert states(push).count(AlertState.SCHEDULED) == 3


def test_it_asks_for_the_second_person_where_there_has_to_be_one(push):
    push.campaign.two_person, push.campaign.two_person_above = True, 0
    push.campaign.save()
    device = make_device()
    make_follow(push.campaign, device)
    make_subscription(device)
    Organiser(make_member(push.campaign)).send(page_of(push), "_schedule_all")
    assert states(push) == [AlertState.AWAITING] * 3


def test_a_second_tap_does_no_harm(push):
    owner = Organiser(make_member(push.campaign))
    owner.send(page_of(push), "_schedule_all")
    before = states(push)
    page = owner.send(page_of(push), "_schedule_all")
    assert states(push) == before
    assert any("no draft left" in text for text in said(page))


def test_it_is_not_for_others(push):
    stranger = Organiser(make_member(make_campaign()))
    assert stranger.post(page_of(push), {"_schedule_all": "1"}).status_code in (302, 404)
    push.refresh_from_db()
    assert push.state == ActionState.DRAFT
