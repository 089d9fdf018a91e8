"""Whose is whose: every address of the admin as a stranger, as another campaign's organiser, in each role."""

import json

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from campaigns.admin.buttons import ALERT_VERBS
from campaigns.models import Alert, GuardedChange, HashtagPush, Person, Role
from tests.admin_pages import Organiser, page_of
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_person,
    make_rally_call,
    make_solidarity_alert,
    make_user,
)

pytestmark = pytest.mark.django_db
SECRET = "Réunion secrète"


def make_world():
    """A campaign with one of everything, its name nowhere else to be found, and its owner."""
    campaign = make_campaign(name={"fr": SECRET}, two_person=True)
    owner = make_member(campaign)
    approver = make_member(campaign, Role.APPROVER)
    push = make_hashtag_push(campaign, title={"fr": SECRET})
    case = make_solidarity_alert(campaign, title={"fr": SECRET})
    rally = make_rally_call(campaign, title={"fr": SECRET})
    make_gathering(rally)
    person = make_person(case)
    for action in (push, case, rally):
        alert = make_alert(action, title={"fr": SECRET}, send_at=far(1), expires_at=far(2))
        Alert.objects.filter(pk=alert.pk).update(started_at=far(-1))
    change = GuardedChange.objects.propose(campaign, owner, approver.memberships.get())
    return campaign, owner, [push, case, rally], person, change


def addresses_of(campaign, actions, person, change):
    """Every address of the admin that names something of the campaign, by walking the URL configuration."""
    found = []
    for pattern in flatten(get_resolver().url_patterns, ""):
        if not pattern.startswith("admin/campaigns/"):
            continue
        model = pattern.split("/")[2]
        rows = [campaign] if model == "campaign" else [row for row in actions if row._meta.model_name == model]
        for row in rows:
            values = {
                "<path:object_id>": [str(row.pk)],
                "<int:pk>": [str(row.pk)],
                "<int:alert_pk>": [str(alert.pk) for alert in getattr(row, "alerts", Alert.objects.none()).all()],
                "<int:person_pk>": [str(person.pk)],
                "<int:change_pk>": [str(change.pk)],
                "<slug:verb>": ["held", "withdraw"] if "person" in pattern else list(ALERT_VERBS),
            }
            found += expand(pattern, values)
    return ["/" + address for address in found if "<" not in address]


def flatten(patterns, prefix):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from flatten(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def expand(pattern, values):
    for mark, choices in values.items():
        if mark in pattern:
            return [address for choice in choices for address in expand(pattern.replace(mark, choice), values)]
    return [pattern]


def snapshot():
    """Everything that a button could have changed."""
    alerts = Alert.objects.order_by("pk").values_list("pk", "state", "title", "body")
    actions = HashtagPush.objects.order_by("pk").values_list("pk", "state", "title")
    return str(
        [
            *alerts,
            *actions,
            *Person.objects.values_list("status"),
            GuardedChange.objects.count(),
            *User.objects.values_list("pk"),
        ]
    )


def test_it_knows_all_its_addresses():
    world = make_world()
    addresses = addresses_of(world[0], *world[2:])
    assert len(addresses) >= 3 * 10
    for part in (
        "/change/",
        "/delete/",
        "/history/",
        "/status/",
        "/cancel/",
        "/correct/",
        "/pause/",
        "/held/",
        "/confirm/",
    ):
        assert any(part in address for address in addresses), part


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_sends_strangers_to_the_sign_in(method):
    world = make_world()
    before = snapshot()
    addresses = [*addresses_of(world[0], *world[2:]), "/admin/", "/admin/campaigns/", "/admin/accounts/user/"]
    answers = {address: getattr(Client(), method)(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {302}
    assert {answer.url.partition("?")[0] for answer in answers.values()} == {"/admin/login/"}
    assert snapshot() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_shows_and_does_nothing_of_another_campaign(method):
    world = make_world()
    other = make_campaign()
    outsider = Organiser(make_member(other))
    before = snapshot()
    answers = {address: getattr(outsider, method)(address) for address in addresses_of(world[0], *world[2:])}
    assert answers
    refused = {
        address: answer.status_code
        for address, answer in answers.items()
        if answer.status_code not in (302, 403, 404) and any(character.isdigit() for character in address)
    }
    assert refused == {}
    # Django leads every id, whether there is such a row or not, on to its page; what matters is the answer there.
    led = {
        answer.url.replace(f"{address}change/", "") for address, answer in answers.items() if answer.status_code == 302
    }
    assert led <= {"/admin/", ""}
    assert not [address for address, answer in answers.items() if SECRET in answer.content.decode()]
    assert snapshot() == before


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/campaigns/",
        "/admin/campaigns/campaign/",
        "/admin/campaigns/hashtagpush/",
        "/admin/campaigns/rallycall/",
        "/admin/campaigns/solidarityalert/",
        "/admin/campaigns/hashtagpush/add/",
        "/admin/campaigns/rallycall/add/",
        "/admin/campaigns/campaign/?memberships__user__username=x",
    ],
)
def test_it_lists_and_offers_nothing_of_another_campaign(address):
    make_world()
    mine = make_campaign(name={"fr": "La mienne"})
    outsider = Organiser(make_member(mine))
    make_hashtag_push(mine)
    page = outsider.get(address, follow=True)
    assert page.status_code in (200, 400)
    assert SECRET not in page.content.decode()


def test_it_takes_no_campaign_or_successor_of_others_from_a_forged_form():
    campaign, _, actions, _, _ = make_world()
    mine = make_campaign()
    make_campaign()
    outsider = Organiser(make_member(mine))
    new = {"title_fr": "Un", "hashtag": "Un", "starts_at": "2031-01-01T10:00", "ends_at": "2031-01-01T11:00"}
    outsider.send("/admin/campaigns/hashtagpush/add/", campaign=str(campaign.pk), **new)
    outsider.send("/admin/campaigns/hashtagpush/add/", campaign=str(mine.pk), successor=str(actions[0].pk), **new)
    assert list(HashtagPush.objects.all()) == [actions[0]]


def test_it_moves_no_row_of_others_by_a_forged_formset():
    _, _, actions, _, _ = make_world()
    mine = make_campaign()
    outsider, push = Organiser(make_member(mine)), make_hashtag_push(mine)
    make_alert(push, send_at=far(1), expires_at=far(2))
    foreign = actions[0].alerts.get()
    before = snapshot()
    outsider.send(
        page_of(push), "_schedule", str(foreign.pk), **{"alerts-0-id": str(foreign.pk), "alerts-0-title_fr": "Mien"}
    )
    assert Alert.objects.get(pk=foreign.pk).title == {"fr": SECRET}
    assert snapshot() == before


def test_it_finds_no_alert_under_another_action():
    _, owner, actions, _, _ = make_world()
    push, case, _ = actions
    alert = case.alerts.get()
    assert Organiser(owner).post(page_of(push, "alert", alert.pk, "cancel")).status_code == 404
    assert Organiser(owner).get(page_of(push, "correct", alert.pk)).status_code == 404
    assert Alert.objects.get(pk=alert.pk).state == "draft"


def test_it_autocompletes_nothing():
    make_world()
    outsider = Organiser(make_member(make_campaign()))
    query = {"app_label": "campaigns", "model_name": "hashtagpush", "field_name": "campaign", "term": "R"}
    answer = outsider.get("/admin/autocomplete/", query)
    assert answer.status_code in (403, 404)
    assert SECRET not in answer.content.decode()


def test_it_shows_a_site_administrator_no_campaign_without_a_role():
    world = make_world()
    administrator = Organiser(make_user(is_superuser=True))
    assert administrator.get("/admin/accounts/user/").status_code == 200
    answers = [administrator.get(address) for address in addresses_of(world[0], *world[2:])]
    assert answers
    assert not [answer for answer in answers if SECRET in answer.content.decode()]


def test_it_keeps_accounts_from_organisers():
    organiser = Organiser(make_member(make_campaign()))
    other = make_user(username="somebody")
    paths = ["", "add/", f"{other.pk}/change/", f"{other.pk}/password/", f"{other.pk}/delete/", f"{other.pk}/history/"]
    answers = [organiser.get(f"/admin/accounts/user/{path}") for path in paths]
    assert {answer.status_code for answer in answers} <= {302, 403, 404}
    assert not [answer for answer in answers if "somebody" in answer.content.decode()]
    organiser.post(f"/admin/accounts/user/{other.pk}/reset-second-factor/")
    organiser.post("/admin/accounts/user/add/", {"username": "new", "password1": "x" * 20, "password2": "x" * 20})
    assert not User.objects.filter(username="new").exists()


def test_it_names_nobody_in_what_refreshes():
    _, owner, actions, _, _ = make_world()
    status = json.loads(Organiser(owner).get(page_of(actions[1], "status")).content)
    assert set(status) == {"fragments", "fixed", "ask_again"}


def test_it_has_no_jump_by_content_type():
    _, owner, actions, _, _ = make_world()
    assert Organiser(owner).get(f"/admin/r/1/{actions[0].pk}/").status_code == 404
