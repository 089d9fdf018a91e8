"""Transfer codes: what one phone shows, or hands to its icon, so that another takes over all that is its own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models

from accounts.models.device import Device
from mobilise.coarse import next_hour
from mobilise.fields import index_digest, index_digests

# Without I, L, O and U: what looks like another sign is read as that one.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("ILOU", "110V")
BITS_PER_SIGN = 5
# Typed by hand: 60 bits. docs/adr says what that is against the throttles.
TYPED_SIGNS = 12
# Read by machines only: 130 bits.
ICON_SIGNS = 26
LIFETIME = timedelta(days=1)
# All of them to the next full hour: the table does not tell when somebody had the phone in their hand.
# How long a manifest hands a code out after the page asked for it.
TOKEN_LIFETIME = timedelta(hours=2)
TOKEN_BYTES = 24
MOST_ICON_CODES = 12
# An answer may be lost on its way: so long the device that took the code gets it again.
TOLD_AGAIN = timedelta(hours=1)


class CodeUseless(Exception):
    """The code is unknown, used or too old: nothing says which."""


class OwnCode(Exception):
    """The device entered a code that it made itself."""


class DeviceGone(Exception):
    """The device that calls was erased, or taken over, in this very moment."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A code that is taken: by whom, and whose things; both are locked. ``old`` is None when it was told before."""

    code: "TransferCode"
    new: Device
    old: Device | None


def read_code(text: str) -> str:
    """The code as it was made, however it was typed: case, spaces, dashes, look-alikes. "" when it can be none."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_READ_AS)
    return signs if len(signs) in (TYPED_SIGNS, ICON_SIGNS) and set(signs) <= set(ALPHABET) else ""


def digest_transfer_code(code: str) -> bytes:
    """What the table holds of a code. Keyed: whoever has the table alone cannot try codes against it."""
    return index_digest("transfer code", code.encode())


def _digests_of(code: str) -> list[bytes]:
    """The same under each key: a code that was made before the key changed is worth as much."""
    return index_digests("transfer code", code.encode())


def _icon_codes(token: str) -> list[str]:
    """The code that a token stands for, by each key: the same whenever the manifest is fetched, and stored nowhere."""
    return [_as_code(digest) for digest in index_digests("transfer icon", token.encode())]


def _as_code(digest: bytes) -> str:
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[(number >> (BITS_PER_SIGN * place)) & 31] for place in range(ICON_SIGNS))


def _digests_of_token(token: str) -> list[bytes]:
    return index_digests("transfer token", token.encode())


class TransferCodeQuerySet(models.QuerySet["TransferCode"]):
    """Making, sealing and taking codes."""

    def make(self, device: Device, now: datetime) -> "tuple[str, TransferCode]":
        """A code to be typed, and its row. It takes the place of the one that the device had."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(TYPED_SIGNS))
        self.filter(device=device, taken=False, token_digest=None).delete()
        return code, self.create(device=device, digest=digest_transfer_code(code), expires_at=next_hour(now + LIFETIME))

    def make_for_icon(self, device: Device, now: datetime) -> "tuple[str, str, TransferCode]":
        """A token for the manifest's address, the code that it stands for, and its row.

        Earlier ones stay: an icon may have been made with one of them.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        code = _icon_codes(token)[0]
        earlier = self.filter(device=device, taken=False, token_digest__isnull=False).order_by("-pk")
        self.filter(pk__in=list(earlier.values_list("pk", flat=True)[MOST_ICON_CODES - 1 :])).delete()
        row = self.create(
            device=device,
            digest=digest_transfer_code(code),
            expires_at=next_hour(now + LIFETIME),
            token_digest=_digests_of_token(token)[0],
            token_until=next_hour(now + TOKEN_LIFETIME),
        )
        return token, code, row

    def code_of_token(self, token: str, now: datetime) -> str | None:
        """What the manifest with this token hands out; None once it is too old or the code is used."""
        known = self.filter(token_until__gt=now, expires_at__gt=now, taken=False)
        for digest, code in zip(_digests_of_token(token), _icon_codes(token), strict=True):
            if known.filter(token_digest=digest).exists():
                return code
        return None

    def seal(self, device: Device, code: str, sealed: str, now: datetime) -> bool:
        """Lays beside the device's own code what its phone encrypted with it. False when there is no such code."""
        own = self.filter(device=device, digest__in=_digests_of(read_code(code)), taken=False, expires_at__gt=now)
        return bool(own.update(sealed=sealed))

    def revoke(self, device: Device) -> None:
        """The device's codes are worth nothing any more."""
        self.filter(device=device, taken=False).delete()

    def begin_taking(self, code: str, device: Device, now: datetime) -> Taking:
        """Locks both devices and the code, in this order, for the rest of the caller's transaction.

        The same device that took the code gets it again. Raises CodeUseless, OwnCode, DeviceGone.
        """
        digests = _digests_of(read_code(code))
        maker = self.filter(digest__in=digests).values_list("device_id", flat=True).first()
        locked = Device.objects.select_for_update().filter(pk__in={device.pk, maker or device.pk}).order_by("pk")
        devices = {one.pk: one for one in locked}
        # By its uuid: in the moment before it may have taken the code already, and then its row is another.
        new = next((one for one in devices.values() if one.uuid == device.uuid), None)
        if new is None:
            raise DeviceGone
        row = self.select_for_update().filter(digest__in=digests, device__in=devices).first()
        if row is not None and row.taken and row.device_id == new.pk:
            return Taking(row, new, None)
        if row is None or row.taken or row.expires_at <= now:
            raise CodeUseless
        if row.device_id == new.pk:
            raise OwnCode
        return Taking(row, new, devices[row.device_id])


class TransferCode(models.Model):
    """A one-use code that stands for one device. Once taken, it stays for an hour with the device that took it."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="transfer_codes")
    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)
    taken = models.BooleanField(default=False)
    # Of a code for an icon: whose manifest hands it out, and until when.
    token_digest = models.BinaryField(max_length=32, unique=True, null=True)
    token_until = models.DateTimeField(null=True)
    # What only the phones know, encrypted on the one and opened on the other with the code itself.
    sealed = models.TextField(default="")

    objects = TransferCodeQuerySet.as_manager()

    def finish(self, keep: Device, now: datetime) -> None:
        """It is used: from now on it is the taker's, to be told again, and no manifest hands it out."""
        self.device, self.taken, self.expires_at = keep, True, next_hour(now + TOLD_AGAIN)
        self.token_digest = self.token_until = None
        self.save()
