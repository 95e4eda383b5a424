"""Tables of messages and what they say of places, shared by the tests of places."""

from __future__ import annotations


def rows(table: str) -> list[tuple[str | None, str | None, str | None, str]]:
    """(country, origin, town, message) of each line."""
    found = []
    for line in table.strip().splitlines():
        country, origin, city, text = line.split("/", 3)
        said = [None if value == "-" else value for value in (country, origin, city)]
        found.append((said[0], said[1], said[2], text))
    return found
