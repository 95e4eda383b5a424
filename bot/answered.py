"""What a turn led to, as far as whoever counts or keeps something of it looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Came(Protocol):
    """connectors.outcome.Outcome."""

    @property
    def acted_on(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def slots(self) -> Mapping[str, Any]: ...
    @property
    def erase(self) -> bool: ...
