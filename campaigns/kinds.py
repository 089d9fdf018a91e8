"""The kinds of action: what is the same for all actions of a kind, as data. A new kind is an entry here and a table."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an activist does in an action."""

    HASHTAG_PUSH = "hashtag_push", _("hashtag push")
    RALLY_CALL = "rally_call", _("rally call")
    SOLIDARITY_ALERT = "solidarity_alert", _("solidarity alert")
    BROADCAST = "broadcast", _("broadcast")
    OUTREACH = "outreach", _("outreach")


# A follow keeps the kinds it wants as one number, a bit each. Bits are never reused.
KIND_BITS: dict[str, int] = {
    Kind.HASHTAG_PUSH: 1,
    Kind.RALLY_CALL: 2,
    Kind.SOLIDARITY_ALERT: 4,
    Kind.BROADCAST: 8,
    Kind.OUTREACH: 16,
}


class Purpose(models.TextChoices):
    """What an alert is for."""

    ANNOUNCEMENT = "announcement", _("announcement")
    REMINDER = "reminder", _("reminder")
    START = "start", _("start")
    RECAP = "recap", _("recap")
    STATUS = "status", _("status change")
    CORRECTION = "correction", _("correction")


class Urgency(models.TextChoices):
    """RFC 8030, section 5.3."""

    VERY_LOW = "very-low", _("very low")
    LOW = "low", _("low")
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")


class Anchor(StrEnum):
    """What a proposed alert's minute is counted from."""

    NOW = "now"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One alert that a new action is offered: its minute (``offset`` from ``anchor``), its useful life, its texts."""

    purpose: Purpose
    anchor: Anchor
    offset: timedelta
    useful_for: timedelta
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class KindTraits:
    """How the alerts of a kind behave."""

    through_quiet_hours: bool  # sent although the device asked for silence
    discreet: bool  # what lock_screen "auto" means for it
    plan: tuple[Proposal, ...]


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


TRAITS: dict[str, KindTraits] = {
    Kind.HASHTAG_PUSH: KindTraits(
        through_quiet_hours=False,
        discreet=False,
        plan=(
            Proposal(
                Purpose.ANNOUNCEMENT,
                Anchor.START,
                -_days(1),
                _hours(12),
                {"fr": "Rendez-vous {start}.", "en": "See you {start}."},
            ),
            Proposal(
                Purpose.REMINDER, Anchor.START, -_hours(1), _hours(1), {"fr": "Dans une heure.", "en": "In one hour."}
            ),
            Proposal(
                Purpose.START, Anchor.START, _hours(0), _hours(1), {"fr": "C'est maintenant.", "en": "It is now."}
            ),
            Proposal(
                Purpose.RECAP,
                Anchor.END,
                _hours(0.5),
                _hours(12),
                {"fr": "Merci. Voici où nous en sommes.", "en": "Thank you. Here is where we stand."},
            ),
        ),
    ),
    Kind.RALLY_CALL: KindTraits(
        through_quiet_hours=False,
        discreet=False,
        plan=(
            Proposal(
                Purpose.ANNOUNCEMENT,
                Anchor.START,
                -_days(2),
                _days(1),
                {"fr": "Rendez-vous {start}.", "en": "See you {start}."},
            ),
            Proposal(
                Purpose.REMINDER,
                Anchor.START,
                -_hours(3),
                _hours(3),
                {"fr": "Dans trois heures.", "en": "In three hours."},
            ),
            Proposal(
                Purpose.RECAP,
                Anchor.END,
                _hours(1),
                _hours(12),
                {"fr": "Merci d'être venus.", "en": "Thank you for coming."},
            ),
        ),
    ),
    Kind.SOLIDARITY_ALERT: KindTraits(
        through_quiet_hours=True,
        discreet=True,
        plan=(
            Proposal(
                Purpose.ANNOUNCEMENT,
                Anchor.NOW,
                _hours(0),
                _hours(6),
                {"fr": "Rassemblement {start}.", "en": "Gathering {start}."},
            ),
            Proposal(
                Purpose.REMINDER, Anchor.START, -_hours(1), _hours(1), {"fr": "Dans une heure.", "en": "In one hour."}
            ),
            Proposal(Purpose.STATUS, Anchor.END, _hours(0), _hours(12), {"fr": "Des nouvelles.", "en": "News."}),
        ),
    ),
    Kind.BROADCAST: KindTraits(
        through_quiet_hours=False,
        discreet=False,
        plan=(
            Proposal(
                Purpose.ANNOUNCEMENT,
                Anchor.START,
                -_days(1),
                _hours(12),
                {"fr": "Rendez-vous {start}.", "en": "See you {start}."},
            ),
            # Later it would say five minutes of what has begun long ago.
            Proposal(
                Purpose.REMINDER,
                Anchor.START,
                -_minutes(5),
                _minutes(15),
                {"fr": "Dans cinq minutes.", "en": "In five minutes."},
            ),
            Proposal(
                Purpose.RECAP,
                Anchor.END,
                _hours(0.5),
                _hours(12),
                {"fr": "Merci de votre écoute.", "en": "Thank you for listening."},
            ),
        ),
    ),
    # Its end is the deadline.
    Kind.OUTREACH: KindTraits(
        through_quiet_hours=False,
        discreet=False,
        plan=(
            Proposal(
                Purpose.START,
                Anchor.START,
                _hours(0),
                _hours(8),
                {"fr": "On appelle. Prenez un élu.", "en": "We are calling. Take one official."},
            ),
            Proposal(
                Purpose.REMINDER,
                Anchor.END,
                -_days(7),
                _hours(8),
                {"fr": "Plus qu'une semaine pour appeler.", "en": "One week left to call."},
            ),
            Proposal(
                Purpose.REMINDER,
                Anchor.END,
                -_days(2),
                _hours(8),
                {"fr": "Plus que deux jours pour appeler.", "en": "Two days left to call."},
            ),
            Proposal(
                Purpose.RECAP,
                Anchor.END,
                _hours(1),
                _hours(12),
                {"fr": "Merci. Voici où nous en sommes.", "en": "Thank you. Here is where we stand."},
            ),
        ),
    ),
}


def default_urgency(kind: str, purpose: str) -> Urgency:
    """Solidarity alert, start of a hashtag push, five minutes before a broadcast: high; reminder: normal; recap: low.

    What is not urgent a phone that sleeps gets when it wakes up (RFC 8030, section 5.3): that can be minutes later.
    """
    minutes_count = kind == Kind.BROADCAST and purpose == Purpose.REMINDER
    if kind == Kind.SOLIDARITY_ALERT or minutes_count or purpose in (Purpose.START, Purpose.CORRECTION):
        return Urgency.HIGH
    return Urgency.LOW if purpose == Purpose.RECAP else Urgency.NORMAL


def kinds_to_mask(kinds: list[str]) -> int:
    """The bits of these kinds."""
    return sum(KIND_BITS[kind] for kind in set(kinds))


def mask_to_kinds(mask: int) -> list[str]:
    """The kinds of these bits, in the order of the table."""
    return [kind for kind, bit in KIND_BITS.items() if mask & bit]
