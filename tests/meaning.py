"""What a message means, by the real encoder, as the understanding hands it on."""

from __future__ import annotations

from functools import cache

from bot.nlu.encoder import UniversalSentenceEncoder
from bot.nlu.meanings import as_text, parts
from bot.nlu.normalise import clean


@cache
def _encoder() -> UniversalSentenceEncoder:
    return UniversalSentenceEncoder()


@cache
def meaning(words: str) -> str:
    """The `meaning` of a parsed message."""
    return as_text(_encoder().both([clean(each) for each in parts(words)]))
