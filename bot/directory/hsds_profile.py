"""What we add to HSDS, as merge patches on its schema files, and the API's own description."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from bot.directory.hsds_words import HSDS, Json


@cache
def profile() -> dict[str, Json]:
    """The merge patch (RFC 7386) of each table that we add fields to."""
    ours = _read("profile.yml")
    tables = sorted({*ours["translated"], *ours["added"]})
    return {table: {"properties": _added(ours, table)} for table in tables}


def _added(ours: Json, table: str) -> Json:
    own = dict(ours["added"].get(table, {}))
    if table in ours["translated"]:
        own["translations"] = ours["translations"]
    return own


def openapi(api_url: str) -> Json:
    """The OpenAPI 3.1 document of the API at `api_url`."""
    return {**_read("openapi.yml"), "servers": [{"url": api_url}]}


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((HSDS / name).read_text(encoding="utf-8"))
