"""Looking for something in everything that lies on the machine, in every form it may have taken.

Used by the tests with planted words and numbers, by the erasure check, and by `thief`.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import numpy as np
from sqlalchemy import Engine, inspect, text

CHUNK, OVERLAP = 4 * 1024 * 1024, 4 * 1024
SHORTEST = 6  # bytes; anything shorter would be found by chance


@dataclass(frozen=True, order=True)
class Finding:
    """`kind` of needle at a place: "person.pseudonym", "slots.db", "log/application.log"."""

    place: str
    kind: str


def forms(needle: str | bytes) -> frozenset[bytes]:
    """The needle as bytes, and as JSON, URL, base64 and hexadecimal would write it."""
    if isinstance(needle, bytes):
        plain = {needle}
    else:
        folded = {needle, needle.lower(), needle.upper()}
        plain = {each.encode() for each in folded}
        plain |= {each.encode("utf-16-le") for each in folded}
        plain |= {json.dumps(each)[1:-1].encode() for each in folded}
        plain |= {way(each).encode() for each in folded for way in (quote, quote_plus)}
    coded = {code for each in plain for code in _coded(each)}
    return frozenset(plain | coded)


def _coded(value: bytes) -> Iterator[bytes]:
    yield value.hex().encode()
    yield value.hex().upper().encode()
    for start in range(3):  # a base64 text looks different by where in it the needle begins
        whole = base64.b64encode(b"\0" * start + value)
        inner = whole[(0, 2, 3)[start] : len(whole) - (0, 3, 2)[(start + len(value)) % 3]].rstrip(
            b"="
        )
        if len(inner) >= 8:
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


class Needles:
    """What is looked for, by kind; one pass finds all of them."""

    def __init__(self, by_kind: Mapping[str, Iterable[str | bytes]]) -> None:
        self._kinds: dict[bytes, set[str]] = defaultdict(set)
        for kind, needles in by_kind.items():
            for needle in needles:
                for form in forms(needle):
                    if len(form) >= SHORTEST:
                        self._kinds[form].add(kind)
        # Three pairs of bytes tell nearly every place where nothing begins, at the speed of memory.
        self._pairs = np.zeros((3, 65_536), dtype=bool)
        self._heads: dict[bytes, list[bytes]] = defaultdict(list)
        for form in self._kinds:
            self._heads[form[:SHORTEST]].append(form)
            for step in range(3):
                self._pairs[step, int.from_bytes(form[2 * step : 2 * step + 2], "little")] = True

    def __len__(self) -> int:
        """In how many forms all of it is looked for."""
        return len(self._kinds)

    def found_in(self, data: bytes) -> set[str]:
        """The kinds of needles that `data` holds."""
        kinds: set[str] = set()
        if len(data) < SHORTEST:
            return kinds
        letters = np.frombuffer(data, dtype=np.uint8).astype(np.uint16)
        pairs = letters[:-1] | (letters[1:] << 8)
        count = len(pairs) - 4
        may = self._pairs[0, pairs[:count]]
        for step in (1, 2):
            may &= self._pairs[step, pairs[2 * step : 2 * step + count]]
        for place in np.flatnonzero(may).tolist():
            for form in self._heads.get(data[place : place + SHORTEST], ()):
                if data.startswith(form, place):
                    kinds |= self._kinds[form]
        return kinds


def in_folder(folder: Path, needles: Needles) -> set[Finding]:
    """In every file under `folder`: databases with their journals, logs, whatever else is there."""
    return {
        Finding(str(path.relative_to(folder)), kind)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for kind in in_file(path, needles)
    } | {
        Finding("(a file's name)", kind)
        for path in folder.rglob("*")
        for kind in needles.found_in(str(path.relative_to(folder)).encode())
    }


def in_file(path: Path, needles: Needles) -> set[str]:
    """Kinds of needles in the file's bytes."""
    kinds: set[str] = set()
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(CHUNK):
            kinds |= needles.found_in(tail + chunk)
            tail = chunk[-OVERLAP:]
    return kinds


def in_database(engine: Engine, needles: Needles) -> set[Finding]:
    """In every column of every table that the database has, whoever made it."""
    columns: dict[str, list[bytes]] = defaultdict(list)
    for table, column, value in values(engine):
        columns[f"{table}.{column}"].append(value)
    return {
        Finding(place, kind)
        for place, parts in columns.items()
        for kind in needles.found_in(b"\n".join(parts))
    }


def values(engine: Engine) -> Iterator[tuple[str, str, bytes]]:
    """Every value of the database as bytes, with its table and column."""
    quoted = engine.dialect.identifier_preparer.quote
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {quoted(table)}")).mappings():  # noqa: S608
                for column, value in row.items():
                    if value is not None:
                        yield table, str(column), as_bytes(value)


def as_bytes(value: Any) -> bytes:
    """As the scan reads it."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).encode()
    return str(value).encode("utf-8", "replace")
