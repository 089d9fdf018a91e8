"""The organisers of a campaign, on its page. Removing the second pair of eyes needs a second pair of eyes."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns.admin.access import organiser_of, owns
from campaigns.admin.base import StackedInline
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import Campaign, GuardedChange, Membership, Role

if TYPE_CHECKING:
    MembershipModelForm = forms.ModelForm[Membership]
    MembershipModelFormSet = forms.BaseInlineFormSet[Membership, Campaign, "MembershipForm"]
else:
    MembershipModelForm, MembershipModelFormSet = forms.ModelForm, forms.BaseInlineFormSet


class MembershipForm(MembershipModelForm):
    """An account's name is typed: a list would show who organises elsewhere on this site."""

    username = forms.CharField(
        label=gettext_lazy("Name of the account"),
        help_text=gettext_lazy("As the site administrator made it."),
        max_length=60,
    )

    class Meta:
        """The role; the account is found by its name."""

        model = Membership
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_role = self.instance.role if self.instance.pk else ""
        if self.instance.pk:
            self.fields["username"].disabled = True
            self.fields["username"].initial = self.instance.user.username

    def clean_username(self) -> str:
        """Finds the account."""
        name: str = self.cleaned_data["username"]
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None and not self.instance.pk:
            raise ValidationError(_("There is no account of this name."))
        if user is not None:
            self.instance.user = user
        return name


class MembershipFormSet(MembershipModelFormSet):
    """All organisers together: nobody twice, never without an owner, no approver demoted in two-person mode."""

    def clean(self) -> None:
        """Looks at what would be left."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data]
        names = [form.cleaned_data["username"] for form in kept]
        if len(names) != len(set(names)):
            raise ValidationError(_("An organiser has one role: this name is here twice."))
        if not any(form.cleaned_data["role"] == Role.OWNER for form in kept):
            raise ValidationError(_("A campaign needs an owner."))
        demoted = [
            form for form in kept if _is_approver(form.stored_role) and not _is_approver(form.cleaned_data["role"])
        ]
        if self.instance.two_person and demoted:
            text = _("In two-person mode an approver is not demoted: remove them, which a second person confirms.")
            raise ValidationError(text)

    def save_for(self, request: HttpRequest) -> None:
        """Stores all but the removal of approvers in two-person mode, which is proposed."""
        self.save(commit=False)
        for membership in self.deleted_objects:
            if self.instance.two_person and membership.may_approve:
                propose(request, self.instance, membership)
            else:
                membership.delete()
        for membership, _changed in self.changed_objects:
            membership.save(update_fields=["role"])
        for membership in self.new_objects:
            membership.save()


class MembershipInline(StackedInline):
    """Owners change it, the others see it."""

    model = Membership
    form = MembershipForm
    formset = MembershipFormSet  # type: ignore[assignment]  # bound to its own form
    extra = 0
    fields = ("username", "role")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For owners: the others have the list above the form."""
        return obj is None or owns(request, obj)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


def propose(request: HttpRequest, campaign: Campaign, membership: Membership | None = None) -> None:
    """Proposes a guarded change, and says that it waits."""
    try:
        change = GuardedChange.objects.propose(campaign, organiser_of(request), membership)
    except REFUSALS as error:
        messages.error(request, explain(error))
        return
    messages.warning(request, _("A second person has to confirm this here: %(change)s.") % {"change": change})


def _is_approver(role: str) -> bool:
    return role in (Role.OWNER, Role.APPROVER)
