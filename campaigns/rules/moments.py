"""Hours and days in the texts of alerts, in the language of the text."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation


def say_hour(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """ "21 h 10", "9 h"; elsewhere "21:10"."""
    local = moment.astimezone(zone)
    if language != "fr":
        return f"{local:%H:%M}"
    return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"


def say_moment(moment: datetime, zone: ZoneInfo, language: str, now: datetime) -> str:
    """The hour; with the day of the week when it is not today, with the date when that is a week away."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = abs((local.date() - today).days)
    hour = say_hour(moment, zone, language)
    if days == 0:
        return hour
    with translation.override(language):
        day = formats.date_format(local, "l" if days < 7 else "l j F")
    return f"{day} {hour}"
