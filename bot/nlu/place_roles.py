"""What the words around a place say of it: where she is, comes from or goes to, or another's.

All phrases are in data/places/roles.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .place_names import DATA, read_yaml
from .place_owner import OwnerReader
from .place_text import Token
from .place_turns import Turn, TurnReader

LOCATION, ORIGIN, DESTINATION = "location", "origin", "destination"
_MAX_PHRASE = 6
_MAX_SKIPPED = 3
_MOVING_REACH = 6
_PERSON_REACH = 3
_TOWARDS = ("to", "a", "para")
_STARTS = ("desde", "from")
_MINE = ("my", "mi", "our")
_CONSULATE = re.compile("consul|emba")


@dataclass(frozen=True)
class Reading:
    """A place's role and how sure it is.

    `signs` counts the words that show a place is meant; `present` says "here, now"; `homeward`
    that she goes back there, `returned` that she has; `transit` that she only came through;
    `aside` that it counts only where no other place does; `stated` that she says "soy de"; `weak`
    that it says little of any, or nothing of the US; `removed` that she was deported from there;
    `put_out` that somebody was put over the border there; `owed` that her pay is owed there;
    `offered` that work is offered there; `leaving` that she sets out from there.
    """

    role: str | None
    signs: int
    certain: bool
    hers: bool
    phrase: str = ""
    present: bool = False
    homeward: bool = False
    returned: bool = False
    transit: bool = False
    aside: bool = False
    stated: bool = False
    weak: bool = False
    removed: bool = False
    put_out: bool = False
    owed: bool = False
    offered: bool = False
    leaving: bool = False


class RoleReader:
    """Reads roles from phrases; made once from roles.yml."""

    def __init__(self, data: Path = DATA) -> None:
        content = read_yaml(data / "places" / "roles.yml")
        self._same: dict[str, str] = content["same_words"]
        self._phrases: dict[str, str] = {}
        for role in (DESTINATION, ORIGIN, LOCATION):
            for group in content[role]:
                self._phrases.update({self._usual(phrase.split(" ")): role for phrase in group})
        self._plain: dict[str, str] = content["plain"]
        self._lists = {
            name: frozenset(map(str, words))
            for name, words in content.items()
            if isinstance(words, list)
        }
        self._homeward = frozenset(self._usual(phrase.split(" ")) for phrase in content["homeward"])
        self._after = tuple(content["after_origin"])
        self.turns = TurnReader(self._same, data)
        self.owners = OwnerReader(self._lists)

    def words_for(self, name: str) -> frozenset[str]:
        """A list of roles.yml by its name."""
        return self._lists[name]

    def of_place(self, tokens: list[Token], first: int, last: int, is_country: bool) -> Reading:
        """The role of the country or town written in `tokens[first:last]`."""
        turn = self.turns.of_place(tokens, first, last)
        hers = self.owners.is_hers(tokens, first)
        if turn is not None:
            return _turned(turn, hers, self.owners.is_at_hand(tokens, first))
        following = [token.key for token in tokens[last : last + 4]]
        if following and not tokens[last].stop_before:
            if following[0] in self._lists["owned"]:
                hers = self.owners.is_hers(tokens, first, among_children=True)
                own = _is_her_paper(tokens, first, following[0])
                return Reading(ORIGIN if hers else None, 1, True, hers, following[0], stated=own)
            if " ".join(following).startswith(self._after):
                return Reading(ORIGIN, 1, True, True)
        return self._phrase_reading(tokens, first, hers) or self._plain_reading(
            tokens, first, hers, is_country
        )

    def is_body(self, word: str) -> bool:
        """Whether a country's name before `word` is surely one, as in "us embassy"."""
        return word in self._lists["owned"] or word in self._lists["place_nouns"]

    def _phrase_reading(self, tokens: list[Token], first: int, hers: bool) -> Reading | None:
        position = first
        for _ in range(_MAX_SKIPPED + 1):
            phrase = self._phrase_before(tokens, position)
            if phrase:
                role = self._phrase_role(phrase, tokens, first, hers)
                present = self._is_present(tokens, position, phrase)
                return Reading(role, 1, True, hers, phrase, present, phrase in self._homeward)
            before = (
                tokens[position - 1].key if position and not tokens[position].stop_before else ""
            )
            if before not in self._lists["small_words"]:
                return None
            position -= 1
        return None

    def _phrase_role(self, phrase: str, tokens: list[Token], first: int, hers: bool) -> str | None:
        """The role that `phrase` gives; where somebody else comes from is not asked about."""
        role = self._phrases[phrase]
        if hers:
            return role
        if phrase in self._lists["birth"]:
            return LOCATION
        if role != ORIGIN:
            return role
        if _CONSULATE.search(phrase) and self.owners.is_hers(tokens, first, True):
            return role
        return None

    def _phrase_before(self, tokens: list[Token], position: int) -> str:
        """The longest phrase of roles.yml that ends right before `position`."""
        reach = 0
        while reach < _MAX_PHRASE and reach < position and not tokens[position - reach].stop_before:
            reach += 1
        words = [self._same.get(t.key, t.key) for t in tokens[position - reach : position]]
        for start in range(len(words)):
            phrase = self._usual(words[start:])
            if phrase in self._phrases:
                return phrase
        return ""

    def _usual(self, words: Iterable[str]) -> str:
        return " ".join("#" if word.isdigit() else self._same.get(word, word) for word in words)

    def _is_present(self, tokens: list[Token], position: int, phrase: str) -> bool:
        start = max(0, position - phrase.count(" ") - 3)
        near = {self._same.get(token.key, token.key) for token in tokens[start:position]}
        return bool(near & self._lists["present"])

    def _plain_reading(
        self, tokens: list[Token], first: int, hers: bool, is_country: bool
    ) -> Reading:
        position = first
        while position and not tokens[position].stop_before:
            word = self._same.get(tokens[position - 1].key, tokens[position - 1].key)
            if word in self._plain:
                signs = int(
                    word in (*_STARTS, "hacia", "hasta")
                    or (word in _TOWARDS and self._is_carried(tokens, position))
                )
                role = self._plain[word]
                if self._is_start(tokens, position - 1, word, is_country):
                    role = ORIGIN
                return Reading(role, signs, False, hers, word)
            if word not in self._lists["small_words"] or first - position >= 2:
                break
            position -= 1
        return Reading(LOCATION, 0, False, hers)

    def _is_carried(self, tokens: list[Token], position: int) -> bool:
        """Whether a verb of motion stands near: "moved my children to …"."""
        near = tokens[max(0, position - 1 - _MOVING_REACH) : position]
        return any(token.key in self._lists["carrying"] for token in near)

    def _is_start(self, tokens: list[Token], position: int, word: str, is_country: bool) -> bool:
        """Whether "from", "desde" or "de" at `position` tells where a way or a person began."""
        if word not in (*_STARTS, "de"):
            return False
        if tokens[position].stop_before:
            return True
        near = {token.key for token in tokens[max(0, position - _MOVING_REACH) : position]}
        if word == "de":
            return bool(near & self._lists["leaving"])
        if near & self._lists["moving"]:
            return True
        people = {
            token.key for token in tokens[max(0, position - _PERSON_REACH) : position]
        } & self._lists["others"]
        return word == "from" and bool(is_country or people) and not near & self._lists["distant"]


def _turned(turn: Turn, hers: bool, here: bool) -> Reading:
    """What a turn of phrase says, of her or of another."""
    stated = turn.says == ORIGIN and "hers" in turn.also and not turn.also & {"homeward", "weak"}
    hers = hers or "hers" in turn.also
    role = {"other": None, "transit": LOCATION, "aside": LOCATION}.get(turn.says, turn.says)
    if role == ORIGIN and not hers:
        role = None
    return Reading(
        role,
        int(turn.lead is not None or turn.says == LOCATION),
        True,
        hers,
        present=hers and ("present" in turn.also or (here and turn.says == LOCATION)),
        homeward="homeward" in turn.also,
        returned="returned" in turn.also,
        transit=turn.says == "transit",
        aside=turn.says == "aside",
        stated=stated,
        weak="weak" in turn.also,
        removed=hers and "removed" in turn.also,
        put_out="put_out" in turn.also,
        owed="owed" in turn.also,
        offered="offered" in turn.also,
        leaving=hers and "leaving" in turn.also,
    )


def _is_her_paper(tokens: list[Token], first: int, paper: str) -> bool:
    """ "my US passport": hers, though many ask for a US visa."""
    return paper.startswith("passport") and bool(first) and tokens[first - 1].key in _MINE
