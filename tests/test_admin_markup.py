"""Every organiser's page under `default-src 'self'`: nothing inline; and inputs that say what they are."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.models import OrganiserInvitation, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_outreach,
    make_person,
    make_rally_call,
    make_solidarity_alert,
    make_user,
)

pytestmark = pytest.mark.django_db
TEMPLATES = sorted((settings.BASE_DIR / "mobilise" / "templates").rglob("*.html"))
ACCOUNT_PAGES = [
    "/accounts/phones/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]


def all_pages():
    """An organiser who administers the site too, and the address of each of their pages."""
    user = make_user(is_superuser=True, password="fifteen words or so")
    campaign = make_campaign()
    make_member(campaign, user=user)
    push, rally, case = make_hashtag_push(campaign), make_rally_call(campaign), make_solidarity_alert(campaign)
    outreach = make_outreach(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    type(alert).objects.filter(pk=alert.pk).update(started_at=far(-1), state="sending")
    broadcast = make_broadcast(campaign)
    make_gathering(rally)
    make_person(case)
    lists = ["", "campaigns/", "accounts/user/", "accounts/user/add/", f"accounts/user/{user.pk}/change/"]
    lists += [f"accounts/user/{user.pk}/password/"]
    for kind in ("campaign", "hashtagpush", "rallycall", "solidarityalert", "broadcast", "outreach"):
        lists += [f"campaigns/{kind}/", f"campaigns/{kind}/add/"]
    rows = [page_of(row) for row in (campaign, push, rally, case, broadcast, outreach)] + [
        page_of(push, "correct", alert.pk)
    ]
    closed = make_campaign(visibility="link")
    make_member(closed, user=user)
    rows += [page_of(row, view) for row in (campaign, push, closed) for view in ("inviting", "inviting_print")]
    code = OrganiserInvitation.objects.make(campaign, Role.EDITOR, user, timezone.now())
    rows += [page_of(campaign, "audit"), page_of(campaign, "organisers"), "/admin/campaigns/campaign/stop/"]
    rows += [f"/accounts/join/{code}"]
    rows += [page_of(push, "recap"), page_of(push, "notes"), page_of(campaign, "recap")]
    return Organiser(user), [*(f"/admin/{path}" for path in lists), *rows, *ACCOUNT_PAGES]


def violations(page):
    """What the policy would refuse. A script of data is no script."""
    found = []
    for tag, attributes in page.elements:
        inline = tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
        handlers = [name for name in attributes if name.startswith("on")]
        addresses = [attributes.get(name, "") for name in ("src", "href", "action", "formaction")]
        elsewhere = [text for text in addresses if re.match(r"(?:https?:)?//|data:|javascript:", text)]
        if tag == "style" or inline or "style" in attributes or handlers or (elsewhere and tag != "a"):
            found.append((tag, attributes))
    return found


def test_it_has_nothing_inline_on_any_page():
    organiser, addresses = all_pages()
    pages = {address: organiser.get(address) for address in addresses}
    assert {page.status_code for page in pages.values()} == {200}
    assert {address: found for address, page in pages.items() if (found := violations(parse(page)))} == {}


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/tie/code"])
def test_it_has_nothing_inline_for_strangers(address):
    page = Client().get(address)
    assert page.status_code == 200
    assert violations(parse(page)) == []


def test_it_has_a_policy_that_allows_nothing_unsafe():
    organiser, addresses = all_pages()
    policies = {organiser.get(address)["Content-Security-Policy"] for address in addresses[:3]}
    assert len(policies) == 1
    assert policies.pop().startswith("default-src 'self'")
    assert "unsafe" not in organiser.get("/admin/")["Content-Security-Policy"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_it_writes_no_inline_code_into_templates(template: Path):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", text)


def test_it_presses_save_when_enter_is_pressed():
    organiser, addresses = all_pages()
    forms = [
        parse(organiser.get(address)) for address in addresses if "/change/" in address and "/accounts/" not in address
    ]
    in_form = [[button for button in page.buttons if "form" not in button and button.get("name")] for page in forms]
    assert len(in_form) == 6
    assert {buttons[0]["name"] for buttons in in_form} == {"_save"}


def test_it_labels_each_language_with_its_own_name_and_lang():
    organiser, _ = all_pages()
    page = parse(organiser.get("/admin/campaigns/hashtagpush/add/"))
    inputs = {
        attributes["name"]: attributes for tag, attributes in page.elements if {"lang", "name"} <= set(attributes)
    }
    labelled = {attributes["for"] for tag, attributes in page.elements if tag == "label" and "for" in attributes}
    assert {name: inputs[name]["lang"] for name in ("title_fr", "title_en")} == {"title_fr": "fr", "title_en": "en"}
    assert {inputs[name]["id"] for name in ("title_fr", "title_en")} <= labelled


def test_it_speaks_the_organiser_s_language():
    organiser, _ = all_pages()
    assert 'lang="fr"' in organiser.get("/admin/", headers={"Accept-Language": "fr"}).content.decode()
    assert 'lang="en"' in organiser.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
