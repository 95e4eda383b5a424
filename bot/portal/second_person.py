"""Which texts a second person reads before anybody is told them: those where a mistake costs most.

By the topic, which says what is at stake for her, and never by the kind alone, which whoever writes
chooses: advice on asylum is read twice though it is called a step. A law, a right, a deadline and a
requirement are read twice in every topic.
"""

from __future__ import annotations

from bot.conversation.naming import SENSITIVE_GROUPS
from bot.knowledge.models import Statement
from bot.knowledge.topics import topics

KINDS = ("law", "right", "deadline", "requirement")


def needs_second(statement: Statement, topic: str = "", kind: str = "") -> bool:
    """Whether a second person must read it first; `topic` and `kind` are what it would become.

    A text that leaves a topic that is read twice is read twice too: taken out of it, it is no
    longer told to whoever asks about that.
    """
    return _is_read_twice(statement.intent, statement.kind) or (
        _is_read_twice(topic or statement.intent, kind or statement.kind)
    )


def _is_read_twice(topic: str, kind: str) -> bool:
    known = topics().get(topic)
    return known is None or known.group in SENSITIVE_GROUPS or known.legal or kind in KINDS
