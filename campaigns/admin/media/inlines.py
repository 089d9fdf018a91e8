"""Up to six media of an action, on its page."""

from typing import Any

from django.http import HttpRequest

from campaigns.admin.actions import hints
from campaigns.admin.base import RoleInline
from campaigns.admin.media.form import MediumForm
from campaigns.admin.seen import SEEN
from campaigns.models import Medium
from campaigns.models.action_parts import MOST_MEDIA

FIELDS = ("kind", "url", "picture", "alt", "position", SEEN)


class MediumInline(RoleInline):
    """Up to six things to relay."""

    model = Medium
    form = MediumForm
    max_num = MOST_MEDIA
    fieldsets = ((None, {"fields": FIELDS}),)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A seventh is refused, also where the page did not offer it."""
        return super().get_formset(request, obj, validate_max=True, **kwargs)


class CaseMediumInline(MediumInline):
    """Those of a solidarity alert: a picture names people too."""

    fieldsets = ((None, {"fields": FIELDS, "description": hints.naming}),)
