"""docs/security: the checklist is whole, and each test that a page of it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import tomllib

from bot.paths import ROOT

PAGES = ROOT / "docs" / "security"
CHECKLIST = (PAGES / "asvs.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\d+\.\d+\.\d+")


def numbers() -> list[str]:
    """Of level 2, from the standard's own table."""
    lines = Path(__file__).with_name("asvs_level_2.txt").read_text("utf-8").splitlines()[1:]
    pairs = (line.split(": ") for line in lines)
    return [f"{section}.{last}" for section, all_ in pairs for last in all_.split()]


def test_every_number_of_level_2_stands_in_the_checklist_once() -> None:
    found = [
        number
        for line in CHECKLIST.splitlines()
        if line.startswith("| ")
        for number in NUMBER.findall(line.split("|")[1])
    ]

    assert sorted(found) == sorted(numbers())
    assert len(found) == 259


def test_what_does_not_hold_has_a_reason() -> None:
    rows = [line.split("|") for line in CHECKLIST.splitlines() if re.match(r"\| \d+\.", line)]
    judged = [row for row in rows if len(row) == 7]

    assert {row[4].strip() for row in judged} == {"holds", "partly", "no", "by hand"}
    assert [row[1] for row in judged if len(row[5].strip()) < 3] == []


def test_the_counts_at_the_head_are_those_of_the_lines() -> None:
    rows = re.findall(r"^\| \d+\.\d+\.\d+ \| \d \| .*? \| (holds|partly|no|by hand) \|",
                      CHECKLIST, re.M)  # fmt: skip
    counts = Counter(rows)
    rest = len(numbers()) - len(rows)

    assert (
        f"Of 259: {counts['holds']} hold, {counts['partly']} in part, {counts['no']} do not, "
        f"{counts['by hand']} are looked at by whoever runs it, {rest} do not apply."
    ) in CHECKLIST


def test_each_rule_of_the_linter_that_a_line_leans_on_is_on_for_all_code() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    named = set(re.findall(r"\bS\d{3}\b", CHECKLIST))

    assert named
    assert "S" in lint["select"]
    assert named & set(lint["ignore"]) == set()
    assert "per-file-ignores" not in lint


def test_what_a_line_refers_to_is_there() -> None:
    lines = {number for line in CHECKLIST.splitlines() for number in NUMBER.findall(line[:60])}
    referred = set(re.findall(r"as (\d+\.\d+\.\d+)", CHECKLIST))
    files = re.findall(r"\b(?:docs|bot|connectors|tests|deploy)/[\w/-]+\.\w+", CHECKLIST)

    assert referred <= lines
    assert [each for each in files if not (ROOT / each).is_file()] == []


@pytest.mark.parametrize("page", sorted(each.name for each in PAGES.glob("*.md")))
def test_each_test_that_a_page_names_exists(page: str) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\]\((\.\./\.\./tests/[^)#]+)#([^)]*)\)", text))
    missing = []
    for path, name in named:
        file = (PAGES / path).resolve()
        wanted = rf"^(async )?def {name}\("
        if not file.is_file() or not re.search(wanted, file.read_text("utf-8"), re.M):
            missing.append(f"{path}#{name}")

    assert missing == []
