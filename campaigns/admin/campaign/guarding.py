"""The buttons of a guarded change: the second person confirms or refuses it, who proposed it takes it back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.access import organiser_of
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import Campaign, GuardedChange

Verb = Callable[[HttpRequest, GuardedChange], str]


def confirm(request: HttpRequest, change: GuardedChange) -> str:
    """Carries it out."""
    change.confirm(organiser_of(request), timezone.now())
    return _("Done: %(change)s.")


def take_back(request: HttpRequest, change: GuardedChange) -> str:
    """Makes it void."""
    change.take_back(organiser_of(request))
    return _("Taken back: %(change)s.")


def refuse(request: HttpRequest, change: GuardedChange) -> str:
    """Makes somebody else's void."""
    change.refuse(organiser_of(request))
    return _("Refused: %(change)s.")


def decide(request: HttpRequest, campaign: Campaign, change_pk: int, verb: Verb) -> HttpResponse:
    """Presses the button and goes back to the campaign. A GET changes nothing; a second click finds it decided."""
    if request.method == "POST":
        change = GuardedChange.objects.filter(pk=change_pk, campaign=campaign).first()
        if change is None:
            messages.info(request, _("This was decided meanwhile."))
        else:
            try:
                name = str(change)
                messages.success(request, verb(request, change) % {"change": name})
            except REFUSALS as error:
                messages.error(request, explain(error))
    return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
