"""A person of a solidarity alert: where their case stands, and their consent to be named."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.alert import Alert
from campaigns.models.audit import Act
from campaigns.models.cases.withheld import WithheldName
from campaigns.models.kinds import SolidarityAlert
from campaigns.models.transitions import move
from mobilise.fields import EncryptedTextField, TranslatedField


class PersonStatus(models.TextChoices):
    """Where a person stands."""

    SUMMONED = "summoned", _("summoned")
    HELD = "held", _("held")
    RELEASED = "released", _("released")
    CHARGED = "charged", _("charged")
    DROPPED = "dropped", _("case dropped")


NEXT_STATUSES: dict[str, frozenset[str]] = {
    PersonStatus.SUMMONED: frozenset({"held", "released", "charged", "dropped"}),
    PersonStatus.HELD: frozenset({"released", "charged"}),
    PersonStatus.RELEASED: frozenset({"summoned", "held", "charged", "dropped"}),
    PersonStatus.CHARGED: frozenset({"released", "held", "dropped"}),
    PersonStatus.DROPPED: frozenset(),
}


class Person(models.Model):
    """A person of a solidarity alert: named only with a dated consent that can be withdrawn."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    alert_case = models.ForeignKey(SolidarityAlert, on_delete=models.CASCADE, related_name="persons")
    name = EncryptedTextField(
        _("name"),
        blank=True,
        help_text=_("Only with the person's own dated consent; without it: “one person”."),
    )
    consented_on = models.DateField(_("consent to be named, given on"), null=True, blank=True)
    consent_how = EncryptedTextField(
        _("how it was given"),
        blank=True,
        help_text=_("In a few words: by whom it was asked, in writing or aloud. Only organisers see this."),
    )
    withdrawn_on = models.DateField(_("consent withdrawn on"), null=True, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=PersonStatus, default=PersonStatus.SUMMONED, editable=False
    )
    place = TranslatedField(_("where"), max_length=160, blank=True)
    at = models.DateTimeField(_("hour of the summons"), null=True, blank=True)

    class Meta:
        """In the order in which they were added."""

        ordering = ("pk",)
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self) -> str:
        return str(_("one person"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new person begins with the step "summoned". A name that goes is known again where it must not stand."""
        new = self.pk is None
        with transaction.atomic():
            if not new:
                self._remember_stored_name()
            super().save(*args, **kwargs)
            if new:
                self.steps.create(status=self.status, at=self.alert_case.checked_at)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """With the person the consent goes; the name stays withheld."""
        with transaction.atomic():
            self._remember_stored_name(but="")
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """No name without a consent: when it was given, and how."""
        super().clean()
        problems: dict[str, Any] = {}
        if self.consented_on and self.consented_on > timezone.localdate():
            problems["consented_on"] = _("A consent is not given in the future.")
        if self.name and not self.consented_on:
            problems["name"] = _("A name needs the person's consent and its date. Leave it empty without.")
        elif self.name and not self.consent_how.strip():
            problems["consent_how"] = _("Write how the consent was given: without it a name cannot be shown.")
        if self.name and self.consented_on and self.withdrawn_on and self.consented_on < self.withdrawn_on:
            problems["consented_on"] = _("The consent was withdrawn since: a name needs a new one.")
        if problems:
            raise ValidationError(problems)

    @property
    def has_consent(self) -> bool:
        """Whether the person may be named now."""
        return self.consented_on is not None and (self.withdrawn_on is None or self.consented_on >= self.withdrawn_on)

    @property
    def public_name(self) -> str | None:
        """The name if there is a consent, else None ("one person")."""
        return self.name if self.name and self.has_consent else None

    def withdraw_consent(self, on: date, by: User | None = None) -> None:
        """The name goes, and how the consent was given; the days of both stay. `withdrawal` looks after the texts."""
        self.name, self.consent_how, self.withdrawn_on = "", "", on
        if self.consented_on and self.consented_on >= on:
            # Given and withdrawn on one day: the later one holds.
            self.consented_on = None
        with transaction.atomic():
            self.save(update_fields=["name", "consent_how", "consented_on", "withdrawn_on"])
            self.alert_case.note(Act.CONSENT_WITHDRAWN, by)

    def become(self, status: str, now: datetime, by: User | None = None) -> "PersonStep":
        """Moves on to ``status`` and notes the step. Raises IllegalTransition."""
        sources = {source for source, targets in NEXT_STATUSES.items() if status in targets}
        with transaction.atomic():
            move(self, "status", sources, status)
            self.alert_case.note(Act.PERSON_MOVED, by, self.get_status_display())
            return self.steps.create(status=status, at=now)

    def _remember_stored_name(self, but: str | None = None) -> None:
        stored = Person.objects.filter(pk=self.pk).values_list("name", flat=True).first()
        if stored and stored != (self.name if but is None else but):
            WithheldName.objects.remember(self.alert_case, str(stored))


class PersonStep(models.Model):
    """One moment in a person's case, and the alert that was proposed with it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=PersonStatus)
    at = models.DateTimeField()
    proposal = models.ForeignKey(Alert, on_delete=models.SET_NULL, null=True, related_name="proposed_by")

    class Meta:
        """As it happened."""

        ordering = ("pk",)
