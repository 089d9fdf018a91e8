"""The buttons that need nothing of the form: each one POST, each calling the method of the model that the API would."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns import tasks
from campaigns.admin.access import organiser_of
from campaigns.admin.actions.status import answer
from campaigns.admin.alerts.calling_off import call_off
from campaigns.admin.alerts.correction import correct
from campaigns.admin.approval import page as approval
from campaigns.admin.delivery import page as delivery
from campaigns.admin.drafts import note_saved_draft
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import Action, Alert

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object


AlertPage = Callable[[HttpRequest, Alert, dict[str, Any]], HttpResponse]


def _return_to_draft(alert: Alert, by: User, now: datetime) -> str:
    alert.return_to_draft(by)
    return _("“%(alert)s” is a draft again and will not be sent.")


def _cancel(alert: Alert, by: User, now: datetime) -> str:
    alert.cancel(now, by)
    return _("“%(alert)s” is cancelled: nothing more of it is sent.")


def _pause(alert: Alert, by: User, now: datetime) -> str:
    alert.pause(by)
    return _("“%(alert)s” is paused.")


def _resume(alert: Alert, by: User, now: datetime) -> str:
    alert.resume(by)
    return _("“%(alert)s” is being sent again.")


ALERT_VERBS: dict[str, Callable[[Alert, User, datetime], str]] = {
    "draft": _return_to_draft,
    "cancel": _cancel,
    "pause": _pause,
    "resume": _resume,
}


def _cancel_action(request: HttpRequest, action: Action) -> None:
    with transaction.atomic():
        action.cancel(organiser_of(request))
        proposed = call_off(action, timezone.now())
        tasks.enqueue_previews()
    text = _("“%(action)s” is cancelled, and with it every alert that was not sent.")
    messages.success(request, text % {"action": action})
    if proposed:
        messages.warning(request, _("A correction is ready below: look at it, change it, schedule it."))


class ButtonViews(Inner):
    """The addresses of an action's buttons, below its own: what is not the organiser's is not found."""

    def get_urls(self) -> list[URLPattern]:
        """Those of Django, and ours before them."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}"
        return [
            path("<int:pk>/status/", wrap(self.status_view), name=f"{name}_status"),
            path("<int:pk>/cancel/", wrap(self.cancel_view), name=f"{name}_cancel"),
            path("<int:pk>/alerts/<int:alert_pk>/approval/", wrap(self.approval_view), name=f"{name}_approval"),
            path("<int:pk>/alerts/<int:alert_pk>/correct/", wrap(self.correct_view), name=f"{name}_correct"),
            path("<int:pk>/alerts/<int:alert_pk>/delivery/", wrap(self.delivery_view), name=f"{name}_delivery"),
            path(
                "<int:pk>/alerts/<int:alert_pk>/delivery/status/",
                wrap(self.delivery_status_view),
                name=f"{name}_delivery_status",
            ),
            path(
                "<int:pk>/alerts/<int:alert_pk>/delivery/resume-host/",
                wrap(self.resume_host_view),
                name=f"{name}_resume_host",
            ),
            path("<int:pk>/alerts/<int:alert_pk>/<slug:verb>/", wrap(self.alert_view), name=f"{name}_alert"),
            *super().get_urls(),
        ]

    def action_or_404(self, request: HttpRequest, pk: int) -> Any:
        """The action, if it is one of the organiser's campaigns."""
        return get_object_or_404(self.get_queryset(request).select_related("campaign"), pk=pk)

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changes while alerts are sent."""
        return answer(request, self.action_or_404(request, pk))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancels the action and its alerts."""
        action = self.action_or_404(request, pk)
        if request.method == "POST":
            try:
                _cancel_action(request, action)
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)

    def alert_view(self, request: HttpRequest, pk: int, alert_pk: int, verb: str) -> HttpResponse:
        """A button of an alert. A GET (a page asked for again after signing in) changes nothing."""
        alert = self._alert_or_404(request, pk, alert_pk)
        if verb not in ALERT_VERBS:
            raise Http404
        if request.method == "POST":
            try:
                text = ALERT_VERBS[verb](alert, organiser_of(request), timezone.now())
                messages.success(request, text % {"alert": alert})
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)

    def correct_view(self, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """The page on which a correction is written."""
        alert = self._alert_or_404(request, pk, alert_pk)
        with timezone.override(alert.action.zone):
            context = {**self.admin_site.each_context(request), "opts": self.opts}
            done, page = correct(request, alert, context)
        if done:
            note_saved_draft(request)
        return self.page_of(pk) if done else page

    def approval_view(self, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """Where a second person looks at an alert and answers."""
        return self._show(approval.show, request, pk, alert_pk)

    def delivery_view(self, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """How an alert is being delivered, or was."""
        return self._show(delivery.show, request, pk, alert_pk)

    def delivery_status_view(self, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """What changes on that page."""
        return self._show(delivery.refresh, request, pk, alert_pk)

    def resume_host_view(self, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """Sends to a paused push service again. A GET changes nothing."""
        alert = self._alert_or_404(request, pk, alert_pk)
        if request.method == "POST":
            delivery.resume_host(request, alert)
        name = f"admin:campaigns_{self.opts.model_name}_delivery"
        return HttpResponseRedirect(reverse(name, args=[pk, alert_pk]))

    def _show(self, show: AlertPage, request: HttpRequest, pk: int, alert_pk: int) -> HttpResponse:
        """A page of an alert, with all hours in the action's zone."""
        alert = self._alert_or_404(request, pk, alert_pk)
        with timezone.override(alert.action.zone):
            return show(request, alert, {**self.admin_site.each_context(request), "opts": self.opts})

    def _alert_or_404(self, request: HttpRequest, pk: int, alert_pk: int) -> Alert:
        action = self.action_or_404(request, pk)
        alert = get_object_or_404(Alert.objects.select_related("corrects"), pk=alert_pk, action_id=action.pk)
        alert.action = action
        return alert
