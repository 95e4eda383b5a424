"""axe-core, the accessibility checker. It comes from npm for the tests alone, and stays outside."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

PACKAGE = "axe-core@4.14.1"
# Serious is what keeps somebody from using the page; the rules are WCAG 2.2, levels A and AA.
RUN = """async () => {
  const options = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
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
    def fetch(cls, folder: Path) -> Axe:
        """From npm into `folder`; raises NoAxe."""
        npm = shutil.which("npm")
        if npm is None:
            raise NoAxe("npm is not installed")
        try:
            packed = subprocess.run(  # noqa: S603  # a fixed package
                [npm, "pack", PACKAGE, "--silent"], cwd=folder, capture_output=True, text=True,
                check=True, timeout=60,
            )  # fmt: skip
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise NoAxe(f"npm did not give {PACKAGE}: {error}") from error
        with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member is not None
            return cls(member.read().decode())

    def serious(self, page: Page) -> list[str]:
        """What it finds wrong; a line for each rule that is broken."""
        page.evaluate(self.script)
        return [str(line) for line in page.evaluate(RUN)]
