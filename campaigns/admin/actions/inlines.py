"""What belongs to an action: gatherings and links; media have a room of their own."""

from django.utils.translation import gettext_lazy as _

from campaigns.admin.actions import hints
from campaigns.admin.base import RoleInline
from campaigns.admin.cases.refusing import WithoutWithheldNames
from campaigns.admin.fields.picture import WithPicture
from campaigns.admin.seen import SEEN, AsSeen
from campaigns.models import ActionLink, Gathering


class GatheringForm(AsSeen, WithPicture, WithoutWithheldNames):
    """With a picture of where people meet."""

    alt_field = "picture_alt"


class GatheringInline(RoleInline):
    """One place and time each; hours in the action's zone."""

    model = Gathering
    form = GatheringForm
    fieldsets = (
        (None, {"fields": ("name", "address", ("starts_at", "ends_at"), SEEN)}),
        (
            _("Practical information, departement, position"),
            {"fields": ("practical", "departement", ("latitude", "longitude")), "classes": ("collapse",)},
        ),
        (
            _("Picture of the meeting point"),
            {"fields": ("picture", "picture_alt"), "classes": ("collapse",), "description": hints.meeting_point},
        ),
    )


class LinkForm(AsSeen, WithoutWithheldNames):
    """One link."""


class LinkInline(RoleInline):
    """Statement, hardship fund, support committee."""

    model = ActionLink
    form = LinkForm
    fieldsets = ((None, {"fields": ("label", "url", "position", SEEN), "description": hints.contacting}),)
