"""Turns of phrase that settle what a place is to her: "no puedo volver a …", "he there, I here".

The rules are regular expressions in data/places/turns.yml, found by the word right before the
place, tried in order. What they leave open is decided by roles.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .place_names import DATA, read_yaml
from .place_text import Token

_REACH = 12  # words before a place that a rule may look at
_AFTER = 9
_ARTICLES = frozenset(
    ("el", "la", "los", "las", "the", "mi", "my", "our", "nuestro", "nuestra", "un", "una", "bello")
)
_GROUP = re.compile(r"\{(\w+)\}")
_ANY = ""


@dataclass(frozen=True)
class Turn:
    """One rule: what it `says` of the place, and `also` (present, returned, homeward …)."""

    says: str
    also: frozenset[str]
    lead: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def fits(self, lead: str, after: str, before: str) -> bool:
        """Whether the words around the place are those of this rule."""
        if self.lead is not None and not self.lead.search(lead):
            return False
        if self.after is not None and not self.after.match(after):
            return False
        return self.unless is None or not self.unless.search(before)


class TurnReader:
    """Finds the first rule that fits; made once from turns.yml."""

    def __init__(self, same_words: dict[str, str], data: Path = DATA) -> None:
        content = read_yaml(data / "places" / "turns.yml")
        self._same = same_words
        groups = content["groups"]
        self._people = [_turn(rule, groups) for rule in content["people"]]
        self._by_end: dict[str, list[tuple[int, Turn]]] = {}
        for number, rule in enumerate(content["rules"]):
            for end in rule["ends"]:
                self._by_end.setdefault(end, []).append((number, _turn(rule, groups)))
        anywhere = self._by_end.pop(_ANY)
        for rules in self._by_end.values():
            rules.extend(anywhere)
            rules.sort(key=lambda numbered: numbered[0])
        self._anywhere = anywhere

    def of_place(self, tokens: list[Token], first: int, last: int) -> Turn | None:
        """The rule for the country or town in tokens[first:last], or None."""
        words, after = self._before(tokens, first), self._after(tokens, last)
        while len(words) > 1 and words[-1] in _ARTICLES and words[-1] not in self._by_end:
            words.pop()
        end = words[-1] if words else _ANY
        before, lead = " ".join(words), " ".join(words[:-1])
        for _, turn in self._by_end.get(end, self._anywhere):
            if turn.fits(lead, after, before):
                return turn
        return None

    def of_people(self, tokens: list[Token], first: int, last: int) -> Turn | None:
        """The rule for a word such as "hondureña" in tokens[first:last], or None."""
        before, after = " ".join(self._before(tokens, first)), self._after(tokens, last)
        for turn in self._people:
            if turn.fits(before, after, before):
                return turn
        return None

    def _before(self, tokens: list[Token], first: int) -> list[str]:
        start = first
        while start and first - start < _REACH and not tokens[start].stop_before:
            start -= 1
        words = self._written(tokens[start:first], tokens[start] if start < first else None)
        if start < first and tokens[first].comma_before:
            words.append(",")
        return words

    def _after(self, tokens: list[Token], last: int) -> str:
        end = last
        while end < len(tokens) and end - last < _AFTER and not tokens[end].stop_before:
            end += 1
        return " ".join(self._written(tokens[last:end]))

    def _written(self, tokens: Iterable[Token], opening: Token | None = None) -> list[str]:
        words: list[str] = []
        for token in tokens:
            if token.comma_before and token is not opening:
                words.append(",")
            words.append(self._same.get(token.key, token.key))
        return words


def _turn(rule: dict[str, Any], groups: dict[str, str]) -> Turn:
    lead = rule.get("lead")
    if lead is not None and "," not in lead:
        # A word is looked for anywhere, so "(.* )?" before it changes nothing but the time.
        lead = lead.removeprefix("(.* )?")
    return Turn(
        rule["says"],
        frozenset(rule.get("also", ())),
        _pattern(lead, groups, r"(?:^|\b)(?:%s)$"),
        _pattern(rule.get("after"), groups, r"(?:%s)"),
        _pattern(rule.get("unless"), groups, r"\b(?:%s)"),
    )


def _pattern(written: str | None, groups: dict[str, str], shape: str) -> re.Pattern[str] | None:
    if written is None:
        return None
    whole = _GROUP.sub(lambda match: rf"\b(?:{groups[match[1]]})\b", written)
    return re.compile(shape % whole)
