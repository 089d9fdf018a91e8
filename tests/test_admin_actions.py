"""Making and editing an action in the admin: its zone, its proposed alerts, edits of what is scheduled already."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.models import (
    Action,
    ActionState,
    Alert,
    AlertState,
    Broadcast,
    Gathering,
    HashtagPush,
    Outreach,
    RallyCall,
    SolidarityAlert,
)
from tests.admin_pages import Organiser, add_row, page_of, parse, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_rally_call,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/{}/add/"
WHEN = {"starts_at": "2031-07-14T18:00", "ends_at": "2031-07-14T20:00"}
NEW = {
    "hashtagpush": (HashtagPush, {"hashtag": "500SignaturesPourAnasse"}, 4),
    "rallycall": (RallyCall, {"declaration": "declared"}, 3),
    "solidarityalert": (SolidarityAlert, {"source": "legal team"}, 3),
    "broadcast": (Broadcast, {"medium": "television", "platform": "France 5"}, 3),
    "outreach": (Outreach, {"script_fr": "Bonjour."}, 4),
}


def make_owner(**values):
    campaign = make_campaign(**values)
    return Organiser(make_member(campaign)), campaign


@pytest.mark.parametrize("kind", NEW)
def test_it_proposes_alerts_as_drafts_for_a_new_action(kind):
    model, values, proposed = NEW[kind]
    owner, campaign = make_owner()
    page = owner.send(ADD.format(kind), **{"title_fr": "Ce soir", "title_en": "Tonight", **WHEN, **values})
    action = model.objects.get(campaign=campaign)
    assert page.redirect_chain[-1][0] == page_of(action)
    assert action.state == ActionState.DRAFT
    assert [alert.state for alert in action.alerts.all()] == ["draft"] * proposed
    assert any("none is sent unless you schedule it" in text for text in said(page))


def test_it_reads_the_hours_in_the_zone_that_the_form_names():
    owner, campaign = make_owner()
    values = {**WHEN, "time_zone": "Indian/Reunion", "hashtag": "Un", "title_fr": "Ce soir"}
    owner.send(ADD.format("hashtagpush"), **values)
    push = HashtagPush.objects.get(campaign=campaign)
    assert push.starts_at == datetime(2031, 7, 14, 14, 0, tzinfo=UTC)
    fields = parse(owner.get(page_of(push))).fields
    assert (fields["starts_at"], fields["time_zone"]) == ("2031-07-14T18:00", "Indian/Reunion")
    start = push.alerts.get(purpose="start")
    assert fields[f"alerts-{list(push.alerts.all()).index(start)}-send_at"] == "2031-07-14T18:00"


def test_it_begins_with_the_zone_of_the_only_campaign():
    owner, _ = make_owner(time_zone="America/Martinique")
    assert parse(owner.get(ADD.format("rallycall"))).fields["time_zone"] == "America/Martinique"


def test_it_refuses_an_hour_that_the_clock_skips():
    owner, campaign = make_owner()
    values = {"starts_at": "2031-03-30T02:30", "ends_at": "2031-03-30T05:00", "hashtag": "Un", "title_fr": "Nuit"}
    page = owner.send(ADD.format("hashtagpush"), **values)
    assert page.status_code == 200
    assert not campaign.actions.exists()


def test_it_makes_one_action_of_a_form_that_was_sent_twice():
    owner, campaign = make_owner()
    values = {**WHEN, "hashtag": "Un", "title_fr": "Ce soir"}
    owner.send(ADD.format("hashtagpush"), **values)
    page = owner.send(ADD.format("hashtagpush"), **values)
    assert campaign.actions.count() == 1
    assert Alert.objects.count() == 4
    assert said(page) == ["This was saved already."]


@pytest.mark.parametrize("other", [{"practical_fr": "À Lille"}, {"gatherings-0-address": "Vieux-Port"}])
def test_two_rallies_of_one_title_and_hour_are_two(other):
    owner, campaign = make_owner()
    add = ADD.format("rallycall")
    clean = {name: text for name, text in parse(owner.get(add)).fields.items() if "__prefix__" not in name}
    place = {"name_fr": "Place", "address": "Place de la Sorbonne", "starts_at": WHEN["starts_at"]}
    values = {**WHEN, "title_fr": "Partout", "declaration": "declared"}
    fields = add_row({**clean, **values, "_save": "1"}, "gatherings", **place)
    pages = [owner.post(add, sent, follow=True) for sent in (fields, fields, {**fields, **other})]
    assert ["This was saved already." in said(page) for page in pages] == [False, True, False]
    assert campaign.actions.count() == 2
    assert Gathering.objects.count() == 2


def test_it_changes_nothing_that_was_not_touched():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, summary={"fr": "Une ligne.\nUne autre."})
    alert = make_alert(push, send_at=far(1).replace(second=42), expires_at=far(3), body={"fr": "Un.\nDeux."})
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    digest = alert.digest
    page = owner.send(page_of(push))
    alert.refresh_from_db()
    assert (alert.state, alert.digest) == (AlertState.SCHEDULED, digest)
    assert said(page) == ["Saved."]
    assert HashtagPush.objects.get().summary == {"fr": "Une ligne.\nUne autre."}


def test_it_publishes_what_is_on_the_page():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, state=ActionState.DRAFT)
    owner.send(page_of(push), "_publish", title_fr="Ce soir, 18 h")
    push.refresh_from_db()
    assert (push.state, push.title["fr"]) == (ActionState.PUBLISHED, "Ce soir, 18 h")


def test_it_says_when_there_is_nothing_to_publish_any_more():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, state=ActionState.CANCELLED)
    page = owner.send(page_of(push), "_publish")
    assert any("is now: cancelled" in text for text in said(page))


def test_it_cancels_an_action_with_its_alerts_once():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    assert "is cancelled" in owner.press(page_of(push, "cancel"))[0]
    alert.refresh_from_db()
    assert (Action.objects.get().state, alert.state) == (ActionState.CANCELLED, AlertState.CANCELLED)
    assert "is now: cancelled" in owner.press(page_of(push, "cancel"))[0]


def test_it_refuses_an_end_before_the_start_beside_the_field():
    owner, campaign = make_owner()
    rally = make_rally_call(campaign)
    page = owner.send(page_of(rally), ends_at="2020-01-01T10:00")
    assert "The end must come after the start." in page.content.decode()


def test_it_leads_only_to_actions_of_its_own_campaign():
    owner, campaign = make_owner()
    elsewhere = make_campaign()
    make_member(elsewhere, user=owner.user)
    push, other = make_hashtag_push(campaign), make_hashtag_push(elsewhere)
    page = owner.send(page_of(push), successor=str(other.pk))
    push.refresh_from_db()
    assert push.successor is None
    assert "Choose another action of the same campaign." in page.content.decode()


def test_it_asks_the_database_no_more_for_more_alerts(django_assert_max_num_queries):
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    for hours in range(1, 9):
        make_alert(push, send_at=far(hours), expires_at=far(hours) + timedelta(hours=1))
    with django_assert_max_num_queries(27):
        owner.get(page_of(push))
    with django_assert_max_num_queries(14):
        owner.get(page_of(push, "status"))


def test_it_lists_actions_in_few_questions(django_assert_max_num_queries):
    owner, campaign = make_owner()
    for _ in range(20):
        make_hashtag_push(campaign)
    with django_assert_max_num_queries(8):
        html = owner.get("/admin/campaigns/hashtagpush/").content.decode()
    assert html.count("Ce soir") == 20
