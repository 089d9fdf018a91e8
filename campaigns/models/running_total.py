"""Numbers that only grow: what metrics count stays counted when the rows it was counted from are deleted."""

from collections.abc import Mapping

from django.db import models

from mobilise.counters import increment_all


class Counted(models.TextChoices):
    """What is counted."""

    ANSWERS = "answers"  # of push services; by host and answer
    LEASE_RECOVERIES = "lease_recoveries"  # leases that ran out in a worker's hands


class RunningTotalQuerySet(models.QuerySet["RunningTotal"]):
    """Counting."""

    def add_answers(self, answers: Mapping[tuple[str, str], int]) -> None:
        """Adds {(host, answer): number}, in one statement."""
        keys = {"name": Counted.ANSWERS.value}
        rows = [({**keys, "host": host, "answer": answer}, {"count": n}) for (host, answer), n in answers.items()]
        increment_all(self.model, sorted(rows, key=lambda row: (row[0]["host"], row[0]["answer"])))

    def add_recoveries(self, number: int) -> None:
        """Notes leases that somebody else took over because their holder did not come back."""
        if number:
            keys = {"name": Counted.LEASE_RECOVERIES.value, "host": "", "answer": ""}
            increment_all(self.model, [(keys, {"count": number})])


class RunningTotal(models.Model):
    """One number that only grows."""

    name = models.CharField(max_length=16, choices=Counted)
    host = models.CharField(max_length=255, blank=True)
    answer = models.CharField(max_length=12, blank=True)
    count = models.BigIntegerField(default=0)

    objects = RunningTotalQuerySet.as_manager()

    class Meta:
        """One row each."""

        constraints = [models.UniqueConstraint(fields=["name", "host", "answer"], name="running_total_once")]
