"""The action moves: its plan moves along, scheduled alerts are scheduled again, what went out is to be corrected."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.models import Alert, AlertAnchor, AlertState, Approval
from campaigns.rules import alerts_to_correct, proposed_alerts
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import far, make_alert, make_campaign, make_followers, make_hashtag_push, make_member, make_rally_call

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
MOVED = {"starts_at": "2031-07-14T19:30", "ends_at": "2031-07-14T21:00"}


def paris(hour, minute=0, day=14):
    return datetime(2031, 7, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def make_owner(**values):
    """An owner, and an action on the fourteenth of July, 18:00 to 20:00."""
    campaign = make_campaign(**values)
    push = make_hashtag_push(campaign, starts_at=paris(18), ends_at=paris(20))
    return Organiser(make_member(campaign)), push


def planned(push, **values):
    """Three hours before the start, useful for two."""
    window = {"send_at": paris(15), "expires_at": paris(17)}
    return make_alert(push, **{"anchor": AlertAnchor.START, "offset": -3 * HOUR, **window, **values})


def send_out(alert, **values):
    """As if it had gone out when the action was where it is now."""
    told = {"state": AlertState.SENT, "started_at": timezone.now(), "last_device": 7}
    Alert.objects.filter(pk=alert.pk).update(**{**told, "told_start": alert.action.starts_at, **values})
    alert.refresh_from_db()
    return alert


def test_it_moves_drafts_with_the_action_and_says_so():
    owner, push = make_owner()
    alert = planned(push)
    at_the_end = planned(push, anchor=AlertAnchor.END, offset=HOUR, send_at=paris(21), expires_at=paris(22))
    page = owner.send(page_of(push), **MOVED)
    moved = [Alert.objects.get(pk=one.pk) for one in (alert, at_the_end)]
    assert [(one.send_at, one.expires_at) for one in moved] == [
        (paris(16, 30), paris(18, 30)),
        (paris(22), paris(23)),
    ]
    (text,) = [text for text in said(page) if "The plan moved with the action" in text]
    assert "14 Jul 2031, 16:30" in text
    assert "14 Jul 2031, 22:00" in text


def test_it_schedules_again_what_was_scheduled():
    owner, push = make_owner()
    alert = planned(push)
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = owner.send(page_of(push), **MOVED)
    alert.refresh_from_db()
    assert (alert.state, alert.send_at) == (AlertState.SCHEDULED, paris(16, 30))
    assert alert.scheduled_digest == alert.digest
    assert any("approvals given before are void" in text for text in said(page))
    assert any("is scheduled for 14 Jul 2031, 16:30" in text for text in said(page))


def test_it_voids_the_approval_of_what_moves():
    owner, push = make_owner(two_person=True, two_person_above=0)
    make_followers(push.campaign, 1)
    alert = planned(push)
    alert.schedule(owner.user, timezone.now(), needs_approval=True)
    alert.approve(make_member(push.campaign), timezone.now())
    owner.send(page_of(push), **MOVED)
    alert.refresh_from_db()
    assert alert.state == AlertState.AWAITING
    assert not Approval.objects.exists()


def test_it_leaves_moments_of_their_own_where_they_are():
    owner, push = make_owner()
    alert = planned(push, anchor=AlertAnchor.FIXED, offset=timedelta(0))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    before = alert.digest
    owner.send(page_of(push), **MOVED)
    alert.refresh_from_db()
    assert (alert.state, alert.digest) == (AlertState.SCHEDULED, before)


def test_it_follows_the_zone_of_the_action():
    owner, push = make_owner()
    alert = planned(push)
    owner.send(page_of(push), time_zone="Indian/Reunion")
    alert.refresh_from_db()
    push.refresh_from_db()
    assert push.starts_at == datetime(2031, 7, 14, 14, tzinfo=UTC)
    assert (alert.send_at, alert.anchor) == (push.starts_at - 3 * HOUR, AlertAnchor.START)


def test_it_tells_the_new_hour_in_texts_that_told_the_old_one():
    owner, push = make_owner()
    announcement = proposed_alerts(push, paris(12, day=1))[0]
    announcement.save()
    assert announcement.body == {"fr": "Rendez-vous lundi 14 juillet, 18 h 00.", "en": "See you Monday 14 July, 18:00."}
    owner.send(page_of(push), **MOVED)
    announcement.refresh_from_db()
    assert announcement.body == {"fr": "Rendez-vous lundi 14 juillet, 19 h 30.", "en": "See you Monday 14 July, 19:30."}


def test_it_takes_along_what_was_typed_in_the_same_form():
    owner, push = make_owner()
    alert = planned(push)
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    owner.send(page_of(push), **MOVED, **{"alerts-0-body_fr": "À ce soir."})
    alert.refresh_from_db()
    assert (alert.state, alert.send_at, alert.body["fr"]) == (AlertState.SCHEDULED, paris(16, 30), "À ce soir.")


def test_it_sends_nothing_at_once_because_the_action_came_nearer():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    push = make_rally_call(campaign, starts_at=far(48), ends_at=far(50))
    window = {"send_at": far(24), "expires_at": far(36)}
    alert = make_alert(push, anchor=AlertAnchor.START, offset=timedelta(days=-1), **window)
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    soon, later = (timezone.localtime(far(hours)).strftime("%Y-%m-%dT%H:%M") for hours in (20, 22))
    page = owner.send(page_of(push), starts_at=soon, ends_at=later)
    alert.refresh_from_db()
    assert alert.state == AlertState.DRAFT
    assert alert.send_at < timezone.now()
    assert any("is over by now: it is a draft again" in text for text in said(page))


def test_it_does_not_move_what_has_begun():
    owner, push = make_owner()
    alert = send_out(planned(push), state=AlertState.SENDING)
    owner.send(page_of(push), **MOVED)
    alert.refresh_from_db()
    assert (alert.state, alert.send_at) == (AlertState.SENDING, paris(15))


def test_it_proposes_the_correction_of_what_went_out():
    owner, push = make_owner()
    texts = {"fr": "Rendez-vous lundi 14 juillet, 18 h 00.", "en": "Tonight."}
    alert = send_out(planned(push, body=texts))
    assert not owner.get(page_of(push)).context["to_correct"]
    page = owner.send(page_of(push), **MOVED)
    address = f"../alerts/{alert.pk}/correct/"
    assert address in [attributes.get("href") for tag, attributes in parse(page).elements if tag == "a"]
    fields = parse(owner.get(page_of(push, "correct", alert.pk))).fields
    assert fields["title_fr"].startswith("Correction")
    assert fields["body_fr"] == "Rendez-vous lundi 14 juillet, 19 h 30."
    assert fields["body_en"] == "New time: Monday 14 July, 19:30."
    assert fields["expires_at"] == "2031-07-14T19:30"


def test_it_proposes_nothing_more_once_it_is_corrected():
    owner, push = make_owner()
    alert = send_out(planned(push))
    owner.send(page_of(push), **MOVED)
    owner.send(page_of(push, "correct", alert.pk))
    assert alert.corrections.get().state == AlertState.SCHEDULED
    assert not owner.get(page_of(push)).context["to_correct"]


def test_it_takes_back_a_correction_that_waits_when_the_action_moves_again():
    owner, push = make_owner()
    alert = send_out(planned(push))
    owner.send(page_of(push), **MOVED)
    sent_at = "2031-07-14T09:00"
    owner.send(page_of(push, "correct", alert.pk), send_at=sent_at, body_fr="C'est à 19 h 30.", body_en="")
    page = owner.send(page_of(push), starts_at="2031-07-14T19:45")
    assert alert.corrections.get().state == AlertState.DRAFT
    assert any("tells the earlier hour" in text for text in said(page))
    assert page.context["to_correct"] == [alert]


def test_it_corrects_by_the_latest_that_went_to_all():
    _owner, push = make_owner()
    first, narrowed, last = (send_out(planned(push), started_at=far(-hours)) for hours in (3, 2, 1))
    Alert.objects.filter(pk=narrowed.pk).update(departements=["75"])
    push.starts_at = paris(19)
    alerts = list(Alert.objects.filter(action=push))
    assert alerts_to_correct(push, alerts, timezone.now()) == [last]
    assert first in alerts
    assert alerts_to_correct(push, [one for one in alerts if one.pk == narrowed.pk], timezone.now()) == [narrowed]


def test_it_corrects_nothing_that_is_over():
    _owner, push = make_owner()
    alert = send_out(planned(push))
    push.starts_at = paris(19)
    assert alerts_to_correct(push, [alert], paris(20, 1)) == []


def test_it_takes_hours_that_the_page_s_script_moved_for_hours_that_follow():
    owner, push = make_owner()
    alert = planned(push)
    window = ("2031-07-14T16:30", "2031-07-14T18:30")
    names = ("alerts-0-send_at", "alerts-0-expires_at", "alerts-0-shown")
    owner.send(page_of(push), **MOVED, **dict(zip(names, (*window, " ".join(window)), strict=True)))
    alert.refresh_from_db()
    assert (alert.anchor, alert.send_at, alert.expires_at) == (AlertAnchor.START, paris(16, 30), paris(18, 30))
