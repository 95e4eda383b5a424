"""After "borra todo" everything is gone as soon as the line that says so has reached her."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.privacy.scan import Needles, in_database, in_folder
from connectors.contract import SendThrottled
from connectors.models import Inbox, Outbox, Person
from connectors.vendor_copies import VendorCopies
from connectors.worker import Worker
from tests.delivery.stage import KEYS, Notebook, Stage, staged, until

ANA, BERTA = "+50378123456", "+50378654321"
EVERY_WAY = [
    pytest.param(("sqlite", "loop"), id="sqlite-loop"),
    pytest.param(("postgresql", "jobs"), id="procrastinate", marks=pytest.mark.postgresql),
]


@pytest.fixture(params=EVERY_WAY)
def stage(
    request: pytest.FixtureRequest, new_database_url: Callable[[str], str]
) -> Iterator[Stage]:
    database, kind = request.param
    with staged(new_database_url, database, kind) as stage:
        yield stage


def hers(who: str, *vendor_ids: str) -> Needles:
    return Needles({
        "pseudonym": [KEYS.pseudonym("twilio", who)], "number": [who.removeprefix("+")],
        "words": ["me pega mi marido"], "vendor's id": vendor_ids,
    })  # fmt: skip


def folder_of(engine: Engine) -> Path | None:
    path = make_url(str(engine.url)).database
    return Path(path).parent if engine.dialect.name == "sqlite" and path else None


def left_of(stage: Stage, who: str) -> set[str]:
    found = in_database(stage.engine, hers(who))
    folder = folder_of(stage.engine)
    found |= in_folder(folder, hers(who)) if folder else set()
    return {f"{each.place}: {each.kind}" for each in found}


def people(stage: Stage) -> int:
    with Session(stage.engine) as session:
        return session.query(Person).count()


async def test_after_erasing_nothing_of_her_is_left_and_nothing_of_others_is_gone(
    stage: Stage,
) -> None:
    for who in (ANA, BERTA):
        stage.says(who, "me pega mi marido, ¿qué hago?")
    async with stage.workers(2):
        await until(lambda: len(stage.notebook.sent) == 2)
        assert left_of(stage, ANA)
        stage.says(ANA, "borra todo")
        await until(lambda: len(stage.notebook.to(ANA)) == 2)
        await until(lambda: people(stage) == 1, 5)

    assert left_of(stage, ANA) == set()
    assert any("person.pseudonym" in each for each in left_of(stage, BERTA))
    assert "Borré" in stage.notebook.to(ANA)[-1]


async def test_her_key_and_her_sealed_words_are_not_in_the_files_either(stage: Stage) -> None:
    folder = folder_of(stage.engine)
    if folder is None:
        pytest.skip("PostgreSQL overwrites its own files in its own time: see the threat model")
    stage.says(ANA, "me pega mi marido, ¿qué hago?")
    with stage.engine.connect() as connection:
        sealed = [
            bytes(value)
            for query in ("SELECT wrapped_key FROM person", "SELECT sealed FROM inbox",
                          "SELECT sealed_address FROM person")
            for value in connection.execute(text(query)).scalars()
        ]  # fmt: skip
    needles = Needles({"sealed": sealed})
    assert in_folder(folder, needles)

    async with stage.workers():
        await until(lambda: len(stage.notebook.to(ANA)) == 1)
        stage.says(ANA, "borra todo")
        await until(lambda: people(stage) == 0, 5)

    assert in_folder(folder, needles) == set()


async def test_what_she_writes_meanwhile_is_answered_as_a_new_conversation(stage: Stage) -> None:
    stage.says(ANA, "borra todo")
    stage.says(ANA, "¿otra pregunta?")

    async with stage.workers():
        await until(lambda: len(stage.notebook.to(ANA)) == 2)

    assert stage.notebook.to(ANA)[-1] == "¿otra pregunta?"
    with Session(stage.engine) as session:
        assert not session.query(Person).one().leaving


async def test_if_the_last_line_never_reaches_her_she_is_forgotten_all_the_same(
    stage: Stage,
) -> None:
    def throttle(address: str, words: str) -> None:
        raise SendThrottled("later", 3_600)

    stage.notebook.trouble = throttle
    stage.says(ANA, "borra todo")
    async with stage.workers():
        await until(lambda: _state(stage) == ["new"])

    stage.queue("later").forget(datetime.now(UTC) + timedelta(minutes=16))

    assert left_of(stage, ANA) == set()


def _state(stage: Stage) -> list[str]:
    with Session(stage.engine) as session:
        rows = session.query(Outbox).filter(Outbox.error_code == "later").all()
        return [row.state for row in rows]


async def test_after_her_time_not_even_a_pseudonym_or_an_hour_is_left(stage: Stage) -> None:
    stage.says(ANA, "hola")
    async with stage.workers():
        await until(lambda: len(stage.notebook.to(ANA)) == 1)

    stage.queue("later").forget(datetime.now(UTC) + timedelta(hours=25))

    assert left_of(stage, ANA) == set()
    with Session(stage.engine) as session:
        row = session.query(Inbox).one()
        assert (row.pseudonym, row.sort, row.received_at.hour) == ("", 0, 0)
    assert stage.says(ANA, "hola") == 0  # a repeat is still known


@dataclass
class Vendor(Notebook):
    """Deletes at the second try."""

    deleted: list[str] = field(default_factory=list)
    tries: int = 0

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        self.tries += 1
        if self.tries == 1:
            raise SendThrottled("20009", 1)
        self.deleted += refs
        return True


async def test_the_vendors_copies_go_too_and_at_expiry_as_well(stage: Stage) -> None:
    stage.notebook = vendor = Vendor()
    stage.says(ANA, "hola", vendor_ref="SMher1")
    worker: Worker = stage.worker("worker")
    worker.copies = VendorCopies((0.01, 0.01))
    claimed = worker.queue.claim(datetime.now(UTC), ())
    assert claimed is not None
    await worker.answer(claimed)
    while due := worker.queue.due(datetime.now(UTC), ()):
        await worker.send(due)

    worker.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    assert await worker.forget() == 1
    await until(lambda: bool(vendor.deleted), 3)
    await asyncio.sleep(0)

    assert vendor.deleted == ["SMher1", "SM1"]
