"""The recap of a campaign: its goal, its actions, what they add up to; sums tell no more than their rows."""

import csv
import re
from io import StringIO

import pytest
from django.utils import timezone

from campaigns.admin.recap.recap import campaign_recap_of
from campaigns.admin.recap.telling import How, Told
from campaigns.models import Alert, Batch, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_figure,
    make_follow,
    make_hashtag_push,
    make_member,
    make_rally_call,
    make_sums,
)
from tests.test_admin_markup import violations

pytestmark = pytest.mark.django_db


def make_world(**values):
    campaign = make_campaign(**values)
    return Organiser(make_member(campaign, Role.EDITOR)), campaign


def make_past(campaign, joined, *, make=make_hashtag_push, done=0, audience=0, accepted=0):
    action = make(campaign, starts_at=far(-50), ends_at=far(-48), title={"fr": f"Action {joined}"})
    make_sums(action, joined, done)
    if audience:
        alert = make_alert(action, send_at=far(-50), expires_at=far(-49))
        Alert.objects.filter(pk=alert.pk).update(state="sent", started_at=far(-50), audience_size=audience)
        Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=9, accepted=accepted)
    return action


def told_of(campaign):
    recap = campaign_recap_of(campaign, timezone.now())
    return {step.key: step.told for step in recap.funnel}, recap


def test_it_adds_up_what_is_told_of_each_action():
    _, campaign = make_world()
    make_past(campaign, 200, done=120, audience=1200, accepted=1100)
    make_past(campaign, 30, done=4, audience=1300, accepted=1000)
    make_past(campaign, 40, make=make_rally_call)
    make_past(make_campaign(), 5000, done=5000, audience=9000, accepted=9000)

    sums, recap = told_of(campaign)

    assert len(recap.rows) == 3
    assert sums["followers"] == Told(2500, How.EXACT)
    assert sums["accepted"] == Told(2100, How.EXACT)
    assert sums["joined"] == Told(270, How.EXACT)
    # The other's 4 are left out: 120 and 124 would give them away.
    assert sums["done"] == Told(120, How.AT_LEAST)


def test_a_sum_with_one_small_action_left_out_does_not_give_it_away():
    _, campaign = make_world()
    make_past(campaign, 200)
    before, _ = told_of(campaign)
    make_past(campaign, 9)
    after, _ = told_of(campaign)
    assert (before["joined"].value, after["joined"].value) == (200, 200)


def test_it_shows_goal_followers_actions_and_typed_figures():
    editor, campaign = make_world(goal_target=500, goal_reached=341, goal_unit={"fr": "signatures", "en": "signatures"})
    for _ in range(3):
        make_follow(campaign, make_device())
    push = make_past(campaign, 212, done=128, audience=1200, accepted=1100)
    make_figure(push, value=8000)
    draft = make_hashtag_push(campaign, state="draft", title={"fr": "Brouillon"})
    coming = make_hashtag_push(campaign, starts_at=far(5), ends_at=far(6), title={"fr": "Demain"})

    response = editor.get(page_of(campaign, "recap"))

    page = parse(response)
    text = " ".join(page.text.split())
    assert "341 of 500 signatures" in text
    assert "Followers now: fewer than 10" in text
    assert "8,000" in text
    assert violations(page) == []
    links = [attributes.get("href") for tag, attributes in page.elements if tag == "a"]
    assert page_of(push, "recap") in links
    assert not {page_of(draft, "recap"), page_of(coming, "recap")} & set(links)


def test_it_says_of_an_action_without_alerts_only_what_is_known():
    editor, campaign = make_world()
    make_past(campaign, 40, make=make_rally_call)
    text = " ".join(parse(editor.get(page_of(campaign, "recap"))).text.split())
    rows = text.partition("Action by action")[2]
    assert "No alert of it was sent." in rows
    assert "40" in rows
    assert "not known" not in rows
    assert "not asked" not in rows


def test_an_empty_campaign_has_a_page_too():
    editor, campaign = make_world()
    text = parse(editor.get(page_of(campaign, "recap"))).text
    assert "No action has begun yet." in text
    assert "No goal is set." in text


def test_the_number_of_questions_does_not_grow_with_the_actions(django_assert_max_num_queries):
    editor, campaign = make_world()
    for _ in range(5):
        make_figure(make_past(campaign, 40, audience=100, accepted=90))
    editor.get(page_of(campaign, "recap"))
    with django_assert_max_num_queries(16):
        editor.get(page_of(campaign, "recap"))


def test_the_file_holds_the_sums_and_each_action():
    editor, campaign = make_world(slug="campagne")
    push = make_past(campaign, 212, done=3)
    make_figure(push)
    response = editor.post(page_of(campaign, "export"))
    assert re.search(r'filename="recap-campagne-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"])
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"), newline="")))
    told = {(row[0], row[1], row[2]): row[5:] for row in rows}
    assert told["", "all actions", "joined"] == ["212", "counted", ""]
    assert told["Action 212", "funnel", "done"] == ["", "fewer than 10", ""]
    assert told["Action 212", "seen elsewhere", "posts under the hashtag"] == ["8000", "typed by hand", "X"]
    assert [int(row[5]) for row in rows[1:] if row[5] and int(row[5]) < 10] == []


def test_another_campaign_s_is_not_found():
    _, campaign = make_world()
    outsider, _ = make_world()
    assert outsider.get(page_of(campaign, "recap")).status_code == 404
    assert outsider.post(page_of(campaign, "export")).status_code == 404


def test_the_campaign_s_page_leads_to_it():
    editor, campaign = make_world()
    assert "../recap/" in editor.get(page_of(campaign)).content.decode()
