"""The page of a campaign: owners change it, the other organisers read it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.site import site
from campaigns.admin.access import forget_roles, has_role, organiser_of, owns, roles_of
from campaigns.admin.base import OrganiserPage
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.memberships import MembershipFormSet, MembershipInline, propose
from campaigns.models import Campaign, Follow, GuardedChange, Membership, Role
from mobilise.fields import TranslatedField

if TYPE_CHECKING:
    CampaignModelForm = forms.ModelForm[Campaign]
else:
    CampaignModelForm = forms.ModelForm


class CampaignForm(CampaignModelForm):
    """While the two-person mode is on, nothing here weakens it."""

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
class CampaignAdmin(OrganiserPage):
    """Texts, goal, who answers for it, organisers, two-person mode."""

    form = CampaignForm
    change_form_template = "admin/campaigns/campaign.html"
    list_display = ("__str__", "my_role", "published")
    fieldsets = (
        (None, {"fields": ("name", "summary", "slug", "hashtag")}),
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
        """A new campaign has one organiser: who made it."""
        return [MembershipInline] if owns(request, obj) else []

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """For those who may only read, the same in words."""
        if obj is None or owns(request, obj):
            return self.fieldsets
        return ((None, {"fields": self.get_readonly_fields(request, obj)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Its address stays once it is published: links to it are out."""
        if obj is None or owns(request, obj):
            return ("slug",) if obj and obj.published else ()
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
                "followers": Follow.objects.filter(campaign=campaign).count(),
                "me": organiser_of(request),
                "may_confirm": roles_of(request)[campaign.pk] in (Role.OWNER, Role.APPROVER),
            }
        return super().render_change_form(request, context, **kwargs)

    # ---- what saving and the one button do

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Whoever makes a campaign owns it. Switching the two-person mode off is only proposed."""
        if change and not obj.two_person and Campaign.objects.filter(pk=obj.pk, two_person=True).exists():
            obj.two_person = True
            propose(request, obj)
        super().save_model(request, obj, form, change)
        if not change:
            Membership.objects.create(campaign=obj, user=organiser_of(request), role=Role.OWNER)
            forget_roles(request)
            messages.success(request, _("The campaign is made, and you own it."))
        elif obj.two_person and obj.memberships.filter(role__in=(Role.OWNER, Role.APPROVER)).count() < 2:
            messages.warning(request, _("Two-person mode needs a second owner or approver: nobody can approve now."))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Organisers come and go by the rules of the two-person mode."""
        if isinstance(formset, MembershipFormSet):
            formset.save_for(request)
            forget_roles(request)

    def get_urls(self) -> list[URLPattern]:
        """The second person's button."""
        confirm = self.admin_site.admin_view(self.confirm_view)
        return [path("<int:pk>/guarded/<int:change_pk>/confirm/", confirm, name="confirm_guarded"), *super().get_urls()]

    def confirm_view(self, request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
        """Carries a guarded change out."""
        campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        change = get_object_or_404(GuardedChange, pk=change_pk, campaign=campaign)
        if request.method == "POST":
            try:
                change.confirm(organiser_of(request), timezone.now())
                messages.success(request, _("Done: %(change)s.") % {"change": change})
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)
