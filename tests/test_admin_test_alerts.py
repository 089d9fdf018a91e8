""" "Send me a test": an alert on the organiser's own phones, and nobody else's."""

import pytest
from django_tasks_db.models import DBTaskResult

from accounts.models import OrganiserDevice
from tests.admin_pages import Organiser, page_of, said
from tests.make import far, make_alert, make_campaign, make_device, make_hashtag_push, make_member, make_subscription

pytestmark = pytest.mark.django_db


def make_draft():
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_hashtag_push(campaign)
    return owner, push, make_alert(push, send_at=far(1), expires_at=far(2))


def tie(user, *, subscribed=True):
    device = make_device()
    if subscribed:
        make_subscription(device)
    OrganiserDevice.objects.create(device=device, user=user, tied_on=device.first_seen)
    return device


def list_tests_on_their_way():
    return [
        task.args_kwargs["args"] for task in DBTaskResult.objects.all() if task.task_path.endswith("send_test_alert")
    ]


def test_it_sends_what_is_on_the_page_to_the_organiser_s_phones(django_capture_on_commit_callbacks):
    owner, push, alert = make_draft()
    mine, other = tie(owner.user), tie(make_member(push.campaign))
    with django_capture_on_commit_callbacks(execute=True):
        page = owner.send(page_of(push), "_test", str(alert.pk), **{"alerts-0-title_fr": "Essai"})
    alert.refresh_from_db()
    assert (alert.state, alert.title["fr"]) == ("draft", "Essai")
    assert list_tests_on_their_way() == [[alert.pk, mine.pk]]
    assert other.pk != mine.pk
    assert any("on its way to your phone" in text for text in said(page))


@pytest.mark.parametrize("tied", [False, True])
def test_it_says_how_to_get_tests_when_no_phone_gets_them(tied, django_capture_on_commit_callbacks):
    owner, push, alert = make_draft()
    if tied:
        tie(owner.user, subscribed=False)
    with django_capture_on_commit_callbacks(execute=True):
        page = owner.send(page_of(push), "_test", str(alert.pk))
    assert list_tests_on_their_way() == []
    assert any("/accounts/phones/" in text for text in said(page))
