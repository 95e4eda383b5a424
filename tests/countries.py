"""The countries' files, read once for all tests: they are frozen, and reading the largest takes
seconds."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path

from bot.knowledge.content import CountryContent, read_all
from tests.kept import kept


@cache
def _read() -> dict[str, CountryContent]:
    # Of our own making, a moment ago or for the same files and program.
    read: dict[str, CountryContent] = pickle.loads(kept("files", _write).read_bytes())  # noqa: S301
    return read


def _write(path: Path) -> None:
    path.write_bytes(pickle.dumps(read_all()))


def country_files(code: str) -> CountryContent:
    """The content of data/countries/<code>."""
    return _read()[code]


def all_files() -> dict[str, CountryContent]:
    """The content of all of them, by code."""
    return dict(_read())
