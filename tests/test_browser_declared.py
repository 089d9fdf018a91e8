"""A browser that reads an alert itself: Chromium's worker is given the event as Safari gives it, from iOS 18.4 on."""

import json
from typing import Any

import pytest
from django.conf import settings

from campaigns.delivery.audience import Recipient
from campaigns.delivery.messages import MessageMaker
from campaigns.models import Alert, Receipt
from tests.browsers.chromium import Chromium
from tests.make import make_alert, make_rally_call
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

READY = "async () => { await navigator.serviceWorker.ready; return true }"
# The notification's properties are those of its class. The event is not the browser's own, so it cannot be held open.
PUSH = """declared => {
  const event = new PushEvent("push");
  const notification = Object.create(declared);
  Object.defineProperty(event, "notification", { value: notification });
  Object.defineProperty(event, "waitUntil", { value: () => undefined });
  const show = registration.showNotification.bind(registration);
  registration.showNotification = (title, options) => {
    self.shown = { title, ...options };
    return show(title, options);
  };
  self.dispatchEvent(event);
}"""


def declare(alert: Alert) -> dict[str, Any]:
    """The notification of its message, to a phone that wants every word on its lock screen."""
    maker = MessageMaker(alert, alert.send_at)
    texts = {"language": "fr", "time_zone": "Europe/Paris", "lock_screen": "full", "keep_cards": True}
    unread = dict.fromkeys(Recipient._fields)
    made = maker.make(Recipient(**{**unread, "device_id": 1, **texts}), alert.send_at)
    return dict(json.loads(made.body)["notification"])


def events() -> set[str]:
    return set(Receipt.objects.values_list("event", flat=True))


def test_its_alert_is_shown_reported_and_opened(chromium: Chromium, site: RunningSite) -> None:
    alert = make_alert(make_rally_call())
    said = declare(alert)
    chromium.allow_notifications(site.origin)
    chromium.open(site.origin)
    chromium.wait_for(READY, "the worker")
    worker = chromium.context.service_workers[0]

    worker.evaluate(PUSH, said)

    chromium.until(lambda: events() == {"shown"}, "the report that it was shown")
    shown = worker.evaluate("() => self.shown")
    assert [shown[name] for name in ("title", "body", "tag")] == [said[name] for name in ("title", "body", "tag")]
    path = f"/a/{alert.action.uuid}"
    assert shown["navigate"].endswith(f"{path}?alert={alert.uuid}#receipt={said['data']['receipt']}")
    # A tap: the browser goes there by itself, and the address is one to pass on.
    chromium.open(shown["navigate"].replace(settings.SITE_URL, site.origin))
    chromium.until(lambda: events() == {"shown", "opened"}, "the report that it was opened")
    assert chromium.url == site.origin + path
    assert chromium.console_errors == []
