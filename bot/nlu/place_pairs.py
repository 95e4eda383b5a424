"""Places named together: "from X to Y" is a way, "X and Y" have one role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .place_mentions import Mention
from .place_roles import DESTINATION, LOCATION, ORIGIN
from .place_text import Token

_AND = ("y", "and", "o", "or", "e")
_LISTED = frozenset(("y", "and", "e", "luego", "despues", "then", "por", "through"))
_IN = ("de", "del", "in", "en")
_TOWARDS = frozenset(("a", "al", "hasta", "to", "para", "pa", "hacia"))
_FROM = frozenset(("de", "from", "desde", "del"))
_ASKING = frozenset(
    (
        "como",
        "how",
        "bus",
        "send",
        "mandar",
        "mando",
        "enviar",
        "envio",
        "cuanto",
        "lancha",
        "lanchas",
        "boat",
        "boats",
        "cuesta",
        "cobran",
        "cost",
        "price",
        "precio",
        "safe",
        "segura",
        "seguras",
    )
)


def along_the_way(words: list[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """ "I passed Tapachula, Oaxaca, Monterrey": each after the first was passed too."""
    found: list[Mention] = []
    for mention in mentions:
        if found and found[-1].reading.transit and not mention.reading.certain:
            between = [token.key for token in words[found[-1].last : mention.first]]
            listed = len(between) <= 1 and set(between) <= _LISTED
            if listed and not words[mention.first].stop_before and mention.reading.role == LOCATION:
                mention = replace(mention, reading=found[-1].reading)
        found.append(mention)
    return found


def roles_together(words: list[Token], mentions: Sequence[Mention]) -> list[str | None]:
    """Each mention's role, where "from X to Y" and "X and Y" are read together."""
    roles = [mention.reading.role for mention in mentions]
    for index in range(1, len(mentions)):
        before, mention = mentions[index - 1], mentions[index]
        between = [token.key for token in words[before.last : mention.first]]
        if _is_home_of(before, roles[index - 1], between, mention):
            roles[index] = ORIGIN
        apart = words[mention.first].stop_before or len(between) > 1
        if apart or {before.kind, mention.kind} & {"people", "institution"}:
            continue
        word = between[0] if between else ""
        shared = set(before.countries) & set(mention.countries)
        if word in _TOWARDS and _is_start(words, before):
            roles[index] = DESTINATION
            if not before.reading.certain and not shared:
                roles[index - 1] = LOCATION if _is_asked(words) else ORIGIN
        elif _goes_with(word, bool(shared), mention.reading.certain):
            roles[index] = roles[index - 1]
    return roles


def _is_home_of(people: Mention, role: str | None, between: list[str], mention: Mention) -> bool:
    """ "nica de Rivas": the town that goes with a word for her people."""
    if people.kind != "people" or role != ORIGIN or len(between) != 1:
        return False
    return between[0] in _FROM and people.countries[0] in mention.countries


def is_joined(words: list[Token], mentions: Sequence[Mention], index: int) -> bool:
    """Whether the mention at `index` is the second of "X and Y"."""
    if not 0 < index < len(mentions):
        return False
    between = words[mentions[index - 1].last : mentions[index].first]
    return len(between) == 1 and between[0].key in _AND


def _is_asked(words: list[Token]) -> bool:
    """Whether a way or a sending from here is asked about, not told of: "how …", "cómo …"."""
    return any(word.key in _ASKING for word in words)


def _goes_with(word: str, shared: bool, certain: bool) -> bool:
    """Whether a place after `word` has the role of the place before: "X, Y", "X y Y", "X de Y"."""
    if not word:
        return shared
    return not certain and (word in _AND or (word in _IN and shared))


def _is_start(words: list[Token], mention: Mention) -> bool:
    """Whether a way from here may begin with `mention`: "de X", "from X", or X first of all."""
    if not mention.reading.phrase:
        return words[mention.first].stop_before
    return mention.reading.phrase.split(" ")[-1] in _FROM
