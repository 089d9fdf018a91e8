"""The log of the site: what administrators do to accounts, and what was done to keys and settings."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from mobilise.fields import EncryptedTextField
from mobilise.sealed import SealedModel, SealedQuerySet


class SiteAct(models.TextChoices):
    """Every kind of act that is noted. A value that is in use keeps its meaning for ever."""

    ACCOUNT_MADE = "account_made", _("made an account")
    ACCOUNT_CHANGED = "account_changed", _("changed an account")
    ACCOUNT_DELETED = "account_deleted", _("deleted an account")
    PASSWORD_SET = "password_set", _("set another's password")  # no password
    FACTOR_RESET = "factor_reset", _("reset another's second factor")
    SETTINGS = "settings", _("runs with other settings or keys")
    REENCRYPTED = "reencrypted", _("encrypted what is stored with the first field key")
    REDIGESTED = "redigested", _("made the digests anew with the first index key")
    RESTORED = "restored", _("runs with a database that comes from a backup")


class SiteEntryQuerySet(SealedQuerySet["SiteEntry"]):
    """Noting, and forgetting what is old. Everything else that writes is refused."""

    def note(
        self, act: SiteAct, *, by: User | None = None, about: object = "", text: str = "", state: str = ""
    ) -> "SiteEntry":
        """Notes an act, inside the transaction that does it. ``by``: None for the site, or whoever has its server."""
        actor = by.get_username() if by else ""
        return self.create(act=act, actor=actor, about=str(about), text=text, state=state)

    def noted_before(self, moment: datetime) -> "models.QuerySet[SiteEntry]":
        """What retention deletes; the settings of now are kept, else they would be told as new ones."""
        latest = self.unsealed().filter(act=SiteAct.SETTINGS).order_by("-pk").values_list("pk", flat=True)[:1]
        return super().noted_before(moment).exclude(pk__in=list(latest))


class SiteEntry(SealedModel):
    """One act. Who did it and what it was about are encrypted, as in the campaigns' logs."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    act = models.CharField(max_length=30)
    # The name as it was then: accounts are renamed and deleted. Empty: the site itself.
    actor = EncryptedTextField()
    about = EncryptedTextField()
    text = EncryptedTextField()
    # Of settings: all of them, to compare the next ones with.
    state = EncryptedTextField()

    objects = SiteEntryQuerySet.as_manager()

    class Meta:
        """The latest first."""

        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.act_in_words

    @property
    def act_in_words(self) -> str:
        """What was done; an act that this version does not know any more, as it is stored."""
        return str(SiteAct(self.act).label) if self.act in SiteAct.values else self.act
