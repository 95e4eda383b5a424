"""Each claim of docs/security names a test that exists."""

from __future__ import annotations

import re

import pytest

from bot.paths import ROOT

PAGE = ROOT / "docs" / "security" / "threat-model.md"
TEXT = PAGE.read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)#]+)(?:#([^)]*))?\)", TEXT)


@pytest.mark.parametrize(("path", "name"), sorted(set(LINKS)))
def test_what_is_linked_exists(path: str, name: str) -> None:
    target = (PAGE.parent / path).resolve()

    assert target.is_file()
    assert not name or re.search(rf"^(async )?def {name}\(", target.read_text("utf-8"), re.M)


def test_every_claim_of_what_we_do_has_a_test() -> None:
    claims = [line for line in TEXT.splitlines() if line.startswith("- ")]

    assert len(claims) > 20
    assert [line for line in claims if "[test](" not in line] == []


@pytest.mark.parametrize("who", [
    "violent partner", "employer", "seizes the server", "curious member of staff",
    "forged sender", "state that asks",
])  # fmt: skip
def test_every_adversary_has_a_section_that_says_what_we_cannot_do(who: str) -> None:
    section = next(part for part in TEXT.split("\n### ") if who in part.splitlines()[0])

    assert "**What we cannot do**" in section
