"""One hash over all country files: is what the database was filled from still the same?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel

from bot.paths import COUNTRIES

# Raise when the loader itself would fill the tables differently from the same files.
LOADER_VERSION = "1"
_LOADED = ("country.yml", "emergency.yml", "statements.yml", "services.yml", "places.tsv")


def of_files(folder: Path = COUNTRIES) -> str:
    """The hash over every file that the loader reads."""
    total = hashlib.sha256(LOADER_VERSION.encode())
    for path in sorted(folder.glob("*/*")):
        if path.name in _LOADED:
            total.update(f"\n{path.parent.name}/{path.name}\n".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def of_record(record: BaseModel, *more: object) -> str:
    """The hash over one record and whatever else its row depends on."""
    content = record.model_dump_json() + json.dumps(more, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()
