"""What is noted while a file in HSDS is read: faults, and texts that are in Spanish only."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.directory.hsds_words import Json
from bot.knowledge.bilingual import Bilingual


@dataclass(frozen=True)
class Wrong:
    """A fault, and the record and field that it is in."""

    record: Json
    field: str
    key: str
    value: str = ""


@dataclass(frozen=True)
class Notes:
    """Of one service, by the names of our columns and parts."""

    wrong: dict[str, list[Wrong]] = field(default_factory=dict)
    spanish: dict[str, Wrong] = field(default_factory=dict)  # a phone's label by its number

    def fault(self, part: str, record: Json, name: str, key: str, value: object = "") -> None:
        self.wrong.setdefault(part, []).append(Wrong(record, name, key, str(value)))

    def text(self, part: str, record: Json, name: str) -> Bilingual | None:
        """The text; remembered where nobody said it in English."""
        text = _both(record, name)
        if text and not record.get("translations", {}).get("en", {}).get(name):
            self.spanish[part] = Wrong(record, f"translations.en.{name}", "both")
        return text


def _both(record: Json, name: str) -> Bilingual | None:
    """The text in both languages; where no English is given, both are the same."""
    es = record.get(name)
    if not es:
        return None
    return Bilingual(es, record.get("translations", {}).get("en", {}).get(name) or es)
