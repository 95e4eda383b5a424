"""The gazetteer: what each name may stand for.

Read from data/countries/<cc>/places.tsv (GeoNames, CC BY 4.0, and names added by hand) and
data/places. It knows names only; what a sentence makes of them is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .place_text import name_key, plain

DATA = Path(__file__).resolve().parent.parent.parent / "data"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SMALL_TOWN = {"US": 30_000, "CA": 20_000, "MX": 0}
# A town of these alone, without a word that shows a place, is rather a word ("virar").
FAR = frozenset((
    "AE", "AU", "BD", "CN", "DE", "FR", "HK", "ID", "IN", "IR", "IT", "JP", "KR", "KZ", "MM", "NP",
    "NZ", "PK", "SA", "TR", "TW", "UZ", "VN",
))  # fmt: skip
_LANDMARK = 100_000  # as people: no name of a small town, which needs a sign
_FOREIGN_WEIGHT = 20  # a town outside the eleven countries counts for a twentieth beside one inside


@dataclass(frozen=True)
class Name:
    """One thing that a name may stand for. `kind`: country, people, institution, city or admin1."""

    kind: str
    value: str
    country: str
    population: int = 0
    admin1: str = ""
    seat: str | None = None  # of an institution that is in one town or state only
    national: bool = False  # a paper that only those of the country have
    carried: bool = False  # a paper that she has on her
    registry: bool = False  # keeps the papers of those born in the country

    @property
    def is_town(self) -> bool:
        return self.kind in ("city", "admin1")


@dataclass(frozen=True)
class Words:
    """How much a sentence must say before a name counts as a place (words.yml)."""

    needs_context: frozenset[str]
    needs_more: frozenset[str]
    never: frozenset[str]
    given_names: frozenset[str]
    misspelt: frozenset[str]
    not_a_place: frozenset[str]
    not_of: frozenset[str]
    no_place: frozenset[str]
    usual: dict[str, str]
    hints: dict[str, str]
    two_sided: dict[str, tuple[str, ...]]


@dataclass
class Gazetteer:
    """Names by key. `longest` gives, for a first word, how many words its longest name has."""

    words: Words
    names: dict[str, list[Name]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    served: set[str] = field(default_factory=set)  # countries with a folder of their own
    exact: set[str] = field(default_factory=set)  # never read for a misspelt word

    def add(self, key: str, name: Name) -> None:
        if not key or (key in self.words.never and name.is_town):
            return
        there = self.names.setdefault(key, [])
        if name not in there:
            there.append(name)
        parts = key.split(" ")
        self.longest[parts[0]] = max(self.longest.get(parts[0], 0), len(parts))

    def signs_needed(self, key: str) -> int:
        """0: the name alone is enough; 1 or 2: that many signs in the sentence."""
        if key in self.words.needs_more:
            return 2
        if key in self.words.needs_context:
            return 1
        return 1 if " " not in key and self._is_small_town(key) else 0

    def _is_small_town(self, key: str) -> bool:
        return all(
            name.is_town
            and (name.population < SMALL_TOWN.get(name.country, 0) or name.country in FAR)
            for name in self.names.get(key, ())
        )


def load_gazetteer(data: Path = DATA) -> Gazetteer:
    """Every name we know. Raises FileNotFoundError where a data file is missing."""
    gazetteer = Gazetteer(_read_words(data / "places" / "words.yml"))
    countries = read_yaml(data / "places" / "countries.yml")
    for key, name in _countries(countries):
        gazetteer.add(key, name)
    for country, demonyms in read_yaml(data / "places" / "demonyms.yml").items():
        for key, name in _people(country, countries[country]["es"], demonyms):
            if key not in gazetteer.names:
                gazetteer.exact.add(key)
            gazetteer.add(key, name)
    for key, name in _institutions(data / "places"):
        gazetteer.add(key, name)
    for path in sorted((data / "countries").glob("*/places.tsv")):
        gazetteer.served.add(path.parent.name.upper())
        _add_towns(gazetteer, path, path.parent.name.upper(), 1)
    _add_towns(gazetteer, data / "places" / "world.tsv", "", _FOREIGN_WEIGHT)
    for key, name in _landmarks(data / "places" / "landmarks.yml"):
        gazetteer.add(key, name)
    return gazetteer


def read_yaml(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        content: dict[str, Any] = yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where built
    return content


def _read_words(path: Path) -> Words:
    content = read_yaml(path)
    lists = {name: _listed(text) for name, text in content.items() if isinstance(text, str)}
    sides = {key: tuple(codes.split()) for key, codes in content["two_sided"].items()}
    usual, hints = dict(content["usual"]), dict(content["hints"])
    return Words(usual=usual, hints=hints, two_sided=sides, **lists)


def _listed(text: str) -> frozenset[str]:
    return frozenset(" ".join(part.split()) for part in text.replace("\n", " ").split(",")) - {""}


def _countries(content: dict[str, Any]) -> Iterator[tuple[str, Name]]:
    for code, entry in content.items():
        shown = entry["es"]
        for written in (entry["es"], entry["en"], *entry.get("also", ())):
            yield name_key(written), Name("country", shown, code)
        yield from _people(code, shown, entry.get("people", ()))


def _people(code: str, shown: str, people: Iterable[str]) -> Iterator[tuple[str, Name]]:
    for written in people:
        for form in _people_forms(written):
            yield name_key(form), Name("people", shown, code)


def _institutions(folder: Path) -> Iterator[tuple[str, Name]]:
    more = read_yaml(folder / "seats.yml")
    seats, national = more["seats"], frozenset(more["of_nationals"])
    registries, carried = frozenset(more["registries"]), frozenset(more["carried"])
    for country, keys in read_yaml(folder / "institutions.yml").items():
        for key in keys:
            name = Name("institution", key, country, seat=seats.get(key), national=key in national,
                        registry=key in registries, carried=key in carried)  # fmt: skip
            yield name_key(key), name


def _landmarks(path: Path) -> Iterator[tuple[str, Name]]:
    """A terminal or a hospital is read as the town in which it stands."""
    for country, towns in read_yaml(path).items():
        for town, written in towns.items():
            for name in written:
                yield name_key(name), Name("city", town, country, _LANDMARK)


def _people_forms(written: str) -> Iterable[str]:
    if written.endswith("@"):
        return [written[:-1] + end for end in ("a", "o", "as", "os")]
    return [written, written + "s"]


def _add_towns(gazetteer: Gazetteer, path: Path, country: str, weight: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = {column: index for index, column in enumerate(lines[0].split("\t"))}
    for line in lines[1:]:
        cell = line.split("\t")
        town = Name(
            cell[columns["kind"]],
            cell[columns["name"]],
            country or cell[columns["country"]],
            int(cell[columns["population"]]) // weight,
            cell[columns["admin1"]],
        )
        for written in filter(None, (town.value, *cell[columns["aliases"]].split("|"))):
            gazetteer.add(_fast_key(written), town)


def _fast_key(written: str) -> str:
    """`name_key`, without its work where the name is letters and spaces only."""
    if written.replace(" ", "").isalpha():
        return " ".join(map(plain, written.split()))
    return name_key(written)
