"""Silence periods: days on which a campaign sends nothing, such as the eve and the day of a ballot."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class SilencePeriodQuerySet(models.QuerySet["SilencePeriod"]):
    """Looking for silence."""

    def touching(self, campaign: Campaign, start: datetime, end: datetime) -> "SilencePeriodQuerySet":
        """Those that have a moment in common with ``start`` .. ``end`` (exclusive), on the campaign's clock."""
        first, last = _days(start, end, ZoneInfo(campaign.time_zone))
        return self.filter(campaign_id=campaign.pk, first_day__lte=last, last_day__gte=first)


class SilencePeriod(models.Model):
    """Whole days of the campaign's zone, the first and the last included."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="silence_periods")
    first_day = models.DateField(_("first day"), help_text=_("For a ballot: its eve."))
    last_day = models.DateField(_("last day"), help_text=_("For a ballot: its day."))

    objects = SilencePeriodQuerySet.as_manager()

    class Meta:
        """In the order of time."""

        ordering = ("first_day", "pk")
        constraints = [models.CheckConstraint(name="silence_days", condition=Q(last_day__gte=F("first_day")))]
        verbose_name = _("silence period")
        verbose_name_plural = _("silence periods")

    def __str__(self) -> str:
        days = date_format(self.first_day, "j M Y"), date_format(self.last_day, "j M Y")
        return days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"

    def touches(self, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
        """Whether it has a moment in common with ``start`` .. ``end`` (exclusive), on the clock of ``zone``."""
        first, last = _days(start, end, zone)
        return self.first_day <= last and self.last_day >= first

    def clean(self) -> None:
        """It has a length."""
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day cannot come before the first.")})


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of ``start`` .. ``end`` (exclusive)."""
    return start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
