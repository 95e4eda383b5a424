"""What Prometheus may know of the program: counts, seconds, states. Nothing about any person.

Every label's values are a closed list of our own words (`LABELS`); what is not in it is never
shown. No label is a country, a topic or an intent: in a quiet hour a count of one would speak of
one woman. Names follow prometheus.io/docs/practices/naming: the unit last, `_total` for what only
grows. A new label: its list first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from prometheus_client import Counter, Gauge, Histogram

from bot.answered import Came

OTHER = "other"
OUTCOMES = ("answered", "asked_back", "no_answer", "not_understood", "unavailable")
SEND_ERRORS = ("refused", "throttled", "uncertain", "failed")
RASA_ERRORS = ("timeout", "unreachable", "status", "answer")
ACTION_ERRORS = ("rejected", "unknown", "failed")
LABELS: dict[str, set[str]] = {
    "channel": set(),  # connectors/registry.py fills it
    "style": {"whatsapp", "sms", "telegram", "web", OTHER},
    "outcome": set(OUTCOMES),
    "state": {"queued", "sent", "delivered", "read", "failed", OTHER},
    "kind": {*SEND_ERRORS, *RASA_ERRORS, *ACTION_ERRORS},
    "queue": {"inbox", "held", "outbox"},
    "result": {"right", "wrong", "closed"},
    "part": {"database", "disk", "rasa", "gateway", "worker", "actions"},
}
# What a turn was for the machine: that an answer was a card for an emergency, or that she left in
# haste, is nobody's business at that second.
_SHOWN = {"asked_back": "asked_back", "no_answer": "no_answer", "none_found": "no_answer",
          "unavailable": "unavailable"}  # fmt: skip
_LOST = ("out_of_scope", "nlu_fallback")

RECEIVED = Counter("comadre_received", "New messages taken in", ["channel"])
REFUSED = Counter("comadre_refused", "Requests whose signature did not fit", ["channel"])
UNKNOWN = Counter("comadre_unknown_payload", "Requests of an unknown shape", ["channel"])
DELIVERY = Counter("comadre_delivery", "The vendors' delivery reports", ["channel", "state"])
TURNS = Counter("comadre_turns", "Answered turns", ["channel", "style", "outcome"])
TURN_SECONDS = Histogram(
    "comadre_turn_seconds", "From the message's arrival to its replies in the outbox",
    buckets=(0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10),
)  # fmt: skip
REPLY_SECONDS = Histogram(
    "comadre_reply_seconds", "From the message's arrival to its first reply with the vendor",
    ["channel"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)  # fmt: skip
SENT = Counter("comadre_sent", "Messages that a vendor has taken", ["channel"])
SEND = Counter("comadre_send_errors", "Tries to send that failed", ["channel", "kind"])
GIVEN_UP = Counter("comadre_given_up", "Messages that will never be sent", ["channel"])
RASA = Counter("comadre_rasa_errors", "Questions that Rasa did not answer", ["kind"])
ACTIONS = Counter("comadre_action_errors", "Calls of an action that failed", ["kind"])
SIGN_IN = Counter("comadre_portal_sign_in", "Passwords and codes that were tried", ["result"])
ALERTS = Gauge("comadre_alerts", "What operators should look at, see /portal/figures", ["kind"])
TURN_ERRORS = Counter("comadre_turn_errors", "Turns that broke and are tried again")
for _kind in RASA_ERRORS:
    RASA.labels(_kind)
for _kind in ACTION_ERRORS:
    ACTIONS.labels(_kind)
for _result in LABELS["result"]:
    SIGN_IN.labels(_result)


def know_channels(names: tuple[str, ...]) -> None:
    """The channels that there are; each counts from zero, so that its first event is a rise."""
    LABELS["channel"] = set(names)
    for name in names:
        for counter in (RECEIVED, REFUSED, UNKNOWN, SENT, GIVEN_UP, REPLY_SECONDS):
            counter.labels(name)
        for kind in SEND_ERRORS:
            SEND.labels(name, kind)
        for state in LABELS["state"]:
            DELIVERY.labels(name, state)
        for style, outcome in product(sorted(LABELS["style"]), OUTCOMES):
            TURNS.labels(name, style, outcome)


def outcome_of(came: Came) -> str:
    """One of OUTCOMES."""
    if came.acted_on in _LOST:
        return "not_understood"
    return _SHOWN.get(came.outcome.replace(" ", "_"), "answered")


def known(label: str, value: object) -> str:
    """The value, where it is in the label's list."""
    return str(value) if value in LABELS[label] else OTHER


def count_turn(channel: str, style: str, came: Came, waited_s: float) -> None:
    """One answered turn."""
    TURNS.labels(channel, known("style", style), outcome_of(came)).inc()
    TURN_SECONDS.observe(max(0.0, waited_s))


@dataclass
class Slowly:
    """A count that moves at full hours only, and by whole steps: from it nobody can tell when one
    woman was in danger. What is left over at the program's end is lost."""

    step: int = 10
    every_s: float = 3_600.0
    clock: Callable[[], float] = time.time
    _counted: int = 0
    _shown: int = 0
    _hour: float = field(default=-1.0)

    def add(self) -> None:
        """One more."""
        self.value()  # what belongs to the hour before is settled first
        self._counted += 1

    def value(self) -> int:
        """As it may be shown now."""
        hour = self.clock() // self.every_s
        if hour != self._hour:
            self._hour, self._shown = hour, self._counted // self.step * self.step
        return self._shown


@dataclass
class Moment:
    """When something was last done by this process; None where it never was."""

    at_s: float | None = None
    clock: Callable[[], float] = time.time

    def is_now(self) -> None:
        """It has just been done."""
        self.at_s = self.clock()


CRISES = Slowly()
SWEPT = Moment()  # everybody whose time was over has been forgotten
