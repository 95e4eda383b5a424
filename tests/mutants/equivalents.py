"""Changes that change nothing anybody could notice: equivalents.yml, each with its reason."""

from __future__ import annotations

from pathlib import Path

import yaml

Key = tuple[str, str, str]  # module, text of the line, what is changed


def equivalents() -> dict[Key, str]:
    """The reason of each."""
    rows = yaml.safe_load(Path(__file__).with_name("equivalents.yml").read_text("utf-8")) or {}
    return {
        (module, row["line"], what): row["why"]
        for module, lines in rows.items() for row in lines for what in row["changes"]
    }  # fmt: skip
