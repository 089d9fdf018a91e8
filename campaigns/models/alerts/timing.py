"""When an alert goes out: at a moment of its own, or so long before or after its action starts or ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.action import Action

ONE_DAY = timedelta(days=1)


class AlertAnchor(models.TextChoices):
    """What an alert's minute is counted from."""

    FIXED = "fixed", _("a moment of its own")
    START = "start", _("the start")
    END = "end", _("the end")


def shift_local(moment: datetime, offset: timedelta, zone: ZoneInfo) -> datetime:
    """Whole days are counted on the wall clock: "the day before" is the same hour also across a clock change."""
    local = moment.astimezone(zone)
    whole_days = timedelta(days=offset.days) if offset % ONE_DAY == timedelta(0) else timedelta(0)
    shifted = (local.replace(tzinfo=None) + whole_days).replace(tzinfo=zone)
    return shifted.astimezone(moment.tzinfo) + (offset - whole_days)


class TimedAlert(models.Model):
    """The plan of an alert: where its minute is counted from. The minute itself is stored beside it."""

    anchor = models.CharField(_("counted from"), max_length=5, choices=AlertAnchor, default=AlertAnchor.FIXED)
    # From the anchor; before it: negative. Whole days are days on the wall clock.
    offset = models.DurationField(_("how long before or after"), default=timedelta)
    send_at = models.DateTimeField(_("send at"))
    expires_at = models.DateTimeField(_("useful until"), help_text=_("Nothing is sent after this moment."))
    # The start of the action as it was known when the alert went out (a correction: when it was written).
    told_start = models.DateTimeField(null=True, editable=False)

    class Meta:
        """Columns of the alert's own table."""

        abstract = True

    @property
    def is_relative(self) -> bool:
        """Whether it moves with its action."""
        return self.anchor != AlertAnchor.FIXED

    def moment_for(self, action: Action) -> datetime:
        """The minute that the plan gives it for this action. Only for a relative one."""
        counted_from = action.starts_at if self.anchor == AlertAnchor.START else action.ends_at
        return shift_local(counted_from, self.offset, action.zone).replace(second=0, microsecond=0)

    def window_for(self, action: Action) -> tuple[datetime, datetime]:
        """The send window that the plan gives it for this action; it stays as long as it is."""
        moment = self.moment_for(action) if self.is_relative else self.send_at
        if abs(moment - self.send_at) < timedelta(minutes=1):
            return self.send_at, self.expires_at
        return moment, moment + (self.expires_at - self.send_at)
