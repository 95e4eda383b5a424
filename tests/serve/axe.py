"""axe-core, the accessibility checker: its script alone, out of the package that carries it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files

import pytest
from playwright.sync_api import Page

PACKAGE = "axe_playwright_python"
# Serious is what keeps somebody from using the page; the rules are WCAG 2.2, levels A and AA.
RUN = """async () => {
  const options = {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    resultTypes: ["violations"],  // of what is in order, not every place is collected
  };
  const found = (await axe.run(document, options)).violations;
  return found.filter(v => ["serious", "critical"].includes(v.impact))
    .map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(" | ")}`);
}"""


class NoAxe(Exception):
    """The message says why."""


@dataclass(frozen=True)
class Axe:
    """The checker's script."""

    script: str

    @classmethod
    def read(cls) -> Axe:
        """As it is installed; raises NoAxe."""
        try:
            return cls(files(PACKAGE).joinpath("axe.min.js").read_text(encoding="utf-8"))
        except (ModuleNotFoundError, FileNotFoundError) as error:
            raise NoAxe(f"{PACKAGE} of requirements/dev.txt is not installed") from error

    def serious(self, page: Page) -> list[str]:
        """What it finds wrong; a line for each rule that is broken."""
        page.evaluate(self.script)
        return [str(line) for line in page.evaluate(RUN)]


def checker() -> Axe:
    """Where a browser must not be missing (COMADRE_TEST_REQUIRE_CHROMIUM=1) it must not be either:
    21 of the 31 flows of the back office would be left out without a word."""
    try:
        return Axe.read()
    except NoAxe as reason:
        if os.environ.get("COMADRE_TEST_REQUIRE_CHROMIUM") == "1":
            pytest.fail(f"no accessibility checks: {reason}")
        pytest.skip(f"Accessibility checks left out: {reason}")
