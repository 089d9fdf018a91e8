"""Every address of the site that is not the admin's, with names filled in: a new one has to say what stands for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.models import Campaign, Picture, Role, Visibility
from tests.admin_pages import Organiser
from tests.api import ApiClient
from tests.make import (
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_medium,
    make_member,
    make_outreach,
    make_subscription,
)


@dataclass
class Site:
    """One campaign with an action of whatever visibility, and everybody who may come by."""

    campaign: Campaign
    names: dict[str, str]
    people: dict[str, Client]


def make_site(visibility: str = Visibility.INVITATION) -> Site:
    """``names``: what stands for the parts of an address; ``people``: stranger, device, follower, and the roles."""
    campaign = make_campaign(visibility=visibility)
    action = make_outreach(campaign)
    make_medium(action)
    device, follower = make_device(), make_device()
    for phone in (device, follower):
        make_subscription(phone)
    make_follow(campaign, follower)
    names = {
        "action": str(action.uuid),
        "slug": campaign.slug,
        "picture": str(Picture.objects.get().uuid),
        "alert": str(make_alert(action).uuid),
    }
    people: dict[str, Client] = {
        "stranger": ApiClient(),
        "device": ApiClient(device),
        "follower": ApiClient(follower),
        **{role: Organiser(make_member(campaign, role)) for role in Role.values},
    }
    return Site(campaign, {**UNKNOWN, **names}, people)


# Where there is none of ours: what nobody has.
UNKNOWN = {
    "action": "8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90",
    "slug": "no-such-campaign",
    "picture": "8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90",
    "alert": "8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90",
    "claim": "8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90",
    "uuid": "8c4b9a57-9f0f-4e5d-8a35-6f1d2c7b3e90",
    "code": "AAAAAAAAAAAAAAAAAAAAAA",
    "version": "fr-0000000000000000",
    "room": "privacy",
    "form": "icon-192.png",
    "pk": "1",
    "rest": "v1/nothing",
    "key": "abc",
    "uidb36": "1",
}


def patterns(found: Any = None, before: str = "") -> Iterator[str]:
    """All of them, those of the admin left out: tests/admin_world.py walks these."""
    listed: list[URLPattern | URLResolver] = get_resolver().url_patterns if found is None else found
    for one in listed:
        text = before + str(one.pattern)
        if text.startswith("admin/"):
            continue
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, text)
        else:
            yield text


def address(pattern: str, names: dict[str, str]) -> str:
    """The pattern with its names filled in."""
    plain = re.sub(r"\^|\$|\(\?:|\)\?$", "", pattern)
    plain = re.sub(r"\(\?P<(\w+)>(?:\[[^\]]*\]|[^)])*\)", r"<x:\1>", plain)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda mark: names[mark[1]], plain)


def ask(client: Client, method: str, where: str) -> Any:
    """A GET, or a POST of nothing: JSON below /api/, a form elsewhere."""
    if method == "GET":
        return client.get(where)
    if where.startswith("/api/"):
        return client.generic(method, where, b"{}", "application/json")
    return client.generic(method, where, b"", "application/x-www-form-urlencoded")
