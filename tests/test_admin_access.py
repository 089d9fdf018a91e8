"""Whose is whose: every address of the admin as a stranger, as another campaign's owner, in each role."""

import json
import re

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from campaigns.models import Alert, HashtagPush, Role
from tests.admin_pages import Organiser, page_of
from tests.admin_world import (
    ACCOUNT,
    SECRET,
    addresses_of,
    addresses_without_rows,
    everything_stored,
    is_refused,
    make_world,
    patterns,
)
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member, make_user

pytestmark = pytest.mark.django_db
METHODS = ("get", "post")


def names_something(answer):
    """Whether the answer holds a name of the campaign or of its organisers. Files come in parts."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return SECRET in content.decode(errors="replace") or ACCOUNT in content.decode(errors="replace")


def ask(client, method, addresses):
    """{address: answer}."""
    answers = {address: getattr(client, method)(address) for address in addresses}
    assert answers
    return answers


def test_it_knows_all_its_addresses():
    addresses = addresses_of(make_world())
    assert len(addresses) > 120
    parts = ("change", "delete", "history", "status", "cancel", "correct", "pause", "held", "confirm", "inviting")
    parts += ("invitations", "revoke", "officials", "audit", "stop", "organisers", "role", "remove")
    assert [part for part in parts if not any(f"/{part}/" in address for address in addresses)] == []


def test_it_knows_no_address_by_a_pattern_of_its_own():
    # The list of an app, and whatever is not found: both are Django's. Which app comes first is of no matter.
    found = [pattern for pattern in patterns() if "^" in pattern or "(" in pattern]
    assert [pattern.replace("campaigns|accounts", "accounts|campaigns") for pattern in found] == [
        "admin/^(?P<app_label>accounts|campaigns)/$",
        "admin/(?P<url>.*)$",
    ]


@pytest.mark.parametrize("method", METHODS)
def test_it_sends_strangers_to_the_sign_in(method):
    world = make_world()
    before = everything_stored()
    open_to_all = {"/admin/login/", "/admin/logout/", "/admin/jsi18n/"}
    addresses = [*addresses_of(world), *addresses_without_rows(), "/admin/campaigns/", "/admin/accounts/"]
    answers = ask(Client(), method, [address for address in addresses if address not in open_to_all])
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 302} == {}
    assert {answer.url.partition("?")[0] for answer in answers.values()} == {"/admin/login/"}
    assert everything_stored() == before


@pytest.mark.parametrize("who", ["owner of another campaign", "site administrator", "organiser of nothing"])
@pytest.mark.parametrize("method", METHODS)
def test_it_shows_and_does_nothing_of_another_campaign(method, who):
    world = make_world()
    if who == "owner of another campaign":
        outsider = Organiser(make_member(make_campaign()))
    else:
        outsider = Organiser(make_user(is_superuser=who == "site administrator"))
    before = everything_stored()
    answers = ask(outsider, method, addresses_of(world))
    codes = {address: answer.status_code for address, answer in answers.items()}
    assert {address: code for address, code in codes.items() if code not in (302, 403, 404)} == {}
    # Django leads every id, whether there is such a row or not, on to its page; what matters is the answer there.
    led = {
        answer.url.replace(f"{address}change/", "") for address, answer in answers.items() if answer.status_code == 302
    }
    assert led <= {"/admin/", ""}
    assert [address for address, answer in answers.items() if names_something(answer)] == []
    assert everything_stored() == before


@pytest.mark.parametrize("who", ["owner of another campaign", "site administrator", "organiser of nothing"])
def test_it_lists_and_offers_nothing_of_another_campaign(who):
    make_world()
    outsider = Organiser(make_user(is_superuser=who == "site administrator"))
    if who == "owner of another campaign":
        make_hashtag_push(make_campaign_of(outsider.user))
    filtered = ["/admin/campaigns/campaign/?memberships__user__username=x", "/admin/campaigns/"]
    addresses = [address for address in addresses_without_rows() if "/accounts/" not in address]
    answers = ask(outsider, "get", [*addresses, *filtered])
    codes = {address: answer.status_code for address, answer in answers.items()}
    assert {address: code for address, code in codes.items() if code not in (200, 302, 400, 403, 404)} == {}
    assert [address for address, answer in answers.items() if names_something(answer)] == []
    assert codes["/admin/campaigns/campaign/"] == 200


def make_campaign_of(user):
    campaign = make_campaign(name={"fr": "La mienne"})
    make_member(campaign, user=user)
    return campaign


@pytest.mark.parametrize("role", Role.values)
def test_it_changes_nothing_when_a_page_is_looked_at(role):
    world = make_world()
    client = Organiser(world.organisers[role])
    before = everything_stored()
    codes = {
        address: answer.status_code
        for address, answer in ask(client, "get", [*addresses_of(world), *addresses_without_rows()]).items()
        if not address.endswith(("/logout/", "/login/"))
    }
    wrong = {
        address: code
        for address, code in codes.items()
        if "/accounts/user/" not in address and (code == 403) != is_refused(address, "get", role)
    }
    assert wrong == {}
    assert set(codes.values()) <= {200, 302, 403, 404}
    assert everything_stored() == before


@pytest.mark.parametrize("role", Role.values)
def test_it_refuses_each_role_what_is_not_its_to_do(role):
    world = make_world()
    codes = {}
    for address in addresses_of(world):
        # Each as if it were the only one: whoever has stopped everything is signed out.
        with transaction.atomic():
            codes[address] = Organiser(world.organisers[role]).post(address).status_code
            transaction.set_rollback(True)
    wrong = {address: code for address, code in codes.items() if (code == 403) != is_refused(address, "post", role)}
    assert wrong == {}
    assert set(codes.values()) <= {200, 302, 400, 403, 404}


@pytest.mark.parametrize("method", METHODS)
def test_it_lets_nobody_find_anything_among_the_account_pages(method):
    make_world()
    before = everything_stored()
    plain = [f"/{pattern}" for pattern in patterns("accounts/") if not re.search(r"[<(^]", pattern)]
    answers = ask(Client(), method, plain)
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 404, 405}
    assert [address for address, answer in answers.items() if names_something(answer)] == []
    assert everything_stored() == before


def action_of_kind(world, kind):
    return next(action for action in world.actions if action.kind == kind)


def test_it_takes_no_campaign_or_successor_of_others_from_a_forged_form():
    world, mine = make_world(), make_campaign()
    push = action_of_kind(world, "hashtag_push")
    make_campaign()
    outsider = Organiser(make_member(mine))
    new = {"title_fr": "Un", "hashtag": "Un", "starts_at": "2031-01-01T10:00", "ends_at": "2031-01-01T11:00"}
    outsider.send("/admin/campaigns/hashtagpush/add/", campaign=str(world.campaign.pk), **new)
    outsider.send("/admin/campaigns/hashtagpush/add/", campaign=str(mine.pk), successor=str(push.pk), **new)
    assert list(HashtagPush.objects.all()) == [push]


def test_it_moves_no_row_of_others_by_a_forged_formset():
    world, mine = make_world(), make_campaign()
    outsider, push = Organiser(make_member(mine)), make_hashtag_push(mine)
    make_alert(push, send_at=far(1), expires_at=far(2))
    foreign = action_of_kind(world, "hashtag_push").alerts.get()
    theirs = Alert.objects.filter(action__campaign=world.campaign)
    before = list(theirs.values_list())
    outsider.send(
        page_of(push), "_schedule", str(foreign.pk), **{"alerts-0-id": str(foreign.pk), "alerts-0-title_fr": "Mien"}
    )
    assert list(theirs.values_list()) == before
    assert theirs.get(pk=foreign.pk).title == {"fr": SECRET}


def test_it_finds_no_alert_under_another_action():
    world = make_world()
    push, case = action_of_kind(world, "hashtag_push"), action_of_kind(world, "solidarity_alert")
    owner, alert = world.owner, case.alerts.get()
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
    world = make_world()
    status = json.loads(Organiser(world.owner).get(page_of(world.actions[0], "status")).content)
    assert set(status) == {"fragments", "fixed", "ask_again"}


def test_it_has_no_jump_by_content_type():
    world = make_world()
    assert Organiser(world.owner).get(f"/admin/r/1/{world.actions[0].pk}/").status_code == 404
