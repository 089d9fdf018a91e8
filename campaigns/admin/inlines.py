"""What belongs to an action: gatherings, links, media."""

from django.utils.translation import gettext_lazy as _

from campaigns.admin import hints
from campaigns.admin.base import RoleInline
from campaigns.models import ActionLink, Gathering, Medium
from campaigns.models.action import MOST_MEDIA


class GatheringInline(RoleInline):
    """One place and time each; hours in the action's zone."""

    model = Gathering
    fieldsets = (
        (None, {"fields": ("name", "address", ("starts_at", "ends_at"))}),
        (
            _("Practical information, departement, position"),
            {"fields": ("practical", "departement", ("latitude", "longitude")), "classes": ("collapse",)},
        ),
    )


class LinkInline(RoleInline):
    """Statement, hardship fund, support committee."""

    model = ActionLink
    fieldsets = ((None, {"fields": ("label", "url", "position"), "description": hints.contacting}),)


class MediumInline(RoleInline):
    """Up to six things to relay."""

    model = Medium
    max_num = MOST_MEDIA
    fieldsets = ((None, {"fields": ("kind", "url", "alt", "position")}),)
