"""A campaign: a cause with a goal, organisers who answer for it, and followers who stay anonymous."""

import hashlib
import secrets
from collections.abc import Collection
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, User
from accounts.models.device import validate_time_zone
from campaigns.kinds import KIND_BITS, mask_to_kinds
from mobilise import languages
from mobilise.fields import EncryptedTextField, TranslatedField

validate_hashtag = RegexValidator(r"^\w+$", _("A hashtag is one word, without the # sign."), code="hashtag")
LINK_BYTES = 16


class Visibility(models.TextChoices):
    """Who may know of a campaign."""

    PUBLIC = "public", _("public")
    LINK = "link", _("by link: listed nowhere, open to whoever has the link")
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

    def visible_to(self, device: Device | None, links: Collection[str] = ()) -> "CampaignQuerySet":
        """The public ones, those that the device follows, and those by link whose key is among ``links``."""
        known = Q(visibility=Visibility.PUBLIC)
        if links:
            known |= Q(visibility=Visibility.LINK, link_digest__in=[digest_code(key) for key in links])
        if device is not None:
            known |= Q(pk__in=Follow.objects.filter(device=device).values("campaign"))
        return self.published().filter(known)

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
        choices=languages.choices,
        default=settings.LANGUAGE_CODE,
        help_text=_("Fills in where a text is missing in another language."),
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone])
    visibility = models.CharField(_("visibility"), max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    # What the link of a campaign by link holds, and what it is found by; neither for any other campaign.
    link_key = EncryptedTextField(blank=True)
    link_digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
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

    def save(self, *args: object, **kwargs: object) -> None:
        """A campaign by link has a key; one that is not loses it, so that an old link never works again."""
        if self.visibility != Visibility.LINK:
            self.link_key, self.link_digest = "", None
        elif self.link_digest is None:
            self.link_key, self.link_digest = _make_link()
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its hours are said."""
        return ZoneInfo(self.time_zone)

    @property
    def path(self) -> str:
        """Where the app shows it. The key is behind the #: no server's log and no referrer ever holds it."""
        return f"/c/{self.slug}#link={self.link_key}" if self.visibility == Visibility.LINK else f"/c/{self.slug}"

    @property
    def calendar_key(self) -> str:
        """What the addresses of its calendars hold when it is by link: made from the key, which it does not tell."""
        return hashlib.sha256(f"calendar {self.link_key}".encode()).hexdigest()[:32] if self.link_key else ""

    @property
    def calendar_path(self) -> str | None:
        """Where its calendar is; None for a campaign by invitation: a calendar's program brings no cookie."""
        if self.visibility == Visibility.INVITATION:
            return None
        key = f"?key={self.calendar_key}" if self.calendar_key else ""
        return f"/campaigns/{self.slug}/calendar.ics{key}"

    def change_link(self, seen: str) -> bool:
        """A new key in place of the one whose digest is ``seen``. False when there is another already, or none."""
        key, digest = _make_link()
        current = Campaign.objects.filter(pk=self.pk, visibility=Visibility.LINK, link_digest=seen)
        if not seen or not current.update(link_key=key, link_digest=digest):
            return False
        self.link_key, self.link_digest = key, digest
        return True

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
        return self.agreed().alias(wanted=F("kinds_mask").bitand(KIND_BITS[kind])).filter(wanted__gt=0)

    def agreed(self) -> "FollowQuerySet":
        """Those whose agreement covers what alerts do now; the others are asked anew by the app."""
        return self.filter(consent_version__gte=settings.CONSENT_VALID_FROM)

    def move(self, gone: Device, keep: Device) -> None:
        """What one device follows, another does. Of two that follow the same: the kinds of both, and the older consent,
        so that nobody seems to have agreed to a later text than they did."""
        there = {follow.campaign_id: follow for follow in self.filter(device=keep)}
        for follow in self.filter(device=gone).order_by("campaign_id"):
            other = there.get(follow.campaign_id)
            if other is None:
                self.filter(pk=follow.pk).update(device=keep)
                continue
            consent = min((one.consent_version, one.consented_on) for one in (follow, other))
            self.filter(pk=other.pk).update(
                kinds_mask=follow.kinds_mask | other.kinds_mask, consent_version=consent[0], consented_on=consent[1]
            )
            self.filter(pk=follow.pk).delete()


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


def digest_code(code: str) -> str:
    """What is stored of a random code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _make_link() -> tuple[str, str]:
    key = secrets.token_urlsafe(LINK_BYTES)
    return key, digest_code(key)
