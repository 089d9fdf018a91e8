"""Where a rally stands with the authorities."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Declaration(models.TextChoices):
    """Whether it was declared to the authorities, and whether they forbade it."""

    DECLARED = "declared", _("declared")
    UNDECLARED = "undeclared", _("not declared")
    BANNED = "banned", _("banned")
