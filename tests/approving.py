"""The page on which a second person answers, as tests use it."""

import re
from datetime import timedelta

from django.utils import timezone

from campaigns.models import Asking, Role
from campaigns.models.approving.asking import ALONE_AFTER
from tests.admin_pages import Organiser, page_of, parse
from tests.make import (
    far,
    make_awaiting,
    make_campaign,
    make_device,
    make_follow,
    make_member,
    make_solidarity_alert,
    make_subscription,
)


def approval_page(alert):
    return page_of(getattr(alert.action, alert.action.kind.replace("_", "")), "approval", alert.pk)


def make_second(alert, role=Role.APPROVER):
    return Organiser(make_member(alert.action.campaign, role))


def answer(organiser, alert, button, **changes):
    """Opens the page and presses a button of it."""
    return organiser.send(approval_page(alert), "answer", button, **changes)


def state_of(alert):
    alert.refresh_from_db()
    return alert.state


def text_of(response):
    return re.sub(r"\s+", " ", parse(response).text)


def offers(response):
    return {button["value"] for button in parse(response).buttons if button.get("name") == "answer"}


def make_case(**values):
    """A solidarity alert that has awaited approval for over ten minutes."""
    campaign = make_campaign(two_person=True, two_person_above=0)
    device = make_device()
    make_subscription(device)
    make_follow(campaign, device)
    alert = make_awaiting(action=make_solidarity_alert(campaign), **{"send_at": far(0), **values})
    Asking.objects.update(began_at=timezone.now() - ALONE_AFTER - timedelta(seconds=1))
    return alert


def press_alone(owner, alert):
    return owner.post(approval_page(alert), {"answer": "alone", "digest": alert.digest}, follow=True)
