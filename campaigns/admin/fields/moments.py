"""Dates and hours as an organiser types them: to the minute, in the zone of the action."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mobilise.time_zones import time_zones

# Said the same way in all languages: 11/12 is read as two different days.
MOMENT_FORMAT = "j M Y, H:i"
DAY_FORMAT = "j M Y"
# As the phone's picker gives and takes it.
MOMENT_TYPED = "%Y-%m-%dT%H:%M"
# The zones of France, overseas included; everything else follows by name.
FRENCH_ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "America/Marigot",
    "America/St_Barthelemy",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Wallis",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Gambier",
)
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All zones, those of France first, in groups for a phone's own list."""
    others = sorted(zone for zone in time_zones() if zone.partition("/")[0] in REGIONS)
    rest = [(zone, zone) for zone in ["UTC", *others] if zone not in FRENCH_ZONES]
    return [(_("France"), [(zone, zone.replace("_", " ")) for zone in FRENCH_ZONES]), (_("elsewhere"), rest)]


def zone_of(text: str | None, default: str) -> str:
    """``text`` if it names a zone, else ``default``."""
    return text if text in time_zones() else default


class DayInput(forms.DateInput):
    """The phone's own picker for a day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The phone's own picker for a day and an hour."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format=MOMENT_TYPED)


class MomentField(forms.DateTimeField):
    """A moment to the minute, said in the current zone."""

    widget = MomentInput
    # As it is stored; see keep_moments.
    kept: datetime | None = None

    def to_python(self, value: Any) -> datetime | None:
        """An hour that comes twice in a night says no one moment, unless it is the one that is stored."""
        try:
            return super().to_python(value)
        except ValidationError:
            if self.kept is None or _as_typed(self.kept) != value:
                raise
            return self.kept.replace(second=0, microsecond=0)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The seconds of a stored moment are not shown, so their absence is no change."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


def keep_moments(form: Any) -> None:
    """Plans and copies put moments into an hour that comes twice: a page that shows them can be saved all the same."""
    for name, field in form.fields.items():
        if isinstance(field, MomentField):
            field.kept = getattr(form.instance, name, None)


def _as_typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(MOMENT_TYPED)


class ZoneSelect(forms.Select):
    """The list of zones in one template: Django renders two more for each of its five hundred lines."""

    template_name = "mobilise/zones.html"

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's own template, which Django's form renderer does not look at."""
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string(self.template_name, context))  # noqa: S308  # a template of ours escapes


class ZoneField(forms.TypedChoiceField):
    """A choice among all zones."""

    widget = ZoneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zone_choices, **kwargs)
