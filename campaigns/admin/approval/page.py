"""The page of a second person, made for a phone: what is sent to whom when, and two buttons."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.adapter import has_second_factor
from accounts.confirming import ask_again, confirmed_recently, has_fresh_second_factor
from campaigns import rules
from campaigns.admin.access import membership_of, organiser_of
from campaigns.admin.alerts.preview import previews_of
from campaigns.admin.alerts.reach import devices_in_words
from campaigns.admin.approval.eyes import NOTHING, eyes_of
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import Alert, AlertState, ApprovalRefused, IllegalTransition
from campaigns.models.approving.refusal import REASON_LENGTH

# For sending alone a confirmation of this morning is not enough.
FRESH_FOR = timedelta(minutes=5)


class ReasonForm(forms.Form):
    """A refusal says why."""

    reason = forms.CharField(
        label=gettext_lazy("If you refuse: why?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why, so that it can be changed.")},
    )


def show(request: HttpRequest, alert: Alert, context: dict[str, Any]) -> HttpResponse:
    """Shows the alert as it would leave; a POST is an answer, and leads back here, where its outcome is said."""
    form = ReasonForm()
    if request.method == "POST":
        form = ReasonForm(request.POST)
        answer = ANSWERS.get(request.POST.get("answer", ""))
        if answer and (response := _give(request, alert, form, answer)):
            return response
        alert.refresh_from_db()
    eyes = eyes_of([alert], membership_of(request, alert.action)).get(alert.pk, NOTHING)
    now = timezone.now()
    context |= {
        "alert": alert,
        "action": alert.action,
        "eyes": eyes,
        # As it is sent: each language that has anything, and the main one whether it has or not.
        "texts": [(code, alert.title.get(code, ""), alert.body.get(code, "")) for code in _languages(alert)],
        "form": form,
        **(_before_sending(alert) if alert.is_editable else {}),
        "is_late": alert.send_at <= now,
        "is_over": alert.expires_at <= now,
        "zone": timezone.get_current_timezone_name(),
        "title": _("Two pairs of eyes"),
        "subtitle": str(alert),
    }
    return render(request, "admin/campaigns/approval.html", context)


def _before_sending(alert: Alert) -> dict[str, Any]:
    """How many it goes to now, what keeps it from leaving and what it is warned of, how phones will show it."""
    reach = rules.reach_of(alert)
    return {
        "goes_to": devices_in_words(reach),
        "problems": rules.problems_of(alert, reach),
        "warnings": rules.warnings_of(alert, rules.alerts_near([alert])),
        "card": {"previews": previews_of(alert)},
    }


def _languages(alert: Alert) -> list[str]:
    return list(dict.fromkeys([alert.action.campaign.main_language, *alert.title, *alert.body]))


Answer = Callable[[HttpRequest, Alert, ReasonForm], HttpResponse | None]


def _give(request: HttpRequest, alert: Alert, form: ReasonForm, answer: Answer) -> HttpResponse | None:
    """None when the form has to be shown again with what is typed. An answer is to exactly what was on the page."""
    try:
        if request.POST.get("digest") != alert.digest:
            raise ApprovalRefused(_("It was changed meanwhile: look at it again."))
        return answer(request, alert, form)
    except REFUSALS as error:
        messages.error(request, explain(error))
    return HttpResponseRedirect(request.path)


def _approve(request: HttpRequest, alert: Alert, form: ReasonForm) -> HttpResponse:
    by = organiser_of(request)
    if alert.approvals.filter(user=by, digest=alert.digest).exists():
        messages.info(request, _("You have approved it already."))
    elif not confirmed_recently(request):
        return ask_again(request, request.path)
    else:
        alert.approve(by, timezone.now())
        messages.success(request, _("“%(alert)s” is approved and scheduled.") % {"alert": alert})
    return HttpResponseRedirect(request.path)


def _refuse(request: HttpRequest, alert: Alert, form: ReasonForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    by, asking = organiser_of(request), alert.askings.first()
    if asking:
        asking.refuse(by, timezone.now(), form.cleaned_data["reason"])
        messages.success(request, _("Refused. It is a draft again, with your reason beside it."))
    elif alert.refusals.filter(user=by).exists():
        messages.info(request, _("You have refused it already."))
    else:
        raise IllegalTransition(alert, "state", AlertState.DRAFT)
    return HttpResponseRedirect(request.path)


def _send_alone(request: HttpRequest, alert: Alert, form: ReasonForm) -> HttpResponse:
    by, asking = organiser_of(request), alert.askings.first()
    if alert.approvals.filter(user=by, alone=True).exists():
        messages.info(request, _("You have done so already."))
    elif not has_second_factor(by):
        messages.warning(request, _("To send alone, set up a second factor first."))
        return redirect("mfa_index")
    elif not has_fresh_second_factor(request, FRESH_FOR):
        return ask_again(request, request.path)
    elif asking is None:
        raise IllegalTransition(alert, "state", AlertState.SCHEDULED)
    else:
        asking.send_alone(by, timezone.now())
        messages.success(request, _("It leaves in five minutes unless somebody stops it. The others are told."))
    return HttpResponseRedirect(request.path)


def _stop(request: HttpRequest, alert: Alert, form: ReasonForm) -> HttpResponse:
    if alert.state == AlertState.DRAFT:
        messages.info(request, _("It is a draft already and will not be sent."))
    else:
        alert.return_to_draft(organiser_of(request))
        messages.success(request, _("“%(alert)s” is a draft again and will not be sent.") % {"alert": alert})
    return HttpResponseRedirect(request.path)


ANSWERS: dict[str, Answer] = {"approve": _approve, "refuse": _refuse, "alone": _send_alone, "stop": _stop}
