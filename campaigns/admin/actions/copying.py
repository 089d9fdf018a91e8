"""From a template, or from any other action: the same again on another date."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns.admin.access import organiser_of
from campaigns.admin.fields.moments import MomentField
from campaigns.models import Action, ActionState, Campaign, Declaration, RallyCall
from campaigns.models.copying import copy_to, keep_as_template

if TYPE_CHECKING:
    from campaigns.admin.actions.buttons import ButtonViews as Inner

    Filter = admin.SimpleListFilter
else:
    Inner, Filter = object, admin.SimpleListFilter

WEEK = timedelta(days=7)


class StateFilter(Filter):
    """All actions, or those in one state; templates only when they are asked for: they are no actions."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """As the model has them."""
        return ActionState.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """What is to be listed."""
        state = self.value()
        return queryset.filter(state=state) if state else queryset.exclude(state=ActionState.TEMPLATE)


class CopyForm(forms.Form):
    """When the copy starts; everything else moves with it."""

    starts_at = MomentField(label=gettext_lazy("New start"))

    def __init__(self, original: Action, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.original = original

    def clean_starts_at(self) -> datetime:
        """To come, and not the same again."""
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at <= timezone.now():
            raise ValidationError(_("This is over already: choose a moment to come."))
        if starts_at == self.original.starts_at and not self.original.is_template:
            raise ValidationError(_("It starts at this moment already: choose another."))
        return starts_at


class CopyViews(Inner):
    """The page on which the new date is chosen, and the button that keeps an action as a template."""

    def get_urls(self) -> list[URLPattern]:
        """Two more."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}"
        return [
            path("<int:pk>/copy/", wrap(self.copy_view), name=f"{name}_copy"),
            path("<int:pk>/template/", wrap(self.template_view), name=f"{name}_template"),
            *super().get_urls(),
        ]

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the new start; then leads to the copy, a draft."""
        original = self.action_or_404(request, pk)
        with timezone.override(original.zone):
            initial = {"starts_at": _proposed_start(original, timezone.now())}
            form = CopyForm(original, request.POST or None, initial=initial)
            if request.method == "POST" and form.is_valid():
                return self._copy(request, original, form.cleaned_data["starts_at"])
            title = _("A new action from this template") if original.is_template else _("Copy to another date")
            context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "action": original}
            context |= {"title": title, "subtitle": str(original), "zone": original.time_zone}
            context |= {"alerts": original.alerts.count(), "gatherings": original.gatherings.count()}
            return render(request, "admin/campaigns/copy.html", context)

    def template_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keeps a copy of the action as a template of its campaign."""
        original = self.action_or_404(request, pk)
        if request.method != "POST" or original.is_template:
            return self.page_of(pk)
        template, new = keep_as_template(original, organiser_of(request))
        if new:
            messages.success(request, _("Kept as a template: change here what is different each time."))
        else:
            messages.info(request, _("It was kept as a template already: this is it."))
        return self.page_of(template.pk)

    def _copy(self, request: HttpRequest, original: Action, starts_at: datetime) -> HttpResponseRedirect:
        action, new = copy_to(original, starts_at, organiser_of(request))
        if new:
            messages.success(request, _("This is the copy: a draft, with its alerts as drafts."))
            _say_what_needs_a_look(request, action)
        else:
            messages.info(request, _("It was copied to this date already: this is the copy."))
        return self.page_of(action.pk)


def templates_for(model: type[Action], organiser: User) -> list[Action]:
    """Those of a kind in the organiser's campaigns, by name."""
    found = model._default_manager.filter(state=ActionState.TEMPLATE, campaign__in=Campaign.objects.of(organiser))
    return sorted(found.select_related("campaign"), key=lambda template: str(template).casefold())


def _proposed_start(original: Action, now: datetime) -> datetime:
    """The first one to come on the same day of the week, at the same hour of the clock."""
    local = original.starts_at.astimezone(original.zone).replace(tzinfo=None)
    local += max(1, (now - original.starts_at) // WEEK) * WEEK
    while local.replace(tzinfo=original.zone) <= now:
        local += WEEK
    return local.replace(tzinfo=original.zone)


def _say_what_needs_a_look(request: HttpRequest, action: Action) -> None:
    late = action.alerts.filter(expires_at__lte=timezone.now()).count()
    if late:
        text = _("Alerts whose window is over already: %(n)d. Give them another hour, or delete them.")
        messages.warning(request, text % {"n": late})
    if isinstance(action, RallyCall) and action.declaration == Declaration.UNDECLARED:
        messages.warning(request, _("It is marked as not declared: each rally is declared for its own day."))
