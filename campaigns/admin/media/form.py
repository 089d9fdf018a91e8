"""The form of one medium: a link to what is published, or a picture of the organisers' own."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.cases.refusing import WithoutWithheldNames
from campaigns.admin.fields.picture import PictureField, WithPicture
from campaigns.admin.seen import AsSeen
from campaigns.models import MediumKind, Picture


class MediumForm(AsSeen, WithPicture, WithoutWithheldNames):
    """A picture is sent in, a clip or a post is linked to; never both."""

    picture = PictureField(
        help_text=gettext_lazy(
            "JPEG, PNG or WebP. It is made smaller; where and when it was taken is removed. No face of somebody "
            "who did not agree."
        )
    )

    def clean(self) -> dict[str, Any]:
        """Says what is missing beside the field where it is missing."""
        cleaned = super().clean()
        if cleaned.get("kind") == MediumKind.PICTURE:
            cleaned["url"] = ""
            # A link that is no longer wanted need not be a good one.
            self.errors.pop("url", None)
            if not cleaned.get("picture") and "picture" not in self.errors:
                self.add_error("picture", _("Choose the picture."))
        return cleaned

    def _save_m2m(self) -> None:
        """A medium that has become a link has no picture any more."""
        super()._save_m2m()
        if self.instance.kind != MediumKind.PICTURE:
            Picture.objects.of(self.instance).delete()
