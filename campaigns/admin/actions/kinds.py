"""The kinds of action, each a page of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.site import site
from campaigns.admin.actions import hints
from campaigns.admin.actions.hashtags import HashtagPage
from campaigns.admin.actions.inlines import GatheringInline, LinkInline
from campaigns.admin.actions.page import ActionAdmin
from campaigns.admin.cases.page import CasePage
from campaigns.admin.cases.persons import PersonInline
from campaigns.admin.media.inlines import CaseMediumInline, MediumInline
from campaigns.admin.rallies.page import RallyPage
from campaigns.models import ActionState, Broadcast, HashtagPush, RallyCall, SolidarityAlert
from campaigns.models.series import following


@admin.register(HashtagPush, site=site)
class HashtagPushAdmin(HashtagPage, ActionAdmin):
    """Hashtag, the moment it is revealed, points to speak about."""

    change_form_template = "admin/campaigns/hashtag_push.html"
    own_inlines = (LinkInline, MediumInline)
    kind_fieldsets = (
        (_("Hashtag"), {"fields": ("hashtag", "reveal_at", "link")}),
        (_("In their own words"), {"fields": ("talking_points", "questions"), "description": hints.own_words}),
    )


@admin.register(RallyCall, site=site)
class RallyCallAdmin(RallyPage, ActionAdmin):
    """Where, and how it stands with the authorities."""

    change_form_template = "admin/campaigns/rally_call.html"
    own_inlines = (GatheringInline, LinkInline, MediumInline)
    kind_fieldsets = ((_("Rally"), {"fields": ("declaration", "practical"), "description": hints.banned}),)


@admin.register(SolidarityAlert, site=site)
class SolidarityAlertAdmin(CasePage, ActionAdmin):
    """Who is summoned (named only with their consent), where to come, what to do."""

    change_form_template = "admin/campaigns/solidarity_alert.html"
    own_inlines = (PersonInline, GatheringInline, LinkInline, CaseMediumInline)
    kind_fieldsets = (
        (
            _("What is known"),
            {"fields": ("source", "checked_at", "what_to_do"), "description": hints.naming},
        ),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Checked just now, unless said otherwise."""
        return {**super().get_changeform_initial_data(request), "checked_at": timezone.now()}


@admin.register(Broadcast, site=site)
class BroadcastAdmin(ActionAdmin):
    """What it is on, the link that opens it, and whether it comes back every week."""

    own_inlines = (LinkInline, MediumInline)
    also_when = ("repeats_until",)
    kind_fieldsets = ((_("Where to watch or listen"), {"fields": ("medium", "platform", "link")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Once the next one is made, the series is that one's."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "repeats_until") if obj and obj.carried_on else fixed

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds its place in a series: the one after it, or that it was made by itself."""
        broadcast: Broadcast | None = kwargs.get("obj")
        if broadcast and broadcast.repeats_until:
            context["following"] = following(broadcast)
            context["made_by_itself"] = bool(broadcast.copied_from_id) and broadcast.state == ActionState.DRAFT
        return super().render_change_form(request, context, **kwargs)
