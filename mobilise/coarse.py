"""Moments that stand beside a phone: to the hour, so that none tells when somebody held it in their hand."""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


def next_hour(moment: datetime) -> datetime:
    """The full hour that follows; one that is full already stays."""
    full = moment.replace(minute=0, second=0, microsecond=0)
    return full if full == moment else full + HOUR
