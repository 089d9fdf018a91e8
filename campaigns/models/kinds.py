"""One table per kind of action, for what only that kind has."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.kinds import Kind, Purpose
from campaigns.models.action import SHOWN, Action, ActionState, validate_web_address
from campaigns.models.alert import Alert
from campaigns.models.alerts.queryset import Held
from campaigns.models.audit import Act
from campaigns.models.campaign import validate_hashtag
from campaigns.models.declaration import Declaration
from campaigns.models.transitions import IllegalTransition, move
from mobilise.fields import TranslatedField

# A case that nobody confirmed for so long is shown as unconfirmed. The app counts the same hours.
UNCONFIRMED_AFTER = timedelta(hours=24)
CLOCKS_DIFFER_BY = timedelta(minutes=5)


class HashtagPush(Action):
    """Writing in one's own words under one hashtag, in one window."""

    KIND = Kind.HASHTAG_PUSH
    MOVES_ALONG = (*Action.MOVES_ALONG, "reveal_at")

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
    # Others have taken it over: nobody is told it any more.
    withdrawn_at = models.DateTimeField(null=True, editable=False)

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
        return self.withdrawn_at is None and (self.reveal_at is None or now >= self.reveal_at)

    def with_same_hashtag(self) -> "list[HashtagPush]":
        """The campaign's others that tell or will tell the same one, capitals apart."""
        pushes: models.QuerySet[HashtagPush] = models.QuerySet(HashtagPush)
        others = pushes.filter(campaign_id=self.campaign_id, state__in=SHOWN, withdrawn_at=None).exclude(pk=self.pk)
        return [one for one in others.order_by("pk") if one.hashtag.casefold() == self.hashtag.casefold()]

    def withdraw_hashtag(self, now: datetime, by: User | None = None) -> None:
        """For good; what is not over is cancelled, its alerts are the caller's. Raises IllegalTransition."""
        with transaction.atomic():
            pushes: models.QuerySet[HashtagPush] = models.QuerySet(HashtagPush)
            untouched = pushes.filter(pk=self.pk, withdrawn_at=None)
            if self.state not in SHOWN or not untouched.update(withdrawn_at=now):
                raise IllegalTransition(self, "state", "withdrawn")
            self.withdrawn_at = now
            self.note(Act.HASHTAG_WITHDRAWN, by, f"#{self.hashtag}")
            Action.objects.filter(pk=self.pk).update(revised_at=now)
            if self.state == ActionState.PUBLISHED and not self.is_over(now):
                self.cancel(by)


class RallyCall(Action):
    """Coming together, in one or several places."""

    KIND = Kind.RALLY_CALL

    declaration = models.CharField(_("declaration"), max_length=12, choices=Declaration)
    practical = TranslatedField(_("practical information"), max_length=1200, multiline=True, blank=True)

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("rally call")
        verbose_name_plural = _("rally calls")

    def leave_behind(self, original: Action) -> None:
        """Each rally is declared for its own day."""
        super().leave_behind(original)
        self.declaration = Declaration.UNDECLARED

    def is_open(self, now: datetime) -> bool:
        """Nobody is led to a banned rally."""
        return super().is_open(now) and self.declaration != Declaration.BANNED

    def set_declaration(self, status: str, by: User | None = None) -> Held:
        """Any status -> another one. Raises IllegalTransition when it is this one already.

        A ban holds at once what would be sent; the end of a ban lets nothing go by itself, corrections of it included.
        """
        others = set(Declaration.values) - {status}
        was_banned = self.declaration == Declaration.BANNED
        with transaction.atomic():
            move(self, "declaration", others, status)
            self.note(Act.DECLARATION_CHANGED, by, self.get_declaration_display())
            alerts = Alert.objects.filter(action_id=self.pk)
            if status == Declaration.BANNED:
                return alerts.exclude(purpose=Purpose.CORRECTION).hold(by)
            return alerts.hold(by) if was_banned else Held([], [])


class SolidarityAlert(Action):
    """Someone is summoned by the police: come, relay, sign, give."""

    KIND = Kind.SOLIDARITY_ALERT

    what_to_do = TranslatedField(_("what to do"), max_length=1200, multiline=True, blank=True)
    source = models.CharField(
        _("source"), max_length=200, help_text=_("Who confirmed it, without a name: everybody sees this.")
    )
    checked_at = models.DateTimeField(_("last checked at"), help_text=_("When that source last confirmed it."))

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("solidarity alert")
        verbose_name_plural = _("solidarity alerts")

    def clean(self) -> None:
        """Nothing is checked in the future."""
        super().clean()
        if self.checked_at and self.checked_at > timezone.now() + CLOCKS_DIFFER_BY:
            raise ValidationError({"checked_at": _("This is in the future: when was it last confirmed?")})

    @property
    def unconfirmed_from(self) -> datetime:
        """From then on nobody should take it for true without another check."""
        return self.checked_at + UNCONFIRMED_AFTER

    def is_unconfirmed(self, now: datetime) -> bool:
        """Whether its last check is too long ago."""
        return now > self.unconfirmed_from

    def confirm(self, source: str, now: datetime, by: User | None = None) -> None:
        """Still true now, says ``source``. Raises ValidationError when no source is named."""
        self.source, self.checked_at = source.strip(), now
        self.clean_fields(exclude={each.name for each in self._meta.fields} - {"source"})
        with transaction.atomic():
            self.save(update_fields=["source", "checked_at"])
            self.note(Act.CASE_CONFIRMED, by, self.source)
