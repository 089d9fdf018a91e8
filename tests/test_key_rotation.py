"""Changing keys while the site runs: both work meanwhile, and a page says how far it is."""

import re
import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import key_progress
from accounts.key_progress import Share
from accounts.models import Device, PushKeys, SiteEntry, Subscription, TransferCode
from accounts.models.subscription import digest_endpoint
from accounts.pusher import vapid_keys
from campaigns.models import AlertState
from campaigns.receipts import check_receipt, make_receipt
from mobilise.keys import generate_key
from mobilise.webpush.vapid import VapidKey
from tests.admin_pages import Organiser, parse
from tests.api import ApiClient, get_json
from tests.delivering import ROOT, Delivery, Processes, counts_of
from tests.make import (
    as_json_subscription,
    make_alert,
    make_device,
    make_hashtag_push,
    make_push_keys,
    make_subscription,
    make_user,
)

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/"


def put_in_front(settings: Any, name: str, fresh: str = "") -> str:
    """A new key before the old one, as the manual says. The old one."""
    old: str = getattr(settings, name)
    setattr(settings, name, f"{fresh or generate_key()},{old}")
    return old


def subscribe(device: Device, keys: PushKeys) -> Any:
    """As the app does when it is opened: with the key that the site hands out now."""
    handed_out = get_json("config", device)["vapid_public_key"]
    body = {**as_json_subscription(keys), "application_server_key": handed_out}
    return ApiClient(device).call("PUT", "device/subscription", body)


def signed_with(headers: dict[str, str]) -> str:
    """The public key in a message's Authorization (RFC 8292, section 3)."""
    found = re.search(r"k=([\w-]+)", headers["authorization"])
    assert found
    return found[1]


# ---- VAPID


def test_an_alert_reaches_phones_of_both_keys_and_each_comes_over_by_itself(delivery: Delivery, settings: Any):
    push = make_hashtag_push()
    old_key = vapid_keys()[0]
    before = delivery.follow(push.campaign)
    put_in_front(settings, "VAPID_PRIVATE_KEYS", VapidKey.generate().to_string())
    new_key = vapid_keys()[0]
    after = delivery.follow(push.campaign)
    assert (key_progress.vapid(), new_key.public_key) == (Share(2, 1, 1), get_json("config")["vapid_public_key"])

    alert = delivery.send(make_alert(push))

    assert (alert.state, counts_of(alert)) == (AlertState.SENT, {"accepted": 2})
    used = {each.device.pk: signed_with(delivery.push.received(each.push)[0].headers) for each in (before, after)}
    assert used == {before.device.pk: old_key.public_key, after.device.pk: new_key.public_key}

    # Its owner opens the app, which subscribes anew with the key that is handed out.
    fresh = delivery.push.subscribe()
    answer = subscribe(before.device, PushKeys(fresh.endpoint, fresh.p256dh, fresh.auth))
    assert (answer.status_code, answer.json()["key_current"]) == (201, True)
    assert (key_progress.vapid(), key_progress.vapid().is_done) == (Share(2, 2), True)


def test_a_key_that_is_gone_is_told(settings: Any):
    make_subscription(make_device())
    settings.VAPID_PRIVATE_KEYS = VapidKey.generate().to_string()
    assert key_progress.vapid() == Share(1, 0, 0, 1)


# ---- field keys


def test_encrypting_anew_goes_on_where_it_was_cut_off(processes: Processes, transactional_db: None, settings: Any):
    for _ in range(1200):
        make_subscription(make_device())
    put_in_front(settings, "FIELD_KEYS")
    everything = key_progress.field_keys().former
    processes.env["FIELD_KEYS"] = settings.FIELD_KEYS
    command = [sys.executable, "manage.py", "reencrypt"]

    first = subprocess.Popen(command, cwd=ROOT, env=processes.env, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while key_progress.field_keys().current < 50 and time.monotonic() < until:
        time.sleep(0.02)
    first.kill()
    first.wait()
    half = key_progress.field_keys()
    assert 0 < half.current < everything == half.total
    # Both kinds can be read meanwhile.
    assert all(row.keys.endpoint.startswith(ENDPOINT) for row in Subscription.objects.all())

    second = subprocess.run(command, cwd=ROOT, env=processes.env, capture_output=True, text=True, check=True)
    assert "the others can be removed" in second.stdout
    share = key_progress.field_keys()
    assert (share.current >= everything, share.former, share.lost) == (True, 0, 0)
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]
    assert all(row.keys.endpoint.startswith(ENDPOINT) for row in Subscription.objects.all())


def test_it_counts_every_kind_of_value(settings: Any):
    make_subscription(make_device())
    make_hashtag_push()
    first = key_progress.field_keys()
    assert (first.keys, first.former, first.lost) == (1, 0, 0)
    put_in_front(settings, "FIELD_KEYS")
    assert key_progress.field_keys() == Share(2, 0, first.total)
    make_subscription(make_device())
    assert key_progress.field_keys() == Share(2, 1, first.total)
    settings.FIELD_KEYS = generate_key()
    assert key_progress.field_keys() == Share(1, 0, 0, first.total + 1)


# ---- index key


def test_both_index_keys_find_a_phone_and_it_comes_over_by_itself(settings: Any):
    device, other = make_device(), make_device()
    keys, others = make_push_keys(f"{ENDPOINT}one"), make_push_keys(f"{ENDPOINT}other")
    make_subscription(device, keys)
    make_subscription(other, others)
    put_in_front(settings, "INDEX_KEY")
    assert key_progress.index_key() == Share(2, 0, 2)

    # The browser lost its cookie: it is found by the former key, and is there once.
    newcomer = make_device()
    assert subscribe(newcomer, keys).status_code == 201
    assert not Subscription.objects.filter(device=device).exists()
    # The other one sends what it has sent before.
    assert subscribe(other, others).status_code == 200
    assert bytes(Subscription.objects.get(device=other).endpoint_digest) == digest_endpoint(others.endpoint)
    assert key_progress.index_key() == Share(2, 2)


def test_the_command_makes_the_rest_anew_and_then_the_old_key_may_go(settings: Any):
    for _ in range(3):
        make_subscription(make_device())
    put_in_front(settings, "INDEX_KEY")
    call_command("redigest", verbosity=0)
    assert key_progress.index_key() == Share(2, 3)
    settings.INDEX_KEY = settings.INDEX_KEY.split(",")[0]
    assert key_progress.index_key() == Share(1, 3)
    settings.INDEX_KEY = generate_key()
    assert key_progress.index_key() == Share(1, 0, 0, 3)


def test_what_was_made_with_the_former_index_key_is_worth_as_much(settings: Any):
    alert, device = make_alert(make_hashtag_push()), make_device()
    receipt = make_receipt(alert.uuid)
    code, _row = TransferCode.objects.make(device, timezone.now())
    token, icon_code, _row = TransferCode.objects.make_for_icon(device, timezone.now())
    organiser = Client()
    organiser.force_login(make_user())
    put_in_front(settings, "INDEX_KEY")

    assert check_receipt(alert.uuid, receipt)
    assert check_receipt(alert.uuid, make_receipt(alert.uuid))
    assert TransferCode.objects.code_of_token(token, timezone.now()) == icon_code
    assert TransferCode.objects.seal(device, code, "sealed", timezone.now())
    answer = ApiClient(make_device()).call("POST", "device/transfer/takeover", {"code": code})
    assert (answer.status_code, answer.json()["sealed"]) == (200, "sealed")
    # A session goes on, is written, and ends.
    assert organiser.get(reverse("admin:index")).status_code == 200
    session = organiser.session
    session["seen"] = 1
    session.save()
    assert organiser.session["seen"] == 1
    organiser.post(reverse("admin:logout"))
    assert organiser.get(reverse("admin:index")).status_code == 302


# ---- the page


def administrator(language: str = "en") -> Organiser:
    who = Organiser(make_user("chef", is_superuser=True))
    who.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return who


def words(who: Organiser) -> str:
    page = who.get(reverse("site_keys"))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    return re.sub(r"\s+", " ", parse(page).text)


def test_the_page_says_how_far_it_is_and_what_to_run(settings: Any):
    for _ in range(3):
        make_subscription(make_device())
    who = administrator()
    assert words(who).count("There is one key.") == 3

    old = {name: put_in_front(settings, name) for name in ("FIELD_KEYS", "INDEX_KEY")}
    old["VAPID_PRIVATE_KEYS"] = put_in_front(settings, "VAPID_PRIVATE_KEYS", VapidKey.generate().to_string())
    text = words(who)
    assert re.search(r"manage.py reencrypt.*manage.py redigest.*Nothing to run: each phone takes the new key", text)
    assert len(re.findall("under an old key ?3", text)) == 3
    for name in old:
        assert not any(key in text for key in getattr(settings, name).split(","))

    call_command("reencrypt", verbosity=0)
    call_command("redigest", verbosity=0)
    text = words(who)
    assert "manage.py" not in text
    assert text.count("the old one may be taken out") == 2
    assert "tout est sous la nouvelle clé" in words(administrator_in_french()).casefold()
    assert list(SiteEntry.objects.order_by("pk").values_list("act", flat=True)) == ["reencrypted", "redigested"]


def administrator_in_french() -> Organiser:
    who = Organiser(make_user("cheffe", is_superuser=True))
    who.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return who


@pytest.mark.parametrize("name", ["site_keys", "site_log"])
def test_only_site_administrators_see_it(name: str):
    assert Organiser(make_user()).get(reverse(name)).status_code == 403
    assert Client().get(reverse(name)).status_code == 302
    assert "Keys of the site" not in Organiser(make_user()).get(reverse("admin:index")).content.decode()
    assert "Keys of the site" in administrator().get(reverse("admin:index")).content.decode()
