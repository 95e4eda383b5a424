"""Processes of the running program are killed while hundreds of people write."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench import soak_rasa
from bench.soak import Plan, soak
from bench.soak_ledger import Ledger
from bot.conversation.wording import say
from connectors.contract import Request
from connectors.twin_server import Taken, Twin
from connectors.twins import Twins

WAYS = [
    pytest.param(("sqlite", "rows", 1), id="sqlite"),
    pytest.param(("postgresql", "jobs", 2), id="procrastinate", marks=pytest.mark.postgresql),
]


@pytest.mark.running
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_or_answered_in_another_order_while_processes_are_killed(
    way: tuple[str, str, int], new_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    database, queue, workers = way
    plan = Plan(database, queue, messages=250, per_s=25, people=80, workers=workers, kill_every_s=4)

    figures = asyncio.run(soak(plan, new_database_url(database), tmp_path))

    assert sum(figures["kills"].values()) > 0
    assert figures["lost"] == figures["never_accepted"] == figures["out_of_order"] == 0
    assert figures["sent_twice"]["twilio"] == 0
    # Telegram cannot be asked: what was on its way in the instant of a kill (docs/decisions/0004).
    assert figures["sent_twice"]["telegram"] <= 8 * sum(figures["kills"].values())


PERSON, CHAT = 4, "50370000004"
PROMISE = say("held", "es")


@dataclass
class Told:
    """Somebody writes on Telegram, and each of her messages is taken before she writes the next;
    `vendor` is what she gets. Nothing is sent anywhere."""

    ledger: Ledger
    written: int = 0

    def writes(self, times: int) -> None:
        twin = self.ledger.twins.telegram
        for _ in range(times):
            self.ledger.say(PERSON, self.written)
            message_id = self.ledger.said[f"q{PERSON}x{self.written}"][1]
            twin.posted[message_id] = 2.0 * self.written
            twin.acknowledged[message_id] = 2.0 * self.written + 1
            self.written += 1

    def gets(self, number: int, words: str) -> None:
        """Ours, about her message of that number."""
        twin = self.ledger.twins.telegram
        taken = Taken(f"id-{len(twin.taken)}", CHAT, words, at=float(len(twin.taken)))
        twin.taken.append(taken)
        self.ledger.links[taken.vendor_id] = f"q{PERSON}x{number}"

    def count(self) -> dict[str, Any]:
        return self.ledger.count(people=PERSON + 1)


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    async with httpx.AsyncClient() as client:
        twins = Twins(*(
            Twin(name, lambda _, __: Request("POST", "http://127.0.0.1:9/", {}, {}, b""), client)
            for name in ("twilio", "telegram", "whatsapp")
        ))  # fmt: skip
        yield Told(Ledger(twins, Counter(), ("¿una?",), is_promise=soak_rasa.is_promise,
                          is_alarm=soak_rasa.is_alarm))  # fmt: skip
        for twin in twins.all():
            twin.close()


async def test_a_text_is_looked_at_once_in_a_count_and_not_at_all_where_rasa_repeats_it(
    told: Told,
) -> None:
    looked: list[str] = []

    def is_promise(text: str) -> bool:
        looked.append(text)
        return soak_rasa.is_promise(text)

    told.ledger.is_promise = is_promise
    told.writes(2)
    told.gets(0, PROMISE)
    told.gets(0, "R")
    told.ledger.count(PERSON + 1)
    assert len(looked) == 2

    looked.clear()
    told.ledger.texts = ()
    told.ledger.count(PERSON + 1)
    assert looked == []


async def test_that_an_answer_comes_is_no_answer_out_of_order(told: Told) -> None:
    """Of three questions in an outage the first and the third were told so; each was answered in
    its turn."""
    told.writes(3)
    for number, words in ((0, PROMISE), (0, "R"), (2, PROMISE), (1, "R"), (2, "R")):
        told.gets(number, words)

    assert told.count()["out_of_order"] == 0


async def test_who_is_only_told_that_an_answer_comes_has_none(told: Told) -> None:
    told.writes(1)
    told.gets(0, f"{PROMISE}\n\n911")

    assert told.count()["lost"] == 1
    assert told.ledger.answered() == set()


async def test_what_goes_before_the_promise_is_no_answer_either(told: Told) -> None:
    """To "ayuda" by SMS the line that carriers want stands first."""
    told.writes(2)
    for number, words in ((1, "Comadre: para parar, ALTO"), (1, PROMISE), (0, "R"), (1, "R")):
        told.gets(number, words)

    assert told.count()["out_of_order"] == 0


async def test_an_answer_before_that_of_an_older_message_is_told_with_its_place(told: Told) -> None:
    told.writes(3)
    for number in (0, 2, 1):
        told.gets(number, "R")

    figures = told.count()

    assert figures["out_of_order"] == 1
    assert figures["these"] == [(f"q{PERSON}x1", f"q{PERSON}x2")]


async def test_in_danger_what_she_writes_overtakes_by_design_and_is_counted_apart(
    told: Told,
) -> None:
    told.writes(3)
    for number, words in ((0, "911 · Policía"), (2, "R"), (1, "R")):
        told.gets(number, words)

    figures = told.count()

    assert (figures["out_of_order"], figures["overtook_in_danger"]) == (0, 1)
