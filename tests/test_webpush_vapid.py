"""VAPID: the RFC's example, another implementation's verdict, the cache, and subjects that reach nobody."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from py_vapid import Vapid01

from mobilise.webpush import vapid
from mobilise.webpush.vapid import UnknownVapidKey, VapidKey, VapidSigner, origin_of

ENDPOINT = "https://push.example.net/p/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"
SUBJECT = "mailto:push@example.com"
NOW = 1_800_000_000.25

# RFC 8292 section 2.4
EXAMPLE_TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3"
    "B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1ha"
    "Wx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_H"
    "LGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
)
EXAMPLE_KEY = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
EXAMPLE_EXPIRES = 1453523768


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def parse(header: str) -> tuple[str, str]:
    scheme, token, key = header.split(" ")
    assert scheme == "vapid"
    return token.removeprefix("t=").removesuffix(","), key.removeprefix("k=")


def claims_of(header: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(decode(parse(header)[0].split(".")[1]))
    return claims


def verify(token: str, public_key: str) -> None:
    """Raises InvalidSignature unless the token was signed by this key (ES256, RFC 7518 section 3.4)."""
    signed, _, signature = token.rpartition(".")
    r, s = decode(signature)[:32], decode(signature)[32:]
    encoded = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public_key))
    point.verify(encoded, signed.encode(), ec.ECDSA(hashes.SHA256()))


def test_the_example_of_rfc_8292_section_2_4_is_verified_and_made_alike():
    verify(EXAMPLE_TOKEN, EXAMPLE_KEY)
    signer_key = VapidKey.generate()

    header = VapidSigner([signer_key], SUBJECT).authorization(
        ENDPOINT, signer_key.fingerprint, EXAMPLE_EXPIRES - vapid.VALIDITY
    )

    # ECDSA is random: what is signed can be compared, the signature only verified.
    token, key = parse(header)
    assert token.rpartition(".")[0] == EXAMPLE_TOKEN.rpartition(".")[0]
    assert key == signer_key.public_key
    verify(token, key)


def test_py_vapid_verifies_the_header():
    key = VapidKey.generate()

    token, public_key = parse(VapidSigner([key], SUBJECT).authorization(ENDPOINT, key.fingerprint, NOW))

    assert Vapid01.verify(public_key, f"vapid {token}") is True
    assert Vapid01.verify(VapidKey.generate().public_key, f"vapid {token}") is False


def test_the_claims_are_the_origin_twelve_hours_and_the_subject():
    key = VapidKey.generate()

    header = VapidSigner([key], SUBJECT).authorization(ENDPOINT, key.fingerprint, NOW)

    assert claims_of(header) == {"aud": "https://push.example.net", "exp": 1_800_000_000 + 12 * 3600, "sub": SUBJECT}


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
        ("https://localhost:8443/x", "https://localhost:8443"),
        ("https://localhost:8443?x=/y", "https://localhost:8443"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
        ("https://push.example.net", "https://push.example.net"),
    ],
)
def test_the_origin_leaves_out_the_path_and_the_default_port(endpoint: str, origin: str):
    assert origin_of(endpoint) == origin


def test_the_header_is_kept_for_an_origin_until_an_hour_before_its_end():
    key = VapidKey.generate()
    signer = VapidSigner([key], SUBJECT)

    first = signer.authorization(ENDPOINT, key.fingerprint, NOW)

    assert signer.authorization("https://push.example.net/p/another", key.fingerprint, NOW + 10.9 * 3600) == first
    renewed = signer.authorization(ENDPOINT, key.fingerprint, NOW + 11 * 3600 + 1)
    assert renewed != first
    assert signer.authorization(ENDPOINT, key.fingerprint, NOW + 11 * 3600 + 2) == renewed


def test_each_origin_has_a_header_of_its_own():
    key = VapidKey.generate()
    signer = VapidSigner([key], SUBJECT)

    other = signer.authorization("https://push.example.net:8443/p/x", key.fingerprint, NOW)

    assert claims_of(other)["aud"] == "https://push.example.net:8443"
    assert claims_of(signer.authorization(ENDPOINT, key.fingerprint, NOW))["aud"] == "https://push.example.net"


def test_a_clock_that_was_set_back_gets_a_new_header():
    key = VapidKey.generate()
    signer = VapidSigner([key], SUBJECT)
    signer.authorization(ENDPOINT, key.fingerprint, NOW + 7 * 24 * 3600)

    header = signer.authorization(ENDPOINT, key.fingerprint, NOW)

    assert claims_of(header)["exp"] == 1_800_000_000 + 12 * 3600


@settings(deadline=None)
@given(offsets=st.lists(st.floats(min_value=-200_000, max_value=200_000), min_size=1, max_size=30))
def test_a_header_is_never_too_old_nor_too_far_ahead(offsets: list[float]):
    key = VapidKey.generate()
    signer = VapidSigner([key], SUBJECT)

    left = [
        int(str(claims_of(signer.authorization(ENDPOINT, key.fingerprint, NOW + offset))["exp"])) - NOW - offset
        for offset in offsets
    ]

    assert min(left) >= 3600
    assert max(left) <= 12 * 3600 + 300


def test_the_cache_is_bounded_and_drops_the_oldest():
    key = VapidKey.generate()
    signer = VapidSigner([key], SUBJECT)
    first = signer.authorization("https://host0.notify.windows.com/w", key.fingerprint, NOW)
    for number in range(1, vapid.MAX_CACHED + 1):
        signer.authorization(f"https://host{number}.notify.windows.com/w", key.fingerprint, NOW)

    assert len(signer._headers) == vapid.MAX_CACHED
    assert signer.authorization("https://host0.notify.windows.com/w", key.fingerprint, NOW) != first


def test_several_keys_sign_each_for_its_own_subscriptions():
    old, new = VapidKey.generate(), VapidKey.generate()
    signer = VapidSigner([new, old], SUBJECT)

    headers = {key: parse(signer.authorization(ENDPOINT, key.fingerprint, NOW)) for key in (old, new)}

    assert headers[old][1] == old.public_key
    assert headers[new][1] == new.public_key
    verify(*headers[old])
    verify(*headers[new])


def test_a_key_that_is_not_configured_is_named_by_its_fingerprint():
    signer = VapidSigner([VapidKey.generate()], SUBJECT)

    with pytest.raises(UnknownVapidKey, match="0123456789abcdef"):
        signer.authorization(ENDPOINT, "0123456789abcdef", NOW)
