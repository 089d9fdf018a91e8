"""VAPID keys as they are written down, and subjects that reach nobody."""

import base64
import hashlib

import pytest
from py_vapid import Vapid01

from mobilise.webpush.vapid import VapidKey, VapidSigner


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def test_a_key_survives_being_written_down():
    key = VapidKey.generate()

    again = VapidKey.from_string(key.to_string())

    assert len(key.to_string()) == 43
    assert (again.public_key, again.fingerprint) == (key.public_key, key.fingerprint)
    assert len(decode(key.public_key)) == 65
    assert key.fingerprint == hashlib.sha256(decode(key.public_key)).hexdigest()[:16]


def test_a_key_is_the_same_to_py_vapid():
    key = VapidKey.generate()

    theirs = Vapid01.from_string(key.to_string())

    numbers = theirs.public_key.public_numbers()
    assert decode(key.public_key) == b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def test_a_key_with_leading_zeros_keeps_its_length():
    small = base64.urlsafe_b64encode((5).to_bytes(32, "big")).decode()

    assert VapidKey.from_string(small).to_string() == small.rstrip("=")


GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "A" * 43,
        "A" * 42 + "!",
        "A" * 44,
        base64.urlsafe_b64encode(GROUP_ORDER.to_bytes(32, "big")).decode(),
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_it_refuses_what_is_no_key_without_repeating_it(text: str):
    with pytest.raises(ValueError, match="VAPID private key") as refusal:
        VapidKey.from_string(text)

    assert not text or text not in str(refusal.value)


def test_a_key_does_not_show_its_secret():
    key = VapidKey.generate()

    assert key.to_string() not in repr(key)
    assert key.fingerprint in repr(key)


@pytest.mark.parametrize(
    "subject",
    [
        "mailto:push@example.com",
        "mailto:alertes+push@collectif.exemple.fr",
        "https://campagne.fr/contact",
        "https://campagne.fr",
        "https://xn--rpublique-b4a.fr/",
    ],
)
def test_it_takes_a_subject_that_can_reach_somebody(subject: str):
    assert VapidSigner([], subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "push@example.com",
        "mailto:",
        "mailto:push",
        "mailto:push@",
        "mailto:@example.com",
        "mailto:push@localhost",
        "mailto:push@my.localhost",
        "mailto:push@server.local",
        "mailto:push@campaign.test",
        "mailto:push@campaign.invalid",
        "mailto:push@nodots",
        "mailto:push@127.0.0.1",
        "mailto:push@example..com",
        "mailto:push@-example.com",
        "mailto:pu sh@example.com",
        "mailto:push@example.com\r\nX: y",
        "mailto:<push@example.com>",
        "http://campagne.fr/",
        "https://",
        "https://localhost/",
        "https://localhost:8000/",
        "https://127.0.0.1/",
        "https://192.168.1.4/",
        "https://[::1]/",
        "https://[::1",
        "https://campagne.fr/ contact",
        "ftp://campagne.fr/",
        "tel:+33123456789",
    ],
)
def test_it_refuses_a_subject_that_reaches_nobody(subject: str):
    with pytest.raises(ValueError, match="VAPID subject"):
        VapidSigner([], subject)
