"""The start page: what is live, what is next, what waits for me, what went wrong; only of one's own campaigns."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import (
    ActionState,
    Alert,
    AlertState,
    Batch,
    GuardedChange,
    Heartbeat,
    PushHost,
    Role,
    Stage,
    Tally,
)
from campaigns.models.heartbeat import SCHEDULER
from campaigns.watching import readiness
from tests.admin_pages import Organiser, parse
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_rally_call,
    make_user,
)

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture(autouse=True)
def scheduler_that_ticks():
    Heartbeat.objects.beat(SCHEDULER, timezone.now())


def text_of(organiser):
    return " ".join(parse(organiser.get(HOME)).text.split())


def put(alert, state, **values):
    Alert.objects.filter(pk=alert.pk).update(state=state, **values)
    return alert


def test_it_shows_what_is_live_with_its_count():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign, title={"fr": "En direct"})
    make_hashtag_push(campaign, title={"fr": "Demain"}, starts_at=far(24), ends_at=far(26))
    Tally.objects.add(push, 0, Stage.JOINED, timezone.now(), total=1234, counted=1000)
    section = organiser.get(HOME, headers={"Accept": "application/json"}).json()["fragments"]["live"]
    assert "En direct" in section
    assert "1,234 joined" in section
    assert "Demain" not in section


def test_it_names_what_begins_soon_and_is_still_a_draft():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    times = {"starts_at": far(20), "ends_at": far(22)}
    make_broadcast(campaign, title={"fr": "De la série"}, state=ActionState.DRAFT, **times)
    make_broadcast(campaign, title={"fr": "Le modèle"}, state=ActionState.TEMPLATE, **times)
    make_broadcast(campaign, title={"fr": "Publiée"}, **times)
    later = {"starts_at": far(50), "ends_at": far(51)}
    make_broadcast(campaign, title={"fr": "Plus tard"}, state=ActionState.DRAFT, **later)
    make_broadcast(title={"fr": "Ailleurs"}, state=ActionState.DRAFT, **times)
    section = organiser.get(HOME, headers={"Accept": "application/json"}).json()["fragments"]["troubles"]
    assert section.count("but is a draft") == 1
    assert "De la série" in section


def test_it_shows_the_coming_alerts_by_local_day():
    campaign = make_campaign(time_zone="Europe/Paris")
    organiser = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign, time_zone="Europe/Paris", ends_at=far(100))
    other = make_rally_call(make_campaign(), time_zone="Indian/Reunion", ends_at=far(100))
    make_member(other.campaign, user=organiser.user)
    tomorrow = timezone.localtime(far(24)).replace(hour=16, minute=20, second=0, microsecond=0)
    for action in (push, other):
        put(make_alert(action, send_at=tomorrow, expires_at=far(60)), AlertState.SCHEDULED)
    text = text_of(organiser)
    assert "Tomorrow" in text
    local = tomorrow.astimezone(push.zone), tomorrow.astimezone(other.zone)
    assert f"{local[0]:%H:%M} Europe/Paris" in text
    assert f"{local[1]:%H:%M} Indian/Reunion" in text


def test_it_says_of_a_draft_on_the_time_line_that_it_is_not_sent():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    make_alert(make_hashtag_push(campaign), send_at=far(30), expires_at=far(31))
    assert "A draft is not sent unless somebody schedules it." in text_of(organiser)


def test_it_shows_each_approver_what_waits_for_them_and_nobody_else():
    campaign = make_campaign(two_person=True)
    writer, approver, editor = (make_member(campaign, role) for role in (Role.OWNER, Role.APPROVER, Role.EDITOR))
    alert = make_alert(make_hashtag_push(campaign), send_at=far(1), expires_at=far(2))
    put(alert, AlertState.AWAITING, scheduled_by=writer)
    shown = {user: "Waits for your approval" in text_of(Organiser(user)) for user in (writer, approver, editor)}
    assert shown == {writer: False, approver: True, editor: False}
    links = [values["href"] for tag, values in parse(Organiser(approver).get(HOME)).elements if tag == "a"]
    page = next(link for link in links if link.endswith(f"#alert-{alert.pk}"))
    assert f'id="alert-{alert.pk}"' in Organiser(approver).get(page.partition("#")[0]).content.decode()


def test_it_shows_changes_of_the_two_person_mode_to_whoever_may_confirm_them():
    campaign = make_campaign(two_person=True)
    owner, approver = make_member(campaign), make_member(campaign, Role.APPROVER)
    other = make_member(campaign, Role.APPROVER)
    GuardedChange.objects.propose(campaign, owner, other.memberships.get())
    shown = [f"Proposed by {owner}" in text_of(Organiser(user)) for user in (owner, approver, other)]
    assert shown == [False, True, False]


@pytest.mark.parametrize(
    ("state", "values", "words"),
    [
        (AlertState.EXPIRED, {"expires_at": far(-1)}, "was never sent"),
        (AlertState.PAUSED, {"started_at": far(-1)}, "is paused"),
        (AlertState.AWAITING, {"expires_at": far(-1)}, "was never sent: nobody approved it in time"),
        (AlertState.DRAFT, {"expires_at": far(-1), "held_back": "silence"}, "minute: the campaign keeps silence."),
        (AlertState.DRAFT, {}, "not scheduled: it will not be sent"),
    ],
)
def test_it_says_what_went_wrong_with_an_alert(state, values, words):
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    alert = make_alert(make_hashtag_push(campaign), send_at=far(-2), expires_at=far(2))
    put(alert, state, **values)
    assert words in text_of(organiser)


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (AlertState.AWAITING, {"expires_at": far(-73)}),
        (AlertState.AWAITING, {"expires_at": far(1)}),
        (AlertState.DRAFT, {"expires_at": far(-1)}),
        (AlertState.DRAFT, {"expires_at": far(-73), "held_back": "silence"}),
    ],
)
def test_it_says_nothing_of_what_is_long_over_or_was_only_planned(state, values):
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    put(make_alert(make_hashtag_push(campaign), send_at=far(-80), expires_at=far(-79)), state, **values)
    assert "What went wrong" not in text_of(organiser)


def test_it_says_when_many_did_not_get_an_alert():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    alert = make_alert(make_hashtag_push(campaign), send_at=far(-2), expires_at=far(2))
    put(alert, AlertState.SENT, started_at=far(-2), audience_size=100)
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=100, cursor=100, failed=9)
    assert "did not reach" not in text_of(organiser)
    Batch.objects.filter(pk=batch.pk).update(failed=6, refused=5)
    assert "did not reach 11 devices" in text_of(organiser)


def test_it_says_when_nothing_can_be_sent(monkeypatch):
    # The web server has been up for long: a scheduler that is silent is not just starting.
    monkeypatch.setattr(readiness, "_started", time.monotonic() - 10 * readiness.GRACE_SECONDS)
    organiser = Organiser(make_member(make_campaign()))
    assert "What went wrong" not in text_of(organiser)
    Heartbeat.objects.filter(name=SCHEDULER).update(at=timezone.now() - timedelta(hours=1))
    PushHost.objects.pause("fcm.googleapis.com", timezone.now(), "refuses")
    text = text_of(organiser)
    assert "A part of this site does not work: scheduler" in text
    assert "The push service fcm.googleapis.com refuses" in text


def test_it_shows_nothing_of_other_campaigns():
    theirs = make_campaign(two_person=True)
    writer = make_member(theirs)
    push = make_hashtag_push(theirs, title={"fr": "Réunion secrète"})
    put(make_alert(push, title={"fr": "Secret"}, send_at=far(1)), AlertState.AWAITING, scheduled_by=writer)
    put(make_alert(push, title={"fr": "Secret"}), AlertState.PAUSED, started_at=far(-1))
    text = text_of(Organiser(make_member(make_campaign(), Role.OWNER)))
    assert "ecr" not in text.replace("Security", "")


def test_it_costs_the_same_however_much_there_is():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert organiser.get(HOME).status_code == 200
        return len(found)

    def fill():
        push = make_hashtag_push(campaign)
        put(make_alert(push, send_at=far(1), expires_at=far(3)), AlertState.SCHEDULED)
        put(make_alert(push), AlertState.PAUSED, started_at=far(-1))

    fill()
    few = statements()
    for _ in range(5):
        fill()
    assert statements() == few


def test_it_welcomes_an_organiser_without_a_campaign():
    text = text_of(Organiser(make_user()))
    assert "What do you want to do?" in text
    assert "Next alerts" not in text


def test_it_leaves_out_what_is_cancelled():
    campaign = make_campaign()
    organiser = Organiser(make_member(campaign))
    push = make_hashtag_push(campaign, state=ActionState.CANCELLED)
    make_alert(push, send_at=far(1), expires_at=far(2))
    assert "No alert is planned" in text_of(organiser)
