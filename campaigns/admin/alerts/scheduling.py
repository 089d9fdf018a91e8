"""Buttons of the form itself: what is typed is saved first, then scheduled, published or sent as a test."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.organiser_views import tied_devices_of
from campaigns import rules, tasks
from campaigns.admin.access import organiser_of
from campaigns.admin.alerts.reach import devices_in_words
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.models import Action, Alert, AlertState


def schedule(request: HttpRequest, alert: Alert) -> bool:
    """Schedules a draft (awaiting a second person where the rules want one), and says what happened."""
    if alert.state in (AlertState.SCHEDULED, AlertState.AWAITING):
        messages.info(request, _("“%(alert)s” was scheduled already.") % {"alert": alert})
        return True
    problems = rules.problems_of(alert)
    if problems:
        _say_problems(request, alert, problems)
        return False
    try:
        needs_approval = rules.needs_approval(alert)
        alert.schedule(organiser_of(request), timezone.now(), needs_approval=needs_approval)
    except REFUSALS as error:
        text = _("“%(alert)s” was not scheduled: %(reason)s") % {"alert": alert, "reason": explain(error)}
        messages.error(request, text)
        return False
    _say_scheduled(request, alert)
    return True


def renew(request: HttpRequest, alert: Alert) -> None:
    """After an edit of a scheduled alert: it was returned to draft and saved; now it is scheduled again."""
    messages.info(request, _("“%(alert)s” was changed: approvals given before are void.") % {"alert": alert})
    if not schedule(request, alert):
        messages.warning(request, _("“%(alert)s” is a draft again and will not be sent.") % {"alert": alert})


def publish(request: HttpRequest, action: Action) -> None:
    """Publishes the action, and says if nobody can see it all the same."""
    try:
        action.publish(organiser_of(request))
    except REFUSALS as error:
        messages.error(request, explain(error))
        return
    messages.success(request, _("“%(action)s” is published.") % {"action": action})
    if not action.campaign.published:
        messages.warning(request, _("Its campaign is not published yet: nobody sees it before."))


def send_test(request: HttpRequest, alert: Alert) -> None:
    """Sends the alert to the organiser's own phones, as followers will see it."""
    devices = [tie.device_id for tie in tied_devices_of(organiser_of(request)) if tie.subscribed]  # type: ignore[attr-defined]
    if not devices:
        text = _("No phone of yours gets tests yet.")
        link = format_html(' <a href="{}">{}</a>', reverse("organiser_phones"), _("Tie a phone"))
        messages.warning(request, format_html("{}{}", text, link))
        return
    for device in devices:
        tasks.enqueue_test_alert(alert.pk, device)
    messages.success(request, _("The test of “%(alert)s” is on its way to your phone.") % {"alert": alert})


def _say_scheduled(request: HttpRequest, alert: Alert) -> None:
    devices = devices_in_words(rules.reach_of(alert))
    when = date_format(timezone.localtime(alert.send_at), MOMENT_FORMAT)
    values = {"alert": alert, "when": when, "zone": timezone.get_current_timezone_name(), "devices": devices}
    if alert.state == AlertState.AWAITING:
        text = _("“%(alert)s” waits for a second person's approval; planned for %(when)s (%(zone)s), to %(devices)s.")
        messages.warning(request, text % values)
    else:
        text = _("“%(alert)s” is scheduled for %(when)s (%(zone)s), to %(devices)s.")
        if alert.action.campaign.two_person:
            text = " ".join([text, _("To so few, one person may send: it is noted.")])
        messages.success(request, text % values)


def _say_problems(request: HttpRequest, alert: Alert, problems: list[str]) -> None:
    reason = " ".join(problems)
    messages.error(request, _("“%(alert)s” was not scheduled: %(reason)s") % {"alert": alert, "reason": reason})
