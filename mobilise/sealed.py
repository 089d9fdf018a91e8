"""What is written once: the logs. Nothing changes or deletes an entry but retention, which takes the seal off."""

from datetime import datetime
from typing import Any, NoReturn, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class Sealed(Exception):
    """What was noted is neither changed nor deleted; it goes when its days are over."""


class SealedQuerySet(models.QuerySet[M]):
    """Reads and creates. Everything else that writes is refused with Sealed."""

    def unsealed(self) -> "models.QuerySet[M]":
        """All rows, without the seal."""
        return models.QuerySet(self.model)

    def noted_before(self, moment: datetime) -> "models.QuerySet[M]":
        """What retention deletes: without the seal."""
        return self.unsealed().filter(at__lt=moment)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Sealed

    def delete(self) -> NoReturn:
        """Refused."""
        raise Sealed

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Sealed

    delete.alters_data = True  # type: ignore[attr-defined]  # as Django's own: not callable from a template
    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own


class SealedModel(models.Model):
    """A row that is stored once. Its manager is made of a SealedQuerySet."""

    class Meta:
        """Of the logs only."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores a new entry. Raises Sealed for one that is stored."""
        if not self._state.adding:
            raise Sealed
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Sealed
