"""Rasa's REST channel, as the worker sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.settings import Settings
from bot.telemetry import metrics, tracing

TRIAL = "trial-"  # how the pseudonym of a trial of the back office begins, and no woman's
FIRST_ANSWER_S = 20.0  # a new process's first answer takes seconds
_NO_ANSWER = (httpx.HTTPError, ValueError, KeyError, TypeError)


class RasaUnavailable(Exception):
    """Rasa, or the action server behind it, did not answer in time or not sensibly."""


@dataclass(frozen=True)
class RasaAnswer:
    """One turn's outcome: `replies` as `Reply.as_dict`, the intent acted on, the slots after it."""

    replies: tuple[Mapping[str, Any], ...]
    acted_on: str
    slots: Mapping[str, Any]
    outcome: str = "answered"
    records: tuple[str, ...] = ()  # what was used for it: told of trials alone


def rasa_address(settings: Settings) -> str:
    """Where Rasa is now: `make run` writes it into a file when another model takes over."""
    written = settings.environment.get("COMADRE_RASA_ADDRESS")
    try:
        found = Path(written).read_text(encoding="ascii").strip() if written else ""
    except OSError:
        found = ""
    return found or settings.rasa_url


class RasaClient:
    """Asks Rasa; the pseudonym is all that it learns of the person."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        token = settings.rasa_token
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = settings.rasa_timeout_s
        self._urgent_timeout_s = settings.rasa_urgent_timeout_s
        self._client = client

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """The assistant's answer to `message`; raises RasaUnavailable."""
        # An emergency waits for nobody: the card on disk is as good, and is there at once.
        urgent = bool(metadata.get("force_intent") or metadata.get("urgent"))
        timeout_s = self._urgent_timeout_s if urgent else self._timeout_s
        is_trial = pseudonym.startswith(TRIAL)  # of those nothing is counted or traced
        with contextlib.nullcontext() if is_trial else tracing.span("understand"):
            trace = None if is_trial else tracing.carried()
            told = {**metadata, "trace": trace} if trace else metadata
            try:
                return await self._asked(pseudonym, message, told, timeout_s)
            except _NO_ANSWER as error:
                if not is_trial:
                    metrics.RASA.labels(_kind(error)).inc()
                    tracing.note(error=_kind(error))
                raise RasaUnavailable(f"Rasa gave no answer: {type(error).__name__}") from error

    async def why_silent(self) -> str | None:
        """None where Rasa, its model and the actions answer; else what is wrong.

        Its own state page says that all is well even where it could not load its model.
        """
        try:
            await self._asked("readiness", "/delete_my_data", {}, FIRST_ANSWER_S)
        except _NO_ANSWER as error:
            words = {"answer": "it runs, but answers nothing: its model or the actions are missing"}
            return words.get(_kind(error), type(error).__name__)
        return None

    async def _asked(self, pseudonym: str, message: str, metadata: Mapping[str, Any],
                     timeout_s: float) -> RasaAnswer:  # fmt: skip
        body = {"sender": pseudonym, "message": message, "metadata": dict(metadata)}
        response = await self._client.post(
            f"{rasa_address(self._settings)}/webhooks/rest/webhook",
            json=body,
            headers=self._headers,
            timeout=timeout_s,
        )
        response.raise_for_status()
        return _read(response.json())


def _kind(error: Exception) -> str:
    """One of metrics.RASA_ERRORS."""
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.HTTPStatusError):
        return "status"
    return "unreachable" if isinstance(error, httpx.HTTPError) else "answer"


def _read(messages: list[dict[str, Any]]) -> RasaAnswer:
    found = [m["custom"] for m in messages if "custom" in m]
    if not found:
        raise ValueError("expected at least one custom message from the action server")
    last = found[-1]
    return RasaAnswer(
        replies=tuple(reply for custom in found for reply in custom["replies"]),
        acted_on=str(last["acted_on"]),
        slots=last["slots"],
        outcome=str(last.get("outcome", "answered")),
        records=tuple(map(str, last.get("records") or ())),
    )
