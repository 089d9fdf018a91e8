"""What an action has several of: gatherings, links, and media to relay."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.action import Action, validate_web_address
from mobilise.fields import TranslatedField

MOST_MEDIA = 6


class Gathering(models.Model):
    """One place and time of a rally call or solidarity alert."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="gatherings")
    name = TranslatedField(_("place"), max_length=120)
    address = models.CharField(_("address"), max_length=200)
    departement = models.CharField(_("departement"), max_length=3, blank=True)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    practical = TranslatedField(_("practical information"), max_length=600, multiline=True, blank=True)
    # Only with a picture.
    picture_alt = TranslatedField(
        _("what the picture shows, in words"),
        max_length=300,
        blank=True,
        help_text=_("For those who do not see it: “The fountain in the middle of the square, seen from the metro.”"),
    )

    class Meta:
        """By time."""

        ordering = ("starts_at", "pk")
        verbose_name = _("gathering")
        verbose_name_plural = _("gatherings")

    def __str__(self) -> str:
        return next(iter(self.name.values()), self.address)

    def clean(self) -> None:
        """The end comes after the start."""
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end must come after the start.")})


class ActionLink(models.Model):
    """A link of an action: statement, hardship fund, support committee."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="links")
    label = TranslatedField(_("label"), max_length=80)
    url = models.CharField(_("web address"), max_length=500, validators=[validate_web_address])
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        """In the organisers' order."""

        ordering = ("position", "pk")
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return next(iter(self.label.values()), self.url)


class MediumKind(models.TextChoices):
    """What can be relayed."""

    CLIP = "clip", _("published clip")
    POST = "post", _("published post")
    PICTURE = "picture", _("picture")


class Medium(models.Model):
    """One of up to six things to relay: a link to a published clip or post, or a picture with its alt text."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="media")
    kind = models.CharField(_("kind"), max_length=8, choices=MediumKind)
    url = models.CharField(
        _("web address"),
        max_length=500,
        blank=True,
        validators=[validate_web_address],
        help_text=_("Of the clip or the post, where it is published."),
    )
    alt = TranslatedField(
        _("what it shows, in words"),
        max_length=300,
        help_text=_("For those who do not see it: shown beside it, and goes along with a picture."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        """In the organisers' order."""

        ordering = ("position", "pk")
        verbose_name = _("medium")
        verbose_name_plural = _("media")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=MediumKind.PICTURE, url="") | (~Q(kind=MediumKind.PICTURE) & ~Q(url="")),
                name="medium_link_or_picture",
            )
        ]

    def __str__(self) -> str:
        return next(iter(self.alt.values()), self.url)

    def clean(self) -> None:
        """A clip or post is a link; a picture is none."""
        super().clean()
        if self.kind == MediumKind.PICTURE:
            self.url = ""
        elif self.kind and not self.url:
            raise ValidationError({"url": _("Paste the address at which it is published.")})
