"""The same action on another date, and templates, in the admin."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.models import Action, ActionState, Alert, Broadcast, HashtagPush, RallyCall
from campaigns.models.series import carry_on
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_hashtag_push,
    make_member,
    make_outreach,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
WHEN = "2031-07-14T18:00"
START = datetime(2031, 7, 14, 18, tzinfo=PARIS).astimezone(UTC)


def make_owner(**values):
    campaign = make_campaign(**values)
    return Organiser(make_member(campaign)), campaign


def links_of(page):
    return {attributes.get("href") for tag, attributes in page.elements if tag == "a"}


@pytest.mark.parametrize(
    "make", [make_hashtag_push, make_rally_call, make_solidarity_alert, make_broadcast, make_outreach]
)
def test_it_leads_to_the_copy_a_draft(make):
    owner, campaign = make_owner()
    action = make(campaign)
    make_alert(action)
    assert "../copy/" in links_of(parse(owner.get(page_of(action))))
    page = owner.send(page_of(action, "copy"), starts_at=WHEN)
    copy = type(action).objects.exclude(pk=action.pk).get()
    assert page.redirect_chain[-1][0] == page_of(copy)
    assert (copy.starts_at, copy.state, copy.campaign) == (START, ActionState.DRAFT, campaign)
    assert [alert.state for alert in copy.alerts.all()] == ["draft"]
    assert said(page)[0] == "This is the copy: a draft, with its alerts as drafts."


def test_it_reads_the_new_start_in_the_action_s_zone():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, time_zone="Indian/Reunion")
    owner.send(page_of(push, "copy"), starts_at=WHEN)
    assert HashtagPush.objects.exclude(pk=push.pk).get().starts_at == datetime(2031, 7, 14, 14, tzinfo=UTC)


def test_it_proposes_the_same_hour_of_the_same_day_of_a_week_to_come():
    owner, campaign = make_owner()
    start = (timezone.now() - timedelta(days=25)).replace(second=0, microsecond=0)
    push = make_hashtag_push(campaign, starts_at=start, ends_at=start + timedelta(hours=1))
    proposed = datetime.fromisoformat(parse(owner.get(page_of(push, "copy"))).fields["starts_at"])
    local = start.astimezone(PARIS).replace(tzinfo=None)
    assert (proposed.weekday(), proposed.time()) == (local.weekday(), local.time())
    assert timedelta(0) < proposed - timezone.now().astimezone(PARIS).replace(tzinfo=None) <= timedelta(days=7)


def test_it_makes_one_copy_of_two_taps():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    pages = [owner.send(page_of(push, "copy"), starts_at=WHEN) for _ in range(2)]
    assert HashtagPush.objects.count() == 2
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert said(pages[1]) == ["It was copied to this date already: this is the copy."]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2020-01-01T10:00", "This is over already"),
        ("", "This field is required"),
        ("2031-03-30T02:30", "couldn’t be interpreted in time zone"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(typed, problem):
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    page = owner.send(page_of(push, "copy"), starts_at=typed)
    assert problem in page.content.decode()
    assert parse(page).fields["starts_at"] == typed
    assert HashtagPush.objects.count() == 1


def test_it_refuses_the_moment_at_which_it_starts_already():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, starts_at=START, ends_at=START + timedelta(hours=2))
    page = owner.send(page_of(push, "copy"), starts_at=WHEN)
    assert "It starts at this moment already" in page.content.decode()


def test_a_look_at_the_page_copies_nothing():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    assert owner.get(page_of(push, "copy")).status_code == 200
    assert owner.get(page_of(push, "template")).status_code == 302
    assert Action.objects.count() == 1


def test_it_says_of_which_alerts_the_window_would_be_over():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, starts_at=far(-1), ends_at=far(1))
    make_alert(push, send_at=far(-49), expires_at=far(-48))
    soon = timezone.localtime(far(2), PARIS).strftime("%Y-%m-%dT%H:%M")
    page = owner.send(page_of(push, "copy"), starts_at=soon)
    assert "Alerts whose window is over already: 1. Give them another hour, or delete them." in said(page)


def test_it_says_that_a_copied_rally_is_not_declared():
    owner, campaign = make_owner()
    page = owner.send(page_of(make_rally_call(campaign), "copy"), starts_at=WHEN)
    assert "It is marked as not declared: each rally is declared for its own day." in said(page)


# ---- templates


def test_it_keeps_an_action_as_a_template_once():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    messages = [owner.press(page_of(push, "template")) for _ in range(2)]
    template = HashtagPush.objects.get(state=ActionState.TEMPLATE)
    assert messages == [
        ["Kept as a template: change here what is different each time."],
        ["It was kept as a template already: this is it."],
    ]
    assert template.title == push.title


def test_templates_are_listed_where_a_new_action_is_made_and_nowhere_else():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, title={"fr": "La vague"})
    owner.press(page_of(push, "template"))
    template = HashtagPush.objects.get(state=ActionState.TEMPLATE)
    HashtagPush.objects.filter(pk=template.pk).update(title={"fr": "Vague du dimanche"})
    assert f"../{template.pk}/copy/" in links_of(parse(owner.get("/admin/campaigns/hashtagpush/add/")))
    assert "Vague du dimanche" not in owner.get("/admin/campaigns/rallycall/add/").content.decode()
    assert "Vague du dimanche" not in owner.get("/admin/campaigns/hashtagpush/").content.decode()
    assert "Vague du dimanche" in owner.get("/admin/campaigns/hashtagpush/?state=template").content.decode()
    assert "Vague du dimanche" not in owner.get(page_of(push)).content.decode()


def test_templates_of_other_campaigns_are_not_offered():
    stranger, elsewhere = make_owner()
    stranger.press(page_of(make_hashtag_push(elsewhere, title={"fr": "Secrète"}), "template"))
    owner, _ = make_owner()
    template = HashtagPush.objects.get(state=ActionState.TEMPLATE)
    assert "Secrète" not in owner.get("/admin/campaigns/hashtagpush/add/").content.decode()
    assert owner.get(page_of(template, "copy")).status_code == 404
    assert owner.post(page_of(template, "copy"), {"starts_at": WHEN}).status_code == 404
    assert HashtagPush.objects.count() == 2


def test_an_action_is_made_from_a_template():
    owner, campaign = make_owner()
    rally = make_rally_call(campaign)
    make_alert(rally)
    owner.press(page_of(rally, "template"))
    template = RallyCall.objects.get(state=ActionState.TEMPLATE)
    owner.send(page_of(template, "copy"), starts_at=WHEN)
    action = RallyCall.objects.get(starts_at=START)
    assert (action.state, action.alerts.count()) == (ActionState.DRAFT, 1)
    owner.send(page_of(action), "_publish")
    assert RallyCall.objects.get(pk=action.pk).state == ActionState.PUBLISHED


def test_a_template_is_neither_published_nor_cancelled_nor_sent():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    make_alert(push, send_at=far(1), expires_at=far(2))
    owner.press(page_of(push, "template"))
    template = HashtagPush.objects.get(state=ActionState.TEMPLATE)
    alert = template.alerts.get()
    names = {button.get("name") for button in parse(owner.get(page_of(template))).buttons}
    assert not names & {"_publish", "_schedule"}
    owner.send(page_of(template), "_publish")
    owner.send(page_of(template), "_schedule", str(alert.pk))
    owner.press(page_of(template, "cancel"))
    assert HashtagPush.objects.get(pk=template.pk).state == ActionState.TEMPLATE
    assert Alert.objects.get(pk=alert.pk).state == "draft"


def test_a_template_can_be_deleted_and_its_actions_stay():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign)
    owner.press(page_of(push, "template"))
    template = HashtagPush.objects.get(state=ActionState.TEMPLATE)
    owner.send(page_of(template, "copy"), starts_at=WHEN)
    owner.post(page_of(template, "delete"), {"post": "yes"})
    assert not HashtagPush.objects.filter(pk=template.pk).exists()
    assert HashtagPush.objects.count() == 2


def test_a_new_action_like_a_template_is_made_all_the_same():
    owner, campaign = make_owner()
    push = make_hashtag_push(campaign, starts_at=START, ends_at=START + timedelta(hours=2), title={"fr": "Ce soir"})
    owner.press(page_of(push, "template"))
    push.delete()
    new = {"title_fr": "Ce soir", "hashtag": "Un", "starts_at": WHEN, "ends_at": "2031-07-14T20:00"}
    owner.send("/admin/campaigns/hashtagpush/add/", **new)
    assert HashtagPush.objects.filter(state=ActionState.DRAFT).count() == 1


# ---- every week


def test_a_broadcast_comes_back_every_week_until_a_day():
    owner, campaign = make_owner()
    new = {"title_fr": "Le direct", "starts_at": WHEN, "ends_at": "2031-07-14T20:00", "repeats_until": "2031-09-01"}
    owner.send("/admin/campaigns/broadcast/add/", **new, medium="stream", platform="Twitch")
    broadcast = Broadcast.objects.get(campaign=campaign)
    assert broadcast.repeats_until.isoformat() == "2031-09-01"
    assert parse(owner.get(page_of(broadcast))).fields["repeats_until"] == "2031-09-01"


def test_it_refuses_a_last_day_before_the_second_one_beside_the_field():
    owner, _ = make_owner()
    new = {"title_fr": "Le direct", "starts_at": WHEN, "ends_at": "2031-07-14T20:00", "repeats_until": "2031-07-15"}
    page = owner.send("/admin/campaigns/broadcast/add/", **new, medium="stream", platform="Twitch")
    assert "Choose a day at least a week after the start." in page.content.decode()
    assert parse(page).fields["platform"] == "Twitch"
    assert not Broadcast.objects.exists()


def test_the_series_is_changed_on_the_latest_one_only():
    owner, campaign = make_owner()
    broadcast = make_broadcast(campaign, repeats_until=far(24 * 60).date())
    assert "repeats_until" in parse(owner.get(page_of(broadcast))).fields
    Broadcast.objects.update(carried_on=True)
    assert "repeats_until" not in parse(owner.get(page_of(broadcast))).fields


def test_one_of_a_series_leads_to_the_next_which_says_where_it_comes_from():
    owner, campaign = make_owner()
    broadcast = make_broadcast(campaign, repeats_until=far(24 * 60).date())
    carry_on(timezone.now())
    following = Broadcast.objects.exclude(pk=broadcast.pk).get()
    assert f"../../{following.pk}/change/" in links_of(parse(owner.get(page_of(broadcast))))
    assert "made by itself" in owner.get(page_of(following)).content.decode()
    assert "made by itself" not in owner.get(page_of(broadcast)).content.decode()
