"""An invited organiser's account: a name, and a password or a passkey that is added next."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


class NewAccountForm(forms.Form):
    """Asks for what signing in needs, and for nothing else. ``by_passkey``: without a password."""

    username = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("The other organisers see it. It need not be your real name."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        help_text=gettext_lazy("At least 12 characters: some words in a row are easier to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, by_passkey: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_passkey = by_passkey

    def clean(self) -> dict[str, Any]:
        """Looks at both as the account will."""
        cleaned = super().clean() or self.cleaned_data
        user = User(username=User.normalize_username(cleaned.get("username", "")))
        if "username" in cleaned:
            try:
                user.full_clean(exclude=["password"])
            except ValidationError as error:
                self.add_error("username", error.error_dict.get("username", error.messages))
        if not self.by_passkey:
            self._check_password(cleaned.get("password", ""), user)
        return cleaned

    def _check_password(self, password: str, user: User) -> None:
        try:
            if not password:
                raise ValidationError(_("Choose a password, or use a passkey instead."))
            validate_password(password, user)
        except ValidationError as error:
            self.add_error("password", error)

    def make(self) -> User:
        """Stores it. Without a password it has none that could be guessed."""
        password = None if self.by_passkey else self.cleaned_data["password"]
        return User.objects.create_user(self.cleaned_data["username"], password)


def sign_in_new(request: HttpRequest, user: User, *, by_passkey: bool) -> None:
    """Opens the new account's session. The password that was typed just now is not asked for again at once."""
    login(request, user)
    if not by_passkey:
        record_authentication(request, user, method="password", reauthenticated=True)
