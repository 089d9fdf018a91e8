"""What the admin tells of alerts and participation, and how it refreshes."""

import json

import pytest
from django.utils import timezone

from campaigns.admin.alerts.figures import AlertFigures, figures_of
from campaigns.models import Alert, Batch, Participation, PendingDelivery, ReceiptCount
from tests.admin_pages import Organiser, page_of
from tests.make import far, make_alert, make_campaign, make_device, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


def make_sending(audience=100):
    """An owner, and an alert of theirs that two batches are sending."""
    campaign = make_campaign()
    owner, push = Organiser(make_member(campaign)), make_hashtag_push(campaign)
    alert = make_alert(push)
    Alert.objects.filter(pk=alert.pk).update(state="sending", started_at=timezone.now(), audience_size=audience)
    alert.refresh_from_db()
    first = Batch.objects.create(alert=alert, first_device=0, last_device=9, cursor=9, accepted=7, gone=2, quiet=1)
    Batch.objects.create(alert=alert, first_device=9, last_device=19, cursor=9, accepted=3, refused=1)
    PendingDelivery.objects.create(
        alert=alert, device_id=make_device().pk, batch=first, reason="retry", not_before=timezone.now()
    )
    for shard, (event, total) in enumerate([("shown", 4), ("shown", 2), ("opened", 3)]):
        ReceiptCount.objects.create(alert_id=alert.pk, event=event, shard=shard, total=total)
    return owner, push, alert


def test_it_sums_what_became_of_an_alert():
    _, _, alert = make_sending()
    assert figures_of([alert])[alert.pk] == AlertFigures(
        accepted=10, refused=1, gone=2, quiet=1, pending=1, shown=6, opened=3
    )


def test_it_estimates_what_was_shown_when_only_some_phones_report():
    _, _, alert = make_sending(audience=50_000)
    figures = figures_of([alert])[alert.pk]
    assert (figures.shown, figures.opened, figures.shown_is_estimate) == (60, 3, True)


def test_it_asks_the_same_three_questions_for_any_number_of_alerts(django_assert_num_queries):
    _, push, alert = make_sending()
    others = [make_alert(push) for _ in range(5)]
    with django_assert_num_queries(3):
        assert len(figures_of([alert, *others])) == 6


def status_of(owner, push):
    return json.loads(owner.get(page_of(push, "status")).content)


def test_it_refreshes_state_figures_and_buttons():
    owner, push, alert = make_sending(audience=50_000)
    status = status_of(owner, push)
    html = status["fragments"][f"alert-{alert.pk}"]
    assert "estimate" in html
    assert "<dd>10</dd>" in html
    assert f"../alerts/{alert.pk}/pause/" in html
    assert status["fixed"] == [alert.pk]
    assert status["ask_again"] == 2500


def test_it_shows_the_same_on_the_page_and_in_what_refreshes():
    owner, push, alert = make_sending()
    assert status_of(owner, push)["fragments"][f"alert-{alert.pk}"] in owner.get(page_of(push)).content.decode()


@pytest.mark.parametrize(
    ("state", "send_in", "again"),
    [
        ("draft", 1, None),
        ("scheduled", 0.01, 2500),
        ("scheduled", 5, 15000),
        ("awaiting", 5, 15000),
        ("sending", 0, 2500),
        ("paused", 0, 15000),
        ("sent", 0, None),
        ("expired", 0, None),
        ("cancelled", 0, None),
    ],
)
def test_it_asks_again_as_long_as_something_can_change(state, send_in, again):
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign, starts_at=far(-5), ends_at=far(-4))
    alert = make_alert(push, send_at=far(send_in), expires_at=far(send_in + 1))
    Alert.objects.filter(pk=alert.pk).update(state=state)
    assert status_of(owner, push)["ask_again"] == again


def test_it_tells_both_figures_of_those_who_take_part():
    owner, push, _ = make_sending()
    now = timezone.now()
    for number, verified in enumerate([True, True, False]):
        stage = "done" if number == 0 else "joined"
        Participation.objects.take_part(push, make_device(), stage, None, verified=verified, now=now)
    html = "".join(status_of(owner, push)["fragments"]["participation"].split())
    assert "<dt>joined</dt><dd>3</dd>" in html
    assert "<dt>counted</dt>" not in html
    assert "<dt>countedinpublic</dt><dd>2</dd>" in html
    assert "<dt>done</dt><dd>1</dd>" in html
