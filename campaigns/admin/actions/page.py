"""The page of an action: what all kinds have in common."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import rules, tasks
from campaigns.admin.access import has_role, membership_of, organiser_of, roles_of
from campaigns.admin.actions import along
from campaigns.admin.actions.buttons import ButtonViews
from campaigns.admin.actions.copying import CopyViews, StateFilter, templates_for
from campaigns.admin.actions.pictures import PictureViews
from campaigns.admin.actions.status import context_of
from campaigns.admin.actions.successors import SuccessorField, offer_successors
from campaigns.admin.actions.timeline import time_line
from campaigns.admin.actions.twins import AlreadyMade, refuse_twin
from campaigns.admin.alerts import moving, scheduling, warned
from campaigns.admin.alerts.cards import AlertCard, full_cards
from campaigns.admin.alerts.inline import AlertFormSet, AlertInline
from campaigns.admin.base import OrganiserPage, names_of, rows_in_words
from campaigns.admin.cases.refusing import WithoutWithheldNames
from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.admin.inviting.views import ActionInvitingViews
from campaigns.admin.notes.views import NoteViews
from campaigns.admin.recap.views import RecapViews
from campaigns.admin.seen import SEEN, AsSeen
from campaigns.models import Act, Action, ActionState, Campaign

# Nobody but organisers has ever seen these.
NEVER_SHOWN = (ActionState.DRAFT, ActionState.TEMPLATE)


class ActionForm(AsSeen, WithoutWithheldNames):
    """An action leads only to actions of its own campaign, and moves with what has an hour of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moved: list[str] = []
        offer_successors(self.fields["successor"], self.instance)

    def clean(self) -> dict[str, Any]:
        """Refuses a successor elsewhere, and itself."""
        cleaned = super().clean() or self.cleaned_data
        campaign = cleaned.get("campaign") or getattr(self.instance, "campaign", None)
        successor = cleaned.get("successor")
        if successor and campaign and (successor.campaign_id != campaign.pk or successor.pk == self.instance.pk):
            raise ValidationError({"successor": _("Choose another action of the same campaign.")})
        self._take_along(cleaned)
        return cleaned

    def _take_along(self, cleaned: dict[str, Any]) -> None:
        """Before the model looks whether all hours go together."""
        if not self.instance.pk or not {"starts_at", "ends_at", "time_zone"} <= set(cleaned):
            return
        after = moving.Hours(cleaned["starts_at"], cleaned["ends_at"], ZoneInfo(cleaned["time_zone"]))
        untouched = set(cleaned) - set(self.changed_data)
        moved = along.take_along(self.instance, moving.hours_of(self.instance), after, untouched)
        cleaned.update(moved)
        self.moved = list(moved)


class ActionAdmin(PictureViews, NoteViews, RecapViews, ActionInvitingViews, CopyViews, ButtonViews, OrganiserPage):
    """One kind's page: the action, what belongs to it, its alerts, and the buttons."""

    form = ActionForm
    change_form_template = "admin/campaigns/action.html"
    own_inlines: tuple[Any, ...] = ()
    what: tuple[Any, ...] = ("title", "summary")
    aim: tuple[str, ...] = ("goal",)
    also_when: tuple[str, ...] = ()
    kind_fieldsets: tuple[Any, ...] = ()
    list_display = ("__str__", "when", "state")
    list_filter = (StateFilter,)
    list_select_related = ("campaign",)

    # ---- who may

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        """Actions of the organiser's campaigns."""
        return super().get_queryset(request).filter(campaign_id__in=roles_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Action | None = None) -> bool:
        """Any role in its campaign."""
        return has_role(request, obj.campaign_id if obj else None)

    def has_change_permission(self, request: HttpRequest, obj: Action | None = None) -> bool:
        """Any role in its campaign."""
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Any role in any campaign."""
        return has_role(request, None)

    def has_delete_permission(self, request: HttpRequest, obj: Action | None = None) -> bool:
        """Drafts and templates only: what was published is cancelled, so that followers learn of it."""
        return self.has_view_permission(request, obj) and (obj is None or obj.state in NEVER_SHOWN)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices from the organiser's own campaigns."""
        if db_field.name == "campaign":
            kwargs["queryset"] = Campaign.objects.of(organiser_of(request))
        elif db_field.name == "successor":
            mine = Action.objects.filter(campaign_id__in=roles_of(request))
            kwargs |= {"queryset": mine.select_related("campaign"), "form_class": SuccessorField}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # ---- what the page shows

    def get_inlines(self, request: HttpRequest, obj: Action | None) -> list[Any]:
        """A new action gets its alerts proposed once it is saved."""
        return [*self.own_inlines, AlertInline] if obj else list(self.own_inlines)

    def get_fieldsets(self, request: HttpRequest, obj: Action | None = None) -> Any:
        """In the order in which one thinks: what, when, what only this kind has, what comes after."""
        zone = timezone.get_current_timezone_name()
        hours = _("All hours on this page are said in the zone chosen here, now %(zone)s.") % {"zone": zone}
        return (
            (None, {"fields": ("campaign", *self.what, *self.aim, SEEN)}),
            (_("When"), {"fields": (("starts_at", "ends_at"), "time_zone", *self.also_when), "description": hours}),
            *self.kind_fieldsets,
            (_("Afterwards"), {"fields": ("successor",), "classes": ("collapse",)}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Action | None = None) -> tuple[str, ...]:
        """An action stays in its campaign: its alerts were meant for those followers."""
        return ("campaign",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The only campaign, and its zone, if there is but one."""
        mine = list(Campaign.objects.of(organiser_of(request))[:2])
        return {"campaign": mine[0].pk, "time_zone": mine[0].time_zone} if len(mine) == 1 else {}

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def when(self, action: Action) -> str:
        """Its start, in its own zone."""
        return date_format(action.starts_at.astimezone(action.zone), MOMENT_FORMAT)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A form that was sent twice leads to what the first made."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AlreadyMade as made:
            messages.info(request, _("This was saved already."))
            return self.page_of(made.twin.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds the cards of the alerts, who takes part, and the addresses of the buttons."""
        action: Action | None = kwargs.get("obj")
        if action:
            cards = full_cards(action, membership_of(request, action))
            for inline in context["inline_admin_formsets"]:
                if isinstance(inline.formset, AlertFormSet):
                    for form in inline.formset.initial_forms:
                        form.card = cards.get(form.instance.pk)
            context |= {"action": action, **context_of(action, cards), **_plan_of(action, cards)}
        else:
            context["templates"] = templates_for(self.model, organiser_of(request))
            context["several_campaigns"] = len(roles_of(request)) > 1
        return super().render_change_form(request, context, **kwargs)

    # ---- what saving does

    def save_model(self, request: HttpRequest, obj: Action, form: Any, change: bool) -> None:
        """Stores it, one organiser of a campaign after the other."""
        form.hours_before = moving.remember(obj) if change else None
        if not change:
            Campaign.objects.select_for_update().get(pk=obj.campaign_id)
        super().save_model(request, obj, form, change)
        if form.has_changed() or not change:
            text = names_of(form) if change else ""
            obj.note(Act.ACTION_CHANGED if change else Act.ACTION_MADE, organiser_of(request), text)

    def delete_model(self, request: HttpRequest, obj: Action) -> None:
        """A draft, once."""
        with transaction.atomic():
            obj.note(Act.ACTION_DELETED, organiser_of(request))
            super().delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Alerts have a life of their own; the rest is rows."""
        if isinstance(formset, AlertFormSet):
            formset.save_for(request)
            return
        super().save_formset(request, form, formset, change)
        # Of a new one that it was made is noted.
        if change and (text := rows_in_words(formset)):
            form.instance.note(Act.ACTION_CHANGED, organiser_of(request), text)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After everything is stored: proposes alerts for a new action, then does what the pressed button says."""
        super().save_related(request, form, formsets, change)
        action: Action = form.instance
        if not change:
            refuse_twin(action, formsets)
        if form.hours_before:
            along.say_moved(request, action, form.moved)
            along.take_gatherings_along(request, action, form.hours_before, formsets)
            moving.follow(request, action, form.hours_before)
        if not change:
            _propose_alerts(action)
            messages.info(request, _("Alerts are proposed below as drafts: none is sent unless you schedule it."))
        if "_publish" in request.POST:
            scheduling.publish(request, action)
        if "_schedule_all" in request.POST:
            warned.schedule_all(request, action)
        for button, act in (("_schedule", warned.schedule), ("_test", scheduling.send_test)):
            if request.POST.get(button, "").isdecimal():
                alert = action.alerts.filter(pk=request.POST[button]).first()
                if alert:
                    act(request, alert)
        tasks.enqueue_previews()


def _plan_of(action: Action, cards: dict[int, AlertCard]) -> dict[str, Any]:
    """The time line, and the alerts that told another start than the action has now."""
    now = timezone.now()
    wrong = rules.alerts_to_correct(action, [card.alert for card in cards.values()], now)
    open_to_all = action.state == ActionState.PUBLISHED
    return {
        "time_line": time_line(action, cards.values(), now),
        "to_correct": wrong if open_to_all else [],
        "drafts": sum(card.alert.is_planned(now) for card in cards.values()),
    }


def _propose_alerts(action: Action) -> None:
    for alert in rules.proposed_alerts(action, timezone.now()):
        alert.action = action
        alert.send_at = alert.send_at.replace(second=0, microsecond=0)
        alert.expires_at = alert.expires_at.replace(second=0, microsecond=0)
        alert.save()
