"""Correcting an alert that has gone out, on a page of its own."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from campaigns import rules
from campaigns.admin.access import organiser_of
from campaigns.admin.alerts import scheduling
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.fields.moments import MomentField
from campaigns.admin.fields.texts import TextsField
from campaigns.models import Alert, AlertState
from mobilise.fields import TranslatedField

# Useful for at least this long after it was written.
USEFUL_FOR = timedelta(hours=2)
CONTENT = ("title", "body", "send_at", "expires_at")


def _limit(name: str) -> int:
    model_field = Alert._meta.get_field(name)
    assert isinstance(model_field, TranslatedField)  # noqa: S101  # for the type checker
    return model_field.text_max_length


class CorrectionForm(forms.Form):
    """Texts and window of a correction; whom it goes to is not a choice."""

    title = TextsField(label=gettext_lazy("Title"), limit=_limit("title"))
    body = TextsField(label=gettext_lazy("Text"), limit=_limit("body"), multiline=True)
    send_at = MomentField(label=gettext_lazy("Send at"))
    expires_at = MomentField(label=gettext_lazy("Useful until"))
    stop = forms.BooleanField(label=gettext_lazy("Stop sending the wrong one"), required=False, initial=True)

    def __init__(self, alert: Alert, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alert = alert
        if alert.is_final:
            del self.fields["stop"]

    def clean(self) -> dict[str, Any]:
        """As the model will see it; and it says that it is a correction."""
        cleaned = super().clean() or self.cleaned_data
        content = {name: cleaned[name] for name in CONTENT if name in cleaned}
        for language, text in content.get("title", {}).items():
            if not text.casefold().startswith("correction"):
                self.add_error("title", _("Begin the title with “Correction” (%(code)s).") % {"code": language})
        for name in ("title", "body"):
            for problem in rules.naming_problems(self.alert.action, content.get(name, {}).values()):
                self.add_error(name, problem)
        if len(content) == len(CONTENT):
            try:
                Alert(action=self.alert.action, **content).full_clean(exclude={"action", "corrects", "scheduled_by"})
            except ValidationError as error:
                for name, errors in error.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)
        return cleaned


def correct(request: HttpRequest, alert: Alert, context: dict[str, Any]) -> tuple[bool, HttpResponse]:
    """(True, _) when the correction was made and the organiser goes back to the action; else (False, the page)."""
    page = HttpResponse()
    if alert.started_at is None:
        messages.error(request, _("Nobody can have had “%(alert)s” yet: change it instead.") % {"alert": alert})
        return True, page
    form = CorrectionForm(alert, request.POST or None, initial=_proposal(alert, timezone.now()))
    if request.method == "POST" and form.is_valid() and _store(request, form):
        return True, page
    context |= {"form": form, "alert": alert, "action": alert.action, "title": _("Correct an alert")}
    context |= {"zone": timezone.get_current_timezone_name(), "subtitle": str(alert)}
    return False, render(request, "admin/campaigns/correction.html", context)


def _proposal(alert: Alert, now: datetime) -> dict[str, Any]:
    """The text as it was sent, with the action's new start if it has moved since; useful until then."""
    now, action = now.replace(second=0, microsecond=0), alert.action
    useful_until = [alert.expires_at, now + USEFUL_FOR]
    if rules.has_told_another_start(alert, action):
        useful_until.append(action.starts_at)
    title = rules.without_withdrawn(action, alert.title)
    return {
        "title": {code: _begin(text, code)[: _limit("title")] for code, text in title.items()},
        "body": rules.without_withdrawn(action, rules.corrected_body(alert, action)),
        "send_at": now,
        "expires_at": max(useful_until),
    }


def _begin(text: str, language: str) -> str:
    if text.casefold().startswith("correction"):
        return text
    with override(language):
        return _("Correction: %(text)s") % {"text": text}


def _store(request: HttpRequest, form: CorrectionForm) -> bool:
    """Makes and schedules it, once: the same correction again is a button that was tapped twice."""
    content: dict[str, Any] = {name: form.cleaned_data[name] for name in CONTENT}
    try:
        with transaction.atomic():
            wrong = Alert.objects.select_for_update().get(pk=form.alert.pk)
            wrong.action = form.alert.action
            live = wrong.corrections.exclude(state=AlertState.CANCELLED)
            if any(row.title == content["title"] and row.body == content["body"] for row in live):
                messages.info(request, _("This correction was made already."))
                return True
            if form.cleaned_data.get("stop") and not wrong.is_final:
                wrong.cancel(timezone.now(), organiser_of(request))
            correction = wrong.correct(**content, by=organiser_of(request))
    except REFUSALS as error:
        messages.error(request, explain(error))
        return False
    scheduling.schedule(request, correction)
    return True
