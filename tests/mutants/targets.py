"""What is changed, and which tests should notice: targets.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.paths import ROOT


@dataclass(frozen=True)
class Target:
    """One module. `without`: tests that a fork's change cannot reach: they start a program."""

    module: str
    tests: tuple[str, ...]
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def there(self) -> list[str]:
        """Its tests, as pytest wants them."""
        return [*(f"--deselect={each}" for each in self.without), *self.tests]


@cache
def targets() -> list[Target]:
    """All of them."""
    rows = yaml.safe_load(Path(__file__).with_name("targets.yml").read_text("utf-8"))
    return [Target(**{key: value if key == "module" else tuple(value)
                      for key, value in row.items()}) for row in rows]  # fmt: skip


def path_of(module: str) -> Path:
    """Where it lies."""
    return ROOT / (module.replace(".", "/") + ".py")
