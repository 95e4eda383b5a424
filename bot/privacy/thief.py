# ruff: noqa: E501  (lines of a page for people)
"""What a thief sees: a report on a live instance, from what really lies in it at this moment.

Nothing of anybody gets into the report itself: it counts, and names places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from bot.privacy.catalogue import catalogue, undecided
from bot.privacy.confine import open_to_others
from bot.privacy.keys import Keys, Unreadable, unseal
from bot.privacy.scan import values


@dataclass(frozen=True)
class Opened:
    """How far the root secret opens what lies there."""

    people: int
    addresses: int
    memories: int
    waiting_words: int
    replies: int


def opened(engine: Engine, keys: Keys) -> Opened:
    """Tried with this secret, counted, thrown away."""
    counts: Counter[str] = Counter()
    with engine.connect() as connection:
        for row in connection.execute(text("SELECT * FROM person")).mappings():
            counts["people"] += 1
            try:
                key = keys.open_person_key(row["wrapped_key"])
            except Unreadable:
                continue
            counts["addresses"] += _opens(key, row["sealed_address"])
            counts["memories"] += _opens(key, row["sealed_memory"])
            for table in ("inbox", "outbox"):
                sealed = connection.execute(
                    text(f"SELECT sealed FROM {table} WHERE pseudonym = :who"),  # noqa: S608
                    {"who": row["pseudonym"]},
                ).scalars()
                counts[table] += sum(_opens(key, each) for each in sealed)
    return Opened(counts["people"], counts["addresses"], counts["memories"], counts["inbox"],
                  counts["outbox"])  # fmt: skip


def _opens(key: bytes, sealed: bytes | None) -> bool:
    try:
        return sealed is not None and unseal(key, sealed) is not None
    except Unreadable:
        return False


def report(engine: Engine, keys: Keys, folder: Path, now: datetime | None = None,
           roles: Sequence[str] = ()) -> str:  # fmt: skip
    """Markdown; `roles`: a line of what each role of the portal could open."""
    now = now or datetime.now(UTC)
    held, open_with_root = _held(engine), opened(engine, keys)
    secret_here = (folder / "secret.key").exists()
    others = [str(path.relative_to(folder)) or "." for path in open_to_others(folder)] if (
        folder.is_dir()) else []  # fmt: skip
    lines = [
        "# What a thief sees", "", f"This instance, {now:%Y-%m-%d %H:%M} UTC.", "",
        "## With the database's password, or a copy of the database", "",
        *_database(held, undecided(engine)), "",
        "Words, numbers, addresses: none. From a pseudonym back to a number: only with the root secret.", "",
        "## With the disk", "", *_disk(folder, secret_here, others), "",
        "## With the disk and the root secret" + (" (it lies on this disk)" if secret_here else ""), "",
        *_root(open_with_root), "",
        "Nothing of anybody whose time is over, unless a copy of the disk from before that is at hand. Such copies",
        "stay readable until the root secret is rotated and the old one destroyed (`python -m bot keys rotate`).", "",
        "## With an account of the portal", "",
        "The directory, the statements, reports as counts. No table of women is behind it, as no role: no pseudonym,",
        "no number, no message.", "", *roles, *([""] if roles else []),
        "## With her unlocked telephone", "",
        "The whole chat, as WhatsApp, Telegram or the SMS application keep it, and the contact's name. We learn of it",
        "only if she tells us (\"salir\", \"borra todo\"). Telegram: both sides' messages of the last 48 hours go.",
        "WhatsApp and SMS: nothing of what is on the telephone can be taken back; she is told how to delete it.",
        "Whoever writes as her is answered as her: country and language are remembered until the time is over.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _held(engine: Engine) -> Counter[tuple[str, str]]:
    """How many values of each kind each table of people holds now."""
    counts: Counter[tuple[str, str]] = Counter()
    for table, column, value in values(engine):
        kind = catalogue().kind(table, column) or "undecided"
        if kind != "content" and value:
            counts[table, kind] += 1
    return counts


def _database(held: Counter[tuple[str, str]], unknown: list[str]) -> list[str]:
    lines = ["| table | holds now |", "|---|---|"]
    for table in sorted({table for table, _ in held}):
        kinds = ", ".join(f"{held[t, kind]} {kind}" for t, kind in sorted(held) if t == table)
        lines.append(f"| `{table}` | {kinds} |")
    if unknown:
        lines += ["", f"**Nobody has decided what these may hold:** {', '.join(unknown)}"]
    return lines


def _disk(folder: Path, secret_here: bool, others: list[str]) -> list[str]:
    lines = [f"- `{path.relative_to(folder)}`: {path.stat().st_size} bytes"
             for path in sorted(folder.rglob("*")) if path.is_file()]  # fmt: skip
    lines.append(
        "- `secret.key` is the root secret: **keep it elsewhere** (COMADRE_SECRET_KEY)."
        if secret_here else "- The root secret is not in this folder."
    )  # fmt: skip
    lines.append("- `slots.db`: codes (country, town, topic) under pseudonyms, in clear.")
    lines.append(
        f"- **Others on this machine may read**: {', '.join(others)}" if others
        else "- Nobody else with an account on this machine may read any of it."
    )  # fmt: skip
    return lines


def _root(found: Opened) -> list[str]:
    return [
        f"- {found.addresses} addresses of {found.people} people who wrote lately",
        f"- {found.waiting_words} messages that wait for their answer, {found.replies} replies on their way",
        f"- {found.memories} times: country, language, last topic, last choices",
        "- for any number that is tried: whether it wrote lately, or said STOP",
    ]  # fmt: skip
