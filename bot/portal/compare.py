"""What changed, side by side: before and after, the words that differ marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy.orm import Session

from bot.directory.hsds_words import service_type_name
from bot.knowledge.history import versions
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import snapshot
from bot.knowledge.topics import topics
from bot.portal.hours_shown import in_words
from bot.portal.words import texts

_NO_TEXT = ("confidence", "second_reading", "verified_at", "verified_by")


@dataclass(frozen=True)
class Piece:
    """Some words; `changed`: the other side does not have them there."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Line:
    """One field before and after; nothing is before what is new."""

    field: str
    before: list[Piece]
    after: list[Piece]


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, word by word."""
    old, new = before.split(" "), after.split(" ")
    left: list[Piece] = []
    right: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            left.append(Piece(" ".join(old[a:b]), what != "equal"))
        if c < d:
            right.append(Piece(" ".join(new[c:d]), what != "equal"))
    return left, right


def lines(before: Mapping[str, Any], after: Mapping[str, Any], language: str,
          leave_out: tuple[str, ...] = ()) -> list[Line]:  # fmt: skip
    """Every field that differs, in words."""
    names = [name for name in {**before, **after} if name not in leave_out]
    return [
        Line(_label(name, language), *compared(_shown(name, before.get(name), language),
                                               _shown(name, after.get(name), language)))
        for name in names
        if before.get(name) != after.get(name) and not _was_not_kept(name, before, after)
    ]  # fmt: skip


def _was_not_kept(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Sources are part of the history since they can be edited: an older version says nothing of
    them, which is not that there were none."""
    return name == "sources" and bool(before) and (name in before) != (name in after)


def last_change(session: Session, record: Statement, language: str) -> list[Line]:
    """What the last version that changed the text, its questions or its dates changed; a check
    changes none of them. Empty where it still says what it said first."""
    for version in reversed(versions(session, record.id)):
        if not version.before:
            return []
        changed = lines(version.before, version.after or {}, language, _NO_TEXT)
        if changed:
            return changed
    return []


def proposed(record: Statement, values: Mapping[str, Any], language: str) -> list[Line]:
    """What would change: what it says now beside what is proposed."""
    now = snapshot(record)
    return lines({name: now[name] for name in values}, values, language)


def _label(name: str, language: str) -> str:
    pair = texts().get(f"field_{name}")
    return pair["en" if language == "en" else "es"] if pair else name


def _shown(name: str, value: Any, language: str) -> str:
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return texts()["yes" if value else "no"][language]
    if name == "asked":
        return " / ".join(" · ".join(questions) for questions in value.values())
    if name == "intent":
        return str(topics()[value].name.get(language)) if value in topics() else str(value)
    if name == "kind" and f"statement_is_{value}" in texts():
        return texts()[f"statement_is_{value}"][language]
    if name == "sources":
        return " · ".join(f"{each['title']}, {each['publisher']}, {each['url']}" for each in value)
    if name == "types":
        return ", ".join(str(service_type_name(each["type"]).get(language)) for each in value)
    if name == "phones":
        return ", ".join(each["display"] for each in value)
    if name == "schedules":
        return in_words(value, language)
    if name == "locations":
        parts = [each.get(key) for each in value for key in ("address_1", "city", "state_province")]
        return ", ".join(filter(None, parts)) or "—"
    if name in ("publication", "status") and f"state_{value}" in texts():
        return texts()[f"state_{value}"][language]
    return str(value)
