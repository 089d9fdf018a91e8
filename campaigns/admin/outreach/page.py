"""The page of an outreach, in the order in which one thinks: what is said, until when, how many, from where."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.site import site
from campaigns.admin.access import organiser_of
from campaigns.admin.actions import hints
from campaigns.admin.actions.inlines import LinkInline
from campaigns.admin.actions.page import ActionAdmin, ActionForm
from campaigns.admin.fields.counts import CountsField
from campaigns.admin.outreach.figures import figures_of
from campaigns.admin.outreach.views import OfficialViews
from campaigns.models import Campaign, Outreach


class OutreachForm(ActionForm):
    """Official counts are of a day: today's, unless another is named."""

    def clean(self) -> dict[str, Any]:
        """Names the day."""
        cleaned = super().clean()
        if cleaned.get("published_counts") and not cleaned.get("published_as_of"):
            cleaned["published_as_of"] = timezone.now()
        return cleaned


@admin.register(Outreach, site=site)
class OutreachAdmin(OfficialViews, ActionAdmin):
    """Script, deadline, goal, officials, official counts."""

    form = OutreachForm
    change_form_template = "admin/campaigns/outreach.html"
    own_inlines = (LinkInline,)
    # Its goal is officials, not callers.
    aim = ()
    kind_fieldsets = (
        (
            gettext_lazy("On the phone"),
            {"fields": ("script", "points", "claim_hours"), "description": hints.calling},
        ),
        (gettext_lazy("Goal"), {"fields": ("target", ("departements_needed", "departement_cap"))}),
        (
            gettext_lazy("Official counts"),
            {
                "fields": ("published_counts", "published_as_of"),
                "classes": ("collapse",),
                "description": gettext_lazy(
                    "As they are published. What is typed here counts instead of what callers reported, departement by "
                    "departement."
                ),
            },
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Its end is the deadline; official counts are typed one a line."""
        if db_field.name == "published_counts":
            help_text = _("One departement a line, as in “67: 12”. Empty: only what callers reported.")
            return CountsField(label=capfirst(db_field.verbose_name), help_text=help_text)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "ends_at":
            field.label = _("Deadline")
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not while people are in its list: they are removed first, knowingly."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.officials.exists())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From now on, until the campaign's deadline, for the campaign's goal."""
        initial = {**super().get_changeform_initial_data(request), "starts_at": timezone.now()}
        campaign = Campaign.objects.of(organiser_of(request)).filter(pk=initial.get("campaign") or 0).first()
        if campaign and campaign.goal_deadline and campaign.goal_deadline > timezone.now():
            initial |= {"ends_at": campaign.goal_deadline}
        if campaign and campaign.goal_target:
            initial |= {"target": campaign.goal_target}
        return initial

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds the three bars and the list in figures."""
        outreach: Outreach | None = kwargs.get("obj")
        if outreach:
            context |= {"figures": figures_of(outreach, timezone.now())}
        return super().render_change_form(request, context, **kwargs)
