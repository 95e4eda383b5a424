"""He has her telephone, unlocked, and knows the code."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.worker import Worker
from tests.delivery.stage import KEYS, Stage
from tests.portal.desk import on_both

ANA = "+50378123456"
WHO = KEYS.pseudonym("twilio", ANA)


async def answer(worker: Worker) -> None:
    """The next turn; nothing is sent yet."""
    claimed = worker.queue.claim(datetime.now(UTC), ())
    assert claimed is not None
    await worker.answer(claimed)


@on_both
@pytest.mark.parametrize("word", ["salir", "¿quién es este número? soy el marido", "borra todo"])
async def test_an_answer_that_still_waits_does_not_arrive_after_she_has_left(
    stage: Stage, word: str
) -> None:
    worker = stage.worker("worker")
    stage.says(ANA, "dónde hay una casa para mujeres golpeadas")
    await answer(worker)  # the vendor is busy: the answer waits
    stage.says(ANA, word)
    await answer(worker)

    await worker.send_all(WHO)

    assert len(stage.notebook.to(ANA)) == 1
    assert "golpeadas" not in stage.notebook.to(ANA)[0]


async def test_an_old_button_after_erasing_finds_nobody_known(stage: Stage) -> None:
    worker = stage.worker("worker")
    stage.says(ANA, "busco refugio en Tapachula")
    await answer(worker)
    stage.says(ANA, "borra todo")
    await answer(worker)
    await worker.send_all(WHO)

    stage.says(ANA, "", "old-button", kind="choice", choice="/ask_repeat_or_more")
    claimed = worker.queue.claim(datetime.now(UTC), ())

    assert claimed is not None
    assert claimed.memory.country is None
    assert claimed.memory.topic is None
    assert not claimed.memory.more
    assert claimed.idle_s is None, "not even that somebody wrote before"
