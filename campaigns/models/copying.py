"""Copying an action, with all that belongs to it, to another date or into a template; never what belongs to people."""

import re
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext, override

from accounts.models import User
from campaigns.kinds import Purpose
from campaigns.models.action import Action, ActionState
from campaigns.models.action_parts import ActionLink, Gathering, Medium, MediumKind
from campaigns.models.alert import Alert
from campaigns.models.alerts.states import AlertState
from campaigns.models.alerts.telling import retold
from campaigns.models.audit import Act
from campaigns.models.campaign import Campaign
from campaigns.models.kinds import SolidarityAlert
from campaigns.models.picture import Picture
from campaigns.models.wall_clock import move_along, move_window_along
from mobilise.fields import TranslatedField

PARTS: tuple[type[Gathering] | type[ActionLink] | type[Medium], ...] = (Gathering, ActionLink, Medium)
# A shorter word of a name ("de", "El") stands in too many other texts.
LEAST_WORD = 3


@transaction.atomic
def copy_to(original: Action, starts_at: datetime, by: User) -> tuple[Action, bool]:
    """A draft of the same, starting at ``starts_at``, and whether it was made now: the second tap finds the first's.

    ``original`` is a row of its kind's own table.
    """
    _lock(original)
    live = original.copies.filter(state__in=(ActionState.DRAFT, ActionState.PUBLISHED))
    twin = live.filter(starts_at=starts_at).first()
    return (twin, False) if twin else (copy(original, starts_at, by), True)


@transaction.atomic
def keep_as_template(original: Action, by: User) -> tuple[Action, bool]:
    """A template of it, and whether it was made now: an action is kept once."""
    _lock(original)
    kept = original.copies.templates().first()
    return (kept, False) if kept else (copy(original, original.starts_at, by, state=ActionState.TEMPLATE), True)


@transaction.atomic
def copy(original: Action, starts_at: datetime, by: User | None, *, state: str = ActionState.DRAFT) -> Action:
    """Stores the copy: own identity, own participation key, alerts as drafts as far from the start as they were.

    What people did, and who they are, is not in it: no participations, no persons, no name of one. ``by`` None: the
    site itself copies.
    """
    copier = _Copier(original, starts_at)
    action = copier.copy_action(state)
    action.note(Act.ACTION_MADE, by)
    copier.copy_parts(action)
    copier.copy_alerts(action)
    return action


class _Copier:
    """One original on its way to another start."""

    def __init__(self, original: Action, starts_at: datetime) -> None:
        self._original = original
        self._is_case = isinstance(original, SolidarityAlert)
        self._names = _names_in(original)
        self._way = (original.starts_at, starts_at, original.zone)

    def copy_action(self, state: str) -> Action:
        """The action itself."""
        original = self._original
        action = type(original)(state=state, copied_from_id=original.pk, **self._typed(original))
        if state == ActionState.TEMPLATE:
            # Nobody ever takes part in it.
            action.participation_key = None
        for name in action.MOVES_ALONG:
            setattr(action, name, self._moved(getattr(action, name)))
        if action.ends_at <= action.starts_at:
            action.ends_at = action.starts_at + (original.ends_at - original.starts_at)
        action.leave_behind(original)
        self._tell_anew(action, action)
        action.save()
        return action

    def copy_parts(self, action: Action) -> None:
        """Its gatherings, links and media, with their pictures; of a case none to relay, which may show somebody."""
        for part in PARTS:
            for row in part._default_manager.filter(action_id=self._original.pk):
                if self._is_case and isinstance(row, Medium) and row.kind == MediumKind.PICTURE:
                    continue
                fresh = part(**{**self._typed(row), "action_id": action.pk})
                if isinstance(fresh, Gathering):
                    fresh.starts_at, fresh.ends_at = self._moved(fresh.starts_at), self._moved(fresh.ends_at)
                self._tell_anew(fresh, action)
                fresh.save()
                if isinstance(row, Gathering | Medium) and isinstance(fresh, Gathering | Medium):
                    Picture.objects.copy(row, fresh)

    def copy_alerts(self, action: Action) -> None:
        """Not corrections, not news of a person's case, and nothing that was called off by itself."""
        alerts = self._original.alerts.filter(corrects=None).exclude(purpose__in=(Purpose.STATUS, Purpose.CORRECTION))
        # With an action that is cancelled all its alerts are: it may be put off to another day with them.
        if self._original.state != ActionState.CANCELLED:
            alerts = alerts.exclude(state=AlertState.CANCELLED)
        for row in alerts:
            alert = Alert(**{**self._typed(row), "action_id": action.pk})
            if alert.is_relative:
                alert.send_at, alert.expires_at = alert.window_for(action)
            else:
                alert.send_at, alert.expires_at = move_window_along((row.send_at, row.expires_at), *self._way)
            self._tell_anew(alert, action)
            alert.save()

    def _moved(self, moment: Any) -> Any:
        return move_along(moment, *self._way) if moment else None

    def _typed(self, row: models.Model) -> dict[str, Any]:
        """{attribute: value} of the columns that an organiser fills in."""
        columns = [one for one in row._meta.concrete_fields if one.editable and not one.primary_key]
        return {one.attname: getattr(row, one.attname) for one in columns}

    def _tell_anew(self, row: models.Model, action: Action) -> None:
        """Its texts tell the new start where they told the old one as we propose it, and no name of a person."""
        old = (self._original.starts_at, self._original.zone)
        for column in row._meta.concrete_fields:
            if isinstance(column, TranslatedField):
                texts = retold(getattr(row, column.attname), old, action)
                limit = column.text_max_length
                setattr(row, column.attname, {code: self._unnamed(text, code)[:limit] for code, text in texts.items()})

    def _unnamed(self, text: str, language: str) -> str:
        with override(language):
            nobody = gettext("one person")
        for name in self._names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", nobody, text, flags=re.IGNORECASE)
        return text


def _lock(original: Action) -> None:
    """Of two that copy at the same moment the second waits, and then sees the first's copy."""
    Campaign.objects.select_for_update(no_key=True).get(pk=original.campaign_id)


def _names_in(original: Action) -> list[str]:
    """The whole names first, then the single words of them."""
    if not isinstance(original, SolidarityAlert):
        return []
    whole = [name for name in (person.name.strip() for person in original.persons.all()) if name]
    words = {word for name in whole for word in re.findall(r"\w+", name) if word[0].isupper()}
    return [*whole, *sorted(word for word in words if len(word) >= LEAST_WORD)]
