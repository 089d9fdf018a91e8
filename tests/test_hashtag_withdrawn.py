"""One tap takes a hashtag that others took over off all phones, pages, previews and calendars."""

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Act, ActionState, Alert, AuditEntry, HashtagPush, IllegalTransition, Role
from campaigns.models.copying import copy
from mobilise.ready import ready_answers
from tests.admin_pages import Organiser, page_of, parse, said
from tests.api import get_json
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db
TAG = "NousToutes2031"


def make_push(**values):
    campaign = make_campaign(hashtag=TAG)
    texts = {"title": {"fr": f"Ce soir #{TAG}"}, "summary": {"fr": f"Avec #{TAG.lower()}, tous ensemble"}}
    return make_hashtag_push(campaign, hashtag=TAG, talking_points={"fr": f"#{TAG} est à nous"}, **texts, **values)


def everything_public(push) -> dict[str, str]:
    """All that a stranger can get of the action, asked anew."""
    ready_answers.clear()
    slug = push.campaign.slug
    addresses = [
        *("/api/v1/feed", "/api/v1/campaigns", f"/api/v1/campaigns/{slug}", f"/api/v1/campaigns/{slug}/feed"),
        *(f"/api/v1/actions/{push.uuid}", f"/actions/{push.uuid}.ics", f"/campaigns/{slug}/calendar.ics"),
        *(f"/a/{push.uuid}", f"/c/{slug}"),
    ]
    return {address: Client().get(address).content.decode().casefold() for address in addresses}


def where_it_stands(push) -> list[str]:
    return [address for address, text in everything_public(push).items() if TAG.casefold() in text]


@pytest.mark.parametrize("role", Role.values)
def test_one_tap_and_it_is_nowhere(role: str):
    push = make_push()
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    alert.schedule(make_member(push.campaign), timezone.now(), needs_approval=False)
    organiser = Organiser(make_member(push.campaign, role))
    assert len(where_it_stands(push)) >= 8
    page = parse(organiser.get(page_of(push)))
    (button,) = [one for one in page.buttons if "withdraw-hashtag" in one.get("formaction", "")]

    answer = organiser.post(f"{page_of(push).removesuffix('change/')}{button['formaction'][3:]}", follow=True)

    assert where_it_stands(push) == []
    assert [text for text in said(answer) if TAG in text and "is withdrawn" in text]
    push.refresh_from_db()
    assert (push.state, Alert.objects.get().state) == (ActionState.CANCELLED, "cancelled")
    acts = list(AuditEntry.objects.filter(act=Act.HASHTAG_WITHDRAWN).values_list("actor", flat=True))
    assert acts == [organiser.user.username]
    shown = get_json(f"actions/{push.uuid}")
    assert (shown["state"], shown["hashtag_push"]["hashtag"], shown["title"]["fr"]) == (
        "cancelled",
        None,
        "Ce soir #…",
    )


def test_looking_at_its_address_changes_nothing_and_a_second_tap_says_so():
    push = make_push()
    organiser = Organiser(make_member(push.campaign))
    address = page_of(push, "withdraw")
    organiser.get(address)
    assert HashtagPush.objects.get().withdrawn_at is None

    organiser.press(address)
    (text,) = organiser.press(address)

    assert "not possible any more" in text
    assert AuditEntry.objects.filter(act=Act.HASHTAG_WITHDRAWN).count() == 1


def test_what_is_over_keeps_its_end_and_loses_its_hashtag():
    push = make_push(starts_at=far(-5), ends_at=far(-2))

    push.withdraw_hashtag(timezone.now())

    assert HashtagPush.objects.get().state == ActionState.PUBLISHED
    assert where_it_stands(push) == []


@pytest.mark.parametrize("state", [ActionState.DRAFT, ActionState.TEMPLATE])
def test_what_nobody_has_seen_has_nothing_to_withdraw(state: str):
    push = make_push(state=state)

    with pytest.raises(IllegalTransition):
        push.withdraw_hashtag(timezone.now())

    assert "withdraw-hashtag" not in Organiser(make_member(push.campaign)).get(page_of(push)).content.decode()


def test_the_campaigns_other_actions_with_it_lose_it_too():
    push = make_push()
    before = make_hashtag_push(push.campaign, hashtag=TAG.upper(), starts_at=far(-5), ends_at=far(-2))
    tomorrow = copy(push, far(24), None)
    tomorrow.publish()
    make_alert(tomorrow, send_at=far(20), expires_at=far(24))
    other = make_hashtag_push(push.campaign, hashtag="AutreChose")
    organiser = Organiser(make_member(push.campaign))

    words = organiser.press(page_of(push, "withdraw"))

    assert [where_it_stands(each) for each in (push, before, tomorrow)] == [[], [], []]
    assert HashtagPush.objects.get(pk=other.pk).withdrawn_at is None
    assert (HashtagPush.objects.get(pk=tomorrow.pk).state, Alert.objects.get().state) == ("cancelled", "cancelled")
    assert sum("is withdrawn from" in text for text in words) == 2


def test_a_later_action_may_take_it_up_again():
    push = make_push()
    push.withdraw_hashtag(timezone.now())
    assert get_json(f"campaigns/{push.campaign.slug}")["hashtag"] == ""
    again = copy(HashtagPush.objects.get(), far(24), None)
    again.publish()
    ready_answers.clear()

    assert get_json(f"campaigns/{push.campaign.slug}")["hashtag"] == TAG
    assert get_json(f"actions/{again.uuid}")["hashtag_push"]["hashtag"] == TAG
    assert get_json(f"actions/{push.uuid}")["hashtag_push"]["hashtag"] is None
