"""Encryption of push messages: the RFCs' own vectors, other implementations, and keys that are none."""

import base64
import contextlib
import os

import http_ece
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pywebpush import WebPusher

from mobilise.webpush.encryption import MAX_BODY, MAX_PLAINTEXT, InvalidSubscriptionKeys, encrypt, seal

CURVE = ec.SECP256R1()

plaintexts = st.binary(min_size=1, max_size=MAX_PLAINTEXT)
scalars = st.integers(min_value=1, max_value=2**255)
secrets = st.binary(min_size=16, max_size=16)


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode("".join(text.split()) + "==")


def make_private_key(scalar: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(scalar, CURVE)


def public_point(private_key: ec.EllipticCurvePrivateKey) -> bytes:
    return private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def open_coding(body: bytes, keying_material: bytes) -> bytes:
    """An aes128gcm reader of its own (RFC 8188 sections 2.1 to 2.3), any number of records."""
    salt, record_size, key_end = body[:16], int.from_bytes(body[16:20], "big"), 21 + body[20]
    key = AESGCM(derive(keying_material, salt, b"Content-Encoding: aes128gcm\0", 16))
    base = int.from_bytes(derive(keying_material, salt, b"Content-Encoding: nonce\0", 12), "big")
    records = [body[at : at + record_size] for at in range(key_end, len(body), record_size)]
    opened = [key.decrypt((base ^ n).to_bytes(12, "big"), record, None) for n, record in enumerate(records)]
    stripped = [record.rstrip(b"\0") for record in opened]
    assert [record[-1] for record in stripped] == [1] * (len(records) - 1) + [2]
    return b"".join(record[:-1] for record in stripped)


def open_message(body: bytes, receiver: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """A reader of push messages of its own (RFC 8291 section 3.4)."""
    sender_point = body[21 : 21 + body[20]]
    shared = receiver.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender_point))
    info = b"WebPush: info\0" + public_point(receiver) + sender_point
    return open_coding(body, derive(shared, auth, info, 32))


# RFC 8291 section 5 and appendix A
WATERMELON = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
RECEIVER_PRIVATE = decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
RECEIVER_PUBLIC = decode("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
AUTH = decode("BTBZMqHH6r4Tts7J_aSIgg")
SALT = decode("DGv6ra1nlYgDCS1FRnbzlw")
INPUT_KEYING_MATERIAL = decode("S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg")
BODY = decode("""
    DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml
    mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT
    pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN
    """)


def test_it_makes_the_message_of_rfc_8291_section_5():
    sender = make_private_key(int.from_bytes(SENDER_PRIVATE, "big"))

    assert encrypt(WATERMELON, RECEIVER_PUBLIC, AUTH, salt=SALT, sender_key=sender) == BODY


def test_it_seals_the_record_of_rfc_8291_appendix_a():
    sender_public = BODY[21:86]

    assert seal(WATERMELON, INPUT_KEYING_MATERIAL, SALT, sender_public) == BODY


def test_it_seals_the_record_of_rfc_8188_section_3_1():
    body = decode("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg")

    assert seal(b"I am the walrus", decode("yqdlZ-tYemfogSmv7Ws5PQ"), body[:16], b"") == body


def test_the_reader_of_these_tests_reads_the_examples_of_the_rfcs():
    # RFC 8188 section 3.2: two records of 25 bytes, padded, key id "a1"
    two_records = decode("""
        uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF
        1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA
        """)

    assert open_coding(two_records, decode("BO3ZVPxUlnLORbVGMpbT1Q")) == b"I am the walrus"
    assert open_message(BODY, make_private_key(int.from_bytes(RECEIVER_PRIVATE, "big")), AUTH) == WATERMELON


@settings(deadline=None)
@given(plaintext=plaintexts, scalar=scalars, auth=secrets)
def test_it_is_read_by_http_ece_and_by_plain_cryptography(plaintext: bytes, scalar: int, auth: bytes):
    receiver = make_private_key(scalar)

    body = encrypt(plaintext, public_point(receiver), auth)

    assert http_ece.decrypt(body, private_key=receiver, auth_secret=auth) == plaintext
    assert open_message(body, receiver, auth) == plaintext


@settings(deadline=None)
@given(plaintext=plaintexts, scalar=scalars, sender=scalars, auth=secrets, salt=secrets)
def test_it_makes_the_same_bytes_as_http_ece(plaintext: bytes, scalar: int, sender: int, auth: bytes, salt: bytes):
    receiver, sender_key = public_point(make_private_key(scalar)), make_private_key(sender)

    expected = http_ece.encrypt(plaintext, salt=salt, private_key=sender_key, dh=receiver, auth_secret=auth)

    assert encrypt(plaintext, receiver, auth, salt=salt, sender_key=sender_key) == expected


@settings(deadline=None)
@given(plaintext=plaintexts, scalar=scalars, auth=secrets)
def test_it_agrees_with_pywebpush(plaintext: bytes, scalar: int, auth: bytes):
    receiver = make_private_key(scalar)
    keys = {"p256dh": base64.urlsafe_b64encode(public_point(receiver)), "auth": base64.urlsafe_b64encode(auth)}

    theirs = WebPusher({"endpoint": "https://push.example/", "keys": keys}).encode(plaintext)["body"]
    ours = encrypt(plaintext, public_point(receiver), auth)

    assert len(ours) == len(theirs)
    assert ours[16:21] == theirs[16:21]
    assert open_message(theirs, receiver, auth) == plaintext
    assert http_ece.decrypt(ours, private_key=receiver, auth_secret=auth) == plaintext


def test_no_two_messages_share_a_salt_or_a_sender_key():
    bodies = [encrypt(b"same", RECEIVER_PUBLIC, AUTH) for _ in range(50)]

    assert len({body[:16] for body in bodies}) == 50
    assert len({body[21:86] for body in bodies}) == 50


def test_a_changed_byte_is_noticed():
    receiver = make_private_key(7)
    body = bytearray(encrypt(b"come at nine", public_point(receiver), AUTH))
    body[-1] ^= 1

    with pytest.raises(InvalidTag):
        open_message(bytes(body), receiver, AUTH)


def test_the_longest_message_fills_the_body_that_services_must_take():
    assert len(encrypt(bytes(MAX_PLAINTEXT), RECEIVER_PUBLIC, AUTH)) == MAX_BODY

    with pytest.raises(ValueError, match="at most 3993 bytes"):
        encrypt(bytes(MAX_PLAINTEXT + 1), RECEIVER_PUBLIC, AUTH)


OFF_THE_CURVE = RECEIVER_PUBLIC[:-1] + bytes([RECEIVER_PUBLIC[-1] ^ 1])
CURVE_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
FIELD_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        pytest.param(b"", AUTH, id="no point"),
        pytest.param(RECEIVER_PUBLIC[:-1], AUTH, id="point too short"),
        pytest.param(RECEIVER_PUBLIC + b"\0", AUTH, id="point too long"),
        pytest.param(bytes(65), AUTH, id="zero"),
        pytest.param(b"\x04" + bytes(64), AUTH, id="zero coordinates"),
        pytest.param(b"\0", AUTH, id="point at infinity"),
        pytest.param(OFF_THE_CURVE, AUTH, id="off the curve"),
        pytest.param(b"\x02" + RECEIVER_PUBLIC[1:33], AUTH, id="compressed"),
        pytest.param(b"\x06" + RECEIVER_PUBLIC[1:], AUTH, id="hybrid"),
        pytest.param(b"\x04" + b"\xff" * 64, AUTH, id="beyond the field"),
        pytest.param(b"\x04" + FIELD_PRIME.to_bytes(32, "big") + RECEIVER_PUBLIC[33:], AUTH, id="x is the prime"),
        pytest.param(RECEIVER_PUBLIC, b"", id="no secret"),
        pytest.param(RECEIVER_PUBLIC, AUTH[:-1], id="secret too short"),
        pytest.param(RECEIVER_PUBLIC, AUTH + b"\0", id="secret too long"),
    ],
)
def test_it_refuses_keys_that_are_none(p256dh: bytes, auth: bytes):
    with pytest.raises(InvalidSubscriptionKeys) as refusal:
        encrypt(b"text", p256dh, auth)

    assert refusal.value.__cause__ is None


@settings(deadline=None)
@given(
    tail=st.binary(min_size=64, max_size=64) | scalars.map(lambda scalar: public_point(make_private_key(scalar))[1:])
)
def test_random_bytes_are_a_point_or_are_refused(tail: bytes):
    x, y = int.from_bytes(tail[:32], "big"), int.from_bytes(tail[32:], "big")
    on_the_curve = max(x, y) < FIELD_PRIME and (y * y - x**3 + 3 * x - CURVE_B) % FIELD_PRIME == 0

    with contextlib.nullcontext() if on_the_curve else pytest.raises(InvalidSubscriptionKeys):
        encrypt(b"text", b"\x04" + tail, os.urandom(16))
