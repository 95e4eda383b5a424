"""What goes with each topic: its plain-word name, its emergency card, its best kind of service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import Field, ValidationError

from bot.directory.schema import ServiceType
from bot.knowledge.files import DataFileError, read_yaml
from bot.knowledge.schema import Both, FileRecord, Kind, Need
from bot.paths import DATA

PATH = DATA / "topics.yml"


class Topic(FileRecord):
    """One topic of data/topics.yml."""

    name: Both
    group: Literal["safety", "violence", "rights", "family", "work", "services"]
    child_focus: bool = False
    legal: bool = False  # a law or an authority decides it
    emergency: Need | None = None
    note: Both | None = None
    note_if_afraid: bool = False  # only for who fears that it is passed on to migration
    first: list[Kind] = Field(default_factory=list)
    service_types: list[ServiceType]
    words: list[str]


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by its intent."""
    found: dict[str, Topic] = {}
    for intent, row in read_yaml(PATH).items():
        try:
            found[intent] = Topic.model_validate(row)
        except ValidationError as error:
            raise DataFileError([f'data/topics.yml, "{intent}": {error}']) from error
    return MappingProxyType(found)
