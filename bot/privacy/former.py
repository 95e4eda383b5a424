"""Pseudonyms under former root secrets, by which STOP outlives a rotation.

Only the derived pseudonym key of a former root is kept, sealed under the present one: it opens
nothing, and whoever has the present root could make pseudonyms anyhow.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from sqlalchemy import Connection, text

from bot.privacy.keys import Keys, Unreadable

NAME = "former pseudonym keys"


def read(connection: Connection) -> list[bytes]:
    """The sealed keys, the oldest first."""
    stored: Any = connection.execute(
        text("SELECT value FROM installation WHERE key = :name"), {"name": NAME}
    ).scalar()
    if stored is None:
        return []
    values = json.loads(stored) if isinstance(stored, str) else stored
    return [base64.b64decode(each) for each in values]


def write(connection: Connection, sealed: list[bytes]) -> None:
    """In place of what was there."""
    connection.execute(text("DELETE FROM installation WHERE key = :name"), {"name": NAME})
    value = json.dumps([base64.b64encode(each).decode() for each in sealed])
    connection.execute(
        text("INSERT INTO installation (key, value) VALUES (:name, :value)"),
        {"name": NAME, "value": value},
    )


def former_pseudonyms(connection: Connection, keys: Keys, channel: str, address: str) -> list[str]:
    """Who this was under each former root; those that do not open are left out."""
    found = []
    for sealed in read(connection):
        try:
            found.append(keys.former_pseudonym(sealed, channel, address))
        except Unreadable:
            continue
    return found
