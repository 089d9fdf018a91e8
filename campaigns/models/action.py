"""An action: one thing to do. What only one kind has is in that kind's own table."""

import os
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, User
from accounts.models.device import validate_time_zone
from campaigns.kinds import TRAITS, Kind, KindTraits
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign, Visibility
from campaigns.models.transitions import move
from campaigns.names import INSTEAD, forms_of, without
from mobilise.fields import EncryptedBytesField, TranslatedField
from mobilise.grouped import Grouped
from mobilise.prepared import Prepared

validate_web_address = URLValidator(schemes=["https", "http"])
# How long after its end an action still takes what was done in its time and waited for a network.
LATE = timedelta(hours=1)


def make_participation_key() -> bytes:
    """The action's own random key, from which its participation tokens are made."""
    return os.urandom(32)


class ActionState(models.TextChoices):
    """draft -> published -> cancelled. A template is none of them, ever: actions are copied from it."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")
    TEMPLATE = "template", _("template")


# What activists may see.
SHOWN = (ActionState.PUBLISHED, ActionState.CANCELLED)


class ActionQuerySet(models.QuerySet["Action"]):
    """Which actions are to be seen, and when."""

    def shown(self) -> "ActionQuerySet":
        """Published or cancelled, in a published campaign."""
        return self.filter(campaign__published=True, state__in=SHOWN)

    def templates(self) -> "ActionQuerySet":
        """What new actions are copied from. Never shown to activists."""
        return self.filter(state=ActionState.TEMPLATE)

    def public(self) -> "ActionQuerySet":
        """Those that anybody may see."""
        return self.shown().filter(campaign__visibility=Visibility.PUBLIC)

    def visible_to(self, device: Device | None, links: Collection[str] = ()) -> "ActionQuerySet":
        """The public ones, and those of campaigns that the device follows or has the link of."""
        return self.shown().filter(campaign__in=Campaign.objects.visible_to(device, links))

    def find_visible(self, uuid: UUID, device: Device, links: Collection[str]) -> "Action | None":
        """The one that the device may see by this name, with what is to be known of its rally. Only to be read."""
        if action := _find_public(uuid):
            return action
        return self.visible_to(device, links).select_related("rallycall").filter(uuid=uuid).first()

    def find_public(self, uuids: Sequence[UUID]) -> "list[Action | None]":
        """Those that anybody may see, for a crowd, in one statement. Only to be read: who asks shares them."""
        return _find_public_together(uuids)

    def open_at(self, now: datetime) -> "ActionQuerySet":
        """Those in which somebody can take part or have taken part until their end."""
        return self.filter(state=ActionState.PUBLISHED, ends_at__gt=now, participation_key__isnull=False)

    def leading_to(self, action: "Action") -> set[int]:
        """Keys of those whose end leads, by however many steps, to this one. One query."""
        chosen = self.filter(campaign_id=action.campaign_id, successor__isnull=False).values_list("pk", "successor_id")
        after = dict(chosen.order_by())
        found: set[int] = set()
        reached = {action.pk}
        while reached:
            reached = {pk for pk, successor in after.items() if successor in reached} - found
            found |= reached
        return found


# What has to be known of an action to take part in it, in the order of its columns; and of its rally, if it is one.
TAKING_PART = ("id", "uuid", "starts_at", "ends_at", "state", "participation_key")
_public = Prepared(
    lambda uuids: (
        Action.objects.public().filter(uuid__in=uuids).order_by().values_list(*TAKING_PART, "rallycall__declaration")
    )
)


def _find_public_together(uuids: Sequence[UUID]) -> "list[Action | None]":
    """For a crowd, in one statement."""
    found = {action.uuid: action for action in map(_read_public, _public.rows(set(uuids)))}
    return [found.get(uuid) for uuid in uuids]


def _read_public(row: Sequence[Any]) -> "Action":
    """As a query with only() and select_related() gives it: what is not there is fetched when it is asked for."""
    *own, declaration = row
    action = Action.from_db(DEFAULT_DB_ALIAS, TAKING_PART, own)
    relation = Action._meta.get_field("rallycall")
    rally = relation.related_model
    relation.set_cached_value(action, declaration and rally.from_db(DEFAULT_DB_ALIAS, ["declaration"], [declaration]))
    return action


_find_public = Grouped(_find_public_together)


class Action(models.Model):
    """One thing to do, in a campaign, between two moments. Made as one of its kinds, never by itself."""

    KIND: ClassVar[Kind]
    # Moments that a copy to another date takes along; all others are facts about the original.
    MOVES_ALONG: ClassVar[tuple[str, ...]] = ("starts_at", "ends_at")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="actions", verbose_name=_("campaign"))
    kind = models.CharField(max_length=20, choices=Kind, editable=False)
    title = TranslatedField(_("title"), max_length=80)
    summary = TranslatedField(_("what it is about"), max_length=600, multiline=True, blank=True)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone])
    goal = models.PositiveIntegerField(
        _("how many should take part"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10)],
        help_text=_("Shown as a bar that fills. Empty: no bar. At least 10, as smaller numbers are not told."),
    )
    state = models.CharField(_("state"), max_length=10, choices=ActionState, default=ActionState.DRAFT, editable=False)
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("leads to"),
        help_text=_("Where its page leads once it is over: from the hashtag to television, then to the audio space."),
    )
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies", editable=False
    )
    # When what followers see of it last changed: calendars take over only what is newer than what they have.
    revised_at = models.DateTimeField(auto_now=True, editable=False)
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
        """The end comes after the start, and nobody is led in a circle."""
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end must come after the start.")})
        if self.pk and self.successor_id and self.successor_id in {self.pk, *Action.objects.leading_to(self)}:
            raise ValidationError({"successor": _("That one leads back to this one: choose another.")})

    @property
    def traits(self) -> KindTraits:
        """How alerts of its kind behave."""
        return TRAITS[self.kind]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its hours are said."""
        return ZoneInfo(self.time_zone)

    @property
    def is_template(self) -> bool:
        """Actions are copied from it; itself it is none."""
        return self.state == ActionState.TEMPLATE

    def leave_behind(self, original: "Action") -> None:
        """On a copy that is not stored yet: takes out what is true of the original alone."""
        self.successor = None

    def publish(self, by: User | None = None) -> None:
        """draft -> published. Raises IllegalTransition."""
        with transaction.atomic():
            move(self, "state", {ActionState.DRAFT}, ActionState.PUBLISHED, revised_at=timezone.now())
            self.note(Act.PUBLISHED, by)

    def cancel(self, by: User | None = None) -> None:
        """draft | published -> cancelled. Raises IllegalTransition. Its alerts are the caller's to cancel."""
        with transaction.atomic():
            allowed = {ActionState.DRAFT, ActionState.PUBLISHED}
            move(self, "state", allowed, ActionState.CANCELLED, revised_at=timezone.now())
            self.note(Act.ACTION_CANCELLED, by)

    def note(self, act: Act, by: User | None, text: str = "") -> None:
        """Notes what was done to it in the campaign's audit log; ``by`` None: the site itself did it."""
        about, text = self.without_names(str(self), text)
        AuditEntry.objects.note(act, campaign=self.campaign_id, by=by, about=about, text=text)

    def without_names(self, *texts: str) -> tuple[str, ...]:
        """The texts as they may be kept in a log: a consent to be named is none to be remembered there."""
        if self.kind != Kind.SOLIDARITY_ALERT:
            return texts
        persons = apps.get_model("campaigns", "Person")._default_manager.filter(alert_case=self.pk)
        names = [forms_of(str(name)) for name in persons.values_list("name", flat=True) if name]
        forms = {form for each in names for form in each.whole | each.parts}
        return tuple(without(text, forms.__contains__, INSTEAD[""]) for text in texts) if forms else texts

    def is_open(self, now: datetime) -> bool:
        """Whether somebody can take part now: published, not over, its key not yet deleted."""
        return self.state == ActionState.PUBLISHED and now < self.ends_at and self.participation_key is not None

    def takes_late(self, now: datetime) -> bool:
        """Whether what was done in its time, and waited for a network, is still taken: for an hour after the end."""
        return self.is_open(now - LATE) and now >= self.ends_at

    def is_live(self, now: datetime) -> bool:
        """Whether it runs: published, begun, not over."""
        return self.state == ActionState.PUBLISHED and self.starts_at <= now < self.ends_at

    def is_over(self, now: datetime) -> bool:
        """Whether it ran to its end."""
        return self.state == ActionState.PUBLISHED and now >= self.ends_at
