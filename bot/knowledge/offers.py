"""The questions that come near hers, to choose from where no statement answers plainly.

A tap on one carries a short code of the statement, which means the same for ever: payloads have at
most 64 bytes, and an id beside its topic's name may be longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from bot.knowledge.closeness import Closeness
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.knowledge.next_step import Question
from bot.knowledge.schema import REGIONAL

MOST = 2  # beside who can help
NEAR = 0.08  # less likely than this a statement answers nothing of what she asks
_BYTES = 5
_I = re.compile(r"\bi\b(?!\.)")


@dataclass(frozen=True)
class Offer:
    """A question in women's own words, on the topic that it is on."""

    intent: str
    code: str
    title: str


def code_of(statement_id: str) -> str:
    """Ten hexadecimal digits."""
    return blake2s(statement_id.encode(), digest_size=_BYTES).hexdigest()


def chosen(library: Library, country: str, code: str) -> Statement | None:
    """The statement that a tap means, of the country or the region; None where it is gone."""
    for place in dict.fromkeys((country, REGIONAL)):
        for each in library.of(place).statements:
            if code_of(each.id) == code:
                return each
    return None


def offers(statements: Iterable[Statement], nears: Sequence[Closeness], question: Question,
           ) -> tuple[Offer, ...]:  # fmt: skip
    """The first of them that women ask for in few words, each by what comes nearest to hers."""
    found: dict[str, Offer] = {}
    for each in statements:
        near = next((near for near in nears if each.id in near.ids), None)
        words = near.in_her_words(each.id, question.asked, question.language) if near else None
        if words and words not in found:
            found[words] = Offer(each.intent, code_of(each.id), _as_question(words, question))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _as_question(words: str, question: Question) -> str:
    """It begins with a capital letter and ends with a sign."""
    if question.language == "en":
        words = _I.sub("I", words)
    text = words.strip().strip("¿?. ")
    text = f"{text[:1].upper()}{text[1:]}?"
    return f"¿{text}" if question.language == "es" else text
