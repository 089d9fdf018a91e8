"""One device becomes two devices' one: the settings of both, the cookie and the subscription of the new one."""

from datetime import datetime
from typing import Any

from accounts.models import Device, LockScreen, OrganiserDevice, Subscription, Taking, TransferCode

# Of a device's columns, those that are decided here; a test holds that no other is forgotten.
IDENTITY = ("uuid", "secret_digest")


def survivor(old: Device, new: Device) -> tuple[Device, Device]:
    """(the row that stays, the row that goes). The older one stays: whatever was sent to either was sent to it.

    (Corrections go to all devices up to a number: docs/adr.)
    """
    return (old, new) if old.pk < new.pk else (new, old)


def unite(taking: Taking, now: datetime) -> Device:
    """Leaves one device of two, known by the new one's cookie; the old one's cookie opens nothing any more.

    What other tables hold of the row that goes must have been moved before.
    """
    old, new = taking.old, taking.new
    if old is None:
        return new
    keep, gone = survivor(old, new)
    values = {**settled(old, new), **{name: getattr(new, name) for name in IDENTITY}}
    # The old phone rings no more. The new one's subscription is its own, or it has none yet.
    Subscription.objects.filter(device=old).delete()
    Subscription.objects.filter(device=gone).update(device=keep)
    _move_tie(old, new, keep)
    TransferCode.objects.filter(device__in=[old, new]).exclude(pk=taking.code.pk).delete()
    taking.code.finish(keep, now)
    gone.delete()
    for name, value in values.items():
        setattr(keep, name, value)
    keep.save(update_fields=list(values))
    return Device.objects.get(pk=keep.pk)


def settled(old: Device, new: Device) -> dict[str, Any]:
    """The settings of both: what the person chose on the old one, and of two the one that tells less."""
    quiet = old if old.quiet_hours else new
    return {
        "language": old.language,
        # Where this phone is.
        "time_zone": new.time_zone,
        "quiet_start": quiet.quiet_start,
        "quiet_end": quiet.quiet_end,
        "lock_screen": _lock_screen({old.lock_screen, new.lock_screen}),
        "keep_cards": old.keep_cards and new.keep_cards,
        "departement": old.departement or new.departement,
        "first_seen": min(old.first_seen, new.first_seen),
        "last_seen": max(old.last_seen, new.last_seen),
    }


def _lock_screen(chosen: set[str]) -> str:
    for value in (LockScreen.DISCREET, LockScreen.FULL):
        if value in chosen:
            return value
    return LockScreen.AUTO


def _move_tie(old: Device, new: Device, keep: Device) -> None:
    """An organiser's tie comes along; one that was made on the new phone itself stays in its place."""
    ties = {tie.device_id: tie for tie in OrganiserDevice.objects.filter(device__in=[old, new])}
    tie = ties.get(new.pk) or ties.get(old.pk)
    if tie is None or tie.device_id == keep.pk:
        return
    OrganiserDevice.objects.filter(device=keep).delete()
    OrganiserDevice.objects.filter(device=tie.device_id).update(device=keep)
