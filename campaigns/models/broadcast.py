"""A broadcast: something to watch or to hear together, while it is on."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.kinds import Kind
from campaigns.models.action import Action, validate_web_address

WEEK = timedelta(days=7)


class BroadcastMedium(models.TextChoices):
    """What one needs to follow it."""

    TELEVISION = "television", _("television")
    RADIO = "radio", _("radio")
    STREAM = "stream", _("stream")
    AUDIO_SPACE = "audio_space", _("audio space")


class Broadcast(Action):
    """A television set, a radio programme, a stream, an audio space: "I'm listening" is how one takes part."""

    KIND = Kind.BROADCAST

    medium = models.CharField(_("medium"), max_length=12, choices=BroadcastMedium)
    platform = models.CharField(
        _("channel or platform"), max_length=60, help_text=_("As people know it: France 5, Twitch, X.")
    )
    link = models.CharField(
        _("link"),
        max_length=500,
        blank=True,
        validators=[validate_web_address],
        help_text=_("What the button opens. May be added later, for instance when the space is open."),
    )

    repeats_until = models.DateField(
        _("every week until"),
        null=True,
        blank=True,
        help_text=_(
            "The last day on which it may take place; empty: once only. When one begins, the next is made as a draft "
            "with its alerts as drafts: nothing of it is shown or sent unless you publish and schedule it."
        ),
    )
    # Whether the next one of the series was made: once, also if somebody has deleted it since.
    carried_on = models.BooleanField(default=False, editable=False)

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")

    def clean(self) -> None:
        """A series has at least two, and one is over before the next."""
        super().clean()
        if not (self.repeats_until and self.starts_at and self.ends_at):
            return
        if self.ends_at - self.starts_at > WEEK:
            raise ValidationError({"ends_at": _("What lasts for more than a week cannot be repeated every week.")})
        if not self.carried_on and self._local_start.date() + WEEK > self.repeats_until:
            raise ValidationError({"repeats_until": _("Choose a day at least a week after the start.")})

    @property
    def _local_start(self) -> datetime:
        return self.starts_at.astimezone(self.zone).replace(tzinfo=None)

    def next_start(self, now: datetime) -> datetime | None:
        """The next start of its series that is to come (UTC): same day and hour by the clock. None: it is over."""
        if self.repeats_until is None:
            return None
        local = self._local_start + WEEK
        while local.date() <= self.repeats_until:
            start = local.replace(tzinfo=self.zone).astimezone(UTC)
            if start > now:
                return start
            local += WEEK
        return None

    def leave_behind(self, original: Action) -> None:
        """Only the series itself goes on by itself: a copy is made by hand, once."""
        super().leave_behind(original)
        self.repeats_until = None
