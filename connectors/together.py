"""Two quick messages that are one: "hola" and "me pega mi marido", "quiero pedir" and "refugio".

Only what waits already is looked at, so nobody is answered later for it. In doubt they stay two
messages: two answers are better than one that leaves a question out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation.cues import fold, read_cues
from bot.safety.gate import gate

MAX_PARTS = 4
MAX_LETTERS = 400  # a long message stands for itself
_ENDS = re.compile(r"[.!?…)]\s*$")
_GREETING = re.compile(
    r"(?:hola|ola|buenas(?: tardes| noches| dias)?|buenos dias|buen dia|que tal|saludos|disculpe|"
    r"disculpa|perdon|perdone|oye|oiga|mire|mira|una (?:pregunta|consulta|duda)|amiga|comadre|"
    r"senorita|hi|hello|hey|good (?:morning|afternoon|evening)|excuse me|sorry|a question|"
    r"i have a question|tengo una (?:pregunta|duda|consulta)|necesito ayuda|ayudeme|ayudame|"
    r"help me|i need help|please|por favor)(?: |$)"
)
_LINKS = (
    "pero|porque|en|de|del|con|para|por|a|al|desde|sin|sobre|cerca de|"
    "but|because|in|of|from|with|for|to|at|near|without|about"
)
_ASKS = r"(?:que|quien|donde|cuando|cuanto|cual|como|what|who|where|when|which|how)\b"
# "en tijuana", "porque no tengo papeles"; but not "en que pais puedo trabajar".
_CONTINUES = re.compile(rf"(?:{_LINKS}) (?!{_ASKS}).")
_OPEN_END = re.compile(
    rf"(?:^| )(?:{_LINKS}|y|o|ni|que|and|or|that|el|la|los|las|un|una|mi|mis|su|sus|me|se|quiero|"
    r"necesito|puedo|the|a|an|my|his|her|i|want|need|can)$"
)
# What answers a question of ours, as a tap would.
_ANSWER = re.compile(
    r"(?:\d{1,2}(?: [a-z]+)?|(?:opcion|option|numero|number|el|la|the) (?:\d{1,2}|[a-z]+)|si|no|"
    r"yes|ok|okay|vale|claro|nope|yeah|sip|nop|primer[oa]?|segund[oa]|tercer[oa]?|first|second|third|mas|more)"
)


def belonging(waiting: Sequence[Mapping[str, Any]], style: str) -> int:
    """How many of the first of `waiting` (opened bodies, in order) are one message; at least 1."""
    count = 1
    while count < min(len(waiting), MAX_PARTS):
        before, after = waiting[count - 1], waiting[count]
        if not _belong(str(before.get("text") or ""), str(after.get("text") or "")):
            break
        # Last, because it asks the gate, which takes a few milliseconds.
        if _stands_alone(before, style) or _stands_alone(after, style):
            break
        count += 1
    return count


def joined(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The bodies as one message."""
    text = str(bodies[0].get("text") or "")
    for body in bodies[1:]:
        text = f"{text.strip()}{_between(text.strip())}{str(body['text']).strip()}"
    return {**bodies[0], "text": text}


def _between(text: str) -> str:
    if _ENDS.search(text) or text.endswith((",", ":", ";")):
        return " "
    return ", " if _is_greeting(fold(text)) else " "


def _stands_alone(body: Mapping[str, Any], style: str) -> bool:
    """Taps, places and media; words that the gate must meet as they are; answers to us."""
    text = str(body.get("text") or "").strip()
    if body["kind"] != "text" or not text or len(text) > MAX_LETTERS or text.startswith("/"):
        return True
    if _ANSWER.fullmatch(fold(text)) or read_cues(text).someone:
        return True
    return gate(text, style=style) is not None


def _belong(before: str, after: str) -> bool:
    first, second = fold(before), fold(after)
    if _is_greeting(first):
        return True
    if _ENDS.search(before.strip()) or "?" in before:
        return False
    if _OPEN_END.search(first):
        return True
    return _is_fragment(after, second)


def _is_greeting(folded: str) -> bool:
    """Nothing but greetings: "hola buenas tardes, una pregunta"."""
    rest = folded
    while rest and (found := _GREETING.match(rest)):
        rest = rest[found.end() :].lstrip()
    return not rest


def _is_fragment(text: str, folded: str) -> bool:
    """Such as "en tijuana", "with my kids": nothing that asks by itself."""
    words = folded.split()
    asks = "?" in text or "¿" in text
    return not asks and len(words) <= 6 and bool(_CONTINUES.match(folded))
