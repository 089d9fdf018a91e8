"""Organisers: the only people who have accounts."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes organisers."""

    def create_user(self, username: str, password: str | None = None, **extra: Any) -> "User":
        """An organiser who may sign in to the admin; campaigns are given by membership."""
        user = self.model(username=self.model.normalize_username(username), **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **extra: Any) -> "User":
        """A site administrator."""
        return self.create_user(username, password, is_superuser=True, **extra)

    def sign_out(self, users: Iterable["User"]) -> None:
        """Ends all their sessions, wherever these are kept, in one statement."""
        self.filter(pk__in=[user.pk for user in users]).update(session_epoch=F("session_epoch") + 1)


class User(AbstractBaseUser, PermissionsMixin):
    """An organiser. Nothing says when they signed in; days are enough for the rest."""

    username = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("Somebody has this name already.")},
    )
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=True)
    joined_on = models.DateField(_("since"), default=timezone.localdate, editable=False)
    # Part of what a session is checked against: one more, and every session from before is over.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    last_login = None  # when somebody signed in is nobody's business

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Named for what they are."""

        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session keeps and is checked against at each request: of the password, as Django's, and the epoch."""
        text = f"{self.session_epoch}.{self.password}"
        return salted_hmac("accounts.User.session", text, secret=secret, algorithm="sha256").hexdigest()
