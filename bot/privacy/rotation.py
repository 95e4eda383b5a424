"""A new root secret: every living person's key is wrapped anew, every pseudonym changes.

What lies in backups, journals and free pages stays wrapped by the old root. So once the old secret
is destroyed, all of that is unreadable for ever: rotation is the shredder for copies that nobody
can reach. Run it while the program is stopped; a second run finishes what a first one left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from bot.privacy import former
from bot.privacy.keys import Keys, Unreadable, seal, unseal
from bot.privacy.scrub import scrub

_JOBS = "DELETE FROM procrastinate_jobs WHERE queue_name IN ('answer', 'answer_first', 'send')"


@dataclass(frozen=True)
class Rotated:
    """What became of the people."""

    people: int  # re-wrapped now
    done_before: int  # already under the new root
    lost: int  # under neither: nobody will ever read them; deleted
    renamed: Mapping[str, str] = field(repr=False, default_factory=dict)


def rotate(
    engine: Engine, old: Keys, new: Keys, also: Callable[[Connection], object] = lambda _: None
) -> Rotated:
    """All in one transaction, then nothing of the old is left in free pages. `also`: what else
    hangs on the root secret (the portal's accounts, questions without an answer)."""
    counts = {"people": 0, "done_before": 0, "lost": 0}
    renamed: dict[str, str] = {}
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("LOCK TABLE person, inbox, outbox IN EXCLUSIVE MODE"))
        for row in connection.execute(text("SELECT * FROM person")).mappings().all():
            kind = _rotate_person(connection, row, old, new, renamed)
            counts[kind] += 1
        _rewrap_deletions(connection, old, new)
        _end_counting(connection)
        _keep_former(connection, old, new)
        if inspect(connection).has_table("procrastinate_jobs"):
            # They hold pseudonyms; a worker that starts gives every waiting message a new one.
            connection.execute(text(_JOBS))
        also(connection)
    scrub(engine)
    return Rotated(**counts, renamed=renamed)


def _rotate_person(connection: Connection, row: Mapping[Any, Any], old: Keys, new: Keys,
                   renamed: dict[str, str]) -> str:  # fmt: skip
    before = str(row["pseudonym"])
    try:
        key = old.open_person_key(row["wrapped_key"])
        address = str(unseal(key, row["sealed_address"]))
    except Unreadable:
        return _not_ours(connection, row, new)
    after = new.pseudonym(str(row["channel"]), address)
    names = {"before": before, "after": after}
    if connection.execute(
        text("SELECT 1 FROM person WHERE pseudonym = :after"), names
    ).first():  # she has written under the new root already: her waiting messages join her
        _reseal(connection, names, key, new)
        connection.execute(text("DELETE FROM person WHERE pseudonym = :before"), names)
    else:
        connection.execute(
            text("UPDATE person SET pseudonym = :after, wrapped_key = :wrapped "
                 "WHERE pseudonym = :before"),
            {**names, "wrapped": new.rewrapped(row["wrapped_key"], old)},
        )  # fmt: skip
    for table in ("inbox", "outbox"):
        connection.execute(
            text(f"UPDATE {table} SET pseudonym = :after WHERE pseudonym = :before"), names  # noqa: S608
        )  # fmt: skip
    _rename_stop(connection, names)
    # Her slots are renamed with her (rename_slots): what they are owed follows them.
    connection.execute(text("DELETE FROM owed_forgetting WHERE pseudonym = :after"), names)
    connection.execute(
        text("UPDATE owed_forgetting SET pseudonym = :after WHERE pseudonym = :before"), names
    )
    renamed[before] = after
    return "people"


def _not_ours(connection: Connection, row: Mapping[Any, Any], new: Keys) -> str:
    try:
        new.open_person_key(row["wrapped_key"])
    except Unreadable:
        who = {"who": row["pseudonym"]}
        connection.execute(text("DELETE FROM outbox WHERE pseudonym = :who"), who)
        connection.execute(text("UPDATE inbox SET sealed = NULL, state = 'done', pseudonym = '' "
                                "WHERE pseudonym = :who"), who)  # fmt: skip
        connection.execute(text("DELETE FROM person WHERE pseudonym = :who"), who)
        return "lost"
    return "done_before"


def _reseal(connection: Connection, names: Mapping[str, str], key: bytes, new: Keys) -> None:
    wrapped = connection.execute(
        text("SELECT wrapped_key FROM person WHERE pseudonym = :after"), names
    ).scalar_one()
    hers = new.open_person_key(wrapped)
    for table, column in (("inbox", "sealed"), ("outbox", "sealed"), ("outbox", "sealed_ref")):
        rows = connection.execute(
            text(f"SELECT id, {column} FROM {table} "  # noqa: S608
                 f"WHERE pseudonym = :before AND {column} IS NOT NULL"), names
        ).all()  # fmt: skip
        for number, sealed in rows:
            connection.execute(
                text(f"UPDATE {table} SET {column} = :sealed WHERE id = :id"),  # noqa: S608
                {"sealed": seal(hers, unseal(key, sealed)), "id": number},
            )


def _rename_stop(connection: Connection, names: Mapping[str, str]) -> None:
    is_there = text("SELECT 1 FROM opt_out WHERE pseudonym = :after")
    if connection.execute(is_there, names).first():
        connection.execute(text("DELETE FROM opt_out WHERE pseudonym = :before"), names)
    else:
        rename = text("UPDATE opt_out SET pseudonym = :after WHERE pseudonym = :before")
        connection.execute(rename, names)


def _rewrap_deletions(connection: Connection, old: Keys, new: Keys) -> None:
    """What vendors have to delete still: under the new root, or by nobody."""
    rows = connection.execute(text("SELECT id, sealed FROM owed_deletion")).all()
    for number, sealed in rows:
        try:
            new.open_ours(sealed)
            continue  # from a first run
        except Unreadable:
            pass
        try:
            wrapped = new.rewrapped(sealed, old)
        except Unreadable:
            connection.execute(text("DELETE FROM owed_deletion WHERE id = :id"), {"id": number})
            continue
        connection.execute(text("UPDATE owed_deletion SET sealed = :sealed WHERE id = :id"),
                           {"sealed": wrapped, "id": number})  # fmt: skip


def _end_counting(connection: Connection) -> None:
    """Who reported a number has another pseudonym now, and could be counted once more: reports of
    before stay for the network to read, and hide nothing any more."""
    connection.execute(text("UPDATE report SET way = '' WHERE state = 'open'"))


def _keep_former(connection: Connection, old: Keys, new: Keys) -> None:
    kept: list[bytes] = []
    for sealed in former.read(connection):
        try:
            kept.append(new.rewrapped(sealed, old))
        except Unreadable:  # under the new root already, from a first run
            kept.append(sealed)
    mine = old.sealed_pseudonym_key()
    known = {new.former_pseudonym(each, "", "") for each in kept if _opens(new, each)}
    if old.pseudonym("", "") not in known:
        kept.append(new.rewrapped(mine, old))
    former.write(connection, kept)


def _opens(keys: Keys, sealed: bytes) -> bool:
    try:
        keys.former_pseudonym(sealed, "", "")
    except Unreadable:
        return False
    return True


def rename_slots(path: Path, renamed: Mapping[str, str]) -> int:
    """Rasa's own memory follows, where it is a file: whoever is in a conversation stays in it."""
    if not path.is_file():
        return 0
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        changed = [
            connection.execute("UPDATE OR REPLACE slots SET key = ? WHERE key = ?", (after, before))
            for before, after in renamed.items()
        ]
    connection.close()
    return sum(each.rowcount for each in changed)
