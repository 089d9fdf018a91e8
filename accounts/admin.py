"""Organisers' accounts: site administrators only."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.confirming import ask_again, confirmed_recently, sensitive_page
from accounts.models import SiteAct, SiteEntry, User
from accounts.site import Unlogged, site

if TYPE_CHECKING:
    Base = DjangoUserAdmin[User]
else:
    Base = DjangoUserAdmin


class NewOrganiserForm(UserCreationForm[User] if TYPE_CHECKING else UserCreationForm):  # type: ignore[misc]  # the stubs alone have a parameter
    """A name and a first password."""

    class Meta:
        """Our own user."""

        model = User
        fields = ("username",)


@admin.register(User, site=site)
class OrganiserAdmin(Unlogged, Base):
    """Who may sign in. Which campaigns they see is each campaign's owners' to say."""

    add_form = NewOrganiserForm
    change_form_template = "admin/accounts/user/change_form.html"
    actions = None
    ordering = ("username",)
    list_display = ("username", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("username", "email")
    filter_horizontal = ()
    readonly_fields = ("joined_on",)
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("username", "email", "joined_on")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )

    def _is_administrator(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    has_view_permission = has_change_permission = has_add_permission = _is_administrator

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Accounts are not shown to organisers."""
        return self._is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not one's own account: somebody has to stay."""
        return self._is_administrator(request) and (obj is None or obj.pk != request.user.pk)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Says what the two powers mean."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.BooleanField) and db_field.name == "is_superuser":
            field.label = _("Site administrator")
            field.help_text = _("Manages these accounts. Sees a campaign only with a role in it.")
        return field

    # Whoever may change an account can become its owner: all of it asks for the second factor again.

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stores it, and notes who did what."""
        super().save_model(request, obj, form, change)
        if not change:
            _note(request, SiteAct.ACCOUNT_MADE, obj)
        elif form.changed_data:
            _note(request, SiteAct.ACCOUNT_CHANGED, obj, _changes(form))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Deletes it, and notes who did."""
        name = str(obj)
        super().delete_model(request, obj)
        _note(request, SiteAct.ACCOUNT_DELETED, name)

    def _set_password(self, request: HttpRequest, **address: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(request, **address)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                _note(request, SiteAct.PASSWORD_SET, self.get_object(request, address["id"]))
        return response

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """An account, new or not."""
        return sensitive_page(super().changeform_view)(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Deletes it."""
        return sensitive_page(super().delete_view)(request, *args, **kwargs)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sets its password."""
        return sensitive_page(self._set_password)(request, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """One button of our own."""
        button = require_POST(self.admin_site.admin_view(self.reset_second_factor))
        return [path("<int:pk>/reset-second-factor/", button, name="reset_second_factor"), *super().get_urls()]

    def reset_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For a lost phone: the organiser enrols anew at the next entry."""
        if not self._is_administrator(request):
            return HttpResponseRedirect(reverse("admin:index"))
        user = get_object_or_404(User, pk=pk)
        page = reverse("admin:accounts_user_change", args=[pk])
        if not confirmed_recently(request):
            return ask_again(request, page)
        with transaction.atomic():
            Authenticator.objects.filter(user=user).delete()
            _note(request, SiteAct.FACTOR_RESET, user)
        messages.success(request, _("%(name)s will set up a new second factor at the next entry.") % {"name": user})
        return HttpResponseRedirect(page)


def _note(request: HttpRequest, act: SiteAct, about: object, text: str = "") -> None:
    by = request.user if isinstance(request.user, User) else None
    SiteEntry.objects.note(act, by=by, about=about, text=text)


def _changes(form: Any) -> str:
    """A line for each field; of what an address was or is, nothing."""
    lines = []
    for name in form.changed_data:
        label, before, after = form.fields[name].label or name, form.initial.get(name), form.cleaned_data.get(name)
        if isinstance(after, bool):
            before, after = (_("yes") if value else _("no") for value in (before, after))
        lines.append(str(label) if name == "email" else f"{label}: {before} → {after}")
    return "\n".join(lines)
