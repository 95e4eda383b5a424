"""Whether Rasa answers anybody: by its last real answer, or asked for where nobody else asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rasa_client import TRIAL, RasaAnswer
from connectors.turns import Assistant

_WHO = f"{TRIAL}pulse"  # nothing is counted of it
_QUESTION = "permiso de trabajo"  # the model, the actions and the database are asked as by anybody


@dataclass
class Noted:
    """Rasa, and whether it answered this turn."""

    assistant: Assistant
    answered: bool = False

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""
        answer = await self.assistant.ask(pseudonym, message, metadata)
        self.answered = True
        return answer


@dataclass
class Pulse:
    """What one worker knows of it."""

    answered_at: datetime | None = None  # a question of somebody, or ours
    _asking: asyncio.Task[None] | None = None

    def feel(self, assistant: Assistant, clock: Callable[[], datetime]) -> None:
        """Asks meanwhile: no message and no conversation waits for it."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(assistant, clock))

    async def _ask(self, assistant: Assistant, clock: Callable[[], datetime]) -> None:
        try:
            await assistant.ask(_WHO, _QUESTION, {"trial": {}, "style": "web"})
        except Exception:  # whatever it is: no answer
            return
        self.answered_at = clock()
