"""Behind `python -m bot keys rotate` and `python -m bot thief`: plain functions on an instance."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine

from bot.analytics.counted import rotate_counts
from bot.paths import ROOT
from bot.portal.rotation import rotate_accounts
from bot.portal.secrets import Secrets
from bot.portal.seen import seen_by_roles
from bot.privacy.keys import Keys
from bot.privacy.rotation import rename_slots, rotate
from bot.privacy.thief import former_secret_files, report, secret_files
from bot.unanswered.store import forget_all

OLD = "COMADRE_SECRET_KEY_OLD"


def rotate_keys(engine: Engine, secret: bytes, folder: Path, environment: Mapping[str, str]) -> str:
    """A line for the operator; raises ValueError where there is nothing to rotate from."""
    old = environment.get(OLD, "").encode()
    if len(old) < 32:
        raise ValueError(f"{OLD}: expected the secret used until now, at least 32 characters")
    if old == secret:
        raise ValueError(f"{OLD}: it is the same as COMADRE_SECRET_KEY; set a new one there")

    def also(connection: Connection) -> None:
        rotate_accounts(connection, Secrets(old), Secrets(secret))
        rotate_counts(connection, Keys(old), Keys(secret))
        forget_all(connection)  # nobody could read them any more, or tell the women apart

    done = rotate(engine, Keys(old), Keys(secret), also)
    slots = rename_slots(folder / "slots.db", done.renamed)
    return (
        f"{done.people} people re-wrapped, {done.done_before} were already, {done.lost} cannot be "
        f"read by either secret and were deleted; {slots} conversations of Rasa renamed. "
        f"Everybody of the portal signs in again. Destroy the old secret now, everywhere."
    )


def settings_files(folder: Path) -> list[Path]:
    """Where an installation of ours keeps the root secret (docs/deploy.md)."""
    return [folder / "secret.key", ROOT / ".env", ROOT / "deploy" / "secrets" / "comadre.env",
            Path("/etc/comadre/comadre.env"), Path("/run/secrets/comadre.env")]  # fmt: skip


def write_thief_report(
    engine: Engine, secret: bytes, folder: Path, path: Path, redis_url: str = ""
) -> Path:
    """Writes the report, for us alone; returns where."""
    files = settings_files(folder)
    words = report(engine, Keys(secret), folder, roles=seen_by_roles(engine),
                   secrets=secret_files(secret, files), redis_url=redis_url,
                   former=former_secret_files(secret, files))  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(words)
    return path
