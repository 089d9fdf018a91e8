"""The text of the consent changes: whoever agreed to one that no longer covers alerts gets none until asked anew."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from campaigns.delivery.audience import read_devices
from campaigns.models import Follow, Invitation, Visibility
from campaigns.rules import audience_size
from tests.api import ApiClient, get_json
from tests.make import far, make_alert, make_campaign, make_device, make_follow, make_rally_call, make_subscription

pytestmark = pytest.mark.django_db
APP_TEXT = Path(__file__).resolve().parent.parent / "frontend" / "src" / "alerts" / "consent.ts"


def make_follower(campaign: Any, version: int) -> Any:
    device = make_device()
    make_subscription(device)
    make_follow(campaign, device)
    Follow.objects.filter(device=device).update(consent_version=version)
    return device


def test_the_app_is_told_which_text_is_shown_and_from_which_on_they_count(settings: Any):
    settings.CONSENT_VERSION, settings.CONSENT_VALID_FROM, settings.RETENTION_DAYS = 5, 3, 9

    config = get_json("config")

    assert (config["consent_version"], config["consent_valid_from"]) == (5, 3)
    assert (config["retention_days"], config["device_days"]) == (9, settings.DEVICE_DAYS)


def test_an_older_agreement_that_still_covers_alerts_gets_them(settings: Any):
    settings.CONSENT_VERSION = 2
    campaign = make_campaign()
    device = make_follower(campaign, 1)
    alert = make_alert(make_rally_call(campaign), send_at=far(1), expires_at=far(2))

    assert audience_size(alert) == 1
    assert [one.device_id for one in read_devices(alert, [device.pk])] == [device.pk]


def test_one_that_does_not_gets_none(settings: Any):
    settings.CONSENT_VERSION = settings.CONSENT_VALID_FROM = 2
    campaign = make_campaign()
    old, new = make_follower(campaign, 1), make_follower(campaign, 2)
    alert = make_alert(make_rally_call(campaign), send_at=far(1), expires_at=far(2))

    assert audience_size(alert) == 1
    # What was postponed is looked at again when it is sent.
    assert [one.device_id for one in read_devices(alert, [old.pk, new.pk])] == [new.pk]


def test_agreeing_anew_brings_them_back_with_the_day_of_now(settings: Any):
    settings.CONSENT_VERSION = settings.CONSENT_VALID_FROM = 2
    campaign = make_campaign(slug="anasse")
    device = make_follower(campaign, 1)
    Follow.objects.update(consented_on="2022-02-20")
    client = ApiClient(device)
    assert client.call("GET", "device").json()["follows"][0]["consent_version"] == 1

    body = {"kinds": ["rally_call"], "consent_version": 2}
    assert client.call("PUT", "campaigns/anasse/follow", body).status_code == 200

    today = timezone.now().date().isoformat()
    assert client.call("GET", "device").json()["follows"] == [{"campaign": "anasse", "consented_on": today, **body}]
    assert Follow.objects.agreed().count() == 1


@pytest.mark.parametrize("version", [1, 3])
def test_nobody_agrees_to_a_text_that_is_not_the_one_of_now(settings: Any, version: int):
    settings.CONSENT_VERSION = 2
    campaign = make_campaign(slug="anasse", visibility=Visibility.INVITATION)
    code = Invitation.objects.make(campaign, uses=1, expires_at=far(1))
    body = {"kinds": ["rally_call"], "consent_version": version, "invitation": code}
    client = ApiClient(make_device())

    response = client.call("PUT", "campaigns/anasse/follow", body)

    assert (response.status_code, response.json()["code"]) == (409, "consent_outdated")
    assert not Follow.objects.exists()
    # The invitation is not used up by it.
    assert client.call("PUT", "campaigns/anasse/follow", {**body, "consent_version": 2}).status_code == 200


def test_the_app_has_the_number_of_the_text_that_it_shows():
    built_in = re.findall(r"^export const CONSENT_VERSION = (\d+);$", APP_TEXT.read_text(encoding="utf-8"), re.M)

    assert built_in == [str(settings.CONSENT_VERSION)]


def test_withdrawing_leaves_no_consent_and_no_kinds_behind():
    device, campaign = make_device(), make_campaign(slug="anasse")
    make_follow(campaign, device)

    assert ApiClient(device).call("DELETE", "campaigns/anasse/follow").status_code == 204

    assert not Follow.objects.exists()
