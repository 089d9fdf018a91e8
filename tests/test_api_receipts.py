"""Receipts: counted once per nonce and event, from anybody who has the nonce, naming nobody."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from campaigns.models import Alert, Receipt, ReceiptCount
from campaigns.models.receipt import REPORTED_FOR
from campaigns.receipts import make_receipt
from tests.api import ApiClient
from tests.make import make_alert, make_device, make_hashtag_push

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert() -> Alert:
    return make_alert(make_hashtag_push())


def report(alert: Any, event: str, nonce: str) -> Any:
    return ApiClient().call("POST", f"alerts/{alert}/receipts", {"event": event, "nonce": nonce})


def counts() -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in ReceiptCount.objects.all():
        sums[row.event] = sums.get(row.event, 0) + row.total
    return sums


def test_each_event_is_counted_once(alert: Alert):
    nonce = make_receipt(alert.uuid)

    answers = [report(alert.uuid, event, nonce) for event in ("shown", "opened", "shown", "opened")]

    assert [answer.status_code for answer in answers] == [204] * 4
    assert counts() == {"shown": 1, "opened": 1}


def test_every_phone_is_counted(alert: Alert):
    for _ in range(5):
        report(alert.uuid, "opened", make_receipt(alert.uuid))

    assert counts() == {"opened": 5}


@pytest.mark.parametrize(
    ("event", "nonce", "field"),
    [("shown", "", "nonce"), ("shown", "A" * 43, "nonce"), ("shown", "é" * 43, "nonce"), ("eaten", None, "event")],
)
def test_what_did_not_come_with_the_alert_is_refused(alert: Alert, event: str, nonce: str | None, field: str):
    response = report(alert.uuid, event, make_receipt(alert.uuid) if nonce is None else nonce)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert not Receipt.objects.exists()


def test_the_nonce_of_another_alert_is_refused(alert: Alert):
    other = make_alert(alert.action)

    assert report(alert.uuid, "shown", make_receipt(other.uuid)).status_code == 400


def test_an_unknown_alert_is_404(alert: Alert):
    unknown = uuid4()

    assert report(unknown, "shown", make_receipt(unknown)).status_code == 404


def test_no_cookie_is_read(alert: Alert, django_assert_num_queries: Any):
    client = ApiClient(make_device())
    body = {"event": "shown", "nonce": make_receipt(alert.uuid)}

    # The alert; savepoint, the receipt, the count, release: nothing of the device.
    with django_assert_num_queries(5) as asked:
        response = client.call("POST", f"alerts/{alert.uuid}/receipts", body)

    assert not response.cookies
    assert not [query for query in asked.captured_queries if "accounts_device" in query["sql"]]


def test_what_is_long_over_counts_no_more_as_its_nonces_are_forgotten(alert: Alert):
    nonce = make_receipt(alert.uuid)
    report(alert.uuid, "opened", nonce)
    over = timezone.now() - REPORTED_FOR
    Alert.objects.update(send_at=over - timedelta(hours=1), expires_at=over)
    Receipt.objects.all().delete()

    assert report(alert.uuid, "opened", nonce).status_code == 204
    assert counts() == {"opened": 1}
    assert not Receipt.objects.exists()


def test_the_nonces_of_what_still_counts_are_kept():
    assert timedelta(days=settings.RETENTION_DAYS) >= REPORTED_FOR
