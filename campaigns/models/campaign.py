"""A campaign: a cause with a goal, organisers who answer for it, and followers who stay anonymous."""

import hashlib
import secrets
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, User
from accounts.models.device import validate_time_zone
from campaigns.kinds import KIND_BITS, mask_to_kinds
from mobilise.fields import TranslatedField

validate_hashtag = RegexValidator(r"^\w+$", _("A hashtag is one word, without the # sign."), code="hashtag")


class Visibility(models.TextChoices):
    """Who may know of a campaign."""

    PUBLIC = "public", _("public")
    INVITATION = "invitation", _("by invitation only")


class Role(models.TextChoices):
    """What an organiser may do in a campaign."""

    OWNER = "owner", _("owner: everything, organisers and settings included")
    EDITOR = "editor", _("editor: writes and schedules")
    APPROVER = "approver", _("approver: writes, schedules, and approves what others scheduled")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Which campaigns somebody may know of."""

    def published(self) -> "CampaignQuerySet":
        """Those that activists may see at all."""
        return self.filter(published=True)

    def public(self) -> "CampaignQuerySet":
        """Those that anybody may see."""
        return self.published().filter(visibility=Visibility.PUBLIC)

    def visible_to(self, device: Device | None) -> "CampaignQuerySet":
        """The public ones, and those that the device follows."""
        if device is None:
            return self.public()
        return self.published().filter(Q(visibility=Visibility.PUBLIC) | Q(follows__device=device)).distinct()

    def of(self, user: User) -> "CampaignQuerySet":
        """Those in which an organiser has a role; a site administrator alone has none."""
        return self.filter(memberships__user=user).distinct()


class Campaign(models.Model):
    """A cause with a goal (a number, a unit, a deadline), a hashtag, organisers, followers."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True, help_text=_("The last part of its web address."))
    name = TranslatedField(_("name"), max_length=80)
    summary = TranslatedField(_("in a few words"), max_length=600, multiline=True, blank=True)
    hashtag = models.CharField(_("hashtag"), max_length=80, blank=True, validators=[validate_hashtag])
    goal_target = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    goal_reached = models.PositiveIntegerField(_("reached"), null=True, blank=True)
    goal_reached_as_of = models.DateTimeField(_("reached as of"), null=True, blank=True)
    goal_unit = TranslatedField(_("what is counted"), max_length=60, blank=True)
    goal_deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    run_by = TranslatedField(_("who runs it"), max_length=200, help_text=_("Shown to everyone: who answers for this."))
    contact = models.CharField(_("how to reach them"), max_length=200, help_text=_("A web page, an address, a number."))
    legal_phone = models.CharField(_("legal team's number"), max_length=30, blank=True)
    main_language = models.CharField(
        _("main language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("Fills in where a text is missing in another language."),
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone])
    visibility = models.CharField(_("visibility"), max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    published = models.BooleanField(_("published"), default=False)
    two_person = models.BooleanField(
        _("two-person mode"),
        default=False,
        help_text=_("An alert to many devices needs a second person's approval."),
    )
    two_person_above = models.PositiveIntegerField(_("needed above this many devices"), default=100)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        """By address."""

        ordering = ("slug",)
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return self.name.get(self.main_language) or self.slug

    def role_of(self, user: User) -> Role | None:
        """The organiser's role here, or None."""
        role = self.memberships.filter(user=user).values_list("role", flat=True).first()
        return Role(role) if role else None


class Membership(models.Model):
    """An organiser's role in a campaign."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organiser"))
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        """One role per organiser and campaign."""

        constraints = [models.UniqueConstraint(fields=["user", "campaign"], name="membership_one_role")]
        verbose_name = _("organiser of the campaign")
        verbose_name_plural = _("organisers of the campaign")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def may_approve(self) -> bool:
        """Owners and approvers are the second pair of eyes."""
        return self.role in (Role.OWNER, Role.APPROVER)


class FollowQuerySet(models.QuerySet["Follow"]):
    """The audience's raw material."""

    def wanting(self, kind: str) -> "FollowQuerySet":
        """Those that want alerts of this kind."""
        return self.alias(wanted=F("kinds_mask").bitand(KIND_BITS[kind])).filter(wanted__gt=0)


class Follow(models.Model):
    """A device follows a campaign, with the kinds it wants and the consent it gave."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="follows")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="follows")
    kinds_mask = models.PositiveSmallIntegerField()
    consent_version = models.PositiveSmallIntegerField()
    consented_on = models.DateField()

    objects = FollowQuerySet.as_manager()

    class Meta:
        """The index is what delivery walks along."""

        constraints = [models.UniqueConstraint(fields=["campaign", "device"], name="follow_once")]

    @property
    def kinds(self) -> list[str]:
        """The kinds it wants, in words."""
        return mask_to_kinds(self.kinds_mask)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Making and redeeming invitations."""

    def make(self, campaign: Campaign, *, uses: int, expires_at: datetime) -> str:
        """A code for ``uses`` followers until ``expires_at``."""
        code = secrets.token_urlsafe(12)
        self.create(campaign=campaign, digest=digest_code(code), uses_left=uses, expires_at=expires_at)
        return code

    def redeem(self, campaign: Campaign, code: str, now: datetime) -> bool:
        """Takes one use, atomically. False when the code is unknown, used up, revoked or too old."""
        usable = self.filter(campaign=campaign, digest=digest_code(code), uses_left__gt=0, expires_at__gt=now)
        return bool(usable.update(uses_left=F("uses_left") - 1))


class Invitation(models.Model):
    """A way into a closed campaign. Never who used it or when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    uses_left = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()


def digest_code(code: str) -> str:
    """What is stored of a random code."""
    return hashlib.sha256(code.encode()).hexdigest()
