"""Whether a turn's words may be kept at all, before anything is done with them. Pure."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from bot.answered import Came
from bot.conversation.cues import read_flags, tells_of_trafficking
from bot.conversation.naming import SENSITIVE_GROUPS
from bot.conversation.state import ALARMS
from bot.knowledge.topics import topics
from bot.privacy.word_lists import fold
from bot.safety.card import load_wording
from bot.safety.gate import gate

NOT_UNDERSTOOD = ("out_of_scope", "nlu_fallback")
NOTHING_FOUND = ("no answer", "none found")
# Kept off a locked screen, but no sign that the conversation is about violence. "trata" is one as
# trafficking, not in "se trata de" or "contrata": tells_of_trafficking knows which it is.
NOT_QUIET = frozenset({"mujer", "woman", "women", "report", "trata"})


class Remembered(Protocol):
    """connectors.memory.Memory."""

    @property
    def sensitive(self) -> bool: ...
    @property
    def child(self) -> bool: ...
    @property
    def topic(self) -> str | None: ...


def had_no_answer(came: Came) -> bool:
    """Nothing was understood, or nothing was found. A machine that is down is another matter."""
    if came.acted_on in NOT_UNDERSTOOD:
        return came.outcome in ("asked back", *NOTHING_FOUND)  # not: an insult that was answered
    return came.outcome in NOTHING_FOUND


def is_quiet(text: str, style: str, came: Came, *memories: Remembered) -> bool:
    """Whether the conversation is about violence, safety or a child: then nothing of it is kept,
    nor what she asked before it."""
    slots = came.slots or {}
    topics_of = {str(slots.get("topic")), came.acted_on, *(str(m.topic) for m in memories)}
    return bool(
        slots.get("crisis") or slots.get("sensitive")
        or any(m.sensitive or m.child for m in memories)
        or any(map(_is_quiet_topic, topics_of))
        or slots.get("service_type") == "violence_shelter"
        or _says_so(text, style)
    )  # fmt: skip


def _is_quiet_topic(intent: str) -> bool:
    topic = topics().get(intent)
    return intent in ALARMS or (topic is not None and (
        topic.group in SENSITIVE_GROUPS or topic.child_focus
    ))  # fmt: skip


def _says_so(text: str, style: str) -> bool:
    """By her own words, where the understanding has missed it."""
    plain = fold(text)
    if read_flags(text, "child", "young") or tells_of_trafficking(text):
        return True
    if any(stem in plain for stem in _stems()):
        return True
    return bool(text.strip()) and gate(text, style=style) is not None


@cache
def _stems() -> tuple[str, ...]:
    found = load_wording().sensitive.values()
    return tuple({fold(stem) for stems in found for stem in stems} - NOT_QUIET)
