"""To whom an alert goes, among those who follow its campaign."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.departements import DEPARTEMENTS


class Audience(models.TextChoices):
    """Who gets an alert, among the followers who want its kind."""

    FOLLOWERS = "followers", _("followers of the campaign who want this kind")
    JOINED = "joined", _("those who joined the action")
    NOT_JOINED = "not_joined", _("those who have not joined yet")


def validate_departements(codes: object) -> None:
    """Raises ValidationError unless it is a list of codes that a device can give."""
    if not isinstance(codes, list) or not set(codes) <= DEPARTEMENTS:
        raise ValidationError(_("Choose departements of the list."), code="departements")


class AddressedAlert(models.Model):
    """Whom an alert is meant for."""

    audience = models.CharField(_("who gets it"), max_length=10, choices=Audience, default=Audience.FOLLOWERS)
    departements = models.JSONField(
        _("only in these departements"),
        default=list,
        blank=True,
        validators=[validate_departements],
        help_text=_("Only phones that gave one of these. None chosen: wherever they are."),
    )

    class Meta:
        """Columns of the alert's own table."""

        abstract = True

    @property
    def is_narrowed(self) -> bool:
        """Whether it goes to fewer than all who follow and want the kind."""
        return self.is_by_part or bool(self.departements)

    @property
    def is_by_part(self) -> bool:
        """Whether who gets it says who took part: nothing that delivery stores may lead from it to a device."""
        return self.audience != Audience.FOLLOWERS
