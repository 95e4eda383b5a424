"""Behind `python -m bot hsds`: the directory as an HSDS file, and one of others brought in.

Bringing in is what the back office does with a sheet: everything is told first, and written only
when asked for, under a number by which it is undone. New places are drafts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.database import open_engine
from bot.directory.hsds_import import read_any
from bot.directory.hsds_package import exchanged, write_json, write_package
from bot.directory.sheet import Unreadable
from bot.knowledge.history import By
from bot.knowledge.imports import Preview, preview
from bot.knowledge.long_imports import HalfWritten, apply_in_parts, undo_in_parts
from bot.knowledge.trust import Version
from bot.settings import Settings

MOST_TOLD = 50  # faults, and places that look like others


class CannotExchange(ValueError):
    """What was asked for cannot be done; the text says why."""


def exchange(settings: Settings, what: str, on: str, *, write: bool = False) -> str:
    """`what`: export, import or undo; `on`: the file, or the number of an import. Returns what to
    tell the operator; raises CannotExchange."""
    engine = open_engine(settings.database_url)
    try:
        if what == "export":
            return _export(engine, Path(on))
        if what == "undo":
            return _undo(engine, on)
        return _import(engine, Path(on), write=write)
    except OSError as error:
        raise CannotExchange(f"{on}: {error.strerror}") from error
    finally:
        engine.dispose()


def _export(engine: Engine, path: Path) -> str:
    if path.suffix not in (".json", ".zip"):
        raise CannotExchange(f"{path}: expected a name that ends in .json or .zip")
    now = datetime.now(UTC)
    with Session(engine) as session:
        services = exchanged(session, now.date())
    path.write_bytes(write_json(services) if path.suffix == ".json"
                     else write_package(services, now))  # fmt: skip
    return f"{path}: {len(services)} published services"


def _import(engine: Engine, path: Path, *, write: bool) -> str:
    data = path.read_bytes()
    with Session(engine) as session:
        try:
            seen = preview(session, read_any(session, data))
        except Unreadable as error:
            faults = [each.in_words("en") for each in error.faults[:MOST_TOLD]]
            raise CannotExchange("\n".join(faults)) from error
    told = "\n".join(_told(seen))
    if not write:
        return f"{told}\nNothing is written yet; --write writes it, without what has a fault."
    by = By("editor", datetime.now(UTC), str(uuid4()))
    try:
        apply_in_parts(engine, seen, by, lambda _: None)
    except HalfWritten as error:
        raise CannotExchange(f"It broke, and a part stayed. Undo it with: hsds undo {by.batch}"
                             ) from error  # fmt: skip
    except Exception as error:
        raise CannotExchange(f"It broke ({type(error).__name__}); nothing of it stayed.") from error
    return f"{told}\nWritten; new places are drafts. To take it back: hsds undo {by.batch}"


def _told(seen: Preview) -> Iterator[str]:
    yield (f"{len(seen.added)} new, {len(seen.changed)} changed, {seen.unchanged} as they are, "
           f"{len(seen.faults)} faults")  # fmt: skip
    yield from (
        f"changed: {each.id}: {', '.join(each.fields)}" for each in seen.changed[:MOST_TOLD]
    )
    yield from (each.in_words("en") for each in seen.faults[:MOST_TOLD])
    yield from (f"row {each.row} looks like {each.like}: same {', '.join(each.why)}"
                for each in seen.duplicates[:MOST_TOLD])  # fmt: skip


def _undo(engine: Engine, batch: str) -> str:
    with Session(engine) as session:
        if session.scalar(select(Version.id).where(Version.batch == batch).limit(1)) is None:
            raise CannotExchange(f"{batch}: no import has this number")
    try:
        kept = undo_in_parts(engine, batch, By("editor", datetime.now(UTC)), lambda _: None)
    except Exception as error:
        told = f"It broke ({type(error).__name__}); what is left of it is undone by the same again."
        raise CannotExchange(told) from error
    return f"Undone; changed since and left: {', '.join(kept) or 'none'}"
