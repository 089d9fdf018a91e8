"""Officials of a campaign's list, and what the whole site remembers of contacts with them."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.outreach.action import Outreach
from mobilise.fields import EncryptedBytesField

BETWEEN_CONTACTS = timedelta(days=7)
MOST_CONTACTS = 3
# What a phone reports that no push was proved to reach may be made up. It is believed for so long, and no longer:
# "refuses", "has sent", and that these were all contacts that there may be.
UNVERIFIED_KEPT = timedelta(days=30)
# Who asked not to be called any more is to be left in peace though the phone that says so proved nothing.
UNVERIFIED_STOP_KEPT = timedelta(days=180)
# So long the site remembers that somebody was contacted, when no list names them any more.
CONTACTS_KEPT = timedelta(days=365)


class Result(models.TextChoices):
    """What a contact came to."""

    NO_ANSWER = "no_answer", _("no answer")
    CALL_AGAIN = "call_again", _("call again on")
    REFUSES = "refuses", _("refuses")
    HESITATES = "hesitates", _("hesitates")
    PROMISES = "promises", _("promises")
    SENT = "sent", _("has sent")
    STOP = "stop", _("“stop”")


# Nobody is called after one of these.
SETTLED = (Result.REFUSES, Result.SENT, Result.STOP)
# One with a day is what a phone said that proved nothing: they may be called from that day on.
SETTLED_FOR_GOOD = Q(standing__in=SETTLED, call_again_on__isnull=True)
SENT_FOR_NOW = Q(standing=Result.SENT, call_again_on__isnull=False)


class ContactRecordQuerySet(models.QuerySet["ContactRecord"]):
    """Writing down that somebody was contacted."""

    def note(self, record_id: int, now: datetime, *, stop: bool, verified: bool) -> None:
        """One more contact. Once stopped, always stopped; by a phone that is not ``verified``, held for a time."""
        changes: dict[str, Any] = {"contacts": F("contacts") + 1, "last_contact_at": now}
        if not verified:
            changes["unverified_contacts"] = F("unverified_contacts") + 1
        self.filter(pk=record_id).update(**changes)
        if stop:
            self._stop(record_id, now, verified=verified)

    def verify(self, record_id: int, now: datetime, *, stop: bool) -> None:
        """The phone of one contact that was noted proved that pushes reach it."""
        noted = self.filter(pk=record_id, unverified_contacts__gt=0)
        noted.update(unverified_contacts=F("unverified_contacts") - 1)
        if stop:
            self._stop(record_id, now, verified=True)

    def _stop(self, record_id: int, now: datetime, *, verified: bool) -> None:
        until = now + UNVERIFIED_STOP_KEPT
        self.filter(pk=record_id).update(**({"stopped": True} if verified else {"stop_held_until": until}))

    def forgettable(self, now: datetime) -> "ContactRecordQuerySet":
        """Those that no list names, and that nobody contacted for a year, or ever. "Stop" is never forgotten."""
        listed = Official.objects.filter(record=OuterRef("pk"))
        rested = Q(last_contact_at=None) | Q(last_contact_at__lt=now - CONTACTS_KEPT)
        return self.filter(~Exists(listed), rested, stopped=False)


class ContactRecord(models.Model):
    """What holds for one official across all campaigns of the site, under a keyed digest: no name, no number."""

    digest = models.BinaryField(max_length=32, unique=True)
    contacts = models.PositiveSmallIntegerField(default=0)
    last_contact_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    # Of the contacts those that phones reported which no push was proved to reach; and how long their "stop" holds.
    unverified_contacts = models.PositiveSmallIntegerField(default=0)
    stop_held_until = models.DateTimeField(null=True)

    objects = ContactRecordQuerySet.as_manager()


@dataclass(frozen=True, slots=True)
class Details:
    """What is personal of an official; phone and e-mail are those of the office."""

    name: str
    function: str
    commune: str
    phone: str
    email: str

    def sealed(self) -> bytes:
        """As it is stored (encrypted)."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


class OfficialQuerySet(models.QuerySet["Official"]):
    """Whom one may call."""

    def contactable(self, now: datetime, today: date) -> "OfficialQuerySet":
        """Not settled, not asked for another day, and allowed by what all campaigns of the site did."""
        rested = Q(record__last_contact_at__isnull=True) | Q(record__last_contact_at__lte=now - BETWEEN_CONTACTS)
        due = Q(call_again_on__isnull=True) | Q(call_again_on__lte=today)
        heard = Q(record__stopped=False) & (
            Q(record__stop_held_until__isnull=True) | Q(record__stop_held_until__lte=now)
        )
        few = Q(record__contacts__lt=MOST_CONTACTS) | Q(
            record__contacts__lt=F("record__unverified_contacts") + MOST_CONTACTS,
            record__last_contact_at__lte=now - UNVERIFIED_KEPT,
        )
        return self.filter(rested, due, heard, few).exclude(SETTLED_FOR_GOOD)

    def kept_by_unverified(self, now: datetime, today: date) -> "OfficialQuerySet":
        """Whom one may not call yet, nor never again, where phones that proved nothing reported calls of late."""
        rests = Q(record__last_contact_at__gt=now - BETWEEN_CONTACTS) | Q(
            record__contacts__gte=MOST_CONTACTS, record__last_contact_at__gt=now - UNVERIFIED_KEPT
        )
        waits = rests | Q(call_again_on__gt=today) | Q(record__stop_held_until__gt=now)
        return self.filter(waits, record__unverified_contacts__gt=0, record__stopped=False).exclude(SETTLED_FOR_GOOD)

    def settled_for_now(self, today: date) -> "OfficialQuerySet":
        """Those of whom only phones that proved nothing said that they are settled, as long as that is believed."""
        return self.filter(standing__in=SETTLED, call_again_on__gt=today)

    def held(self, stops: "models.QuerySet[Any, int]", today: date) -> "OfficialQuerySet":
        """These, and those with such a "stop": ``stops`` are their records (ids)."""
        return self.filter(Q(pk__in=self.settled_for_now(today)) | Q(record__in=stops))

    def settle(self, official_id: int, result: str, call_again_on: date | None) -> tuple[int, int]:
        """Where it stands after a verified phone's report. Returns what the sum gains: (of all, of verified ones).

        A report that comes late, after another caller's, changes nothing of what is settled but for a signature.
        """
        one = self.filter(pk=official_id)
        if result == Result.SENT and one.filter(SENT_FOR_NOW).update(call_again_on=None):
            return 0, 1
        final = Q(standing__in=_final_for(result), call_again_on__isnull=True)
        changed = one.exclude(final).update(standing=result, call_again_on=call_again_on)
        return (changed, changed) if result == Result.SENT else (1, 1)

    def settle_for_now(self, official_id: int, result: str, call_again_on: date | None, today: date) -> tuple[int, int]:
        """The same for a phone that proved nothing: never what is settled for good, and what it settles for a time."""
        one = self.filter(pk=official_id)
        if call_again_on:
            call_again_on = min(call_again_on, today + UNVERIFIED_KEPT)
        if result in SETTLED:
            call_again_on = today + (UNVERIFIED_STOP_KEPT if result == Result.STOP else UNVERIFIED_KEPT)
        if result == Result.SENT and one.filter(SENT_FOR_NOW, call_again_on__lte=today).update(
            call_again_on=call_again_on
        ):
            return 0, 0
        holds = Q(standing__in=_final_for(result), call_again_on__gt=today)
        changed = one.exclude(SETTLED_FOR_GOOD | holds).update(standing=result, call_again_on=call_again_on)
        return (changed if result == Result.SENT else 1), 0


def _final_for(result: str) -> tuple[str, ...]:
    return (Result.SENT,) if result == Result.SENT else SETTLED


class Official(models.Model):
    """One line of a campaign's list."""

    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="officials")
    record = models.ForeignKey(ContactRecord, on_delete=models.PROTECT, related_name="officials")
    departement = models.CharField(max_length=3)
    details_sealed = EncryptedBytesField()
    standing = models.CharField(max_length=10, choices=Result, blank=True, default="")
    # What they asked for; or how long it is believed that they are settled.
    call_again_on = models.DateField(null=True)
    # Random: lists are sorted by departement, and callers should not all begin with the first.
    lot = models.PositiveIntegerField()

    objects = OfficialQuerySet.as_manager()

    class Meta:
        """Once in each list."""

        constraints = [models.UniqueConstraint(fields=["outreach", "record"], name="official_once_per_outreach")]
        indexes = [models.Index(fields=["outreach", "standing", "lot"], name="official_by_lot")]

    @property
    def details(self) -> Details:
        """Name, function, commune, phone, e-mail."""
        return Details(**json.loads(self.details_sealed))

    @property
    def shown(self) -> dict[str, str]:
        """What the one caller sees who has a claim on them."""
        return {**asdict(self.details), "departement": self.departement}
