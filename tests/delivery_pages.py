"""The page on an alert's delivery, as tests see it."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Alert, Batch, PendingDelivery, PushHost
from tests.admin_pages import Organiser, page_of
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_hashtag_push,
    make_member,
)

FCM = "fcm.googleapis.com"
T0 = datetime.fromisoformat("2022-02-20T18:00:00+00:00")


class World:
    """An alert of a campaign, its owner, and what a delivery would have left behind."""

    def __init__(self, state: str = "sending", audience: int = 100, **values: Any) -> None:
        self.campaign = make_campaign()
        self.owner = Organiser(make_member(self.campaign))
        self.push = make_hashtag_push(self.campaign)
        self.alert = make_alert(self.push, send_at=far(-0.1), **values)
        begun = {"started_at": timezone.now() - timedelta(minutes=1), "audience_size": audience}
        Alert.objects.filter(pk=self.alert.pk).update(state=state, **begun)
        self.alert.refresh_from_db()

    def batch(self, *, done: bool = True, **counts: int) -> Batch:
        cursor = 9 if done else 0
        return Batch.objects.create(alert=self.alert, first_device=1, last_device=9, cursor=cursor, **counts)

    def wait(self, batch: Batch, reason: str, host: str = FCM, **values: Any) -> None:
        device = make_device()
        values = {"host": host, "not_before": timezone.now() + timedelta(minutes=5), **values}
        PendingDelivery.objects.create(alert=self.alert, batch=batch, device=device, reason=reason, **values)

    @property
    def address(self) -> str:
        return page_of(self.push, "delivery", self.alert.pk)

    def page(self, client: Organiser | None = None, **headers: str) -> str:
        response = (client or self.owner).get(self.address, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    def reasons(self) -> dict[str, int]:
        """{words: number}, as they are on the page."""
        pairs = re.findall(r"<dt>([\d,]+)</dt><dd>(.*?)</dd>", self.page())
        return {words: int(number.replace(",", "")) for number, words in pairs if not words[:1].isdigit()}

    def heading(self) -> str:
        found = re.search(r'<h2 id="reasons-heading">(.*?)</h2>', self.page())
        assert found
        return found[1]


def seconds(number: float) -> datetime:
    return T0 + timedelta(seconds=number)


def pause(host: str = FCM) -> PushHost:
    PushHost.objects.pause(host, timezone.now(), "an alarm")
    return PushHost.objects.get(host=host)
