"""Names that were stored once and may not be written any more: known again, but not kept."""

import hmac
import os
from collections.abc import Iterable

from django.db import models

from campaigns.models.kinds import SolidarityAlert
from campaigns.names import forms_of
from mobilise.fields import EncryptedBytesField

DIGEST_BYTES = 12


class WithheldNameQuerySet(models.QuerySet["WithheldName"]):
    """Remembering without keeping."""

    def remember(self, case: SolidarityAlert, name: str) -> None:
        """From now on the name is known again in texts of the case. The same again changes nothing."""
        forms = forms_of(name)
        every = forms.whole | forms.parts
        if not every or any(all(row.knows(form) for form in every) for row in self.filter(case=case)):
            return
        row = WithheldName(case=case, key=os.urandom(32))
        row.whole, row.parts = row.digests_of(forms.whole), row.digests_of(forms.parts)
        row.save()


class WithheldName(models.Model):
    """The digests of a name's forms, under a random key of the row's own that is itself encrypted.

    Whoever has the database alone learns nothing from it; deleted with what else is forgotten after the case's end.
    """

    case = models.ForeignKey(SolidarityAlert, on_delete=models.CASCADE, related_name="withheld_names")
    key = EncryptedBytesField()
    # See campaigns.names.Forms.
    whole = models.JSONField(default=list)
    parts = models.JSONField(default=list)

    objects = WithheldNameQuerySet.as_manager()

    def digests_of(self, forms: Iterable[str]) -> list[str]:
        """As they are stored: in an order that says nothing."""
        return sorted(self._digest(form) for form in forms)

    def knows(self, form: str, *, whole_only: bool = False) -> bool:
        """Whether this is a form of the name; ``whole_only``: one that can hardly be anything else."""
        digest = self._digest(form)
        return digest in self.whole or (not whole_only and digest in self.parts)

    def _digest(self, form: str) -> str:
        return hmac.digest(bytes(self.key), form.encode(), "sha256")[:DIGEST_BYTES].hex()
