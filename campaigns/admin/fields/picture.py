"""A picture in a form: shown as it is, chosen, replaced or taken away; made anew before it is stored."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.forms.widgets import ClearableFileInput
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from campaigns.models import Picture
from campaigns.pictures import TAKEN, Encoded, Fit, encode
from mobilise.uploading import LeftOut

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """The picture that is there."""

    url: str
    width: int
    height: int


class PictureWidget(ClearableFileInput):
    """The picture itself, a box to tick that takes it away, and the phone's own way to choose one."""

    template_name = "mobilise/picture.html"

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's own templates, which Django's form renderer does not look at."""
        return mark_safe(render_to_string(self.template_name, self.get_context(name, value, attrs)))  # noqa: S308


class PictureField(forms.FileField):
    """Gives Encoded for a new picture, False to take it away, and what was there when nothing was chosen."""

    widget = PictureWidget
    default_error_messages = {
        "empty": _("This file is empty. Choose another picture."),
        "contradiction": _("Either choose a picture or tick the box that takes it away, not both."),
        "too_large": _("These pictures are too large: %(most)s MB at most in one go. Save them one by one."),
    }

    def __init__(self, *, fit: Fit | None = None, **kwargs: Any) -> None:
        self.fit = fit or Fit()
        help_text = _("JPEG, PNG or WebP. It is made smaller; where and when it was taken is removed.")
        super().__init__(**{"required": False, "label": _("Picture"), "help_text": help_text, **kwargs})
        self.widget.attrs["accept"] = TAKEN

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Raises ValidationError, in words."""
        chosen = super().clean(data, initial)
        if isinstance(chosen, LeftOut):
            most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // MEGABYTE
            raise forms.ValidationError(self.error_messages["too_large"] % {"most": most}, code="too_large")
        return chosen if chosen is None or chosen is False or isinstance(chosen, Stored) else encode(chosen, self.fit)


class WithPicture(AnyModelForm):
    """A form of something that may have a picture. What it shows in words is a field of the row: ``alt_field``."""

    picture = PictureField()
    alt_field = "alt"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            stored = Picture.objects.described().of(self.instance).first()
            if stored:
                self.initial["picture"] = Stored(_admin_path(self.instance, stored), stored.width, stored.height)

    def clean(self) -> dict[str, Any]:
        """Who does not see the picture has to know what it shows."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("picture") and self.alt_field in cleaned and not cleaned[self.alt_field]:
            self.add_error(self.alt_field, _("Say in a few words what the picture shows, for those who do not see it."))
        if self.errors and isinstance(cleaned.get("picture"), Encoded):
            self.add_error("picture", _("Choose the picture again: browsers do not keep it when a page comes back."))
        return cleaned

    def _save_m2m(self) -> None:
        """With the row, or right after it."""
        super()._save_m2m()  # type: ignore[misc]  # the hook for what comes after the row, unknown to the stubs
        picture = self.cleaned_data.get("picture")
        if isinstance(picture, Encoded):
            Picture.objects.keep(self.instance, picture)
        elif picture is False:
            Picture.objects.of(self.instance).delete()


def _admin_path(owner: Any, picture: Picture) -> str:
    kind = owner.action.kind.replace("_", "")
    return reverse(f"admin:campaigns_{kind}_picture", args=[owner.action_id, picture.uuid])
