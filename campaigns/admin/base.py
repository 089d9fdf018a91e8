"""What all admin pages of campaigns share: fields in several languages, moments to the minute, roles."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.forms import Field, Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.site import Unlogged
from campaigns.admin.access import has_role
from campaigns.admin.drafts import NEVER_KEPT, note_saved_draft, take_saved_draft
from campaigns.admin.fields.moments import DayInput, MomentField, ZoneField, zone_of
from campaigns.admin.fields.texts import TextsField
from campaigns.models import Campaign
from mobilise.fields import EncryptedTextField, TranslatedField

if TYPE_CHECKING:
    AnyAdmin = BaseModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
else:
    AnyAdmin = object
    StackedInline = admin.StackedInline


class OurFields(AnyAdmin):
    """Form fields for our model fields, on pages and inlines alike."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One input per language; the phone's own picker; a list of zones; no links out of choices."""
        if isinstance(db_field, TranslatedField):
            return TextsField(
                limit=db_field.text_max_length,
                multiline=db_field.multiline,
                required=not db_field.blank,
                label=capfirst(db_field.verbose_name),
                help_text=db_field.help_text,
            )
        if isinstance(db_field, models.DateTimeField):
            kwargs = {"form_class": MomentField, **kwargs, "widget": MomentField.widget}
        elif isinstance(db_field, models.DateField):
            kwargs = {**kwargs, "widget": DayInput}
        elif db_field.name == "time_zone":
            return ZoneField(
                label=capfirst(db_field.verbose_name), initial=db_field.default, help_text=db_field.help_text
            )
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        for power in ("add", "change", "delete", "view"):
            if field and hasattr(field.widget, f"can_{power}_related"):
                setattr(field.widget, f"can_{power}_related", False)
        if field and isinstance(db_field, EncryptedTextField):
            field.widget.attrs[NEVER_KEPT] = ""
        return field


class OrganiserPage(OurFields, Unlogged):
    """A page of its own: no bulk actions, no history; hours are said in the zone that it names; saving stays on it."""

    actions = None
    view_on_site = False
    list_per_page = 50
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown in the list of pages to everybody who may enter: what is in it depends on the role."""
        return True

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Of two who save at the same moment the second looks at what the first stored (seen.py)."""
        found: Any = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        campaign = found.pk if isinstance(found, Campaign) else found.campaign_id
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign)
        return super().get_object(request, object_id, from_field)

    def page_of(self, pk: int) -> HttpResponseRedirect:
        """Back to the page of one row."""
        return HttpResponseRedirect(reverse(f"admin:campaigns_{self.opts.model_name}_change", args=[pk]))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Reads and writes all hours in the zone that the form names, else in the stored row's."""
        with timezone.override(self._zone_of(request, object_id)):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Says what is on the page, not that it can be changed."""
        kind = capfirst(str(self.opts.verbose_name))
        context |= {"title": str(obj), "subtitle": kind} if obj else {"title": kind, "subtitle": None}
        context["saved_draft"] = take_saved_draft(request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Says what is listed."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def _zone_of(self, request: HttpRequest, object_id: str | None) -> str:
        pk = object_id if object_id and object_id.isdecimal() else None
        stored: Any = self.get_queryset(request).filter(pk=pk).first() if pk else None
        default = stored.time_zone if stored else self.get_changeform_initial_data(request).get("time_zone")
        return zone_of(request.POST.get("time_zone"), str(default or settings.TIME_ZONE))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Stays on the page: the next thing to do is there."""
        note_saved_draft(request)
        return self.page_of(obj.pk)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stays on the page."""
        note_saved_draft(request)
        if "_save" in request.POST:
            messages.success(request, _("Saved."))
        return self.page_of(obj.pk)


def names_of(form: Form) -> str:
    """The fields that were changed, as they are called on the page: what the audit log says of a change."""
    return ", ".join(str(form.fields[name].label or name) for name in form.changed_data)


def rows_in_words(formset: Any) -> str:
    """What was done to the rows of a formset that was saved, in the same words; "" when nothing was."""
    what = str(formset.model._meta.verbose_name)
    labels = {name: str(field.label or name) for name, field in formset.form.base_fields.items()}
    said = [_("%(what)s added") % {"what": what} for _row in formset.new_objects]
    for _row, names in formset.changed_objects:
        said.append(f"{what}: {', '.join(labels.get(name, name) for name in names)}")
    said += [_("%(what)s deleted") % {"what": what} for _row in formset.deleted_objects]
    return "; ".join(said)


class RoleInline(OurFields, StackedInline):
    """Rows of an action: whoever has a role in its campaign may change them."""

    extra = 0
    show_change_link = False

    def _has_role(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request, obj.campaign_id if obj else None)

    has_view_permission = has_change_permission = has_add_permission = has_delete_permission = _has_role
