"""What the gateway itself remembers of a person between two messages, sealed with her key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Memory:
    """Small and coarse. `offered` are payloads, `more` the unread rest of a long SMS, `unread`
    answers that came late (connectors/late.py) or after STOP, as `Reply.as_dict`."""

    introduced: bool = False
    language: str = "es"
    country: str | None = None
    sensitive: bool = False  # violence or danger was spoken of: everything goes sooner
    left_fast: bool = (
        False  # she used the exit word: tell her, next time, what could not be deleted
    )
    offered: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    unread: tuple[Mapping[str, Any], ...] = ()
    told_stop: bool = False  # since her STOP she was told how to come back
    her_refs: tuple[str, ...] = ()  # the vendor's ids of her last messages, for deleting them
    topic: str | None = None
    away: bool = False  # she was told that her answers come later
    child: bool = False  # she said that she is under 18: the child line goes with every answer

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> Memory:
        """From its stored form; unknown fields of another version are left out."""
        known = {k: v for k, v in (value or {}).items() if k in cls.__dataclass_fields__}
        for name in ("offered", "more", "unread", "her_refs"):
            known[name] = tuple(known.get(name) or ())
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    def but(self, **changes: Any) -> Memory:
        """A copy with `changes`."""
        return replace(self, **changes)
