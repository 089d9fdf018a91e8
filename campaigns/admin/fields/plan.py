"""When an alert goes out, as one says it: a number, a unit, before or after the start or the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import AlertAnchor

MOST = 999


class Relation(models.TextChoices):
    """What the number is counted from, and in which direction."""

    BEFORE_START = "before_start", _("before the start")
    AFTER_START = "after_start", _("after the start")
    BEFORE_END = "before_end", _("before the end")
    AFTER_END = "after_end", _("after the end")
    FIXED = "fixed", _("at a moment of its own")


class Unit(models.TextChoices):
    """How the number counts. Days are those of the wall clock."""

    MINUTES = "m", _("minutes")
    HOURS = "h", _("hours")
    DAYS = "d", _("days")


LENGTHS = {Unit.DAYS: timedelta(days=1), Unit.HOURS: timedelta(hours=1), Unit.MINUTES: timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Plan:
    """So long from the anchor; before it: negative."""

    anchor: str = AlertAnchor.FIXED
    offset: timedelta = timedelta(0)

    @property
    def parts(self) -> tuple[int | None, str, str]:
        """(number, unit, relation): in the greatest unit that leaves no rest."""
        if self.anchor == AlertAnchor.FIXED:
            return None, Unit.HOURS, Relation.FIXED
        length = abs(self.offset)
        unit = next((unit for unit, one in LENGTHS.items() if length and length % one == timedelta(0)), Unit.MINUTES)
        side = "before" if self.offset < timedelta(0) else "after"
        return length // LENGTHS[unit], unit, f"{side}_{self.anchor}"

    def in_words(self) -> str:
        """As an organiser reads it: "3 hours before the start"."""
        number, unit, relation = self.parts
        if number is None:
            return gettext("at a moment of its own")
        if number == 0:
            return gettext("at the start") if self.anchor == AlertAnchor.START else gettext("at the end")
        amount = {
            Unit.MINUTES: ngettext("%(n)d minute", "%(n)d minutes", number),
            Unit.HOURS: ngettext("%(n)d hour", "%(n)d hours", number),
            Unit.DAYS: ngettext("%(n)d day", "%(n)d days", number),
        }[Unit(unit)] % {"n": number}
        return f"{amount} {Relation(relation).label}"


class PlanWidget(forms.MultiWidget):
    """Three inputs in a row, each with its own name and label."""

    template_name = "mobilise/plan.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "number": forms.NumberInput({"min": 0, "max": MOST, "inputmode": "numeric"}),
            "unit": forms.Select(choices=Unit.choices),
            "relation": forms.Select(choices=Relation.choices),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Plan | None) -> list[Any]:
        """Number, unit, relation."""
        return list((value or Plan()).parts)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's own templates, which Django's form renderer does not look at."""
        context = self.get_context(name, value, attrs)["widget"]
        number, unit, relation = context["subwidgets"]
        parts = {"number": number, "unit": unit, "relation": relation}
        return mark_safe(render_to_string(self.template_name, parts))  # noqa: S308  # a template of ours escapes

    def id_for_label(self, id_: str) -> str:
        """The field's own label names the group; each input has its own."""
        return ""


class PlanField(forms.MultiValueField):
    """A Plan. Nothing at all is a moment of its own, typed beside it."""

    widget = PlanWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [
            forms.IntegerField(min_value=0, max_value=MOST, required=False),
            forms.ChoiceField(choices=Unit.choices, required=False),
            forms.ChoiceField(choices=Relation.choices, required=False),
        ]
        super().__init__(fields, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> Plan:
        """Raises ValidationError when it is relative to something without a number."""
        number, unit, relation = data_list or (None, "", "")
        if relation in ("", Relation.FIXED):
            return Plan()
        if number is None:
            raise ValidationError(gettext("Say how many minutes, hours or days."), code="number")
        side, _sep, anchor = relation.partition("_")
        offset = number * LENGTHS[Unit(unit or Unit.HOURS)]
        return Plan(AlertAnchor(anchor), -offset if side == "before" else offset)

    def has_changed(self, initial: Plan | None, data: Any) -> bool:
        """By what is meant: 24 hours are a day."""
        if self.disabled:
            return False
        try:
            return (self.clean(data) or Plan()) != (initial or Plan())
        except ValidationError:
            return True
