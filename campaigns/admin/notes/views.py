"""Writing a live note, and taking it back."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.access import organiser_of
from campaigns.admin.notes.form import NoteForm
from campaigns.admin.notes.shown import notes_of
from campaigns.models import Action, LiveNote

if TYPE_CHECKING:
    from campaigns.admin.actions.buttons import ButtonViews as Inner
else:
    Inner = object


class NoteViews(Inner):
    """Their addresses, below the action's own."""

    def get_urls(self) -> list[URLPattern]:
        """Two more."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}"
        return [
            path("<int:pk>/notes/", wrap(self.notes_view), name=f"{name}_notes"),
            path("<int:pk>/notes/<int:note_pk>/take-back/", wrap(self.take_back_view), name=f"{name}_take_back"),
            *super().get_urls(),
        ]

    def notes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Writes a note and goes back to the action; a page of its own when something is wrong with it."""
        action: Action = self.action_or_404(request, pk)
        now = timezone.now()
        form = NoteForm(action, now, request.POST or None)
        if request.method == "POST" and form.is_valid() and _write(request, form):
            return self.page_of(pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "action": action, "form": form}
        context |= {"title": _("Live notes"), "subtitle": str(action), **notes_of(action, now)}
        with timezone.override(action.zone):
            return render(request, "admin/campaigns/notes/page.html", context)

    def take_back_view(self, request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
        """Takes a note back, at once. A GET changes nothing."""
        action: Action = self.action_or_404(request, pk)
        if request.method == "POST":
            if LiveNote.objects.take_back(action, note_pk, organiser_of(request)):
                messages.success(request, _("The note is taken back."))
            else:
                messages.info(request, _("This note was taken back already."))
        return self.page_of(pk)


def _write(request: HttpRequest, form: NoteForm) -> bool:
    try:
        by = organiser_of(request)
        _note, new = LiveNote.objects.write(form.action, form.cleaned_data["text"], form.now, by)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if new:
        messages.success(request, _("The note is out: phones that show the action have it within seconds."))
    else:
        messages.info(request, _("This note was written already."))
    return True
