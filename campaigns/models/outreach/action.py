"""The kind itself: what is said, how many are needed from where, and for how long an official is one caller's."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.departements import DEPARTEMENTS
from campaigns.kinds import Kind
from campaigns.models.action import Action
from mobilise.fields import TranslatedField

MOST_CLAIM_HOURS = 24


def validate_counts(counts: object) -> None:
    """{departement: number}. Raises ValidationError."""
    if not isinstance(counts, dict) or not all(
        code in DEPARTEMENTS and isinstance(number, int) and number >= 0 for code, number in counts.items()
    ):
        raise ValidationError(_("A number for each departement, nothing else."))


class Outreach(Action):
    """Calling officials, one by one, until a deadline: the action's end."""

    KIND = Kind.OUTREACH

    script = TranslatedField(
        _("what to say"),
        max_length=3000,
        multiline=True,
        help_text=_("Who one is, what one asks for, how it is done. Read while the phone rings."),
    )
    points = TranslatedField(
        _("points to make"), max_length=2000, multiline=True, blank=True, help_text=_("One per line.")
    )
    target = models.PositiveIntegerField(
        _("how many are needed"), default=500, validators=[MinValueValidator(1)], help_text=_("For example 500.")
    )
    departements_needed = models.PositiveSmallIntegerField(
        _("from how many departements at least"), default=30, validators=[MinValueValidator(1)]
    )
    departement_cap = models.PositiveIntegerField(
        _("at most from one departement"),
        default=50,
        validators=[MinValueValidator(1)],
        help_text=_("What is above it in a departement does not add."),
    )
    published_counts = models.JSONField(
        _("official count by departement"), default=dict, blank=True, validators=[validate_counts]
    )
    published_as_of = models.DateTimeField(_("published on"), null=True, blank=True)
    claim_hours = models.PositiveSmallIntegerField(
        _("hours for one call"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_CLAIM_HOURS)],
        help_text=_("So long an official is one caller's alone; without a report they are free again after it."),
    )

    class Meta:
        """A page of its own in the admin."""

        verbose_name = _("outreach")
        verbose_name_plural = _("outreaches")

    def leave_behind(self, original: Action) -> None:
        """The official counts are of the other one; its officials stay in its list."""
        super().leave_behind(original)
        self.published_counts, self.published_as_of = {}, None
