"""Adding a passkey: one that signs in by itself, unless told otherwise; always so for whoever has no password."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """allauth's, with the box ticked: a phone's own passkeys can do it, only old security keys cannot."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["passwordless"]
        field.initial = True
        field.label = gettext_lazy("Sign in with this passkey alone, without a password")
        field.help_text = gettext_lazy("Untick it for a security key that has neither a code nor a fingerprint.")

    def clean_passwordless(self) -> bool:
        """Else an account without a password would have no way in."""
        alone: bool = self.cleaned_data["passwordless"]
        if not alone and not self.user.has_usable_password():
            raise ValidationError(_("Your account has no password: the passkey has to sign you in alone."))
        return alone
