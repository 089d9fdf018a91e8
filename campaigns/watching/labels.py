"""Few and harmless labels: hosts come from strangers, and a label per stranger would fill the operator's disk."""

import re
from typing import Final

from accounts.pusher import policy
from mobilise.webpush.answers import Answer, Outcome, classify
from mobilise.webpush.endpoints import HTTPS_PORT, PUSH_HOST_SUFFIXES, PUSH_HOSTS

OTHER: Final = "other"

_STATUSES = frozenset(
    ["200", "201", "202", "400", "401", "403", "404", "406", "408", "410", "413", "429", "500", "502", "503", "504"]
)
_WORDS = frozenset(
    [
        "timeout",
        "reset",
        "tls",
        "dns",
        "connect",
        "address",
        "protocol",
        "endpoint",
        "keys",
        "vapid",
        "cancelled",
        "internal",
    ]
)
_OUTCOMES = {
    Outcome.ACCEPTED: "accepted",
    Outcome.GONE: "gone",
    Outcome.REFUSED: "refused",
    Outcome.TOO_LARGE: "refused",
    Outcome.RETRY: "retried",
    Outcome.CANCELLED: "failed",
    Outcome.UNSENT: "failed",
}


def host_label(host: str) -> str:
    """The push service: the host itself if it is named on the allow-list, else the suffix that allows it.

    A label is its own label.
    """
    name, _, port = host.rpartition(":") if re.search(r":[0-9]+\Z", host) else (host, "", "")
    if host in PUSH_HOSTS or policy().lists(name, int(port or HTTPS_PORT)):
        return host
    return next((f"*{suffix}" for suffix in PUSH_HOST_SUFFIXES if host.endswith(suffix)), OTHER)


def answer_label(answer: str) -> str:
    """The HTTP status if it is a usual one, else its class ("5xx"); or the word for what came instead."""
    if answer in _STATUSES or answer in _WORDS or re.fullmatch("[1-5]xx", answer):
        return answer
    return f"{answer[0]}xx" if re.fullmatch("[1-5][0-9]{2}", answer) else OTHER


def outcome_of(answer: str, host: str) -> str:
    """What an answer meant: accepted, gone, refused, retried (the service said: later), failed (it said nothing)."""
    if re.match("[1-5]", answer):
        return _OUTCOMES[classify(Answer(int(answer.replace("x", "0")), None, "", 0.0), host)]
    outcome = _OUTCOMES[classify(Answer(None, None, answer, 0.0), host)]
    return "failed" if outcome == "retried" else outcome
