"""What a campaign may not do to its followers: too many alerts a day, alerts in its silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.kinds import Kind, Purpose
from campaigns.models.campaign import Campaign
from campaigns.models.silence import SilencePeriod

if TYPE_CHECKING:
    from campaigns.models.alert import Alert

# Alerts of one campaign on one day of its zone; solidarity alerts and corrections aside.
MOST_PER_DAY = 5


class HeldBack(models.TextChoices):
    """Why an alert was a draft again when its minute came."""

    CHANGED = "changed", gettext_lazy("it was not what had been scheduled any more, or said too much too early")
    SILENCE = "silence", gettext_lazy("the campaign keeps silence")
    BANNED = "banned", gettext_lazy("the rally was banned")
    STALE = "stale", gettext_lazy("nobody had confirmed the case for 24 hours")
    FEW = "few", gettext_lazy("the narrowed audience had become too small")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one campaign allows about the time of some alerts, read in two statements however many they are."""

    zone: ZoneInfo
    silence: list[SilencePeriod]
    taken: dict[int, date]  # {alert id: its day} of those that take a place of their day

    @classmethod
    def about(cls, alerts: "Sequence[Alert]") -> Self:
        """For alerts of one campaign, at least one."""
        campaign = alerts[0].action.campaign
        zone = ZoneInfo(campaign.time_zone)
        days = [one.astimezone(zone).date() for alert in alerts for one in (alert.send_at, alert.expires_at)]
        since = datetime.combine(min(days), time.min, zone)
        until = datetime.combine(max(days) + timedelta(days=1), time.min, zone)
        taking = type(alerts[0]).objects.taking_a_place(campaign.pk, since, until).order_by()
        taken = {pk: send_at.astimezone(zone).date() for pk, send_at in taking.values_list("pk", "send_at")}
        return cls(zone, list(SilencePeriod.objects.touching(campaign, since, until)), taken)

    def silence_of(self, alert: "Alert") -> SilencePeriod | None:
        """The silence that its send window touches."""
        return next((one for one in self.silence if one.touches(alert.send_at, alert.expires_at, self.zone)), None)

    def is_full_for(self, alert: "Alert") -> bool:
        """Whether its day has no place left for it."""
        if alert.purpose == Purpose.CORRECTION or alert.action.kind == Kind.SOLIDARITY_ALERT:
            return False
        day = alert.send_at.astimezone(self.zone).date()
        return sum(taken == day for pk, taken in self.taken.items() if pk != alert.pk) >= MOST_PER_DAY

    def problems(self, alert: "Alert") -> list[str]:
        """Why it may not be scheduled in this campaign at this moment, in words."""
        problems = []
        if silence := self.silence_of(alert):
            text = _("The campaign keeps silence (%(silence)s): choose a moment and a “useful until” outside of it.")
            problems.append(text % {"silence": silence})
        if self.is_full_for(alert):
            day = date_format(alert.send_at.astimezone(self.zone), "j M Y")
            text = _("The campaign has %(most)d alerts on %(day)s already, and sends no more a day.")
            problems.append(text % {"most": MOST_PER_DAY, "day": day})
        return problems


def refuse_beyond_limits(alert: "Alert") -> None:
    """Raises ValidationError. Until the caller's transaction ends nobody else can take a place in this campaign."""
    _lock(alert)
    problems = Limits.about([alert]).problems(alert)
    if problems:
        raise ValidationError(problems, code="limits")


def refuse_rest_in_silence(alert: "Alert", now: datetime) -> None:
    """Raises ValidationError when what is left of its window touches a silence that may have been chosen since."""
    _lock(alert)
    left = max(now, alert.send_at), max(now + timedelta(minutes=1), alert.expires_at)
    if silence := SilencePeriod.objects.touching(alert.action.campaign, *left).first():
        text = _("The campaign keeps silence (%(silence)s): the rest is not sent. Cancel it.")
        raise ValidationError(text % {"silence": silence}, code="silence")


def _lock(alert: "Alert") -> None:
    # Not the key: whoever begins to follow meanwhile waits for nothing.
    Campaign.objects.select_for_update(no_key=True).get(pk=alert.action.campaign_id)
