"""A list of officials on its way in: checked first, stored when an organiser says so; gone after a day."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.audit import Act
from campaigns.models.outreach.action import Outreach
from campaigns.models.transitions import move
from mobilise.fields import EncryptedBytesField

# A worker that has not come back by then was killed.
LEASE = timedelta(seconds=30)
# Longer than a lease can be, though the clocks of two machines differ a little: one was set back.
TOO_LONG = 2 * LEASE
RING_AGAIN = timedelta(seconds=5)
KEPT = timedelta(days=1)


class ImportState(models.TextChoices):
    """checking -> checked | unreadable; checked -> storing | refused; storing -> stored."""

    CHECKING = "checking", _("is being checked")
    UNREADABLE = "unreadable", _("could not be read")
    CHECKED = "checked", _("checked")
    REFUSED = "refused", _("thrown away")
    STORING = "storing", _("is being stored")
    STORED = "stored", _("stored")


WORKING = (ImportState.CHECKING, ImportState.STORING)
OPEN = (*WORKING, ImportState.CHECKED)


class ImportQuerySet(models.QuerySet["OfficialImport"]):
    """Beginning, ringing, and forgetting."""

    def begin(self, outreach: Outreach, content: bytes, now: datetime) -> "tuple[OfficialImport, bool]":
        """A new one, and True; or the one that is open already (a second tap), and False."""
        try:
            with transaction.atomic():
                # What became of the last one has been read.
                self.filter(outreach=outreach).exclude(state__in=OPEN).delete()
                return self.create(outreach=outreach, content=content, created_at=now), True
        except IntegrityError:
            return self.get(outreach=outreach, state__in=OPEN), False

    def ring(self, now: datetime) -> list[int]:
        """Those that wait for a worker; each is named again only after a while."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        quiet = Q(rung_at__isnull=True) | Q(rung_at__lte=now - RING_AGAIN)
        waiting = self.filter(free, quiet, state__in=WORKING)
        return [pk for pk in waiting.values_list("pk", flat=True) if waiting.filter(pk=pk).update(rung_at=now)]

    def claim(self, pk: int, now: datetime) -> "OfficialImport | None":
        """Takes it for LEASE, with a new fence; None when another worker has it, or nothing is to be done."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease_until__gt=now + TOO_LONG)
        mine = self.filter(free, pk=pk, state__in=WORKING)
        if not mine.update(lease_until=now + LEASE, fence=F("fence") + 1):
            return None
        return self.get(pk=pk)

    def forget(self, now: datetime) -> None:
        """Deletes what is older than a day, whatever became of it."""
        self.filter(created_at__lt=now - KEPT).delete()


class OfficialImport(models.Model):
    """One uploaded file: how far it is, and what is in it. The file goes once it is checked."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="imports")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.CHECKING)
    created_at = models.DateTimeField()
    content = EncryptedBytesField(null=True)
    # Why it could not be read.
    problem = models.CharField(max_length=20, blank=True)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    doubtful = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    stored_rows = models.PositiveIntegerField(default=0)
    with_doubtful = models.BooleanField(default=False)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        """One at a time: a second tap on "check" finds the first."""

        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["outreach"],
                condition=Q(state__in=["checking", "checked", "storing"]),
                name="import_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(_("list of officials"))

    @property
    def is_working(self) -> bool:
        """Whether a worker is at it, or should be."""
        return self.state in WORKING

    @property
    def to_store(self) -> int:
        """How many rows are looked at when it is stored, the doubtful ones included."""
        return self.good + self.doubtful

    def advance(self, now: datetime, **changes: Any) -> bool:
        """Notes how far it is. False when the lease was lost: somebody else goes on, or it was thrown away."""
        mine = type(self).objects.filter(pk=self.pk, fence=self.fence, state=self.state)
        if not mine.update(lease_until=now + LEASE, **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def finish_checking(self) -> None:
        """checking -> checked; the file goes. Raises IllegalTransition."""
        self._finish(ImportState.CHECKING, ImportState.CHECKED)

    def fail_reading(self, problem: str) -> None:
        """checking -> unreadable; the file goes. Raises IllegalTransition."""
        self._finish(ImportState.CHECKING, ImportState.UNREADABLE, problem=problem)

    def finish_storing(self) -> None:
        """storing -> stored. Raises IllegalTransition."""
        self._finish(ImportState.STORING, ImportState.STORED)

    def confirm(self, by: User, *, with_doubtful: bool) -> None:
        """checked -> storing: the organiser has seen what is in it. Raises IllegalTransition."""
        changes: dict[str, Any] = {"with_doubtful": with_doubtful, "done": 0, "lease_until": None, "rung_at": None}
        with transaction.atomic():
            move(self, "state", {ImportState.CHECKED}, ImportState.STORING, **changes)
            self.outreach.note(Act.IMPORTED, by, str(self.good + self.doubtful * with_doubtful))

    def refuse(self) -> None:
        """checking | checked -> thrown away, the rows with it. Raises IllegalTransition."""
        with transaction.atomic():
            sources = {ImportState.CHECKING, ImportState.CHECKED}
            move(self, "state", sources, ImportState.REFUSED, content=None, lease_until=None)
            self.parts.all().delete()

    def _finish(self, source: str, target: str, **also: Any) -> None:
        where = {"fence": self.fence}
        move(self, "state", {source}, target, where=where, content=None, lease_until=None, **also)


class StagedPart(models.Model):
    """Some hundred rows of a file, encrypted, until they are stored; and what is wrong with the others of them."""

    batch = models.ForeignKey(OfficialImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    rows_sealed = EncryptedBytesField(null=True)
    problems_sealed = EncryptedBytesField()

    class Meta:
        """In the order of the file."""

        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="staged_part_once")]

    @property
    def rows(self) -> list[list[Any]]:
        """What may be stored, a list of values each; empty once it is."""
        return list(json.loads(self.rows_sealed)) if self.rows_sealed else []

    @property
    def problems(self) -> list[list[Any]]:
        """[row number, column, code, another row's number or null] of each problem."""
        return list(json.loads(self.problems_sealed))
