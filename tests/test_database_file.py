"""Somebody opens the database file and reads it: no endpoint, no key, no name, no cookie is in it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import PushKeys
from campaigns.models import Participation, Stage
from tests.counting import hit
from tests.make import (
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_person,
    make_push_keys,
    make_solidarity_alert,
    make_subscription,
)
from tests.sqlite_files import read_file

ENDPOINT = "https://fcm.googleapis.com/fcm/send/a-secret-endpoint-that-names-a-phone"
NAME = "Camille-who-consented"


def read_database() -> bytes:
    """All bytes on the disk, those not yet merged from the log included."""
    name = Path(connection.settings_dict["NAME"])
    return b"".join(read_file(file) for file in sorted(name.parent.glob(f"{name.name}*")))


@pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="reads SQLite's own file; a dump is read elsewhere",
)
@pytest.mark.django_db(transaction=True)
def test_it_holds_no_endpoint_no_key_no_name_and_no_cookie() -> None:
    device = make_device()
    keys: PushKeys = make_push_keys(ENDPOINT)
    make_subscription(device, keys)
    campaign = make_campaign()
    make_follow(campaign, device)
    push = make_hashtag_push(campaign)
    Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
    make_person(make_solidarity_alert(campaign), name=NAME, consented_on=timezone.now().date())
    hit("203.0.113.77", timezone.now())
    stored = read_database()
    assert campaign.slug.encode() in stored, "the file that was read is not the one that was written"
    secrets = {
        "endpoint": ENDPOINT.encode(),
        "part of the endpoint": b"a-secret-endpoint",
        "p256dh": keys.p256dh,
        "auth": keys.auth,
        "name": NAME.encode(),
        "cookie": device.cookie.partition(".")[2].encode(),  # type: ignore[attr-defined]  # given by the factory
        "key of the action": push.participation_key,
        "address": b"203.0.113.77",
    }
    assert [name for name, secret in secrets.items() if secret in stored] == []
