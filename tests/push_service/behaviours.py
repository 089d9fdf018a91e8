"""What the service does with a request: how a test says it, and which one applies."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to answer. Times in seconds. Without anything: 201 at once, as a push service should.

    `retry_after`: the header as it is, a number of seconds or a date. `delay`: wait, then answer.
    `reset`: cut the TCP connection (RST) instead of an answer; `close`: end it politely, without an answer.
    `hang`: never answer. `drip_headers`, `drip_body`: one byte of it each so many seconds.
    `body_size`: bytes in the body. `garbage`: something that is not HTTP.
    `location`: for redirects; "self" is the address that was asked for, where a follower would be counted.
    `times`: how many requests are answered so before the next behaviour of the list takes over; the last one stays.
    """

    status: int = 201
    retry_after: str | int | None = None
    delay: float = 0
    reset: bool = False
    close: bool = False
    hang: bool = False
    drip_headers: float = 0
    drip_body: float = 0
    body_size: int = 0
    garbage: bool = False
    location: str | None = None
    set_cookie: str | None = None
    times: int = 1

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the ordinary."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) != field.default}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The reverse of `to_json`."""
        return cls(**value)

    def once_less(self) -> Self:
        """The same for one request fewer."""
        return type(self)(**(asdict(self) | {"times": self.times - 1}))


ORDINARY = Behaviour()


class Behaviours:
    """The behaviours in force: by token, else by host, else for everything."""

    def __init__(self) -> None:
        self._plans: dict[str, list[Behaviour]] = {}

    def put(self, key: str, plan: list[Behaviour]) -> None:
        """`key`: a token, a "host:port", or "*" for all."""
        self._plans[key] = list(plan)

    def clear(self) -> None:
        """Everything is ordinary again."""
        self._plans.clear()

    def take(self, token: str, host: str) -> Behaviour:
        """The behaviour for this request, which is used up once unless it is the last of its plan."""
        for key in (token, host, "*"):
            plan = self._plans.get(key)
            if plan:
                return self._use(plan)
        return ORDINARY

    def _use(self, plan: list[Behaviour]) -> Behaviour:
        behaviour = plan[0]
        if len(plan) > 1:
            if behaviour.times <= 1:
                plan.pop(0)
            else:
                plan[0] = behaviour.once_less()
        return behaviour
