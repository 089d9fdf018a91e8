"""The addresses of an outreach's officials, below its own."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import tasks
from campaigns.admin.access import organiser_of, roles_of
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.outreach import importing
from campaigns.models import OfficialImport, Outreach, Role
from campaigns.outreach.doubting import confirm_stops, release
from campaigns.outreach.purging import remove_uncalled

if TYPE_CHECKING:
    from campaigns.admin.actions.buttons import ButtonViews as Inner
else:
    Inner = object


class OfficialViews(Inner):
    """A file comes in, is looked at, and is taken or thrown away. A GET changes nothing."""

    def get_urls(self) -> list[URLPattern]:
        """Those of every action, and ours before them."""
        wrap = self.admin_site.admin_view
        views = {
            "": self.officials_view,
            "status/": self.officials_status_view,
            "confirm/": self.confirm_view,
            "refuse/": self.refuse_view,
            "remove/": self.remove_view,
            "stops/": self.stops_view,
            "release/": self.release_view,
            "problems.csv": self.problems_view,
            "model.csv": self.model_view,
        }
        ours = [path(f"<int:pk>/officials/{rest}", wrap(view), name=_name(rest)) for rest, view in views.items()]
        return [*ours, *super().get_urls()]

    def officials_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; a POST brings a file."""
        outreach: Outreach = self.action_or_404(request, pk)
        if request.method != "POST":
            return importing.show(request, self._context(request, outreach))
        _refuse_others(request, outreach)
        form = importing.FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return importing.show(request, self._context(request, outreach), form)
        with transaction.atomic():
            _batch, new = OfficialImport.objects.begin(outreach, form.cleaned_data["file"], timezone.now())
            tasks.ring_imports(timezone.now())
        if not new:
            messages.info(request, _("A list is here already: take it or throw it away first."))
        return self._back(pk)

    def officials_status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changes while a worker is at it."""
        return importing.refresh(request, self._context(request, self.action_or_404(request, pk)))

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stores what was checked."""
        batch = self._batch_to_change(request, pk)
        if batch:
            try:
                with transaction.atomic():
                    batch.confirm(organiser_of(request), with_doubtful="doubtful" in request.POST)
                    tasks.ring_imports(timezone.now())
            except REFUSALS as error:
                messages.info(request, explain(error))
        return self._back(pk)

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Throws it away."""
        batch = self._batch_to_change(request, pk)
        if batch:
            try:
                batch.refuse()
                messages.success(request, _("The file is thrown away, nothing of it is kept."))
            except REFUSALS as error:
                messages.info(request, explain(error))
        return self._back(pk)

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes everybody whom nobody has called out of the list."""
        outreach: Outreach = self.action_or_404(request, pk)
        if request.method == "POST":
            _refuse_others(request, outreach)
            number = remove_uncalled(outreach, organiser_of(request))
            text = ngettext("%(n)d official is removed.", "%(n)d officials are removed.", number) % {"n": number}
            messages.success(request, text)
        return self._back(pk)

    def stops_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes every "stop" final that the page showed as not confirmed."""
        outreach: Outreach = self.action_or_404(request, pk)
        if request.method == "POST":
            _refuse_others(request, outreach)
            shown = request.POST.get("shown", "")
            if shown.isdecimal() and confirm_stops(outreach, organiser_of(request), int(shown), timezone.now()):
                messages.success(request, _("Final: they are not called again, in any campaign of this site."))
            else:
                messages.info(request, _("The page was old: this is how it is now."))
        return self._back(pk)

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Believes unconfirmed calls no longer: those whom they hold may be called again."""
        outreach: Outreach = self.action_or_404(request, pk)
        if request.method == "POST":
            _refuse_others(request, outreach)
            number = release(outreach, organiser_of(request), timezone.now())
            text = ngettext("%(n)d official is released.", "%(n)d officials are released.", number) % {"n": number}
            messages.success(request, text)
        return self._back(pk)

    def problems_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is wrong with the file, as a file."""
        outreach = self.action_or_404(request, pk)
        return importing.as_csv(OfficialImport.objects.filter(outreach=outreach).defer("content").first())

    def model_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An empty list to fill in."""
        self.action_or_404(request, pk)
        return importing.model()

    def _batch_to_change(self, request: HttpRequest, pk: int) -> OfficialImport | None:
        """The last file, for a POST of who may."""
        outreach = self.action_or_404(request, pk)
        if request.method != "POST":
            return None
        _refuse_others(request, outreach)
        uuid = request.POST.get("batch", "")
        found = OfficialImport.objects.filter(outreach=outreach).defer("content").first()
        if found and str(found.uuid) == uuid:
            return found
        messages.info(request, _("The page was old: this is how it is now."))
        return None

    def _context(self, request: HttpRequest, outreach: Outreach) -> dict[str, Any]:
        own = {**self.admin_site.each_context(request), "opts": self.opts}
        return {**own, **importing.context_of(outreach, may_import=may_import(request, outreach))}

    def _back(self, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:{_name('')}", args=[pk]))


def may_import(request: HttpRequest, outreach: Outreach) -> bool:
    """Owners and editors: whoever approves only reads."""
    return roles_of(request).get(outreach.campaign_id) in (Role.OWNER, Role.EDITOR)


def _refuse_others(request: HttpRequest, outreach: Outreach) -> None:
    if not may_import(request, outreach):
        raise PermissionDenied


def _name(rest: str) -> str:
    return f"campaigns_outreach_officials{'_' + rest.partition('.')[0].strip('/') if rest else ''}"
