"""Changing the keys that live outside the database, on real rows."""

from io import StringIO

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import Subscription
from campaigns.models import Action, Person
from mobilise.fields import UndecryptableValue, cipher
from mobilise.fields.rotation import encrypted_columns
from mobilise.keys import decode_key, generate_key, generate_secrets
from tests.make import (
    make_device,
    make_hashtag_push,
    make_person,
    make_push_keys,
    make_solidarity_alert,
    make_subscription,
    make_user,
)

ENDPOINT = "https://fcm.googleapis.com/fcm/send/one"


def run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_it_knows_every_encrypted_column() -> None:
    assert {str(column) for column in encrypted_columns()} >= {
        "campaigns.Action.participation_key",
        "campaigns.Person.name",
        "throttles.DayKey.key",
        "throttles.Remembered.value",
    }


@pytest.mark.django_db
def test_it_encrypts_everything_with_the_new_key(settings: Settings) -> None:
    case = make_solidarity_alert()
    person = make_person(case, name="Camille", consented_on=case.starts_at.date())
    push, keys = make_hashtag_push(), make_push_keys(ENDPOINT)
    kept = make_subscription(make_device(), keys)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{generate_key()},{old}"
    said = run("reencrypt")
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]
    assert Person.objects.get(pk=person.pk).name == "Camille"
    assert Action.objects.get(pk=push.pk).participation_key == push.participation_key
    assert Subscription.objects.get(pk=kept.pk).keys == keys
    assert "campaigns.Action.participation_key: 2 renewed, 0 were current already" in said
    assert "accounts.Subscription.blob: 1 renewed" in said


@pytest.mark.django_db
def test_it_encrypts_second_factors_with_the_new_key(settings: Settings) -> None:
    user = make_user()
    totp = TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user)
    expected = codes.get_unused_codes()
    settings.FIELD_KEYS = f"{generate_key()},{settings.FIELD_KEYS}"
    assert "mfa.Authenticator.data: 2 renewed" in run("reencrypt")
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]
    kept = Authenticator.objects.get(pk=totp.instance.pk)
    assert get_adapter().decrypt(kept.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert Authenticator.objects.get(pk=codes.instance.pk).wrap().get_unused_codes() == expected


@pytest.mark.django_db
def test_it_leaves_alone_what_is_current(settings: Settings) -> None:
    make_subscription(make_device())
    settings.FIELD_KEYS = f"{generate_key()},{settings.FIELD_KEYS}"
    run("reencrypt")
    before = Subscription.objects.get().blob
    assert "accounts.Subscription.blob: 0 renewed, 1 were current already" in run("reencrypt")
    assert Subscription.objects.get().blob == before


@pytest.mark.django_db
def test_it_goes_on_after_a_value_that_no_key_opens_and_says_so(settings: Settings) -> None:
    lost, kept = make_subscription(make_device()), make_subscription(make_device())
    Subscription.objects.filter(pk=lost.pk).update(blob=b"\0" * 60)
    settings.FIELD_KEYS = f"{generate_key()},{settings.FIELD_KEYS}"
    with pytest.raises(CommandError, match="1 values open with none"):
        run("reencrypt")
    kept.refresh_from_db()
    assert cipher().is_current(bytes(kept.blob))


@pytest.mark.django_db
def test_a_lost_key_is_an_error_and_not_an_empty_value(settings: Settings) -> None:
    subscription = make_subscription(make_device())
    settings.FIELD_KEYS = generate_key()
    with pytest.raises(UndecryptableValue):
        _ = subscription.keys


@pytest.mark.django_db
def test_it_finds_subscriptions_again_after_the_index_key_changed(settings: Settings) -> None:
    device, keys = make_device(), make_push_keys(ENDPOINT)
    before = make_subscription(device, keys)
    settings.INDEX_KEY = generate_key()
    assert run("redigest").startswith("1 digests are new")
    assert run("redigest").startswith("0 digests are new")
    after = Subscription.objects.get(pk=device.pk)
    assert bytes(after.endpoint_digest) != bytes(before.endpoint_digest)
    # The same browser with a lost cookie: its endpoint moves to the new device instead of being there twice.
    newcomer = make_device()
    make_subscription(newcomer, keys)
    assert list(Subscription.objects.values_list("device_id", flat=True)) == [newcomer.pk]


@pytest.mark.django_db
def test_it_says_when_a_phone_registered_anew_before_the_digests_were_made(settings: Settings) -> None:
    keys = make_push_keys(ENDPOINT)
    make_subscription(make_device(), keys)
    settings.INDEX_KEY = generate_key()
    make_subscription(make_device(), keys)
    with pytest.raises(CommandError, match="1 subscriptions keep their old digest"):
        run("redigest")


def test_fresh_secrets_differ_each_time() -> None:
    first, second = generate_secrets(), generate_secrets()
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAPID_PRIVATE_KEYS"}
    assert not set(first.values()) & set(second.values())


@pytest.mark.parametrize(("text", "complaint"), [("c2hvcnQ", "of 5 bytes"), ("é", "not base64url")])
def test_a_broken_key_is_refused_by_the_name_of_its_setting(text: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"FIELD_KEYS holds a key .*{complaint}"):
        decode_key(text, "FIELD_KEYS")
