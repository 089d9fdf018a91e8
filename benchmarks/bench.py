"""What the cases of one run share: how much to do, a temporary folder, the push service, a PostgreSQL."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.entering import site_environment
from benchmarks.push_service import PushService
from benchmarks.scale import Scale
from benchmarks.site import Site
from mobilise.keys import generate_secrets
from mobilise.supervisor.console import Console
from tests.servers import Postgres


class Bench:
    """Starts a server when the first case asks for it, and ends all of them at the end."""

    def __init__(self, folder: Path, scale: Scale, console: Console) -> None:
        self.folder = folder
        self.scale = scale
        self.console = console
        self._stack = ExitStack()
        self._numbers = count(1)
        self._secrets = generate_secrets()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @cached_property
    def push_service(self) -> PushService:
        """The one push service of this run. Raises Missing."""
        service = PushService(self.folder / "push-service")
        self._stack.callback(service.stop)
        service.start()
        return service

    @cached_property
    def postgres(self) -> Postgres:
        """A PostgreSQL as Debian sets it up: what is committed is on the disk. Raises Missing."""
        return self._stack.enter_context(Postgres(self.folder / "postgres"))

    def site(self, engine: str, **environment: str) -> Site:
        """A site with an empty database on "sqlite" or "postgres"; use it in a with statement."""
        number = next(self._numbers)
        folder = self.folder / f"site-{number}"
        folder.mkdir()
        if engine == "postgres":
            name = f"site_{number}"
            self.postgres.create(name)
            environment["DATABASE_URL"] = self.postgres.url(name)
        push = self.push_service
        hosts = ",".join((push.host, push.second_host, push.timed_host))
        values = {"PUSH_EXTRA_HOSTS": hosts, "PUSH_CA_FILE": push.ca_file, **environment}
        return Site(folder, site_environment(folder, self._secrets, **values))

    def say(self, text: str) -> None:
        """A line on what is going on."""
        self.console.say(f"  {text}")


@dataclass(frozen=True, slots=True)
class Case:
    """``measure`` gives the runs of each of ``figures`` ({name: unit}); it raises NotMeasured, Missing or Wrong."""

    name: str
    figures: Mapping[str, str]
    measure: Callable[[Bench], Mapping[str, Sequence[float]]]

    def is_meant_by(self, words: Sequence[str]) -> bool:
        """Whether BENCH_ONLY names it, or one of its figures, or the part of either before a dot."""
        names = [self.name, *self.figures]
        return any(name == word or name.startswith(f"{word}.") for name in names for word in words)


def per_second(number: int, work: Callable[[], object]) -> float:
    """How many a second, when ``work`` does ``number`` of them."""
    began = time.perf_counter()
    work()
    return number / (time.perf_counter() - began)
