"""Counters for Prometheus: channels, outcomes, durations. Nothing about any person."""

from prometheus_client import Counter, Histogram

RECEIVED = Counter("comadre_received", "New messages taken in", ["channel"])
REFUSED = Counter("comadre_refused", "Requests whose signature did not fit", ["channel"])
UNKNOWN = Counter("comadre_unknown_payload", "Requests of an unknown shape", ["channel"])
DELIVERY = Counter("comadre_delivery", "Delivery reports", ["channel", "state"])
SIGN_IN = Counter("comadre_portal_sign_in", "Passwords and codes that were tried", ["result"])
TURNS = Counter("comadre_turns", "Answered turns", ["style", "language", "outcome"])
TURN_SECONDS = Histogram(
    "comadre_turn_seconds", "From the message's arrival to its replies in the outbox",
    buckets=(0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10),
)  # fmt: skip
