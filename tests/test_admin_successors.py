"""What an action leads to once it is over: chosen among what comes, of the same campaign, never in a circle."""

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Action, ActionState
from mobilise.ready import ready_answers
from tests.admin_pages import Organiser, page_of
from tests.api import get_json
from tests.make import far, make_broadcast, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


def make_evening():
    """An owner, and what one evening has: the hashtag, then television, then the audio space."""
    campaign = make_campaign()
    hashtag = make_hashtag_push(campaign, title={"fr": "Vague"})
    television = make_broadcast(campaign, title={"fr": "Plateau"}, starts_at=far(3), ends_at=far(4))
    space = make_broadcast(campaign, title={"fr": "Espace"}, starts_at=far(5), ends_at=far(7), medium="audio_space")
    return Organiser(make_member(campaign)), hashtag, television, space


def choices_of(organiser, action):
    """Texts of the choices, in their order, without the empty one."""
    form = organiser.get(page_of(action)).context["adminform"].form
    return [label for value, label in form.fields["successor"].choices if value]


def test_the_evening_leads_from_the_hashtag_to_television_to_the_space():
    organiser, hashtag, television, space = make_evening()
    organiser.send(page_of(hashtag), successor=str(television.pk))
    organiser.send(page_of(television), successor=str(space.pk))
    assert get_json(f"actions/{hashtag.uuid}")["successor"] == str(television.uuid)
    assert get_json(f"actions/{television.uuid}")["successor"] == str(space.uuid)


def test_it_offers_what_comes_in_the_order_of_time_with_hour_and_kind():
    organiser, hashtag, *_ = make_evening()
    make_broadcast(hashtag.campaign, title={"fr": "Hier"}, starts_at=far(-24), ends_at=far(-23))
    make_broadcast(hashtag.campaign, title={"fr": "Annulé"}, starts_at=far(3), state=ActionState.CANCELLED)
    make_broadcast(hashtag.campaign, title={"fr": "Modèle"}, starts_at=far(3), state=ActionState.TEMPLATE)
    make_broadcast(title={"fr": "Ailleurs"}, starts_at=far(3), ends_at=far(4))
    labels = choices_of(organiser, hashtag)
    assert [label.rpartition(" · ")[2] for label in labels] == ["Plateau", "Espace"]
    assert [label.split(" · ")[1] for label in labels] == ["Broadcast", "Broadcast"]


def test_it_says_of_a_draft_that_nobody_is_led_there_yet():
    organiser, hashtag, television, _ = make_evening()
    Action.objects.filter(pk=television.pk).update(state=ActionState.DRAFT)
    assert choices_of(organiser, hashtag)[0].endswith("(draft: followers are led there once it is published)")


def test_it_keeps_what_was_chosen_when_that_is_over():
    organiser, hashtag, television, _ = make_evening()
    Action.objects.filter(pk=hashtag.pk).update(successor=television)
    Action.objects.filter(pk=television.pk).update(starts_at=far(-5), ends_at=far(-4))
    organiser.send(page_of(hashtag), title_fr="Autrement")
    assert Action.objects.get(pk=hashtag.pk).successor_id == television.pk


def test_it_offers_and_takes_nothing_that_leads_back():
    organiser, hashtag, television, space = make_evening()
    Action.objects.filter(pk=hashtag.pk).update(successor=television)
    Action.objects.filter(pk=television.pk).update(successor=space)
    assert choices_of(organiser, space) == []
    for back in (hashtag, television, space):
        page = organiser.send(page_of(space), successor=str(back.pk))
        assert page.context["adminform"].form.errors["successor"]
    assert Action.objects.get(pk=space.pk).successor is None


def test_no_circle_is_stored_by_another_door():
    _, hashtag, television, space = make_evening()
    hashtag.successor, television.successor = television, space
    hashtag.save()
    television.save()
    for back in (hashtag, television, space):
        space.successor = back
        with pytest.raises(ValidationError) as refused:
            space.full_clean()
        assert "successor" in refused.value.error_dict
    space.successor = None
    space.full_clean()


def test_nobody_is_led_to_what_is_cancelled_or_kept_as_a_template():
    _, hashtag, television, _ = make_evening()
    Action.objects.filter(pk=hashtag.pk).update(successor=television)
    shown = {}
    for state in ActionState.values:
        Action.objects.filter(pk=television.pk).update(state=state)
        ready_answers.clear()
        shown[state] = get_json(f"actions/{hashtag.uuid}")["successor"]
    assert shown == {"draft": None, "published": str(television.uuid), "cancelled": None, "template": None}
