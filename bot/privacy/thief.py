# ruff: noqa: E501  (lines of a page for people)
"""What a thief sees: a report on a live instance, from what really lies in it at this moment.

Nothing of anybody gets into the report itself: it counts, and names places.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from bot.privacy.catalogue import catalogue, undecided
from bot.privacy.confine import open_to_others
from bot.privacy.keys import Keys, Unreadable, unseal
from bot.privacy.left_in_files import left_in_files
from bot.privacy.scan import values

_SETTING = re.compile(rb"^\s*(?:export\s+)?COMADRE_SECRET_KEY(?:_OLD)?\s*=(.*)$", re.M)


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


def secret_files(secret: bytes, candidates: Sequence[Path]) -> list[Path]:
    """Those of `candidates` in which the root secret can be read in plain."""
    found = []
    for path in candidates:
        with suppress(OSError):
            if secret in path.read_bytes():
                found.append(path)
    return found


def former_secret_files(secret: bytes, candidates: Sequence[Path]) -> list[Path]:
    """Those of `candidates` in which a root secret can be read that is not the present one."""
    found = []
    for path in candidates:
        with suppress(OSError):
            held = path.read_bytes()
            read = [held] if path.name == "secret.key" else _SETTING.findall(held)
            told = (each.strip().strip(b"\"'") for each in read)
            if any(len(each) >= 32 and each != secret for each in told):
                found.append(path)
    return found


def report(engine: Engine, keys: Keys, folder: Path, now: datetime | None = None,
           roles: Sequence[str] = (), secrets: Sequence[Path] = (),
           redis_url: str = "", former: Sequence[Path] = ()) -> str:  # fmt: skip
    """Markdown; `roles`: a line of what each role of the portal could open; `secrets`: files with
    the root secret in plain; `former`: with another, of before a rotation."""
    now = now or datetime.now(UTC)
    held, open_with_root = _held(engine), opened(engine, keys)
    others = [str(path.relative_to(folder)) or "." for path in open_to_others(folder)] if (
        folder.is_dir()) else []  # fmt: skip
    lines = [
        "# What a thief sees", "", f"This instance, {now:%Y-%m-%d %H:%M} UTC.", "",
        "## With the database's password, or a copy of the database", "",
        *_database(held, undecided(engine)), "",
        "Words, numbers, addresses: none. From a pseudonym back to a number: only with the root secret.", "",
        "## With the disk", "", *_disk(folder, secrets, former, others), *_memory(folder, redis_url), "",
        "## With the disk and the root secret" + (" (it lies on this disk)" if secrets else ""), "",
        *_root(open_with_root), *_also(held), *left_in_files(engine), "",
        "Nothing else of anybody whose time is over, unless a copy of the disk from before that is at hand. Such copies",
        "stay readable until the root secret is rotated and the old one destroyed (`python -m bot keys rotate`).", "",
        "## With an account of the portal", "",
        "The directory, the statements, reports as counts: no pseudonym, no number, no message. Where questions without",
        "an answer are kept, editors and administrators read the words that at least five (by default ten) women of one",
        "month share, never a whole question.", "", *roles, *([""] if roles else []),
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


def _disk(folder: Path, secrets: Sequence[Path], former: Sequence[Path],
          others: list[str]) -> list[str]:  # fmt: skip
    lines = [f"- `{path.relative_to(folder)}`: {path.stat().st_size} bytes"
             for path in sorted(folder.rglob("*")) if path.is_file()]  # fmt: skip
    lines += [f"- `{path}` holds the root secret in plain: **whoever has this disk has both**. Keep it elsewhere."
              for path in secrets]  # fmt: skip
    lines += [f"- `{path}` holds a secret that is not the present one: **destroy it**, older copies of the disk open with it."
              for path in former]  # fmt: skip
    if not secrets:
        lines.append("- The root secret was found in no file that this command may read. It came from the environment: where a "
                     "file of settings on the same disk sets that, a thief of the disk has both.")  # fmt: skip
    lines.append(
        f"- **Others on this machine may read**: {', '.join(others)}" if others
        else "- Nobody else with an account on this machine may read any of it."
    )  # fmt: skip
    return lines


def _memory(folder: Path, redis_url: str) -> list[str]:
    """Rasa's memory, in clear: where it is, and of how many."""
    what = "codes (country, town, topic such as violence, for whom she writes) under pseudonyms, in clear"
    if redis_url:
        where = urlsplit(redis_url).hostname or "a socket"
        return [f"- Redis on `{where}` holds {what}. On a disk only if Redis was told to save; with its password at once."]  # fmt: skip
    rows = 0
    if (folder / "slots.db").is_file():
        with suppress(sqlite3.Error), closing(sqlite3.connect(folder / "slots.db")) as slots:
            rows = int(slots.execute("SELECT count(*) FROM slots").fetchone()[0])
    return [f"- `slots.db`: {what}, of {rows} women now."]


def _also(held: Counter[tuple[str, str]]) -> list[str]:
    """What else the root secret opens, counted."""
    staff = sum(count for (table, kind), count in held.items()
                if table == "portal_account" and kind == "mark")  # fmt: skip
    words = held["unanswered", "sealed for a month"]
    return [
        f"- {words} redacted questions of the last 30 days, and which of one month are of one woman",
        f"- {held['outbox', 'sealed']} sealed replies and vendors' ids of them (Meta's hold her number); "
        f"{held['owed_deletion', 'sealed']} lists of ids that a vendor has to delete still, with the number",
        f"- names, mail addresses and the seeds of the second factor of {staff} people of the portal; their passwords only as "
        "argon2 digests",
        "- with the seeds and a guessed password, the portal; with a vendor's token from the same file, messages in our name",
    ]  # fmt: skip


def _root(found: Opened) -> list[str]:
    return [
        f"- {found.addresses} addresses of {found.people} people who wrote lately",
        f"- {found.waiting_words} messages that wait for their answer, {found.replies} replies on their way",
        f"- {found.memories} times: country, language, last topic, last choices",
        "- for any number that is tried: whether it wrote lately, or said STOP",
    ]  # fmt: skip
