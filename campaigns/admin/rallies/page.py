"""What the page of a rally call has beside others: its declaration on top, and what a ban entails."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns import rules
from campaigns.admin.access import organiser_of
from campaigns.admin.alerts.proposed import ProposedAlerts
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.rallies.declaration import describe_filings
from campaigns.kinds import Purpose
from campaigns.models import AlertState, Declaration, RallyCall

if TYPE_CHECKING:
    from campaigns.admin.actions.page import ActionAdmin

    class Inner(ProposedAlerts, ActionAdmin):
        """What it is mixed into."""
else:
    Inner = ProposedAlerts


# Whose law the deadlines are.
LAW_OF = "FR"


class RallyPage(Inner):
    """Declared, not declared, banned: each one tap, or the form's own choice."""

    def get_urls(self) -> list[URLPattern]:
        """One more than every action has."""
        view, name = self.admin_site.admin_view(self.declaration_view), f"campaigns_{self.opts.model_name}_declaration"
        return [path("<int:pk>/declaration/<slug:status>/", view, name=name), *super().get_urls()]

    def declaration_view(self, request: HttpRequest, pk: int, status: str) -> HttpResponse:
        """Changes how the rally stands with the authorities. A GET changes nothing."""
        rally: RallyCall = self.action_or_404(request, pk)
        if status not in Declaration.values:
            raise Http404
        if request.method == "POST":
            change_declaration(request, rally, status)
        return self.page_of(pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's choice does what the button does."""
        chosen = obj.declaration
        if change:
            obj.declaration = RallyCall.objects.values_list("declaration", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if chosen != obj.declaration:
            change_declaration(request, obj, chosen)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds the deadlines."""
        rally: RallyCall | None = kwargs.get("obj")
        if rally:
            now, law = timezone.now(), _law_of_declaring()
            context |= {
                "filings": describe_filings(rules.filings_of(rally, now), rally, now) if law else [],
                "declarations": [status for status in Declaration if status != rally.declaration],
                "law": law,
            }
        return super().render_change_form(request, context, **kwargs)


def _law_of_declaring() -> dict[str, Any] | None:
    """Where the deadlines come from, as the rights sheet has it; None when the sheet is of another country."""
    sheet = settings.RIGHTS
    sources = sheet.sources_of("declaring", translation.get_language())
    known = sheet.jurisdiction == LAW_OF and sources
    return {"sources": sources, "checked_on": sheet.checked_on} if known else None


def change_declaration(request: HttpRequest, rally: RallyCall, status: str) -> None:
    """Does it, proposes the correction that goes with it, and says so. Again: says that it is so already."""
    now, was_banned = timezone.now(), rally.declaration == Declaration.BANNED
    try:
        with transaction.atomic():
            held = rally.set_declaration(status, organiser_of(request))
            proposed = _propose(rally, was_banned=was_banned)
    except REFUSALS as error:
        messages.error(request, explain(error))
        return
    messages.success(request, _("The rally is now: %(status)s.") % {"status": rally.get_declaration_display()})
    for alert in held.drafts:
        messages.warning(request, _("“%(alert)s” is a draft again and will not be sent.") % {"alert": alert})
    for alert in held.paused:
        messages.warning(request, _("“%(alert)s” was being sent: it is paused.") % {"alert": alert})
    if proposed:
        messages.warning(request, _("A correction is ready below: look at it, change it, schedule it."))
    elif was_banned and now < rally.ends_at:
        messages.info(request, _("Nothing goes out by itself: schedule again what should be sent."))


def _propose(rally: RallyCall, *, was_banned: bool) -> bool:
    """A correction when it is banned, and when a ban that followers can have heard of is lifted."""
    now = timezone.now()
    if rally.declaration == Declaration.BANNED:
        alert = rules.ban_correction(rally, now)
    elif was_banned and rules.told_of_ban(rally):
        alert = rules.end_of_ban_correction(rally, now)
    else:
        return False
    waiting = rally.alerts.filter(state=AlertState.DRAFT, purpose=Purpose.CORRECTION, expires_at__gt=now)
    if not any(draft.title == alert.title for draft in waiting):
        alert.save()
    return True
