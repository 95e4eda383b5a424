"""What the application's process runs on."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec

import pytest
import uvloop

from bot.serve.loop import known_to_be_absent, run

ABSENT = "surely_no_such_module"


async def _which() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_everything_runs_on_the_quicker_loop() -> None:
    assert isinstance(run(_which()), uvloop.Loop)


def test_a_module_that_is_not_there_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, ABSENT, raising=False)
    known_to_be_absent(ABSENT)
    monkeypatch.setattr(sys, "meta_path", [])  # nobody left to ask

    with pytest.raises(ModuleNotFoundError, match="None in sys"):
        __import__(ABSENT)
    del sys.modules[ABSENT]


def test_a_module_that_is_there_stays() -> None:
    known_to_be_absent("this")
    known_to_be_absent("json")

    assert sys.modules["json"] is not None
    assert "this" not in sys.modules
    assert find_spec("this") is not None
