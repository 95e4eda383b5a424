"""Somebody has the database's password and may write in it, or has the machine's file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.privacy.keys import Unreadable, seal
from bot.privacy.scan import Needles, in_folder
from connectors.worker import Worker
from tests.attacks.test_her_phone import answer
from tests.delivery.stage import KEYS, Stage
from tests.portal.desk import on_both

ANA, EVE = "+50378123456", "+50378999999"
A, E = KEYS.pseudonym("twilio", ANA), KEYS.pseudonym("twilio", EVE)
# Her memory goes too: it would not open with another key, and so give the change away.
SWAP = (
    "UPDATE person SET (wrapped_key, sealed_address, sealed_memory) = "
    "(SELECT wrapped_key, sealed_address, sealed_memory FROM person WHERE pseudonym = :eve) "
    "WHERE pseudonym = :ana"
)


async def both_known(stage: Stage) -> Worker:
    worker = stage.worker("worker")
    for who in (ANA, EVE):
        stage.says(who, "hola")
        await answer(worker)
    for who in (A, E):
        await worker.send_all(who)
    stage.notebook.sent.clear()
    return worker


def swap(stage: Stage) -> None:
    with stage.engine.begin() as connection:
        connection.execute(text(SWAP), {"ana": A, "eve": E})


@on_both
async def test_replies_cannot_be_led_to_another_number_before_she_writes(stage: Stage) -> None:
    worker = await both_known(stage)
    swap(stage)

    stage.says(ANA, "me pega mi marido, ¿qué hago?")
    await answer(worker)
    for who in (A, E):
        await worker.send_all(who)

    assert stage.notebook.to(EVE) == []
    assert stage.notebook.to(ANA) == ["me pega mi marido, ¿qué hago?"]


async def test_replies_cannot_be_led_to_another_number_while_she_waits(stage: Stage) -> None:
    worker = await both_known(stage)
    stage.says(ANA, "me pega mi marido, ¿qué hago?")
    swap(stage)

    claimed = worker.queue.claim(datetime.now(UTC), ())

    assert claimed is None


async def test_replies_cannot_be_led_to_another_number_on_their_way(stage: Stage) -> None:
    worker = await both_known(stage)
    stage.says(ANA, "me pega mi marido, ¿qué hago?")
    await answer(worker)
    swap(stage)

    await worker.send_all(A)

    assert stage.notebook.to(EVE) == []


async def test_what_waited_and_was_hushed_is_not_in_the_file_either(stage: Stage) -> None:
    worker = stage.worker("worker")
    stage.says(ANA, "hola")
    await answer(worker)
    with stage.engine.connect() as connection:
        sealed = [bytes(each) for each in connection.execute(
            text("SELECT sealed FROM outbox WHERE sealed IS NOT NULL")).scalars()]  # fmt: skip
    folder = Path(str(make_url(stage.url).database)).parent
    needles = Needles({"sealed": sealed})
    assert in_folder(folder, needles)

    stage.says(ANA, "salir")
    await answer(worker)
    await worker.forget()

    assert in_folder(folder, needles) == set()


def test_an_address_is_taken_for_hers_only_where_her_pseudonym_is_made_of_it() -> None:
    key, _ = KEYS.new_person_key()

    assert KEYS.address_of(A, "twilio", key, seal(key, ANA)) == ANA
    with pytest.raises(Unreadable, match="another person"):
        KEYS.address_of(A, "twilio", key, seal(key, EVE))
    with pytest.raises(Unreadable, match="another person"):
        KEYS.address_of(A, "telegram", key, seal(key, ANA))
