"""A recap as a file for a spreadsheet: counts only, small ones told as on the page, nothing that could be a formula.

UTF-8 with a byte order mark, by which Excel knows it; semicolons where a French spreadsheet expects them.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.admin.recap.funnel import LABELS, Step
from campaigns.admin.recap.over_time import OverTime
from campaigns.admin.recap.recap import ActionRecap, CampaignRecap
from campaigns.admin.recap.telling import How, Told
from campaigns.models import Action, Figure
from mobilise.fields import pick

BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is a formula to Excel, LibreOffice or Google's.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Action, part, what, from, to, number, how it is known, source.
Row = tuple[str, str, str, str, str, int | None, str, str]


def answer(rows: Iterable[Row], name: str) -> HttpResponse:
    """The file, to be stored under that name."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if get_language() == "fr" else ",", lineterminator="\r\n")
    heads = (_("action"), _("part"), _("what"), _("from"), _("to"), _("number"), _("how it is known"), _("source"))
    writer.writerow(heads)
    for row in rows:
        writer.writerow(["" if cell is None else defuse(cell) for cell in row])
    day = timezone.localdate().isoformat()
    response = HttpResponse(BYTE_ORDER_MARK + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recap-{name}-{day}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def defuse(cell: str | int) -> str | int:
    """A text that a spreadsheet would compute gets an apostrophe before it, by which it stays a text."""
    if isinstance(cell, int) or not cell.lstrip(" ").startswith(FORMULA):
        return cell
    return f"'{cell}"


def rows_of_action(recap: ActionRecap, language: str) -> Iterator[Row]:
    """All that the page shows."""
    action = recap.action
    title = str(action)
    for step in recap.funnel:
        yield _row(title, _("funnel"), step.label, step.told)
    yield _row(title, _("beside it"), _("joined without confirmed alerts"), recap.unconfirmed)
    for line in recap.lines:
        for key in ("followers", "accepted", "shown", "opened"):
            at = _when(line.alert.started_at, action.zone)
            yield _row(title, _("alert: %(alert)s") % {"alert": line.alert}, str(LABELS[key]), getattr(line, key), at)
    yield from _growth(recap.chart, action)
    for place in recap.places or ():
        yield _row(title, _("by gathering"), place.name, Told(place.number, How.EXACT))
    yield from _figures(recap.figures, action, language)


def rows_of_campaign(recap: CampaignRecap, language: str) -> Iterator[Row]:
    """The sums, then action by action."""
    yield _row("", _("campaign"), _("followers now"), recap.followers)
    for step in recap.funnel:
        yield _row("", _("all actions"), step.label, step.told)
    for row in recap.rows:
        for step in row.steps:
            yield _row_of_step(row.action, step)
    for figure in recap.figures:
        yield from _figures([figure], figure.action, language)


def _row_of_step(action: Action, step: Step) -> Row:
    begins, ends = _when(action.starts_at, action.zone), _when(action.ends_at, action.zone)
    return _row(str(action), _("funnel"), step.label, step.told, begins, ends)


def _row(title: str, part: str, what: str, told: Told, begins: str = "", ends: str = "") -> Row:
    return title, part, what, begins, ends, told.value, str(told.how.label), ""


def _figures(figures: Iterable[Figure], action: Action, language: str) -> Iterator[Row]:
    main, typed = action.campaign.main_language, _("typed by hand")
    for figure in figures:
        what, source = pick(figure.label, language, main), pick(figure.source, language, main)
        at = _when(figure.as_of, action.zone)
        yield str(action), _("seen elsewhere"), what, at, "", figure.value, typed, source


def _growth(chart: OverTime | None, action: Action) -> Iterator[Row]:
    """How many more from one rise to the next; the first line has no beginning."""
    if chart is None:
        return
    begins = ""
    for rise in chart.rises:
        ends = _when(rise.at, action.zone)
        yield _row(str(action), _("over time"), str(LABELS[chart.stage]), Told(rise.new, How.EXACT), begins, ends)
        begins = ends


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    """As spreadsheets read it, in the action's zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
