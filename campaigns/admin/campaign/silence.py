"""The silence periods of a campaign, on its page: owners change them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.admin.access import organiser_of, owns
from campaigns.admin.base import OurFields, StackedInline
from campaigns.admin.seen import SEEN, AsSeen
from campaigns.models import Act, Alert, AlertState, AuditEntry, Campaign, SilencePeriod

if TYPE_CHECKING:
    SilenceModelFormSet = forms.BaseInlineFormSet[SilencePeriod, Campaign, "forms.ModelForm[SilencePeriod]"]
else:
    SilenceModelFormSet = forms.BaseInlineFormSet

GOES_OUT = (AlertState.AWAITING, AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED)


class SilenceForm(AsSeen):
    """One period."""


class SilenceFormSet(SilenceModelFormSet):
    """All silence periods of one campaign."""

    def save_for(self, request: HttpRequest) -> None:
        """Stores them, notes it, and says which scheduled alerts will be held back."""
        if not self.has_changed():
            return
        self.save()
        campaign: Campaign = self.instance
        periods = list(campaign.silence_periods.all())
        text = ", ".join(str(period) for period in periods)
        AuditEntry.objects.note(Act.SILENCE_CHANGED, campaign=campaign, by=organiser_of(request), text=text)
        for alert in Alert.objects.filter(action__campaign=campaign, state__in=GOES_OUT).select_related(
            "action__campaign"
        ):
            if SilencePeriod.objects.touching(campaign, alert.send_at, alert.expires_at).exists():
                messages.warning(request, _what_becomes_of(alert) % {"alert": alert})


class SilenceInline(OurFields, StackedInline):
    """Days on which nothing is sent. One empty row, so that it works without a script."""

    model = SilencePeriod
    form = SilenceForm
    formset = SilenceFormSet
    extra = 1
    fields = (("first_day", "last_day"), SEEN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For owners: the others have the list above the form."""
        return obj is None or owns(request, obj)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


def _what_becomes_of(alert: Alert) -> str:
    if alert.state in (AlertState.AWAITING, AlertState.SCHEDULED):
        return _("“%(alert)s” is scheduled for this silence: it will be held back at its minute.")
    return _("“%(alert)s” has begun and may still be sent in this silence: cancel it if it must not.")
