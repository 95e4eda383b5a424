"""Every channel against its vendor's twin, over HTTP on loopback: gateway, queue, worker, API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.ports import three_free_ports
from bot.conversation.wording import say
from bot.serve import gateway
from bot.serve.parts import Parts, assemble
from bot.serve.supervisor import free_port
from bot.settings import read_settings
from connectors import twins as twins_module
from connectors.contract import Outgoing, Reply
from connectors.gsm7 import fold
from connectors.loop import Loop
from connectors.models import Inbox, OptOut, Outbox
from connectors.queue import Queue
from connectors.sending import utc_now
from connectors.twin import Said
from connectors.twin_server import PEACE, Mischief, Twin
from connectors.twins import Twins, environment, served
from tests.delivery.stage import Echo, until

pytestmark = pytest.mark.usefixtures("tables")
CHANNELS = ("twilio-whatsapp", "twilio-sms", "telegram", "whatsapp")
ADDRESS = {
    "twilio-whatsapp": "whatsapp:+50370000001", "twilio-sms": "+50370000001",
    "telegram": "70000001", "whatsapp": "50370000001",
}  # fmt: skip


@dataclass
class Rehearsal:
    """A gateway, a worker, and the vendor that a test is about."""

    parts: Parts
    twins: Twins
    echo: Echo
    channel: str

    @property
    def twin(self) -> Twin:
        return self.twins.of(self.channel.partition("-")[0])

    @property
    def who(self) -> str:
        return ADDRESS[self.channel]

    @property
    def seen(self) -> list[str]:
        """What she has got, without the introduction."""
        return [text for text in self.twin.to(self.who) if "Comadre" not in text]

    def rows(self, table: type[Inbox] | type[Outbox]) -> list[str]:
        with Session(self.parts.engine) as session:
            return list(session.scalars(select(table.state).order_by(table.id)))

    @property
    def opted_out(self) -> int:
        """How many do not want messages."""
        with Session(self.parts.engine) as session:
            return len(session.scalars(select(OptOut)).all())

    def is_done(self, count: int) -> Callable[[], bool]:
        return lambda: (
            self.rows(Inbox).count("done") == count
            and not set(self.rows(Outbox)) & {"new", "sending", "unsure"}
        )

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(Loop(self.parts.worker).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


@contextlib.asynccontextmanager
async def rehearsal(
    folder: Path, channel: str, mischief: Mischief = PEACE
) -> AsyncIterator[Rehearsal]:
    port, first = free_port(), three_free_ports()
    url = f"http://127.0.0.1:{port}"
    settings = read_settings({**environment(first), "COMADRE_PUBLIC_URL": url}, folder)
    async with httpx.AsyncClient() as client:
        parts = assemble(settings, client)
        echo = Echo()
        parts.worker.assistant = echo
        app = gateway.application(parts, [])
        async with served(app, port), twins_module.running(url, first, mischief) as twins:
            yield Rehearsal(parts, twins, echo, channel)
            await twins.settled()
        parts.engine.dispose()


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_what_she_writes_is_answered(tmp_path: Path, channel: str) -> None:
    async with rehearsal(tmp_path, channel) as stage, stage.working():
        stage.twin.say(stage.who, "¿qué tal?")
        await until(stage.is_done(1))

        assert stage.seen == ["¿qué tal?"]


async def test_repeated_and_disordered_posts_are_answered_once(
    tmp_path: Path, channel: str
) -> None:
    mischief = Mischief(duplicates=0.7, disorder_s=0.2)
    async with rehearsal(tmp_path, channel, mischief) as stage:
        for n in range(10):
            stage.twin.say(stage.who, Said(f"m{n}", text=f"¿numero {n}?", number=n + 1))
        await stage.twin.settled()
        async with stage.working():
            await until(stage.is_done(10), 30)

        expected = [f"¿numero {n}?" for n in range(10)]
        assert sorted(stage.seen) == expected
        if channel == "telegram":  # the one vendor that numbers what people say
            assert stage.seen == expected


async def test_when_the_vendor_says_too_many_everything_arrives_later_in_order(
    tmp_path: Path, channel: str
) -> None:
    mischief = Mischief(throttled=0.3, retry_after_s=0.05)
    async with rehearsal(tmp_path, channel, mischief) as stage:
        for n in range(3):
            stage.twin.say(stage.who, f"¿numero {n}?")
            await stage.twin.settled()
        async with stage.working():
            await until(stage.is_done(3), 60)

        assert stage.seen == [f"¿numero {n}?" for n in range(3)]


async def test_an_answer_of_the_vendor_that_is_lost_does_not_send_it_twice(
    tmp_path: Path, channel: str
) -> None:
    async with rehearsal(tmp_path, channel, Mischief(lost_answers=1.0)) as stage:
        stage.twin.say(stage.who, "¿qué tal?")
        await stage.twin.settled()
        async with stage.working():
            await until(lambda: bool(stage.twin.taken))
            stage.twin.mischief = PEACE
            await until(stage.is_done(1), 40)

        copies = [stage.twin.to(stage.who).count(text) for text in stage.twin.to(stage.who)]
        # Telegram cannot be asked: this is the documented window, and it is one copy wide.
        assert max(copies) == (2 if channel == "telegram" else 1)
        assert stage.seen == ["¿qué tal?"]


@pytest.mark.parametrize("instant", ["before the vendor took it", "after the vendor took it"])
async def test_a_worker_killed_while_it_sends_loses_nothing_and_doubles_nothing(
    tmp_path: Path, channel: str, instant: str
) -> None:
    was_taken = instant == "after the vendor took it"
    async with rehearsal(tmp_path, channel) as stage:
        stage.twin.say(stage.who, "¿qué tal?")
        await stage.twin.settled()
        dying = Queue(stage.parts.engine, stage.parts.keys, "dying")
        worker = replace(stage.parts.worker, queue=dying)
        claimed = dying.claim(utc_now(), ())
        assert claimed is not None
        await worker.answer(claimed)
        due = dying.due(utc_now(), ())  # the introduction
        assert due is not None
        if was_taken:
            await stage.parts.channels[due.channel].send(due.address, due.outgoing, due.key)
        async with stage.working():  # the dead one has written nothing down
            await until(stage.is_done(1), 40)

        window = was_taken and channel == "telegram"
        assert len(stage.twin.to(stage.who)) == (3 if window else 2)
        assert stage.seen == ["¿qué tal?"]


async def test_a_forged_post_is_refused_and_leaves_nothing(tmp_path: Path, channel: str) -> None:
    async with rehearsal(tmp_path, channel) as stage:
        request = stage.twin.sign(stage.who, Said("m1", 1, text="hola"))
        for headers in ({"content-type": "application/json"}, dict.fromkeys(request.headers, "x")):
            forged = replace(request, headers=headers)
            assert not await stage.twin.is_taken(forged)

        assert stage.rows(Inbox) == []


async def test_taps_places_and_voice_notes_arrive(tmp_path: Path, channel: str) -> None:
    async with rehearsal(tmp_path, channel) as stage, stage.working():
        for number, said in enumerate((
            Said("m1", 1, choice=("/affirm", "Sí")), Said("m2", 2, location=(14.9, -92.2)),
            Said("m3", 3, media="voice"),
        )):  # fmt: skip
            stage.twin.say(stage.who, said)
            await until(stage.is_done(number + 1))

        assert stage.echo.heard[0] == "/affirm"
        assert stage.echo.heard[1].startswith("/inform_location")
        assert len(stage.echo.heard) == 2


async def test_buttons_and_lists_are_within_what_the_vendor_takes(
    tmp_path: Path, channel: str
) -> None:
    from connectors.contract import Option

    options = tuple(Option(f"Opción número {n}", f"/ask_{n}") for n in range(5))
    async with rehearsal(tmp_path, channel) as stage:
        stage.twin.last_said[stage.who] = stage.twin.clock()
        ours = stage.parts.channels[channel.partition("-")[0]]
        style = {"twilio-sms": "sms", "telegram": "telegram"}.get(channel, "whatsapp")
        for reply in (Reply("¿Qué necesitas?", options, "choices"), Reply("a. " * 3_000)):
            for outgoing in ours.render(reply, style)[0]:
                assert await ours.send(stage.who, outgoing, "comadre-1")

        assert stage.twin.to(stage.who)


@pytest.mark.parametrize("whatsapp", ["whatsapp", "twilio-whatsapp"])
async def test_outside_the_window_nothing_is_repeated(tmp_path: Path, whatsapp: str) -> None:
    async with rehearsal(tmp_path, whatsapp) as stage:
        stage.twin.say(stage.who, "¿qué tal?")
        await stage.twin.settled()
        stage.twin.last_said[stage.who] -= 25 * 3_600
        async with stage.working():
            await until(stage.is_done(1))

        assert stage.twin.taken == []


async def test_stop_at_the_carrier_is_remembered_until_start(tmp_path: Path) -> None:
    """Twilio obeys STOP by itself and refuses even our last line (21610)."""
    async with rehearsal(tmp_path, "twilio-sms") as stage, stage.working():
        stage.twin.blocked.add(stage.who)
        stage.twin.say(stage.who, "STOP")
        await until(stage.is_done(1))
        assert stage.twin.taken == []
        assert stage.opted_out == 1

        stage.twin.blocked.discard(stage.who)
        stage.twin.say(stage.who, "START")
        await until(stage.is_done(2))
        assert stage.opted_out == 0
        assert stage.seen == [fold(say("started", "es"))]


async def test_who_has_blocked_us_is_left_alone(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, "telegram") as stage, stage.working():
        stage.twin.blocked.add(stage.who)
        stage.twin.say(stage.who, "¿qué tal?")
        await until(lambda: "failed" in stage.rows(Outbox))

        await until(lambda: stage.opted_out == 1)
        assert stage.twin.taken == []


async def test_the_people_at_the_twins_can_talk_and_look(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, "telegram") as stage, stage.working():
        base = stage.parts.settings.environment["TELEGRAM_API_BASE"]
        async with httpx.AsyncClient(base_url=base) as people:
            said: dict[str, Any] = {"from": stage.who, "text": "¿qué tal?"}
            assert (await people.post("/say", json=said)).status_code == 202
            await until(stage.is_done(1))
            seen = (await people.get("/seen", params={"by": stage.who})).json()

        assert [each["text"] for each in seen][-1] == "¿qué tal?"


def test_an_outgoing_message_bears_the_same_key_in_every_try() -> None:
    from connectors.due import Due

    first = Due(7, "p", "telegram", "1", Outgoing("x"), 1)

    assert first.key == replace(first, attempts=2).key == "comadre-7"
