"""What her own words ask for, and how close a statement comes to it. Pure; nothing is kept.

The words live in memory for one turn: `Asked` shows nothing of them, no log, slot or table does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Protocol

import yaml

from bot.directory.text import fold
from bot.knowledge.matters import matters_in
from bot.nlu.answering import WIDTH
from bot.paths import DATA

PATH = DATA / "asked.yml"
_ALSO_OTHERS = ("HN",)  # other countries have a paper of that name too
KEY_LENGTH, MIN_LENGTH = 5, 3
SEVERAL = 2  # so many words of her own make a question specific


@dataclass(frozen=True)
class Asked:
    """The stems of her words, and the kinds of question in them."""

    stems: frozenset[str] = field(default=frozenset(), repr=False)
    aspects: frozenset[str] = field(default=frozenset(), repr=False)
    rest: frozenset[str] = field(default=frozenset(), repr=False)  # stems beside the kinds
    tells: bool = False  # she tells something of herself, and asks nothing
    matters: tuple[str, ...] = ()  # what it is about more narrowly than a topic, as in matters.yml
    # What it and its clauses mean, and the same turned towards what answers: `(n, 2 d)`, each half
    # of length 1; None where that is not known.
    vectors: Any = field(default=None, repr=False, compare=False)

    @property
    def means(self) -> Any:
        """The first half of the vectors, which must be known: what it means."""
        return self.vectors[:, :WIDTH]

    @property
    def seeks(self) -> Any:
        """The second half: turned towards what answers."""
        return self.vectors[:, WIDTH:]

    @property
    def is_question(self) -> bool:
        """Whether it asks for one thing, so that she is told where that is not known."""
        return any(aspects()[each].question for each in self.aspects)

    def beside(self, known: Collection[str], name: str) -> Asked:
        """The same without what every statement of the topic is about, by words and by `name`."""
        named = frozenset(
            key for key in self.aspects
            if aspects()[key].hers.search(fold(name))
        )  # fmt: skip
        return replace(self, stems=self.stems - frozenset(known), aspects=self.aspects - named)

    @property
    def is_specific(self) -> bool:
        """Whether there is more in it than the topic's own name."""
        return self.is_question or len(self.stems) >= SEVERAL

    def is_frightened_by(self, text: str) -> bool:
        """Whether `text` speaks of death, violence or a lost child, of which she said nothing."""
        words = stems(" ".join(each[0] for each in pattern("frightens").finditer(fold(text))))
        return not words <= self.stems

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it: enough after the topic was spoken of."""
        return bool(self.aspects or self.stems)


NOTHING = Asked()


class Sentence(Protocol):
    """What of a statement tells whether it answers."""

    @property
    def kind(self) -> str: ...
    @property
    def text_es(self) -> str: ...


@dataclass(frozen=True)
class Aspect:
    """One kind of question."""

    hers: re.Pattern[str]
    theirs: re.Pattern[str]
    kinds: tuple[str, ...]
    question: bool
    must: bool  # a statement that does not speak of it does not answer

    def is_answered_by(self, statement: Sentence) -> bool:
        """Whether the statement speaks of it."""
        return statement.kind in self.kinds or _speaks_of(self.theirs, statement.text_es)


@lru_cache(maxsize=32_768)
def _speaks_of(theirs: re.Pattern[str], text: str) -> bool:
    """Of a statement's text; her own words are never kept like this."""
    return bool(theirs.search(fold(text.replace("$", " dolares "))))


@cache
def aspects() -> Mapping[str, Aspect]:
    """The kinds of question of data/asked.yml; KeyError or re.error where the file is broken."""
    return {
        name: Aspect(
            re.compile(each["hers"]), re.compile(each["theirs"]), tuple(each["kinds"]),
            bool(each.get("question")), bool(each.get("must")),
        )
        for name, each in _read()["aspects"].items()
    }  # fmt: skip


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One of the file's other patterns."""
    return re.compile(_read()[name])


@cache
def named_patterns(name: str) -> Mapping[str, re.Pattern[str]]:
    """A group of the file's patterns."""
    return {key: re.compile(text) for key, text in _read()[name].items()}


@cache
def spouses() -> Mapping[str, re.Pattern[str]]:
    """By country: that she marries, or is married to, one of there."""
    around, named = _read()["marries"], _read()["marries_one_of"]
    return {code: re.compile(around.replace("NATIONALITY", of)) for code, of in named.items()}


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return found


@cache
def _small() -> frozenset[str]:
    return frozenset(str(_read()["small"]).split())


def read_asked(text: str) -> Asked:
    """What `text` asks for; nothing of a tap ("/…")."""
    if text.startswith("/"):
        return NOTHING
    words = fold(text[:600])
    found = frozenset(name for name, each in aspects().items() if each.hers.search(words))
    if "refused" in found:  # the days that she has to appeal, not those to apply
        found -= {"deadline"}
    if "wage" in found:  # what she is paid, not what she pays
        found -= {"cost"}
    if "deadline" in found:  # how long she has, not how long it takes
        found -= {"time"}
    beside = words
    for name in found:
        beside = aspects()[name].hers.sub(" ", beside)
    return Asked(stems(words), found, stems(beside), matters=matters_in(words))


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that mean something."""
    return frozenset(_stem(word) for word in fold(text).split()
                     if word not in _small() and not word.isdigit())  # fmt: skip


_ENDINGS = re.compile(r"(?:aron|ieron|ando|iendo|ado|ada|ido|ida|ar|er|ir|an|en|as|es|[aeio])$")


def _stem(word: str) -> str:
    """Lightly: plural and the commonest endings off, then the beginning."""
    if len(word) > MIN_LENGTH and word.endswith("s"):
        word = word[:-1]
    bare = _ENDINGS.sub("", word)
    return (bare if len(bare) >= MIN_LENGTH else word)[:KEY_LENGTH]


@lru_cache(maxsize=8_192)
def told_stems(text: str) -> frozenset[str]:
    """Of a statement; her own words are never kept like this."""
    return stems(text)


_POLITE = re.compile(
    r"\b(por favor|porfa|porfis|please|pls|plis|gracias|thanks|thank you|disculpa|perdon|sorry)\b"
)
MOST_WORDS = 9


def read_hint(text: str) -> str | None:
    """What a short message asks of the topic before it: `again`, `same`, or one side of it."""
    words = " ".join(_POLITE.sub(" ", fold(text[:200])).split())
    if text.startswith("/") or not 0 < len(words.split()) <= MOST_WORDS:
        return None
    for name in ("again", "same"):
        if pattern(name).fullmatch(words):
            return name
    return next((n for n, each in named_patterns("sides").items() if each.fullmatch(words)), None)


def read_service_type(text: str) -> str | None:
    """A kind of place, also where she writes it short."""
    words = fold(text[:300])
    return next((n for n, each in named_patterns("services").items() if each.search(words)), None)


def read_paper(text: str) -> str | None:
    """`host`: a paper of the country where she lives; `own`: one of her nationality."""
    if text.startswith("/"):
        return None
    words = fold(text[:600])
    return next((n for n, each in named_patterns("paper").items() if each.search(words)), None)


def read_paper_of(text: str, prefix: str | None) -> str | None:
    """The country whose paper it is by its name alone: a DUI is Salvadoran."""
    if text.startswith("/"):
        return None
    words = fold(text[:600])
    found = (n for n, each in named_patterns("paper_of").items() if each.search(words))
    return next((cc for cc in found if cc not in _ALSO_OTHERS or cc == prefix), None)


def says_for_women(text: str) -> bool:
    """Whether a place's own description says that it is for women, and for no men."""
    return bool(pattern("for_women").search(fold(text)))


def wants_sleep(text: str) -> bool:
    """Whether she asks for a place for the night, in whatever town was spoken of."""
    return not text.startswith("/") and bool(pattern("sleep").search(fold(text[:300])))


def for_other(text: str) -> bool:
    """Whether she asks for somebody else: the answer stays where that person is."""
    return not text.startswith("/") and bool(pattern("for_other").search(fold(text[:600])))


@lru_cache(maxsize=4_096)
def nationals_in(text: str) -> frozenset[str]:
    """The countries whose people a statement is for; empty where it is for everybody."""
    words = fold(text)
    found: set[str] = set()
    for country, each in named_patterns("nationals").items():
        for match in each.finditer(words):
            before = words[: match.start()].rstrip()
            if pattern("for_nationals").search(before) or _after_another(before, found):
                found.add(country)
    return frozenset(found)


def _after_another(before: str, found: Collection[str]) -> bool:
    """The second of "TPS for Honduras and Nicaragua"."""
    if not before.endswith((" y", " e", " o")):
        return False
    rest = before.rsplit(" ", 1)[0]
    return any(re.search(named_patterns("nationals")[cc].pattern + "$", rest) for cc in found)


def says_from(text: str) -> bool:
    """Whether she says what she is, or where she comes from."""
    return bool(pattern("is_from").search(fold(text[:600])))


def tells_of_the_jungle(text: str) -> bool:
    """Whether it tells of the Darién."""
    return bool(pattern("jungle").search(fold(text[:600])))


def asks_asylum(text: str, *, after: bool = False) -> bool:
    """Whether the "refugio" that she asks for is asylum: in Spanish it is also a shelter. `after`:
    asylum was spoken of just before."""
    words = fold(text[:600])
    named = pattern("asks_asylum").search(words) or (after and pattern("refuge").search(words))
    return bool(named) and not pattern("of_violence").search(words)


def names_family(text: str) -> bool:
    """Whether it speaks of the family that is to come."""
    return bool(pattern("family").search(fold(text[:600])))
