"""Figures that organisers type in: seen elsewhere, with their source and hour, kept apart from what we count."""

from datetime import datetime
from uuid import uuid4

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.action import Action
from campaigns.models.audit import Act
from mobilise.fields import TranslatedField
from mobilise.fields.translated import Texts, in_order

# What a phone shows, and JavaScript counts, to the last digit.
LARGEST = 10**12


class FigureQuerySet(models.QuerySet["Figure"]):
    """Storing and removing."""

    def add(self, figure: "Figure", by: User | None = None) -> bool:
        """Stores a new one. False when the very same is stored already: a form that was sent twice."""
        with transaction.atomic():
            Action.objects.select_for_update().get(pk=figure.action_id)
            same = self.filter(action_id=figure.action_id, value=figure.value, as_of=figure.as_of)
            if any(one.label == figure.label and one.source == figure.source for one in same):
                return False
            figure.save(force_insert=True)
            figure.action.note(Act.FIGURE_ADDED, by, str(figure))
            return True

    def remove(self, action: Action, pk: int, by: User | None = None) -> bool:
        """Takes it away. False when it was gone already."""
        with transaction.atomic():
            figure = self.filter(pk=pk, action_id=action.pk).first()
            if figure is None or not self.filter(pk=pk).delete()[0]:
                return False
            action.note(Act.FIGURE_REMOVED, by, str(figure))
            return True


class Figure(models.Model):
    """8,000 posts, place 2, 600 listeners: a number, what it counts, who says so, as of when."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="figures")
    value = models.PositiveBigIntegerField(_("number"), validators=[MaxValueValidator(LARGEST)])
    label = TranslatedField(
        _("what it counts"),
        max_length=80,
        help_text=_("As it follows the number: posts under the hashtag, place in the trends, listeners."),
    )
    source = TranslatedField(_("source"), max_length=120, help_text=_("Where it can be checked, or who counted."))
    as_of = models.DateTimeField(_("as of"))

    objects = FigureQuerySet.as_manager()

    class Meta:
        """As they were seen."""

        ordering = ("as_of", "pk")
        verbose_name = _("figure")
        verbose_name_plural = _("figures")

    def __str__(self) -> str:
        return f"{self.value} {next(iter(in_order(self.label)), '')}".strip()

    def change(self, *, value: int, label: Texts, source: Texts, as_of: datetime, by: User | None = None) -> bool:
        """Stores other words or another number. False when it was removed meanwhile."""
        changed = {"value": value, "label": label, "source": source, "as_of": as_of}
        with transaction.atomic():
            if not Figure.objects.filter(pk=self.pk).update(**changed):
                return False
            self.value, self.label, self.source, self.as_of = value, label, source, as_of
            self.action.note(Act.FIGURE_CHANGED, by, str(self))
            return True
