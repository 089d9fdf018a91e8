"""One table per kind of action, for what only that kind has."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.kinds import Kind
from campaigns.models.action import Action, validate_web_address
from campaigns.models.campaign import validate_hashtag
from campaigns.models.transitions import move
from mobilise.fields import EncryptedTextField, TranslatedField


class HashtagPush(Action):
    """Writing in one's own words under one hashtag, in one window."""

    KIND = Kind.HASHTAG_PUSH

    hashtag = models.CharField(
        _("hashtag"), max_length=80, validators=[validate_hashtag], help_text=_("Without the # sign.")
    )
    reveal_at = models.DateTimeField(
        _("revealed at"),
        null=True,
        blank=True,
        help_text=_("Before this moment nobody gets the hashtag: used early, it does not trend. Empty: at once."),
    )
    link = models.CharField(_("link to share"), max_length=500, blank=True, validators=[validate_web_address])
    talking_points = TranslatedField(
        _("talking points"),
        max_length=2000,
        multiline=True,
        blank=True,
        help_text=_("One per line. To be read, not copied."),
    )
    questions = TranslatedField(
        _("questions"),
        max_length=2000,
        multiline=True,
        blank=True,
        help_text=_("One per line; empty: the usual ones."),
    )

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("hashtag push")
        verbose_name_plural = _("hashtag pushes")

    def clean(self) -> None:
        """It is revealed before its end."""
        super().clean()
        if self.reveal_at and self.ends_at and self.reveal_at >= self.ends_at:
            raise ValidationError({"reveal_at": _("The hashtag must be revealed before the end.")})
        if self.reveal_at and self.hashtag:
            self._refuse_hashtag_in("title", "summary")

    def _refuse_hashtag_in(self, *fields: str) -> None:
        """Title and summary are shown before the hashtag is revealed."""
        hashtag = self.hashtag.casefold()
        telling = [name for name in fields if any(hashtag in text.casefold() for text in getattr(self, name).values())]
        if telling:
            problem = _("This is shown before the hashtag is revealed: leave the hashtag out.")
            raise ValidationError(dict.fromkeys(telling, problem))

    def is_revealed(self, now: datetime) -> bool:
        """Whether the hashtag may be told now."""
        return self.reveal_at is None or now >= self.reveal_at


class Declaration(models.TextChoices):
    """Where a rally stands with the authorities."""

    DECLARED = "declared", _("declared")
    UNDECLARED = "undeclared", _("not declared")
    BANNED = "banned", _("banned")


class RallyCall(Action):
    """Coming together, in one or several places."""

    KIND = Kind.RALLY_CALL

    declaration = models.CharField(_("declaration"), max_length=12, choices=Declaration)
    practical = TranslatedField(_("practical information"), max_length=1200, multiline=True, blank=True)

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("rally call")
        verbose_name_plural = _("rally calls")

    def is_open(self, now: datetime) -> bool:
        """Nobody is led to a banned rally."""
        return super().is_open(now) and self.declaration != Declaration.BANNED


class SolidarityAlert(Action):
    """Someone is summoned by the police: come, relay, sign, give."""

    KIND = Kind.SOLIDARITY_ALERT

    what_to_do = TranslatedField(_("what to do"), max_length=1200, multiline=True, blank=True)
    source = models.CharField(_("source"), max_length=200, help_text=_("Who confirmed it: not shown with a name."))
    checked_at = models.DateTimeField(_("last checked at"))

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("solidarity alert")
        verbose_name_plural = _("solidarity alerts")


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

    def save(self, *args: object, **kwargs: object) -> None:
        """A new person begins with the step "summoned"."""
        new = self.pk is None
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        if new:
            self.steps.create(status=self.status, at=self.alert_case.checked_at)

    def clean(self) -> None:
        """No name without a consent."""
        super().clean()
        if self.name and not self.consented_on:
            raise ValidationError(
                {"name": _("A name needs the person's consent and its date. Leave it empty without.")}
            )

    @property
    def public_name(self) -> str | None:
        """The name if there is a consent, else None ("one person")."""
        return self.name if self.name and self.consented_on else None

    def withdraw_consent(self) -> None:
        """The name goes, here and in all that is shown from here."""
        self.name, self.consented_on = "", None
        self.save(update_fields=["name", "consented_on"])

    def become(self, status: str, now: datetime) -> None:
        """Moves on to ``status`` and notes the step. Raises IllegalTransition."""
        sources = {source for source, targets in NEXT_STATUSES.items() if status in targets}
        with transaction.atomic():
            move(self, "status", sources, status)
            self.steps.create(status=status, at=now)


class PersonStep(models.Model):
    """One moment in a person's case."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=PersonStatus)
    at = models.DateTimeField()

    class Meta:
        """As it happened."""

        ordering = ("pk",)
