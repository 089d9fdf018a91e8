"""Copying an action to another date: everything that belongs to it, at the same hours of the clock, and nobody."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import DateTimeField
from django.utils import timezone

from campaigns.kinds import Purpose
from campaigns.models import (
    Action,
    ActionLink,
    ActionState,
    Alert,
    AlertState,
    Gathering,
    Medium,
    Participation,
    Person,
    RallyCall,
    Stage,
    Tally,
)
from campaigns.models.copying import copy_to, keep_as_template
from campaigns.models.wall_clock import move_along, move_window_along
from tests.api import get_json
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_device,
    make_gathering,
    make_hashtag_push,
    make_person,
    make_rally_call,
    make_solidarity_alert,
    make_user,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
# Facts about the original, which a copy keeps as they are: moved into the future they would be untrue.
FACTS = {"checked_at", "published_as_of"}


def paris(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2031 in Paris, in UTC. The clock changes on 30 March and on 26 October."""
    return datetime(2031, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def copied(original: Action, starts_at: datetime) -> Action:
    action, new = copy_to(type(original).objects.get(pk=original.pk), starts_at, make_user())
    assert new
    return type(original)._default_manager.get(pk=action.pk)


def make_rich_rally() -> RallyCall:
    """A rally with one of everything, on 20 March at 18:00."""
    rally = make_rally_call(
        starts_at=paris(3, 20, 18), ends_at=paris(3, 20, 20), practical={"fr": "Venez à deux."}, summary={"fr": "Ici."}
    )
    make_gathering(rally, starts_at=paris(3, 20, 18, 30), ends_at=paris(3, 20, 19, 30), practical={"fr": "Métro."})
    ActionLink.objects.create(action=rally, label={"fr": "Tract"}, url="https://comite.example/tract", position=1)
    Medium.objects.create(action=rally, kind="clip", url="https://clip.example/", alt={"fr": "Un extrait"})
    make_alert(rally, purpose="reminder", send_at=paris(3, 19, 18), expires_at=paris(3, 20, 18), urgency="low")
    return rally


def test_it_copies_what_belongs_to_it_with_the_same_hours_of_the_clock() -> None:
    rally = make_rich_rally()
    copy = copied(rally, paris(4, 3, 18))
    assert (copy.title, copy.summary, copy.practical) == (rally.title, rally.summary, rally.practical)
    assert (copy.starts_at, copy.ends_at, copy.time_zone) == (paris(4, 3, 18), paris(4, 3, 20), "Europe/Paris")
    gathering, link, medium, alert = (rows.get() for rows in (copy.gatherings, copy.links, copy.media, copy.alerts))
    assert (gathering.starts_at, gathering.ends_at) == (paris(4, 3, 18, 30), paris(4, 3, 19, 30))
    assert (gathering.address, gathering.practical) == ("Place de la Sorbonne, 75005 Paris", {"fr": "Métro."})
    assert (link.url, link.position, medium.alt) == ("https://comite.example/tract", 1, {"fr": "Un extrait"})
    assert (alert.send_at, alert.expires_at) == (paris(4, 2, 18), paris(4, 3, 18))
    assert (alert.purpose, alert.urgency, alert.body["fr"]) == ("reminder", "low", "Dix-huit heures.")


def test_it_is_a_draft_with_an_identity_of_its_own() -> None:
    rally = make_rich_rally()
    Alert.objects.update(state=AlertState.SENT, scheduled_digest="x" * 64, last_device=7, audience_size=9)
    copy = copied(rally, paris(4, 3, 18))
    rally.refresh_from_db()
    assert (copy.state, rally.state) == (ActionState.DRAFT, ActionState.PUBLISHED)
    assert copy.uuid != rally.uuid
    assert copy.participation_key != rally.participation_key
    assert copy.gatherings.get().uuid != rally.gatherings.get().uuid
    alert = copy.alerts.get()
    assert (alert.state, alert.scheduled_digest, alert.last_device) == (AlertState.DRAFT, "", None)
    assert alert.uuid != rally.alerts.get().uuid


def test_it_copies_nobody_s_part() -> None:
    push = make_hashtag_push()
    Participation.objects.take_part(push, make_device(), Stage.DONE, None, verified=True, now=timezone.now())
    copy = copied(push, far(24))
    assert not copy.participations.exists()
    assert Tally.objects.sums(copy)["joined"]["total"] == 0


def test_it_copies_neither_persons_nor_their_names() -> None:
    case = make_solidarity_alert(
        title={"fr": "Avec Camille Dupont", "en": "With Camille Dupont"},
        summary={"fr": "camille dupont est convoquée. Dupont, 9 h."},
        what_to_do={"fr": "Venez pour Camille."},
    )
    make_person(case, name="Camille Dupont", consented_on=date(2031, 3, 1))
    ActionLink.objects.create(action=case, label={"fr": "Pour Camille"}, url="https://comite.example/")
    make_alert(case, body={"fr": "Camille Dupont sort à 18 h."})
    make_alert(case, purpose=Purpose.STATUS, body={"fr": "Libre."})
    copy = copied(case, far(24))
    assert copy.title == {"fr": "Avec une personne", "en": "With one person"}
    assert copy.summary == {"fr": "une personne est convoquée. une personne, 9 h."}
    assert copy.what_to_do == {"fr": "Venez pour une personne."}
    assert copy.links.get().label == {"fr": "Pour une personne"}
    assert [alert.body["fr"] for alert in copy.alerts.all()] == ["une personne sort à 18 h."]
    assert list(Person.objects.values_list("alert_case_id", flat=True)) == [case.pk]
    assert copy.checked_at == case.checked_at


def test_it_does_not_say_that_a_rally_is_declared_or_banned_for_a_day_on_which_it_is_not() -> None:
    assert copied(make_rally_call(declaration="declared"), far(24)).declaration == "undeclared"
    assert copied(make_rally_call(declaration="banned"), far(24)).declaration == "undeclared"


def test_it_moves_the_moment_at_which_the_hashtag_is_revealed() -> None:
    push = make_hashtag_push(starts_at=paris(3, 20, 18), ends_at=paris(3, 20, 20), reveal_at=paris(3, 20, 17, 55))
    assert copied(push, paris(4, 3, 21)).reveal_at == paris(4, 3, 20, 55)
    assert copied(make_hashtag_push(), far(24)).reveal_at is None


def test_it_leads_nowhere_and_comes_back_no_week() -> None:
    broadcast = make_broadcast(successor=make_hashtag_push(), repeats_until=date(2031, 6, 1))
    copy = copied(broadcast, far(24))
    assert (copy.successor, copy.repeats_until, copy.carried_on) == (None, None, False)
    assert (copy.medium, copy.platform, copy.link) == (broadcast.medium, broadcast.platform, broadcast.link)


def test_it_leaves_out_corrections_and_what_was_called_off() -> None:
    push = make_hashtag_push()
    kept, wrong, off = (make_alert(push, title={"fr": text}) for text in ("Gardée", "Fausse", "Annulée"))
    Alert.objects.filter(pk=wrong.pk).update(started_at=timezone.now(), last_device=1)
    wrong.refresh_from_db()
    wrong.correct(title={"fr": "Correction"}, body={"fr": "Non."}, send_at=far(0), expires_at=far(1))
    off.cancel(timezone.now())
    assert {str(alert) for alert in copied(push, far(24)).alerts.all()} == {str(kept), str(wrong)}


def test_an_action_that_is_cancelled_is_put_off_with_its_alerts() -> None:
    push = make_hashtag_push()
    make_alert(push)
    push.cancel()
    push.alerts.cancel_all(timezone.now())  # type: ignore[attr-defined]  # our manager
    assert [alert.state for alert in copied(push, far(24)).alerts.all()] == [AlertState.DRAFT]


def test_its_plan_is_counted_from_the_new_start_and_the_new_end() -> None:
    push = make_hashtag_push(starts_at=paris(3, 20, 18), ends_at=paris(3, 20, 20))
    before = {"anchor": "start", "offset": -timedelta(hours=3), "departements": ["75"]}
    after = {"anchor": "end", "offset": timedelta(minutes=30)}
    make_alert(push, send_at=paris(3, 20, 15), expires_at=paris(3, 20, 18), **before)
    make_alert(push, send_at=paris(3, 20, 20, 30), expires_at=paris(3, 20, 22), **after)
    reminder, recap = copied(push, paris(4, 3, 11)).alerts.all()
    assert (reminder.send_at, reminder.expires_at) == (paris(4, 3, 8), paris(4, 3, 11))
    assert (reminder.anchor, reminder.offset, reminder.departements) == ("start", -timedelta(hours=3), ["75"])
    assert (recap.send_at, recap.expires_at) == (paris(4, 3, 13, 30), paris(4, 3, 15))


def test_its_texts_tell_the_new_start_where_they_told_the_old_one() -> None:
    told = {"fr": "Rendez-vous jeudi 20 mars, 18 h 00.", "en": "See you Thursday 20 March, 18:00."}
    rally = make_rally_call(starts_at=paris(3, 20, 18), ends_at=paris(3, 20, 20), summary=told)
    make_alert(rally, body=told)
    copy = copied(rally, paris(4, 4, 12))
    anew = {"fr": "Rendez-vous vendredi 4 avril, 12 h 00.", "en": "See you Friday 4 April, 12:00."}
    assert (copy.summary, copy.alerts.get().body) == (anew, anew)


def test_it_makes_one_copy_of_two_taps_and_another_for_another_date() -> None:
    push, by = make_hashtag_push(), make_user()
    when = far(24)
    first, _ = copy_to(push, when, by)
    again, new = copy_to(push, when, by)
    other, _ = copy_to(push, far(48), by)
    assert (again.pk, new) == (first.pk, False)
    assert other.pk != first.pk
    first.cancel()
    assert copy_to(push, when, by)[1]


def test_a_template_is_kept_once_and_is_no_action() -> None:
    rally, by = make_rich_rally(), make_user()
    template, new = keep_as_template(RallyCall.objects.get(pk=rally.pk), by)
    assert new
    assert keep_as_template(RallyCall.objects.get(pk=rally.pk), by) == (Action.objects.get(pk=template.pk), False)
    stored = RallyCall.objects.get(pk=template.pk)
    assert (stored.state, stored.participation_key) == (ActionState.TEMPLATE, None)
    assert stored.alerts.count() == 1
    assert list(Action.objects.templates()) == [Action.objects.get(pk=template.pk)]


def test_nobody_ever_sees_a_template() -> None:
    push = make_hashtag_push()
    template, _ = keep_as_template(push, make_user())
    feed = get_json("feed")
    assert [action["id"] for action in feed["live"] + feed["coming"] + feed["over"]] == [str(push.uuid)]
    assert not Action.objects.shown().filter(pk=template.pk).exists()
    assert not Action.objects.open_at(timezone.now()).filter(pk=template.pk).exists()
    alert = make_alert(template)
    assert not Alert.objects.alive().filter(pk=alert.pk).exists()


def test_an_action_made_from_a_template_can_be_published() -> None:
    template, _ = keep_as_template(make_hashtag_push(), make_user())
    action = copied(template, far(24))
    assert action.participation_key is not None
    action.publish()
    assert Action.objects.shown().filter(pk=action.pk).exists()


@pytest.mark.parametrize("model", Action.__subclasses__())
def test_each_moment_of_a_kind_is_either_moved_or_a_fact(model: type[Action]) -> None:
    moments = {field.name for field in model._meta.get_fields() if isinstance(field, DateTimeField) and field.editable}
    assert moments == {*model.MOVES_ALONG, *(FACTS & moments)}


def test_it_notes_who_copied() -> None:
    push, by = make_hashtag_push(), make_user("camille")
    copy_to(push, far(24), by)
    assert [(entry.act, entry.actor) for entry in push.campaign.audit_entries.all()] == [("action_made", "camille")]


# ---- the wall clock


@pytest.mark.parametrize("new_start", [paris(3, 30, 18), paris(10, 26, 18), paris(7, 1, 18)])
def test_it_keeps_the_evening_before_across_a_change_of_the_clock(new_start: datetime) -> None:
    old_start = paris(2, 20, 18)
    local = move_along(paris(2, 19, 18), old_start, new_start, PARIS).astimezone(PARIS)
    assert (local.hour, local.date()) == (18, new_start.astimezone(PARIS).date() - timedelta(days=1))


def test_it_takes_the_next_hour_for_one_that_the_clock_skips() -> None:
    moved = move_along(paris(2, 20, 2, 30), paris(2, 20, 6), paris(3, 30, 6), PARIS)
    assert moved.astimezone(PARIS).hour == 3


def test_a_window_keeps_a_length_in_the_night_in_which_the_clock_changes() -> None:
    window = (paris(2, 20, 2, 30), paris(2, 20, 3))
    begins, ends = move_window_along(window, paris(2, 20, 6), paris(3, 30, 6), PARIS)
    assert ends - begins == timedelta(minutes=30)


def test_what_lasts_through_that_night_is_stored_whole() -> None:
    push = make_hashtag_push(starts_at=paris(2, 20, 2, 15), ends_at=paris(2, 20, 3))
    make_alert(push, send_at=paris(2, 20, 2, 15), expires_at=paris(2, 20, 3))
    copy = copied(push, paris(3, 30, 3, 15))
    assert copy.ends_at > copy.starts_at
    assert Gathering.objects.count() == 0
    assert copy.alerts.get().expires_at > copy.alerts.get().send_at
