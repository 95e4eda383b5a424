"""After "borra todo" everything is gone as soon as the line that says so has reached her."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.privacy.scan import Needles, in_database, in_folder
from bot.rasa_client import RasaUnavailable
from connectors.contract import IncomingMessage, SendThrottled
from connectors.inbox import receive
from connectors.models import Inbox, Outbox, Person
from connectors.vendor_copies import VendorCopies
from connectors.worker import Worker
from tests.conftest import Copied
from tests.delivery.day import Rasa
from tests.delivery.stage import KEYS, Notebook, Stage, staged, until

ANA, BERTA = "+50378123456", "+50378654321"
EVERY_WAY = [
    pytest.param(("sqlite", "loop"), id="sqlite-loop"),
    pytest.param(("postgresql", "jobs"), id="procrastinate", marks=pytest.mark.postgresql),
]


@pytest.fixture(params=EVERY_WAY)
def stage(request: pytest.FixtureRequest, copied: Copied) -> Iterator[Stage]:
    database, kind = request.param
    with staged(copied, database, kind) as stage:
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


@pytest.mark.parametrize(("words", "hours"), [("me va a matar", 2), ("hola", 24)])
async def test_violence_is_forgotten_after_two_hours_and_the_rest_after_a_day(
    stage: Stage, words: str, hours: int
) -> None:
    def away(_: str) -> None:
        if words != "hola":
            raise RasaUnavailable("away")  # her card comes from disk, and is as sensitive

    stage.echo.trouble = away
    stage.says(ANA, words)
    async with stage.workers():
        await until(lambda: len(stage.notebook.to(ANA)) > 0)
    queue, now = stage.queue("later"), datetime.now(UTC)

    assert queue.forget(now + timedelta(hours=hours, minutes=-1)) == 0
    assert queue.forget(now + timedelta(hours=hours, minutes=1)) == 1


@dataclass
class Vendor(Notebook):
    """Deletes at the second try."""

    deleted: list[str] = field(default_factory=list)
    tries: int = 0
    is_away: bool = False

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        self.tries += 1
        if self.is_away or self.tries == 1:
            raise SendThrottled("20009", 1)
        self.deleted += refs
        return True


async def exchanged(stage: Stage) -> Worker:
    """She wrote, and was answered."""
    stage.says(ANA, "hola", vendor_ref="SMher1")
    worker: Worker = stage.worker("worker")
    claimed = worker.queue.claim(datetime.now(UTC), ())
    assert claimed is not None
    await worker.answer(claimed)
    while due := worker.queue.due(datetime.now(UTC), ()):
        await worker.send(due)
    return worker


async def test_the_vendors_copies_go_too_and_at_expiry_as_well(stage: Stage) -> None:
    stage.notebook = vendor = Vendor()
    worker = await exchanged(stage)
    later = datetime.now(UTC) + timedelta(hours=25)
    worker.clock = lambda: later

    assert await worker.forget() == 1
    assert await worker.delete_owed() == 0  # the vendor is busy
    worker.clock = lambda: later + timedelta(minutes=1)
    assert await worker.delete_owed() == 1

    assert vendor.deleted == ["SMher1", "SM1"]
    assert await worker.delete_owed() == 0


async def test_what_the_vendor_could_not_delete_outlives_a_restart_sealed(
    stage: Stage,
) -> None:
    stage.notebook = vendor = Vendor(tries=1)
    worker = await exchanged(stage)
    began = datetime.now(UTC) + timedelta(hours=25)
    worker.clock = lambda: began
    vendor.is_away = True
    await worker.forget()
    await worker.delete_owed()

    found = in_database(stage.engine, Needles({"ids": ["SMher1"], "number": [ANA]}))
    assert found == set()
    another = stage.worker("after a restart")
    another.clock = lambda: began + timedelta(days=6)
    vendor.is_away = False
    assert await another.delete_owed() == 1
    assert vendor.deleted == ["SMher1", "SM1"]


async def test_after_a_week_it_is_given_up_and_nothing_stays_here(stage: Stage) -> None:
    stage.notebook = vendor = Vendor(is_away=True)
    worker = await exchanged(stage)
    began = datetime.now(UTC) + timedelta(hours=25)
    for day in range(9):
        worker.clock = lambda day=day: began + timedelta(days=day)  # type: ignore[misc]
        await worker.forget()
        await worker.delete_owed()

    assert vendor.deleted == []
    with stage.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM owed_deletion")) == 0


async def test_of_a_long_conversation_by_sms_every_message_of_hers_is_deleted(stage: Stage) -> None:
    stage.notebook = vendor = Vendor(tries=1)
    worker: Worker = stage.worker("worker")
    for number in range(95):
        stage.says(ANA, f"¿pregunta {number}?", vendor_ref=f"SMher{number}")
        claimed = worker.queue.claim(datetime.now(UTC), ())
        assert claimed is not None
        await worker.answer(claimed)
    stage.says(ANA, "borra todo", vendor_ref="SMlast")
    claimed = worker.queue.claim(datetime.now(UTC), ())
    assert claimed is not None
    await worker.answer(claimed)

    assert await worker.delete_owed() == 1

    assert {"SMher0", "SMher94", "SMlast"} <= set(vendor.deleted)


async def test_she_is_answered_while_a_long_chat_is_still_being_deleted() -> None:
    """Ten calls and more to a slow vendor, and SALIR had no answer for as long."""
    goes_on, gone = asyncio.Event(), asyncio.Event()

    class Slow:
        async def delete(self, address: str, refs: Sequence[str]) -> bool:
            await goes_on.wait()
            gone.set()
            return True

    await VendorCopies(answers_after_s=0.01).delete(Slow(), "70000001", ["1"])
    assert not gone.is_set()
    goes_on.set()
    await asyncio.wait_for(gone.wait(), 5)


async def test_who_leaves_fast_on_telegram_has_the_messages_of_both_sides_deleted(
    stage: Stage,
) -> None:
    vendor = Vendor(tries=1)
    worker: Worker = stage.worker("worker")
    worker.assistant = Rasa(away=lambda _: False, sensitive=True)
    worker.channels = {"telegram": vendor}
    for number, words in (("11", "algo"), ("12", "salir")):
        said = IncomingMessage("telegram", "telegram", "70000001", f"u{number}", text=words,
                               vendor_ref=number)  # fmt: skip
        receive(stage.store, [said], datetime.now(UTC))
        claimed = worker.queue.claim(datetime.now(UTC), ())
        assert claimed is not None
        await worker.answer(claimed)
        while due := worker.queue.due(datetime.now(UTC), ()):
            await worker.send(due)
    await worker.delete_owed()

    assert {"11", "12", "SM1"} <= set(vendor.deleted)


@pytest.mark.parametrize("sensitive", [True, False])
async def test_on_telegram_violence_goes_from_her_chat_when_its_time_is_over(
    stage: Stage, sensitive: bool
) -> None:
    vendor = Vendor(tries=1)
    worker: Worker = stage.worker("worker")
    worker.assistant = Rasa(away=lambda _: False, sensitive=sensitive)
    worker.channels = {"telegram": vendor}
    said = IncomingMessage("telegram", "telegram", "70000001", "u1", text="algo", vendor_ref="11")
    receive(stage.store, [said], datetime.now(UTC))
    claimed = worker.queue.claim(datetime.now(UTC), ())
    assert claimed is not None
    await worker.answer(claimed)
    while due := worker.queue.due(datetime.now(UTC), ()):
        await worker.send(due)

    worker.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    assert await worker.forget() == 1
    await worker.delete_owed()

    assert vendor.deleted == (["11", "SM1"] if sensitive else [])
