"""Inviting in the admin: the kit of a campaign and of an action, links that are changed, invitations that run out."""

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Act, ActionState, AuditEntry, Campaign, Follow, Invitation, Role, Visibility
from tests.admin_pages import Organiser, page_of, parse
from tests.api import ApiClient
from tests.make import far, make_campaign, make_device, make_hashtag_push, make_member, make_rally_call

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def inviting(campaign: Campaign, view: str = "inviting", *args: Any) -> str:
    return reverse(f"admin:campaigns_campaign_{view}", args=[campaign.pk, *args])


def sign_in(campaign: Campaign, role: str = Role.OWNER) -> Organiser:
    return Organiser(make_member(campaign, role))


def shown_in(response: Any) -> dict[str, str]:
    """What stands in the fields to be copied, by their id."""
    assert response.status_code == 200
    page = parse(response)
    found = {
        attributes["id"]: attributes.get("value", "") for _, attributes in page.elements if "readonly" in attributes
    }
    texts = re.findall(r'<textarea id="(text-\w+)"[^>]*>(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return found | {name: unescape(text) for name, text in texts}


def invite(organiser: Organiser, campaign: Campaign, **changes: str) -> Any:
    fields = parse(organiser.get(inviting(campaign))).fields
    assert {"label", "uses", "days", "nonce"} <= set(fields)
    return organiser.post(inviting(campaign, "invite"), {**fields, **changes})


# ---- the kit


def test_a_public_campaign_has_link_words_picture_and_calendar():
    campaign = make_campaign(name={"fr": "500 signatures", "en": "500 sponsors"})
    organiser = sign_in(campaign, Role.EDITOR)
    page = organiser.get(inviting(campaign))
    shown = shown_in(page)
    assert shown["kit-link"] == f"{SITE}/c/{campaign.slug}"
    assert shown["kit-calendar"] == f"{SITE}/campaigns/{campaign.slug}/calendar.ics"
    assert shown["text-fr"].endswith(f" {SITE}/c/{campaign.slug}")
    assert shown["text-en"].startswith("500 sponsors: follow the campaign")
    assert shown["text-en"].endswith(f" {SITE}/c/{campaign.slug}?lang=en")
    pictures = [attributes for tag, attributes in parse(page).elements if tag == "img"]
    assert len(pictures) == 2
    assert all(attributes["alt"] for attributes in pictures)
    assert [organiser.get(attributes["src"]).status_code for attributes in pictures] == [200, 200]


def test_an_actions_kit_leads_to_the_action():
    campaign = make_campaign()
    push = make_hashtag_push(campaign, reveal_at=far(1))
    organiser = sign_in(campaign)
    page = organiser.get(page_of(push, "inviting"))
    assert shown_in(page)["kit-link"] == f"{SITE}/a/{push.uuid}"
    assert shown_in(page)["kit-calendar"] == f"{SITE}/actions/{push.uuid}.ics"
    # What goes out tells nothing before its hour.
    assert push.hashtag not in page.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": ActionState.DRAFT}, "not published yet"),
        ({"state": ActionState.CANCELLED}, "cancelled"),
        ({"campaign": {"published": False}}, "not published yet"),
        ({"campaign": {"visibility": Visibility.INVITATION}}, "for its followers only"),
        ({}, ""),
    ],
)
def test_it_says_when_a_link_shows_nothing(values: dict[str, Any], words: str):
    campaign = make_campaign(**values.pop("campaign", {}))
    action = make_rally_call(campaign, **values)
    page = sign_in(campaign).get(page_of(action, "inviting")).content.decode()
    assert ("warning-card" in page) is bool(words)
    assert words in page


def test_the_qr_code_is_a_file_of_its_own():
    campaign = make_campaign()
    file = sign_in(campaign).get(inviting(campaign, "inviting_qr"))
    assert (file["Content-Type"], "attachment" in file["Content-Disposition"]) == ("image/svg+xml", True)
    assert ElementTree.fromstring(file.content).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  # our own file


def test_the_poster_says_name_one_line_and_link():
    campaign = make_campaign(name={"fr": "500 signatures"}, run_by={"fr": "Le comité"})
    page = sign_in(campaign).get(inviting(campaign, "inviting_print")).content.decode()
    poster = page.partition('<article class="poster"')[2].partition("</article>")[0]
    assert "<h1>500 signatures</h1>" in poster
    assert "Le comité" in poster
    assert f"{SITE}/c/{campaign.slug}<" in poster
    assert "<svg" in poster


def test_the_pages_of_campaign_and_action_lead_to_it():
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    organiser = sign_in(campaign)
    for row in (campaign, push):
        assert 'href="../inviting/"' in organiser.get(page_of(row)).content.decode()


# ---- by link


def test_by_link_the_kit_holds_the_key_behind_the_hash():
    campaign = make_campaign(visibility=Visibility.LINK)
    rally = make_rally_call(campaign)
    organiser = sign_in(campaign)
    shown = shown_in(organiser.get(inviting(campaign)))
    assert shown["kit-link"] == f"{SITE}/c/{campaign.slug}#link={campaign.link_key}"
    assert campaign.link_key not in shown["kit-calendar"]
    of_action = shown_in(organiser.get(page_of(rally, "inviting")))
    assert of_action["kit-link"] == f"{SITE}/a/{rally.uuid}#link={campaign.link_key}"
    assert "img" not in {tag for tag, _ in parse(organiser.get(inviting(campaign))).elements}


def test_choosing_by_link_makes_the_link():
    campaign = make_campaign()
    organiser = sign_in(campaign)
    organiser.send(page_of(campaign), visibility="link")
    campaign.refresh_from_db()
    assert campaign.link_key in shown_in(organiser.get(inviting(campaign)))["kit-link"]


def test_an_owner_replaces_the_link_once():
    campaign = make_campaign(visibility=Visibility.LINK)
    organiser, old, seen = sign_in(campaign), campaign.link_key, campaign.link_digest
    url = inviting(campaign, "change_link")
    assert organiser.press(url, link_digest=seen) == ["There is a new link. The old one opens nothing any more."]
    campaign.refresh_from_db()
    assert campaign.link_key != old
    assert organiser.press(url, link_digest=seen) == ["The link was changed already."]
    kept = campaign.link_key
    assert [entry.act for entry in AuditEntry.objects.all()] == [Act.LINK_REPLACED]
    campaign.refresh_from_db()
    assert campaign.link_key == kept


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_nobody_else_replaces_the_link(role: str):
    campaign = make_campaign(visibility=Visibility.LINK)
    member = sign_in(campaign, role)
    assert "Replace the link" not in member.get(inviting(campaign)).content.decode()
    answer = member.post(inviting(campaign, "change_link"), {"link_digest": campaign.link_digest})
    assert answer.status_code == 403
    assert Campaign.objects.get(pk=campaign.pk).link_key == campaign.link_key


# ---- by invitation


@pytest.mark.parametrize("role", Role.values)
def test_an_invitation_is_made_shown_once_and_lets_in(role: str):
    campaign = make_campaign(visibility=Visibility.INVITATION)
    organiser = sign_in(campaign, role)
    made = invite(organiser, campaign, label="Section de Lille", uses="2", days="3")
    link = shown_in(made)["kit-link"]
    address, code = link.split("#invitation=")
    assert address == f"{SITE}/c/{campaign.slug}"
    assert "<svg" in made.content.decode()
    device = make_device()
    body = {"kinds": [], "consent_version": 1, "invitation": code}
    assert ApiClient(device).call("PUT", f"campaigns/{campaign.slug}/follow", body).status_code == 200
    assert Follow.objects.get().campaign == campaign
    page = organiser.get(inviting(campaign)).content.decode()
    assert "Section de Lille" in page
    assert "1 of 2 uses left" in page
    assert code not in page
    invitation = Invitation.objects.get()
    assert 2.9 < (invitation.expires_at - timezone.now()).total_seconds() / 86400 <= 3


def test_a_form_that_is_sent_twice_makes_one():
    campaign = make_campaign(visibility=Visibility.INVITATION)
    organiser = sign_in(campaign)
    fields = parse(organiser.get(inviting(campaign))).fields
    links = {shown_in(organiser.post(inviting(campaign, "invite"), fields))["kit-link"] for _ in range(2)}
    assert (len(links), Invitation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uses": "0"}, "uses"),
        ({"uses": "1001"}, "uses"),
        ({"uses": "many"}, "uses"),
        ({"days": "400"}, "days"),
        ({"label": "x" * 61}, "label"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_loses_nothing(changes: dict[str, str], field: str):
    campaign = make_campaign(visibility=Visibility.INVITATION)
    typed = {"label": "Section de Lille", "uses": "7", **changes}
    answer = invite(sign_in(campaign), campaign, **typed)
    page = answer.content.decode()
    assert f'class="form-row errors field-{field}"' in page
    assert parse(answer).fields["label"] == typed["label"]
    assert parse(answer).fields["uses"] == typed["uses"]
    assert not Invitation.objects.exists()


def test_it_is_revoked_and_a_second_press_does_no_harm():
    campaign = make_campaign(visibility=Visibility.INVITATION)
    organiser = sign_in(campaign, Role.EDITOR)
    invite(organiser, campaign, label="Lille")
    invitation = Invitation.objects.get()
    url = inviting(campaign, "revoke_invitation", invitation.pk)
    assert organiser.get(url).status_code == 302
    assert not Invitation.objects.get().revoked
    assert [organiser.press(url) for _ in range(2)] == [["“Lille” is revoked."]] * 2
    noted = [(entry.act, entry.actor) for entry in AuditEntry.objects.order_by("pk")]
    assert noted == [(act, organiser.user.username) for act in (Act.INVITATION_MADE, Act.INVITATION_REVOKED)]
    assert Invitation.objects.get().revoked
    assert "revoked" in organiser.get(inviting(campaign)).content.decode()


def test_an_invitation_of_another_campaign_is_not_found():
    mine, other = (make_campaign(visibility=Visibility.INVITATION) for _ in range(2))
    Invitation.objects.make(other, uses=1, expires_at=far(1))
    foreign = Invitation.objects.get()
    assert sign_in(mine).post(inviting(mine, "revoke_invitation", foreign.pk)).status_code == 404
    assert not Invitation.objects.get().revoked


def test_a_public_campaign_makes_no_invitations():
    campaign = make_campaign()
    organiser = sign_in(campaign)
    assert organiser.post(inviting(campaign, "invite"), {"uses": "1"}).status_code == 302
    assert not Invitation.objects.exists()
    assert "Make the invitation" not in organiser.get(inviting(campaign)).content.decode()


def test_no_page_of_it_is_kept_by_the_browser():
    campaign = make_campaign(visibility=Visibility.LINK)
    organiser = sign_in(campaign)
    pages = [organiser.get(inviting(campaign, view)) for view in ("inviting", "inviting_qr", "inviting_print")]
    pages.append(invite(organiser, campaign))
    assert {page.status_code for page in pages} == {200}
    assert not [page for page in pages if "no-store" not in page["Cache-Control"]]


def test_it_speaks_french():
    campaign = make_campaign(visibility=Visibility.INVITATION)
    organiser = sign_in(campaign)
    page = organiser.get(inviting(campaign), headers={"Accept-Language": "fr"}).content.decode()
    assert "Faire l’invitation" in page or "Faire l'invitation" in page
