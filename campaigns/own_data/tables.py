"""Every table that knows of a device: which of its columns the device's export gives, and why it leaves others out.

A test holds that no table and no column is forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, OrganiserDevice, Subscription, TransferCode
from campaigns.models import Action, Canary, Claim, Follow, OrganiserPush, Outreach, Participation, PendingDelivery
from mobilise.fields import pick

Given = Callable[[Any], Any]
# By column, why it is left out: a text that can be translated.
Reasons = Mapping[str, Any]

_NUMBER = _("A number of this database, which says nothing.")
_YOURS = _("Your device itself: it stands above.")
_SECRET = _("A key or its fingerprint: whoever has it could speak in your name. Nothing can be read in it.")
_SEAL = ("token", "sealed")
_MACHINERY = _("For the machinery alone: which process is at work on it.")


@dataclass(frozen=True)
class Table:
    """One table: its rows about a device, and what of each row is handed out."""

    model: type[Model]
    rows: Callable[[Device], Iterable[Any]]
    given: Mapping[str, Given]
    left_out: Reasons

    def describe(self, device: Device) -> list[dict[str, Any]]:
        """Its rows, as they are handed out."""
        return [{name: read(row) for name, read in self.given.items()} for row in self.rows(device)]


def columns(*names: str) -> dict[str, Given]:
    """These columns, as they are."""
    return {name: attrgetter(name) for name in names}


def left_out(reason: Any, *names: str) -> dict[str, Any]:
    """These columns are left out for one reason."""
    return dict.fromkeys(names, reason)


def _action(action: Action) -> dict[str, Any]:
    return {"id": action.uuid, "title": pick(action.title, action.campaign.main_language, "fr")}


def _campaign(follow: Follow) -> dict[str, Any]:
    return {"slug": follow.campaign.slug, "name": str(follow.campaign)}


def _parts(device: Device) -> Iterable[Participation]:
    parts = Participation.objects.all_of(device)
    campaigns = Action.objects.select_related("campaign").in_bulk([part.action_id for part in parts])
    for part in parts:
        part.action = campaigns[part.action_id]
    return parts


def _claims(device: Device) -> Iterable[Claim]:
    for outreach in Outreach.objects.filter(participation_key__isnull=False):
        yield from Claim.objects.of(outreach, device).select_related("outreach__campaign").order_by("pk")


TABLES: dict[str, Table] = {
    "device": Table(
        Device,
        lambda device: [device],
        columns(
            "uuid",
            "language",
            "time_zone",
            "quiet_start",
            "quiet_end",
            "lock_screen",
            "keep_cards",
            "departement",
            "first_seen",
            "last_seen",
        ),
        left_out(_NUMBER, "id") | left_out(_SECRET, "secret_digest"),
    ),
    "subscription": Table(
        Subscription,
        lambda device: Subscription.objects.filter(device=device),
        columns("host", "made_on", "verified_on", "failures", "test_answer"),
        left_out(_YOURS, "device")
        | left_out(_NUMBER, "test")
        | left_out(_SECRET, "endpoint_digest", "nonce_digest", "nonce_expires_at")
        | left_out(
            _("The address that your browser gave for alerts, encrypted. It never comes back out of this server."),
            "blob",
        )
        | left_out(_("Which of this site's keys it was made for: the same for everybody."), "vapid_fingerprint"),
    ),
    "follows": Table(
        Follow,
        lambda device: Follow.objects.filter(device=device).select_related("campaign").order_by("campaign__slug"),
        {"campaign": _campaign, "kinds_mask": lambda row: row.kinds, **columns("consent_version", "consented_on")},
        left_out(_NUMBER, "id") | left_out(_YOURS, "device"),
    ),
    "participations": Table(
        Participation,
        _parts,
        {
            "action": lambda row: _action(row.action),
            "gathering": lambda row: row.gathering and row.gathering.uuid,
            **columns("stage", "verified"),
        },
        left_out(_NUMBER, "id")
        | left_out(
            _("What ties the row to your device as long as the action's key exists: a random-looking text."), "token"
        ),
    ),
    "calls": Table(
        Claim,
        _claims,
        {
            "outreach": lambda row: _action(row.outreach),
            **columns("uuid", "verified", "state", "lease_until", "ended_at"),
        },
        left_out(_NUMBER, "id")
        | left_out(_("About the elected official whom you call, not about you."), "official", "record")
        | left_out(
            _("What ties the row to your device as long as the action's key exists: a random-looking text."), "holder"
        ),
    ),
    "alerts_waiting": Table(
        PendingDelivery,
        lambda device: PendingDelivery.objects.of(device).select_related("alert").order_by("pk"),
        {"alert": lambda row: row.alert.uuid, **columns("reason", "not_before", "host", "attempts")},
        left_out(_NUMBER, "id")
        | left_out(_YOURS, "device")
        | left_out(_MACHINERY, "batch", "lease_until", "fence")
        | left_out(_("In the place of your device where naming it would say that you took part, or not."), *_SEAL),
    ),
    "transfer_codes": Table(
        TransferCode,
        lambda device: TransferCode.objects.filter(device=device).order_by("pk"),
        columns("expires_at", "taken", "token_until"),
        left_out(_NUMBER, "id")
        | left_out(_YOURS, "device")
        | left_out(_SECRET, "digest", "token_digest")
        | left_out(_("What your phone laid beside the code for your other phone, encrypted with the code."), "sealed"),
    ),
    "organiser": Table(
        OrganiserDevice,
        lambda device: OrganiserDevice.objects.filter(device=device).select_related("user"),
        {"user": lambda row: row.user.username, **columns("tied_on")},
        left_out(_YOURS, "device"),
    ),
    "pushes_to_organiser": Table(
        OrganiserPush,
        lambda device: OrganiserPush.objects.filter(device=device).select_related("user").order_by("pk"),
        {"user": lambda row: row.user.username, **columns("occasion", "due_at", "attempts", "accepted")},
        left_out(_NUMBER, "id", "uuid")
        | left_out(_YOURS, "device")
        | left_out(_("The campaign's own work: it is in the organisers' pages."), "asking"),
    ),
    "operators_checks": Table(
        Canary,
        lambda device: Canary.objects.filter(device=device),
        columns("rung_at", "awaited_since", "sent_at", "answer", "reported", "received_at"),
        left_out(_YOURS, "device") | left_out(_NUMBER, "message"),
    ),
}

# Where there is no row that could be found: (what, why it is not here).
NOT_FOUND = (
    (
        _("counts against misuse"),
        _("They are kept under a random key of the day, which is deleted after two days. Nobody can find yours."),
    ),
    (
        _("tasks in the background"),
        _("Your device's number for a push to it alone, such as a test; deleted after a day."),
    ),
    (
        _("receipts of alerts"),
        _("A phone reports that an alert was shown with a random word. It is stored beside nothing that is yours."),
    ),
)
