"""Officials of a campaign's list, and what the whole site remembers of contacts with them."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.outreach.action import Outreach
from mobilise.fields import EncryptedBytesField

BETWEEN_CONTACTS = timedelta(days=7)
MOST_CONTACTS = 3
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


class ContactRecordQuerySet(models.QuerySet["ContactRecord"]):
    """Writing down that somebody was contacted."""

    def note(self, record_id: int, now: datetime, *, stop: bool) -> None:
        """One more contact. Once stopped, always stopped."""
        changes = {"contacts": F("contacts") + 1, "last_contact_at": now} | ({"stopped": True} if stop else {})
        self.filter(pk=record_id).update(**changes)

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
        allowed = self.filter(rested, due, record__stopped=False, record__contacts__lt=MOST_CONTACTS)
        return allowed.exclude(standing__in=SETTLED)


class Official(models.Model):
    """One line of a campaign's list."""

    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="officials")
    record = models.ForeignKey(ContactRecord, on_delete=models.PROTECT, related_name="officials")
    departement = models.CharField(max_length=3)
    details_sealed = EncryptedBytesField()
    standing = models.CharField(max_length=10, choices=Result, blank=True, default="")
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
