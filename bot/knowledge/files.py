"""Reading the country files: every scalar is text until a schema says otherwise.

YAML would turn `911` into a number, `079` into 63 and `no` into false. Here only `true`, `false`
and `null` mean more than their letters.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.paths import COUNTRIES, ROOT

Record = TypeVar("Record", bound=BaseModel)

_BOOL, _NULL = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"


class _TextLoader(yaml.CSafeLoader):
    """A safe loader that resolves only true, false and null."""


_TextLoader.yaml_implicit_resolvers = {}
_TextLoader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_TextLoader.add_implicit_resolver(_NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


class DataFileError(ValueError):
    """A country file says something that it must not; one line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def country_folder(code: str) -> Path:
    """The folder of a country; `XX` is the regional one."""
    return COUNTRIES / ("regional" if code == "XX" else code.lower())


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, its scalars as text."""
    try:
        # S506: a subclass of CSafeLoader with fewer resolvers, so safe.
        return yaml.load(path.read_text(encoding="utf-8"), _TextLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise DataFileError([f"{_shown(path)}: not readable as YAML: {error}"]) from error


def parse_one(path: Path, model: type[Record]) -> Record:
    """The one record that the file holds."""
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        raise DataFileError(_faults(path, "", error)) from error


def parse_list(path: Path, model: type[Record]) -> list[Record]:
    """The records of the file, in its order; all faults at once."""
    rows = read_yaml(path) or []
    if not isinstance(rows, list):
        raise DataFileError([f"{_shown(path)}: expected a list of records"])
    records: list[Record] = []
    faults: list[str] = []
    seen: set[str] = set()
    for position, row in enumerate(rows, start=1):
        name = str(row.get("id", f"number {position}")) if isinstance(row, dict) else str(row)
        if name in seen:
            faults.append(f'{_shown(path)}, "{name}", field id: expected a new id, came a repeat')
        seen.add(name)
        try:
            records.append(model.model_validate(row))
        except ValidationError as error:
            faults += _faults(path, name, error)
    if faults:
        raise DataFileError(faults)
    return records


def _faults(path: Path, name: str, error: ValidationError) -> list[str]:
    where = f'{_shown(path)}, "{name}"' if name else _shown(path)
    return [
        f"{where}, field {'.'.join(str(part) for part in each['loc']) or '(whole record)'}: "
        f"{each['msg']}, came {each['input']!r:.80}"
        for each in error.errors()
    ]


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
