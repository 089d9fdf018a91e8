"""An action: one thing to do. What only one kind has is in that kind's own table."""

import os
from datetime import datetime
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Device
from accounts.models.device import validate_time_zone
from campaigns.kinds import TRAITS, Kind, KindTraits
from campaigns.models.campaign import Campaign, Visibility
from campaigns.models.transitions import move
from mobilise.fields import EncryptedBytesField, TranslatedField

validate_web_address = URLValidator(schemes=["https", "http"])
MOST_MEDIA = 6


def make_participation_key() -> bytes:
    """The action's own random key, from which its participation tokens are made."""
    return os.urandom(32)


class ActionState(models.TextChoices):
    """draft -> published -> cancelled."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


class ActionQuerySet(models.QuerySet["Action"]):
    """Which actions are to be seen, and when."""

    def shown(self) -> "ActionQuerySet":
        """Published or cancelled, in a published campaign."""
        return self.filter(campaign__published=True).exclude(state=ActionState.DRAFT)

    def public(self) -> "ActionQuerySet":
        """Those that anybody may see."""
        return self.shown().filter(campaign__visibility=Visibility.PUBLIC)

    def visible_to(self, device: Device | None) -> "ActionQuerySet":
        """The public ones, and those of campaigns that the device follows."""
        return self.shown().filter(campaign__in=Campaign.objects.visible_to(device))

    def open_at(self, now: datetime) -> "ActionQuerySet":
        """Those in which somebody can take part or have taken part until their end."""
        return self.filter(state=ActionState.PUBLISHED, ends_at__gt=now, participation_key__isnull=False)


class Action(models.Model):
    """One thing to do, in a campaign, between two moments. Made as one of its kinds, never by itself."""

    KIND: ClassVar[Kind]

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="actions", verbose_name=_("campaign"))
    kind = models.CharField(max_length=20, choices=Kind, editable=False)
    title = TranslatedField(_("title"), max_length=80)
    summary = TranslatedField(_("what it is about"), max_length=600, multiline=True, blank=True)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone])
    state = models.CharField(_("state"), max_length=10, choices=ActionState, default=ActionState.DRAFT, editable=False)
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("leads to"),
    )
    # Null once the retention days are over: without it no token can be made or matched any more.
    participation_key = EncryptedBytesField(null=True, default=make_participation_key, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        """The next ones first."""

        ordering = ("-starts_at",)
        indexes = [models.Index(fields=["state", "ends_at"], name="action_state_end")]
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    def __str__(self) -> str:
        return self.title.get(self.campaign.main_language) or next(iter(self.title.values()), str(self.uuid))

    def save(self, *args: object, **kwargs: object) -> None:
        """Stamps the kind of the table it is made as."""
        if not self.kind:
            self.kind = self.KIND
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came

    def clean(self) -> None:
        """The end comes after the start."""
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end must come after the start.")})

    @property
    def traits(self) -> KindTraits:
        """How alerts of its kind behave."""
        return TRAITS[self.kind]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its hours are said."""
        return ZoneInfo(self.time_zone)

    def publish(self) -> None:
        """draft -> published. Raises IllegalTransition."""
        move(self, "state", {ActionState.DRAFT}, ActionState.PUBLISHED)

    def cancel(self) -> None:
        """draft | published -> cancelled. Raises IllegalTransition. Its alerts are the caller's to cancel."""
        move(self, "state", {ActionState.DRAFT, ActionState.PUBLISHED}, ActionState.CANCELLED)

    def is_open(self, now: datetime) -> bool:
        """Whether somebody can take part now: published, not over, its key not yet deleted."""
        return self.state == ActionState.PUBLISHED and now < self.ends_at and self.participation_key is not None


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

    class Meta:
        """By time."""

        ordering = ("starts_at", "pk")
        verbose_name = _("gathering")
        verbose_name_plural = _("gatherings")

    def __str__(self) -> str:
        return next(iter(self.name.values()), self.address)


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
    url = models.CharField(_("web address"), max_length=500, validators=[validate_web_address])
    alt = TranslatedField(_("what it shows, in words"), max_length=300)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        """In the organisers' order."""

        ordering = ("position", "pk")
        verbose_name = _("medium")
        verbose_name_plural = _("media")
