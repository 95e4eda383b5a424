"""What kinds of things the database may hold of people, column by column (catalogue.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, inspect

Kind = Literal[
    "pseudonym",
    "mark",
    "mark of a month",
    "key",
    "sealed",
    "sealed for a month",
    "code",
    "number",
    "order",
    "moment",
    "process",
    "content",
]
# The only kinds of needles that may be found in a column of that kind.
MAY_HOLD: Mapping[str, frozenset[str]] = {
    "pseudonym": frozenset({"pseudonym"}),
    "job": frozenset({"pseudonym"}),
    "order": frozenset({"vendor's id"}),  # Telegram numbers the updates of a bot, not of a person
}


class Catalogue(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: tuple[str, ...]
    library: dict[str, str]
    people: dict[str, dict[str, str]]
    staff: dict[str, dict[str, str]]

    def kind(self, table: str, column: str) -> str | None:
        """What kind of thing lies there; None where nobody has decided."""
        if table in self.content:
            return "content"
        if table in self.library:
            return self.library[table]
        return {**self.people, **self.staff}.get(table, {}).get(column)

    def until(self, table: str) -> str:
        """How long it lies there, in words."""
        return {**self.people, **self.staff}.get(table, {}).get("kept_until", "")


@cache
def catalogue() -> Catalogue:
    """Read once."""
    path = Path(__file__).with_name("catalogue.yml")
    raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Catalogue.model_validate(raw)


def undecided(engine: Engine) -> list[str]:
    """Columns of the database of which the catalogue says nothing."""
    with engine.connect() as connection:
        seen = inspect(connection)
        return [
            f"{table}.{column['name']}"
            for table in seen.get_table_names()
            for column in seen.get_columns(table)
            if catalogue().kind(table, str(column["name"])) is None
        ]
