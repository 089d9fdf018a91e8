"""The page of a campaign: owners change it, the other organisers read it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.confirming import sensitive
from accounts.site import site
from campaigns import tasks
from campaigns.admin.access import forget_roles, has_role, organiser_of, owns, roles_of
from campaigns.admin.approval.eyes import has_phone
from campaigns.admin.base import OrganiserPage, names_of
from campaigns.admin.campaign import guarding
from campaigns.admin.campaign.audit import AuditViews
from campaigns.admin.campaign.organisers import OrganiserViews, say_waiting
from campaigns.admin.campaign.silence import SilenceFormSet, SilenceInline
from campaigns.admin.campaign.stopping import StopViews
from campaigns.admin.inviting.campaign import CampaignInvitingViews
from campaigns.admin.recap.views import CampaignRecapViews
from campaigns.admin.seen import SEEN, AsSeen
from campaigns.models import Act, AuditEntry, Campaign, Follow, GuardedChange, Membership, Role
from campaigns.models.guard import APPROVING
from mobilise.fields import TranslatedField


class CampaignForm(AsSeen):
    """While the two-person mode is on, nothing here weakens it; and it is not switched on for one person alone."""

    def clean_two_person(self) -> bool:
        """Without a second approver nobody could approve, nor confirm that somebody may, nor switch it off again."""
        on: bool = self.cleaned_data["two_person"]
        approvers = Membership.objects.filter(campaign=self.instance.pk, role__in=APPROVING, user__is_active=True)
        if on and "two_person" in self.changed_data and approvers.count() < 2:
            raise ValidationError(_("It needs a second owner or approver: invite one first, under “Organisers”."))
        return on

    def clean_two_person_above(self) -> int:
        """The number can only be lowered: a high one would be the mode switched off."""
        number: int = self.cleaned_data["two_person_above"]
        stored = Campaign.objects.filter(pk=self.instance.pk, two_person=True).first()
        if stored and number > stored.two_person_above:
            raise ValidationError(_("While the two-person mode is on, this number can only be lowered."))
        return number


def in_words(name: str) -> Callable[[Campaign], str]:
    """A field for those who may only read: texts one language after the other."""
    model_field: Any = Campaign._meta.get_field(name)

    @admin.display(description=model_field.verbose_name)
    def show(campaign: Campaign) -> str:
        value = getattr(campaign, name)
        if isinstance(model_field, TranslatedField):
            return " / ".join(value.values())
        return str(value)

    return show


@admin.register(Campaign, site=site)
class CampaignAdmin(CampaignRecapViews, CampaignInvitingViews, AuditViews, StopViews, OrganiserViews, OrganiserPage):
    """Texts, goal, who answers for it, organisers, two-person mode."""

    form = CampaignForm
    change_form_template = "admin/campaigns/campaign.html"
    list_display = ("__str__", "my_role", "published")
    fieldsets = (
        (None, {"fields": ("name", "summary", "slug", "hashtag", SEEN)}),
        (gettext_lazy("Who runs it"), {"fields": ("run_by", "contact", "legal_phone")}),
        (
            gettext_lazy("Goal"),
            {"fields": (("goal_target", "goal_reached"), "goal_reached_as_of", "goal_unit", "goal_deadline")},
        ),
        (gettext_lazy("Who sees it"), {"fields": ("published", "visibility", "main_language", "time_zone")}),
        (gettext_lazy("Two pairs of eyes"), {"fields": ("two_person", "two_person_above")}),
    )

    # ---- who may

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """The organiser's own."""
        mine = Membership.objects.filter(campaign=OuterRef("pk"), user=organiser_of(request)).values("role")
        campaigns: QuerySet[Campaign] = super().get_queryset(request).filter(pk__in=roles_of(request))
        return campaigns.annotate(my_role=Subquery(mine[:1]))

    def has_view_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Any role in it; the list is open to all."""
        return obj is None or has_role(request, obj.pk)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Its owners."""
        return obj is None or owns(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Any organiser may start one, and answers for it."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Nobody: it is unpublished."""
        return False

    # ---- what the page shows

    def get_inlines(self, request: HttpRequest, obj: Campaign | None) -> list[Any]:
        """What owners change."""
        return [SilenceInline] if owns(request, obj) else []

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """For those who may only read, the same in words."""
        if obj is None or owns(request, obj):
            return self.fieldsets
        return ((None, {"fields": self.get_readonly_fields(request, obj)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Its address stays once it is published: links to it are out."""
        if obj is None or owns(request, obj):
            # As it is stored: a form that was refused has unticked the box already.
            return ("slug",) if obj and Campaign.objects.filter(pk=obj.pk, published=True).exists() else ()
        return [in_words(name) for name in ("name", "summary", "slug", "hashtag", "run_by", "contact", "legal_phone")]

    @admin.display(description=gettext_lazy("my role"))
    def my_role(self, campaign: Campaign) -> str:
        """Without what it entails."""
        return str(Role(campaign.my_role).label).partition(":")[0]  # type: ignore[attr-defined]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds what waits for a second person, the organisers, the number of followers."""
        campaign: Campaign | None = kwargs.get("obj")
        if campaign:
            context |= {
                "guarded_changes": campaign.guarded_changes.select_related("membership__user", "proposed_by"),
                "organisers": campaign.memberships.select_related("user").order_by("role", "user__username"),
                "silence": campaign.silence_periods.all(),
                "followers": Follow.objects.filter(campaign=campaign).count(),
                "me": organiser_of(request),
                "owns": owns(request, campaign),
                "lacks_phone": campaign.two_person and _lacks_phone(request, campaign),
                "may_confirm": roles_of(request)[campaign.pk] in (Role.OWNER, Role.APPROVER),
            }
        return super().render_change_form(request, context, **kwargs)

    # ---- what saving and the one button do

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Whoever makes a campaign owns it. Switching the two-person mode off is only proposed."""
        if change and not obj.two_person and Campaign.objects.filter(pk=obj.pk, two_person=True).exists():
            obj.two_person = True
            say_waiting(request, GuardedChange.objects.propose(obj, organiser_of(request)))
        super().save_model(request, obj, form, change)
        if not change:
            Membership.objects.create(campaign=obj, user=organiser_of(request), role=Role.OWNER)
            forget_roles(request)
            AuditEntry.objects.note(Act.CAMPAIGN_MADE, campaign=obj, by=organiser_of(request))
            messages.success(request, _("The campaign is made, and you own it."))
            return
        if form.changed_data:
            changed = names_of(form)
            AuditEntry.objects.note(Act.CAMPAIGN_CHANGED, campaign=obj, by=organiser_of(request), text=changed)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Silence periods have a way of their own."""
        if isinstance(formset, SilenceFormSet):
            formset.save_for(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Looks whether its links look different now."""
        super().save_related(request, form, formsets, change)
        tasks.enqueue_previews()

    def get_urls(self) -> list[URLPattern]:
        """The second person's buttons, and the button of who proposed."""
        wrap, change = self.admin_site.admin_view, "<int:pk>/guarded/<int:change_pk>"
        return [
            path(f"{change}/confirm/", wrap(sensitive(self.confirm_view)), name="confirm_guarded"),
            path(f"{change}/refuse/", wrap(self.refuse_view), name="refuse_guarded"),
            path(f"{change}/take-back/", wrap(self.take_back_view), name="take_back_guarded"),
            *super().get_urls(),
        ]

    def confirm_view(self, request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
        """Carries a guarded change out."""
        return guarding.decide(request, self._campaign_or_404(request, pk), change_pk, guarding.confirm)

    def refuse_view(self, request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
        """The second person's no."""
        return guarding.decide(request, self._campaign_or_404(request, pk), change_pk, guarding.refuse)

    def take_back_view(self, request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
        """Makes a proposal void."""
        return guarding.decide(request, self._campaign_or_404(request, pk), change_pk, guarding.take_back)

    def _campaign_or_404(self, request: HttpRequest, pk: int) -> Campaign:
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _lacks_phone(request: HttpRequest, campaign: Campaign) -> bool:
    """Whether a push that asks for approval would not reach whoever looks at the page."""
    mine = Membership.objects.filter(campaign=campaign, user=organiser_of(request)).first()
    return mine is not None and mine.may_approve and not has_phone(mine)
