"""The three kinds of action, each a page of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.site import site
from campaigns.admin import hints
from campaigns.admin.action import ActionAdmin
from campaigns.admin.inlines import GatheringInline, LinkInline, MediumInline
from campaigns.admin.persons import PersonInline, PersonViews
from campaigns.models import HashtagPush, RallyCall, SolidarityAlert


@admin.register(HashtagPush, site=site)
class HashtagPushAdmin(ActionAdmin):
    """Hashtag, the moment it is revealed, points to speak about."""

    own_inlines = (LinkInline, MediumInline)
    kind_fieldsets = (
        (_("Hashtag"), {"fields": ("hashtag", "reveal_at", "link")}),
        (_("In their own words"), {"fields": ("talking_points", "questions"), "description": hints.own_words}),
    )


@admin.register(RallyCall, site=site)
class RallyCallAdmin(ActionAdmin):
    """Where, and how it stands with the authorities."""

    own_inlines = (GatheringInline, LinkInline, MediumInline)
    kind_fieldsets = ((_("Rally"), {"fields": ("declaration", "practical"), "description": hints.banned}),)


@admin.register(SolidarityAlert, site=site)
class SolidarityAlertAdmin(PersonViews, ActionAdmin):
    """Who is summoned (named only with their consent), where to come, what to do."""

    own_inlines = (PersonInline, GatheringInline, LinkInline, MediumInline)
    kind_fieldsets = (
        (
            _("What is known"),
            {"fields": ("source", "checked_at", "what_to_do"), "description": hints.naming},
        ),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Checked just now, unless said otherwise."""
        return {**super().get_changeform_initial_data(request), "checked_at": timezone.now()}
