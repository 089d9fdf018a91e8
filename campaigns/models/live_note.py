"""One line of the organisers while an action runs: it comes with the live count, not by push."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.action import Action
from campaigns.models.audit import Act
from mobilise.fields import TranslatedField
from mobilise.fields.translated import Texts, in_order

# So many stand at once, the newest: who opens the app reads a line, not a page.
MOST_SHOWN = 5
# So many of one action are kept until its retention days are over.
MOST_KEPT = 100


class LiveNoteQuerySet(models.QuerySet["LiveNote"]):
    """Writing, and what is shown."""

    def standing(self, action: Action) -> "LiveNoteQuerySet":
        """What activists see of an action while it runs, newest first."""
        return self.filter(action_id=action.pk)[:MOST_SHOWN]

    def write(self, action: Action, text: Texts, now: datetime, by: User | None = None) -> "tuple[LiveNote, bool]":
        """The note, and whether it is new: the newest one again is a button that was tapped twice.

        Raises ValidationError when the action does not run, or has too many notes.
        """
        with transaction.atomic():
            stored = Action.objects.select_for_update().get(pk=action.pk)
            if not stored.is_live(now):
                raise ValidationError(_("Notes are for the time while the action runs."), code="not_live")
            notes = self.filter(action_id=action.pk)
            newest = notes.first()
            if newest is not None and newest.text == text:
                return newest, False
            if notes.count() >= MOST_KEPT:
                raise ValidationError(_("There are enough notes: take one back first."), code="too_many")
            action.note(Act.NOTE_WRITTEN, by, " / ".join(in_order(text)))
            return self.create(action_id=action.pk, text=text, at=now), True

    def take_back(self, action: Action, pk: int, by: User | None = None) -> bool:
        """It is gone at once. False when it was gone already."""
        with transaction.atomic():
            note = self.filter(pk=pk, action_id=action.pk).first()
            if note is None or not self.filter(pk=pk).delete()[0]:
                return False
            action.note(Act.NOTE_TAKEN_BACK, by, " / ".join(in_order(note.text)))
            return True


class LiveNote(models.Model):
    """One line, in one language or several."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="live_notes")
    text = TranslatedField(_("live note"), max_length=140)
    at = models.DateTimeField()

    objects = LiveNoteQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["action", "-at"], name="live_note_newest")]

    def __str__(self) -> str:
        return next(iter(in_order(self.text)), "")
