"""The form of data/safety/*.yml, checked on reading; a fault names the file and the place."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.paths import DATA
from bot.safety.patterns import PatternError

SAFETY = DATA / "safety"
Kind = Literal[
    "leave", "erase", "stop", "start", "emergency", "medical", "lost", "police", "suicide",
    "someone_else",
]  # fmt: skip
Certainty = Literal["sure", "likely"]


Model = TypeVar("Model", bound=BaseModel)


class SafetyDataError(ValueError):
    """A file of data/safety says something that it must not."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLists(_Record):
    """Patterns in each language; `any` are words of both, which say nothing about the language."""

    es: list[str] = Field(default_factory=list)
    en: list[str] = Field(default_factory=list)
    any: list[str] = Field(default_factory=list)


class BothTables(_Record):
    """A name and its pattern, in each language."""

    es: dict[str, str]
    en: dict[str, str]


class PlacesFile(_Record):
    """Where, seen from an alarm, a guard's patterns stand."""

    before: list[str] = Field(default_factory=list)  # ends right before it
    after: list[str] = Field(default_factory=list)  # begins right after it
    sentence: list[str] = Field(default_factory=list)  # anywhere in its sentence
    message: list[str] = Field(default_factory=list)  # anywhere


class GuardFile(_Record):
    """Where one of these patterns stands, an alarm is none."""

    es: PlacesFile = PlacesFile()
    en: PlacesFile = PlacesFile()


class WordsFile(_Record):
    """words.yml: what all kinds share."""

    lists: BothTables
    same: BothTables
    filler: BothLists
    gap_stops: BothLists  # words across which no gap of a pattern reaches
    guards: dict[str, GuardFile]


class RealWordsFile(_Record):
    """real_words.yml: true words that look like a slip of a pattern's word; parted by spaces."""

    es: str
    en: str


class GroupFile(_Record):
    """Patterns that may stand anywhere in a message, and the guards that silence them."""

    name: str
    es: list[str] = Field(default_factory=list)
    en: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)
    at_most: int = Field(default=10_000, ge=1)  # words in the message
    certainty: Certainty = "sure"


class KindFile(_Record):
    """One kind of decision."""

    styles: list[str] = Field(default_factory=list)  # only there; empty: everywhere
    signs: str = ""  # a message of only these symbols
    whole: BothLists = BothLists()  # the whole message, apart from filler words
    inside: list[GroupFile] = Field(default_factory=list)


class KindsFile(_Record):
    """gate.yml, emergency.yml and so on: kinds in the order in which they are asked."""

    kinds: dict[Kind, KindFile]


class OrdersFile(_Record):
    """orders.yml: the short orders that she is taught, and true words near to one."""

    orders: dict[Kind, BothLists]
    never: str  # parted by spaces


def load_words(folder: Path = SAFETY) -> WordsFile:
    """words.yml."""
    return _parsed(folder / "words.yml", WordsFile)


def load_real_words(folder: Path = SAFETY) -> RealWordsFile:
    """real_words.yml."""
    return _parsed(folder / "real_words.yml", RealWordsFile)


def load_orders(folder: Path = SAFETY) -> OrdersFile:
    """orders.yml."""
    return _parsed(folder / "orders.yml", OrdersFile)


def load_kinds(folder: Path = SAFETY) -> dict[Kind, KindFile]:
    """All kinds, the gravest first. Raises SafetyDataError where one is said twice."""
    kinds: dict[Kind, KindFile] = {}
    for name in ("emergency.yml", "suicide.yml", "urgent.yml", "gate.yml"):
        for kind, record in _parsed(folder / name, KindsFile).kinds.items():
            if kind in kinds:
                raise SafetyDataError(f"{name}: the kind {kind} stands in another file, too")
            kinds[kind] = record
    return kinds


def fault(place: str, error: PatternError) -> SafetyDataError:
    """The error of a pattern, with the place where it stands."""
    return SafetyDataError(f"data/safety, {place}: {error}")


def _scalars_as_text(path: Path) -> object:
    # CBaseLoader makes every scalar a text: `no` is a word here, not false. It builds no objects.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CBaseLoader)  # noqa: S506


def _parsed(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(_scalars_as_text(path))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SafetyDataError(f"{path.parent.name}/{path.name}: {error}") from error
