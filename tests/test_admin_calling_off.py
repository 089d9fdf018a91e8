"""An action is called off: whoever had one of its alerts can be told, and is told what the action's page says."""

import pytest
from django.utils import timezone

from campaigns.kinds import Purpose
from campaigns.models import Alert, AlertState, HashtagPush
from campaigns.models.copying import copy
from campaigns.rules import cancel_correction
from tests.admin_pages import Organiser, page_of, parse
from tests.delivering import Delivery
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member, make_rally_call

pytestmark = pytest.mark.django_db
READY = "A correction is ready below: look at it, change it, schedule it."


def had_by_all(action, **values):
    alert = make_alert(action, **values)
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.SENT, started_at=timezone.now(), last_device=7)
    alert.refresh_from_db()
    return alert


def test_whoever_had_an_alert_is_told_that_the_action_is_cancelled(delivery: Delivery):
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    rally = make_rally_call(campaign, starts_at=far(10), ends_at=far(12))
    delivery.send(make_alert(rally))
    delivery.follow(campaign)
    owner = Organiser(make_member(campaign))

    assert READY in owner.press(page_of(rally, "cancel"))
    news = rally.alerts.get(purpose=Purpose.CORRECTION)
    assert f"“{news}” is planned for" in parse(owner.get("/admin/")).text
    owner.send(page_of(rally), "_schedule", str(news.pk))
    delivery.tick()
    delivery.tick()

    texts = [received.json()["notification"] for received in delivery.push.received()]
    assert [text["title"] for text in texts] == ["C'est l'heure", "Correction\u00a0: l'action est annulée"]
    assert texts[1]["data"]["card"]["state"] == "cancelled"
    assert len(delivery.push.received(follower.push)) == 2


def test_a_correction_of_one_s_own_is_sent_too():
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    alert, other = had_by_all(push), make_alert(push, send_at=far(1), expires_at=far(2))
    owner = Organiser(make_member(campaign))
    owner.press(page_of(push, "cancel"))

    owner.send(page_of(push, "correct", alert.pk), body_fr="Reporté.")

    assert alert.corrections.filter(state=AlertState.SCHEDULED, body__fr="Reporté.").exists()
    other.refresh_from_db()
    assert other.state == AlertState.CANCELLED


def test_nothing_but_corrections_leaves_for_what_is_cancelled():
    push = make_hashtag_push()
    wrong = had_by_all(push)
    right = wrong.correct(title={"fr": "Correction"}, body={"fr": "x"}, send_at=far(0), expires_at=far(1))
    make_alert(push)
    push.cancel()
    assert list(Alert.objects.alive()) == [right]
    push.campaign.published = False
    push.campaign.save()
    assert not Alert.objects.alive().exists()


def test_a_hashtag_that_is_withdrawn_is_not_told_by_the_news_of_it(delivery: Delivery):
    campaign = make_campaign(hashtag="")
    delivery.follow(campaign)
    push = make_hashtag_push(campaign, hashtag="NousToutes2031", title={"fr": "Ce soir #NousToutes2031"})
    delivery.send(make_alert(push))
    tomorrow = copy(push, far(24), None)
    tomorrow.publish()
    had_by_all(tomorrow)
    owner = Organiser(make_member(campaign))

    words = owner.press(page_of(push, "withdraw"))

    assert READY in words
    assert f"A correction is ready on the page of “{tomorrow}”: schedule it there." in words
    news = push.alerts.get(purpose=Purpose.CORRECTION)
    owner.send(page_of(push), "_schedule", str(news.pk))
    delivery.tick()
    first, second = (received.json()["notification"] for received in delivery.push.received())
    assert "NousToutes2031" in str(first)
    assert second["data"]["card"]["state"] == "cancelled"
    assert "NousToutes2031" not in str(second)


def test_where_nobody_was_told_there_is_nothing_to_correct():
    rally = make_rally_call(starts_at=far(10), ends_at=far(12))
    make_alert(rally)
    assert READY not in Organiser(make_member(rally.campaign)).press(page_of(rally, "cancel"))
    assert not rally.alerts.filter(purpose=Purpose.CORRECTION).exists()


def test_nobody_is_told_of_what_is_over():
    push = make_hashtag_push(starts_at=far(-5), ends_at=far(-2))
    had_by_all(push)
    owner = Organiser(make_member(push.campaign))
    assert any("Nobody is told" in text for text in owner.press(page_of(push, "withdraw")))
    owner.press(page_of(push, "cancel"))
    assert push.alerts.count() == 1


def test_it_goes_where_its_alerts_went():
    rally = make_rally_call(starts_at=far(10), ends_at=far(12))
    had_by_all(rally, departements=["75", "13"])
    last = had_by_all(rally, departements=["69"])
    news = cancel_correction(rally, timezone.now())
    assert (news.departements, news.corrects) == (["13", "69", "75"], last)
    had_by_all(rally)
    assert cancel_correction(rally, timezone.now()).departements == []


def test_a_long_title_is_left_out():
    rally = make_rally_call(title={"fr": "x" * 170}, starts_at=far(10), ends_at=far(12))
    had_by_all(rally)
    assert cancel_correction(rally, timezone.now()).body["fr"] == "C'est annulé. Le détail est sur sa page."


def test_a_correction_proposes_no_withdrawn_hashtag():
    push = make_hashtag_push(hashtag="NousToutes2031")
    alert = had_by_all(push, body={"fr": "Avec #NousToutes2031."})
    owner = Organiser(make_member(push.campaign))
    owner.press(page_of(push, "withdraw"))
    assert HashtagPush.objects.get().withdrawn_at
    page = owner.get(page_of(push, "correct", alert.pk)).content.decode()
    assert "Avec #…." in page
