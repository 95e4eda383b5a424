"""The lists of data/redaction and of data/places, as the redaction reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.paths import DATA

LANGUAGES = ("es", "en")
_REPEATED = re.compile(r"(.)\1{2,}")


def fold(word: str) -> str:
    """Without capitals and accents; of letters held down two stay."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    letters = "".join(each for each in decomposed if not unicodedata.combining(each))
    return _REPEATED.sub(r"\1\1", letters)


def read_yaml(path: Path) -> dict[str, Any]:
    """A file of ours."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        content: dict[str, Any] = yaml.load(file, Loader=loader)  # noqa: S506 - a safe loader
    return content


def listed(text: str) -> frozenset[str]:
    """Words between commas."""
    return frozenset(" ".join(part.split()) for part in text.split(",")) - {""}


@dataclass(frozen=True, eq=False)
class Signs:
    """One language's of data/redaction/signs.yml; every phrase folded. Itself a key of caches."""

    phrases: Mapping[str, frozenset[str]]
    shown: Mapping[str, str]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.phrases.get(name, frozenset())


@dataclass(frozen=True)
class Lists:
    """What is known of words in messages of one language."""

    signs: Signs
    small: frozenset[str]  # everybody's
    capital: frozenset[str]  # everybody's, with a capital inside a sentence
    everywhere: frozenset[str]
    names: frozenset[str]
    also_words: frozenset[str]
    codes: re.Pattern[str]


@dataclass(frozen=True)
class Places:
    """`wide`: countries, their people, states, public bodies: they stay. `towns`: they go; True
    where the name is also a word or a person's: the sentence must show that a place is meant."""

    wide: frozenset[str]
    towns: Mapping[str, bool]
    longest: int


@cache
def lists(language: str) -> Lists:
    """Read once."""
    folder = DATA / "redaction"
    signs = read_yaml(folder / "signs.yml")
    words = {
        code: {k: listed(v) for k, v in each.items()}
        for code, each in read_yaml(folder / "words.yml").items()
    }
    names = {key: listed(text) for key, text in read_yaml(folder / "names.yml").items()}
    for code, more in read_yaml(folder / "everyday.yml").items():
        for key, text in more.items():
            words[code][key] |= listed(text)
    own, other = words[language], words["en" if language == "es" else "es"]
    known = names["first"] | names["last"] | names["also_words"]
    return Lists(
        signs=_signs(signs[language]),
        # A word of the other language may be a name in this one: "mi hijo Will".
        small=own["small"] | (other["small"] - known),
        capital=own["capital"] | (other["capital"] - known),
        everywhere=own["everywhere"],
        names=(names["first"] | names["last"] | names["though_used"]) - names["also_words"],
        also_words=names["also_words"],
        codes=re.compile("|".join(f"(?:{each})" for each in signs["codes"])),
    )


def _signs(raw: Mapping[str, Any]) -> Signs:
    phrases = {k: frozenset(fold(str(p)) for p in v) for k, v in raw.items() if k != "shown"}
    return Signs(phrases, raw["shown"])


@cache
def places() -> Places:
    """From the files that the understanding reads, too."""
    words = read_yaml(DATA / "places" / "words.yml")
    odd = listed(words["needs_context"]) | listed(words["needs_more"]) | listed(words["never"])
    signs = read_yaml(DATA / "redaction" / "signs.yml")
    not_kept = set(signs["not_kept"])
    towns: dict[str, bool] = {}
    wide = (set(_wide()) | set(signs["kept"])) - not_kept
    for name, kind in _rows():
        (wide.add(name) if kind == "admin1" else towns.setdefault(name, name in odd))
    towns |= dict.fromkeys(not_kept, False)
    longest = max(len(each.split()) for each in (*towns, *wide))
    return Places(frozenset(wide), {k: v for k, v in towns.items() if k not in wide}, longest)


def _wide() -> Iterator[str]:
    for entry in read_yaml(DATA / "places" / "countries.yml").values():
        for written in (entry["es"], entry["en"], *entry.get("also", ())):
            yield _key(written)
        for people in entry.get("people", ()):
            forms = [people[:-1] + e for e in ("a", "o", "as", "os")] if people[-1] == "@" else [
                people, f"{people}s"]  # fmt: skip
            yield from map(_key, forms)
    for bodies in read_yaml(DATA / "places" / "institutions.yml").values():
        yield from map(_key, bodies)


def _rows() -> Iterator[tuple[str, str]]:
    paths = [*sorted((DATA / "countries").glob("*/places.tsv")), DATA / "places" / "world.tsv"]
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        at = {column: index for index, column in enumerate(lines[0].split("\t"))}
        for line in lines[1:]:
            cell = line.split("\t")
            for written in (cell[at["name"]], *cell[at["aliases"]].split("|")):
                if key := _key(written):
                    yield key, cell[at["kind"]]


def _key(written: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", fold(written)))
