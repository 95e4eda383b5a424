"""The import contracts speak of every part of the program, also of those that came later."""

from __future__ import annotations

import pytest
import tomllib

from bot.paths import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
THERE = {
    f"bot.{path.stem}" for path in (ROOT / "bot").iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
} - {"bot.__init__", "bot.__main__"}  # fmt: skip
# What each of those that stand alone may know: nothing of women, and nothing that grows.
ALLOWED = {
    "bot.nlu": {"bot.paths", "bot.processes"},
    "bot.privacy": {"bot.paths"},
    "bot.telemetry": {"bot.answered", "bot.paths"},
}
ON_TOP = {"bot.commands", "bot.portal", "bot.serve"}  # the program itself: it may know everything
SMALL = {"bot.answered", "bot.database", "bot.paths", "bot.processes", "bot.rasa_client",
         "bot.settings"}  # single files that whoever needs them uses  # fmt: skip


def forbidden(source: str) -> set[str]:
    """Everything that any contract keeps from it."""
    found = [set(each["forbidden_modules"]) for each in CONTRACTS
             if source in each["source_modules"]]  # fmt: skip
    return set().union(*found)


@pytest.mark.parametrize("source", ALLOWED)
def test_who_stands_alone_is_kept_from_every_other_part(source: str) -> None:
    assert THERE - forbidden(source) - {source} == ALLOWED[source]


def test_every_part_is_held_by_a_contract() -> None:
    held = {source for each in CONTRACTS for source in each["source_modules"]}

    assert THERE - held == ON_TOP | SMALL


def test_no_contract_speaks_of_what_is_not_there() -> None:
    named = {name for each in CONTRACTS for kind in ("source_modules", "forbidden_modules")
             for name in each[kind]}  # fmt: skip

    assert named <= THERE | {"actions", "connectors"}
