"""A rally's declaration on its page: the deadline in words, and a ban that stops what it must and proposes the news."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Alert, AlertState, Approval, Declaration, RallyCall, Role
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import far, make_alert, make_campaign, make_gathering, make_member, make_rally_call

pytestmark = pytest.mark.django_db


def make_rally(declaration="declared", days=10, **values):
    """An owner and their rally that begins in so many days."""
    campaign = make_campaign()
    values = {"starts_at": far(24 * days), "ends_at": far(24 * days + 2), **values}
    return Organiser(make_member(campaign)), make_rally_call(campaign, declaration=declaration, **values)


def button_of(rally, status):
    return page_of(rally, "declaration", status)


def html_of(owner, rally):
    return owner.get(page_of(rally)).content.decode()


def test_the_status_is_required():
    owner, rally = make_rally()
    page = owner.send(page_of(rally), declaration="")
    assert "This field is required." in page.content.decode()


def test_it_says_until_when_and_where_to_declare():
    owner, rally = make_rally("undeclared")
    make_gathering(rally)
    make_gathering(rally, name={"fr": "Vieux-Port"}, address="Marseille", departement="13")
    html = html_of(owner, rally)
    assert html.count("To be declared by ") == 2
    assert "At the préfecture de police (Paris)." in html
    assert "At the town hall, or at the prefecture where the State police serves." in html
    assert "sheet F21899" in html
    assert "Information, not legal advice; as of" in html


def test_it_says_in_words_that_it_is_overdue():
    owner, rally = make_rally("undeclared", days=2)
    assert "Overdue by 2 days: the last day to declare it was " in html_of(owner, rally)


def test_it_calls_no_declared_rally_overdue():
    owner, rally = make_rally("declared", days=2)
    html = html_of(owner, rally)
    assert "Overdue" not in html
    assert "The last day to declare it: " in html


# ---- banned


def test_a_ban_stops_at_once_what_waits_and_what_is_being_sent():
    owner, rally = make_rally()
    waiting, asked, sending = (make_alert(rally, send_at=far(n), expires_at=far(n + 1)) for n in (1, 2, 3))
    for alert in (waiting, asked):
        alert.schedule(owner.user, timezone.now(), needs_approval=alert is asked)
    Alert.objects.filter(pk=sending.pk).update(state="sending", started_at=timezone.now(), last_device=7)
    messages = owner.press(button_of(rally, "banned"))
    states = {alert.pk: alert.state for alert in rally.alerts.exclude(purpose=Purpose.CORRECTION)}
    assert states == {waiting.pk: "draft", asked.pk: "draft", sending.pk: "paused"}
    assert not Approval.objects.exists()
    assert messages[0] == "The rally is now: banned."
    assert sum("is a draft again" in text for text in messages) == 2
    assert sum("it is paused" in text for text in messages) == 1


def test_it_proposes_the_news_once_for_two_taps():
    owner, rally = make_rally()
    sent = make_alert(rally)
    Alert.objects.filter(pk=sent.pk).update(state="sent", started_at=timezone.now(), last_device=7)
    for _ in range(2):
        messages = owner.press(button_of(rally, "banned"))
    assert "This is not possible any more" in messages[0]
    news = rally.alerts.get(purpose=Purpose.CORRECTION)
    assert news.title == {
        "fr": "Correction\u00a0: le rassemblement est interdit",
        "en": "Correction: the rally is banned",
    }
    assert "135" in news.body["fr"]
    assert "135" in news.body["en"]
    assert (news.state, news.urgency, news.corrects_id, news.tag) == ("draft", Urgency.HIGH, sent.pk, sent.uuid)


def test_one_tap_schedules_the_news():
    owner, rally = make_rally()
    owner.press(button_of(rally, "banned"))
    news = rally.alerts.get()
    page = owner.send(page_of(rally), "_schedule", str(news.pk))
    news.refresh_from_db()
    assert news.state == AlertState.SCHEDULED, said(page)
    assert news.purpose == Purpose.CORRECTION


def test_the_form_bans_as_the_button_does():
    owner, rally = make_rally()
    alert = make_alert(rally, send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = owner.send(page_of(rally), declaration="banned", title_fr="Demain")
    fresh = RallyCall.objects.get()
    assert (fresh.declaration, fresh.title["fr"]) == ("banned", "Demain")
    assert {one.purpose: one.state for one in rally.alerts.all()} == {"announcement": "draft", "correction": "draft"}
    assert "The rally is now: banned." in said(page)


@pytest.mark.parametrize("verb", ["schedule", "resume"])
def test_nothing_but_a_correction_is_sent_of_a_banned_rally(verb):
    owner, rally = make_rally("banned")
    alert = make_alert(rally, send_at=far(1), expires_at=far(2))
    if verb == "schedule":
        messages = said(owner.send(page_of(rally), "_schedule", str(alert.pk)))
    else:
        Alert.objects.filter(pk=alert.pk).update(state="paused", started_at=timezone.now())
        messages = owner.press(page_of(rally, "alert", alert.pk, "resume"))
    assert any("The rally is banned: only a correction may be sent." in text for text in messages)
    alert.refresh_from_db()
    assert alert.state in ("draft", "paused")


def test_the_end_of_a_ban_lets_nothing_go_by_itself():
    owner, rally = make_rally()
    alert = make_alert(rally, send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    owner.press(button_of(rally, "banned"))
    news = rally.alerts.get(purpose=Purpose.CORRECTION)
    owner.send(page_of(rally), "_schedule", str(news.pk))
    messages = owner.press(button_of(rally, "declared"))
    assert {one.state for one in rally.alerts.all()} == {"draft"}
    assert "Nothing goes out by itself: schedule again what should be sent." in messages
    page = owner.send(page_of(rally), "_schedule", str(news.pk))
    assert any("the ban is lifted" in text for text in said(page))


def test_it_proposes_to_take_the_news_back_when_it_was_sent():
    owner, rally = make_rally()
    owner.press(button_of(rally, "banned"))
    news = rally.alerts.get()
    Alert.objects.filter(pk=news.pk).update(state="sent", started_at=timezone.now(), last_device=7)
    owner.press(button_of(rally, "declared"))
    lifted = rally.alerts.exclude(pk=news.pk).get()
    assert lifted.title["en"] == "Correction: the ban is lifted"
    assert lifted.corrects_id == news.pk


def test_a_look_at_the_button_changes_nothing():
    owner, rally = make_rally()
    owner.get(button_of(rally, "banned"), follow=True)
    assert RallyCall.objects.get().declaration == Declaration.DECLARED
    assert owner.post(button_of(rally, "forbidden")).status_code == 404


def test_the_page_offers_the_other_two_and_says_what_a_ban_means():
    owner, rally = make_rally("banned")
    page = owner.get(page_of(rally))
    offered = [button.get("formaction", "") for button in parse(page).buttons]
    assert [address for address in offered if "declaration" in address] == [
        "../declaration/declared/",
        "../declaration/undeclared/",
    ]
    assert "risk a fine of 135 euros" in page.content.decode()


def test_an_editor_of_another_campaign_does_not_find_it():
    _, rally = make_rally()
    stranger = Organiser(make_member(make_campaign(), Role.OWNER))
    assert stranger.post(button_of(rally, "banned")).status_code == 404
    assert RallyCall.objects.get().declaration == Declaration.DECLARED


def test_its_useful_life_outlasts_the_rally():
    owner, rally = make_rally(days=1)
    owner.press(button_of(rally, "banned"))
    assert rally.alerts.get().expires_at >= rally.ends_at - timedelta(minutes=1)
