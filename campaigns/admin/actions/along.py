"""An action that is put off as a whole takes along what has an hour of its own, where nobody typed another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.admin.alerts.moving import Hours
from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.models import Action, Gathering
from campaigns.models.wall_clock import move_along, move_window_along

OWN_HOURS = ("starts_at", "ends_at")


def is_put_off(before: Hours, after: Hours) -> bool:
    """Whether it moved as a whole: to another day, or with its length kept. Else it only became longer or shorter."""
    begins, ends = (_clock(one, before) for one in (before.starts_at, before.ends_at))
    now_begins, now_ends = (_clock(one, after) for one in (after.starts_at, after.ends_at))
    if begins == now_begins:
        return False
    return begins.date() != now_begins.date() or now_ends - now_begins == ends - begins


def take_along(row: Action, before: Hours, after: Hours, untouched: Iterable[str]) -> dict[str, datetime]:
    """{column: new moment} of the action's own that were not typed. What has come already stays."""
    if not is_put_off(before, after):
        return {}
    now = timezone.now()
    columns = {name: getattr(row, name) for name in row.MOVES_ALONG if name in untouched and name not in OWN_HOURS}
    return {
        name: move_along(moment, before.starts_at, after.starts_at, after.zone)
        for name, moment in columns.items()
        if moment and moment > now
    }


def take_gatherings_along(request: HttpRequest, action: Action, before: Hours, formsets: Iterable[Any]) -> None:
    """Those that nobody changed the hours of; says where they are now, or that they stay."""
    after = Hours(action.starts_at, action.ends_at, action.zone)
    waiting = Gathering.objects.filter(action_id=action.pk, starts_at__gt=timezone.now())
    rows = list(waiting.exclude(pk__in=_typed(formsets)))
    if not rows or _clock(before.starts_at, before) == _clock(after.starts_at, after):
        return
    if not is_put_off(before, after):
        messages.warning(request, _("The hours of its places stay as they are: look at them."))
        return
    for row in rows:
        _move(row, before, after)
        row.save(update_fields=OWN_HOURS)
    _say(request, [(str(row), row.starts_at) for row in rows])


def say_moved(request: HttpRequest, action: Action, moved: Iterable[str]) -> None:
    """Of the action's own."""
    found = [(capfirst(str(action._meta.get_field(name).verbose_name)), getattr(action, name)) for name in moved]  # type: ignore[union-attr]  # columns all have one
    if found:
        _say(request, found)


def _move(row: Gathering, before: Hours, after: Hours) -> None:
    way = (before.starts_at, after.starts_at, after.zone)
    if row.ends_at:
        row.starts_at, row.ends_at = move_window_along((row.starts_at, row.ends_at), *way)
    else:
        row.starts_at = move_along(row.starts_at, *way)


def _typed(formsets: Iterable[Any]) -> set[int]:
    """The gatherings of whose hours somebody just thought."""
    of_places = [formset for formset in formsets if formset.model is Gathering]
    found = {row.pk for formset in of_places for row in formset.new_objects}
    return found | {
        row.pk for formset in of_places for row, names in formset.changed_objects if set(names) & set(OWN_HOURS)
    }


def _clock(moment: datetime, hours: Hours) -> datetime:
    return moment.astimezone(hours.zone).replace(tzinfo=None, second=0, microsecond=0)


def _say(request: HttpRequest, moved: list[tuple[str, datetime]]) -> None:
    told = [f"{what}: {date_format(timezone.localtime(at), MOMENT_FORMAT)}" for what, at in moved]
    messages.info(request, _("Moved with the action: %(moved)s. Look at it.") % {"moved": "; ".join(told)})
