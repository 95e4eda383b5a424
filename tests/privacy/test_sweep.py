"""The canary sweep: people say everything about themselves in every way; then all of it is sought.

Forty go every way on every channel and say each of the last words. Before a release, on a machine
with time, thousands (docs/security/attack-exercise.md, "The sweep with thousands"):

    COMADRE_SWEEP_PEOPLE=2000 .venv/bin/python -m pytest -rP -k "anywhere and sqlite" \\
        tests/privacy/test_sweep.py

COMADRE_WRITE_DOCS=1 writes what was found while it may be found to docs/security.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from bot.knowledge.load import load_all
from bot.paths import ROOT
from bot.portal.secrets import Secrets
from bot.portal.site import Site
from bot.privacy.catalogue import MAY_HOLD, catalogue, undecided
from bot.privacy.findable import page
from bot.privacy.scan import Finding, Needles, in_database, in_folder, values
from bot.privacy.scrub import NIGHT
from bot.privacy.shield import Shield
from bot.serve import program
from bot.serve.supervisor import free_port
from connectors import held, in_order
from tests.conftest import Copied
from tests.portal.desk import Desk
from tests.privacy import server_files
from tests.privacy.canaries import LAST_WORDS, PATHS, Canary, canaries, needles
from tests.privacy.stage import RASA, SLOTS_KEPT_S, Stage, json_body, stage

PAGE = ROOT / "docs" / "security" / "what-is-findable.md"
PAGE_PEOPLE = 40
MOST_AT_ONCE = 12
BOTH = [
    pytest.param(("sqlite", int(os.environ.get("COMADRE_SWEEP_PEOPLE", PAGE_PEOPLE))), id="sqlite"),
    pytest.param(("postgresql", 15), id="procrastinate", marks=pytest.mark.postgresql),
]
pytestmark = pytest.mark.skipif(not RASA.exists(), reason="Rasa's environment is not installed")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis whose file lies where it is searched, in clear; "" where there is
    none on this machine: a stand-in would only show what the stand-in forgets."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        yield ""
        return
    (tmp_path / "redis").mkdir()
    with subprocess.Popen(  # noqa: S603  # ours
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--rdbcompression",
         "no", "--dir", tmp_path / "redis", "--logfile", tmp_path / "redis" / "log"],
    ) as process:  # fmt: skip
        yield f"redis://127.0.0.1:{port}/0"
        process.kill()


@pytest.fixture(params=BOTH)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, copied: Copied
) -> tuple[str, int, Path, str]:
    kind, count = request.param
    return kind, count, tmp_path, copied(kind, load_all)


async def test_nothing_of_anybody_is_left_anywhere(
    place: tuple[str, int, Path, str], redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, count, folder, filled = place
    patience_s = 240 + 3 * count
    slots_kept_s = SLOTS_KEPT_S + max(0, count - PAGE_PEOPLE) // 4  # until they were searched
    # What crashes here does so for ever, and is ended at once while Rasa answers others.
    monkeypatch.setattr(in_order, "FAIR", 0)
    monkeypatch.setattr(in_order, "MAX_BLAMED", 1)
    monkeypatch.setattr(held, "FIRST_S", 0.5)
    monkeypatch.setattr(held, "MOST_S", 0.5)
    people, began = canaries(count), time.time() - 1
    slots = redis if kind == "postgresql" else ""  # as where several processes share the work
    async with stage(folder, filled, slots=slots, slots_kept_s=slots_kept_s) as on:
        on.parts.worker.lays = frozenset({"web"})  # as where its page is another process's
        found: dict[str, set[Finding]] = {}
        await in_turns([on.says(each, PATHS[each.number % 2]) for each in people[:20]])
        await on.twins.settled()
        found["waiting"] = search(on, people)
        async with on.working():
            await conversations(on, people, patience_s)
            await abuse(on, people[-1])
            on.rasa.send_signal(signal.SIGSTOP)  # down, or so it looks
            await in_turns([on.says(each, "asylum") for each in people[: count // 6]])
            await on.held()
            assert wrong_places(search(on, people)) == []
            on.rasa.send_signal(signal.SIGCONT)
            await on.quiet(patience_s)
            found["answered"] = search(on, people)
            wrapped = keys_of(on)
            lay, after = await pages(on, people)
            assert lay > 0
            assert after < lay  # the others' pages are closed
            await inside_pages(on)
            await asyncio.to_thread(the_network, on, people)
        assert rows_of(on, "portal_attempt") > 0
        assert not slots or "redis/dump.rdb" in {each.place for each in found["answered"]}
        found["seen by the network"] = search(on, people)
        on.clock.ahead = timedelta(hours=25)
        await forget(on, kind, slots_kept_s)
        found["forgotten"] = search(on, people)
        said_stop = stopped(on)
        if kind == "postgresql":
            await asyncio.to_thread(the_servers_files, on, people, wrapped, began)
        await asyncio.to_thread(on.parts.worker.queue.forget, on.clock() + timedelta(days=9))
        rows = [
            v for table, _, v in values(on.parts.engine) if table in ("inbox", "outbox", "person")
        ]

        assert undecided(on.parts.engine) == []
        assert wrong_places(found["waiting"] | found["answered"]) == []
        assert wrong_places(found["seen by the network"]) == []
        only_stop = needles([p for p in people if p.pseudonym(on.parts.keys) not in said_stop],
                            on.parts.keys, on.vendor_ids())  # fmt: skip
        assert in_database(on.parts.engine, only_stop) | in_folder(folder, only_stop) == set()
        assert {each.place for each in found["forgotten"]} <= {"opt_out.pseudonym", "comadre.db"}
        assert said_stop
        assert rows_of(on, "unanswered") > 0
        assert rows_of(on, "portal_audit") > 0
        assert rows_of(on, "sealed_count") + rows_of(on, "day_count") > 0
        on.heard.extend(spans := on.traced())
        assert len(spans) > count
        assert rows == []
        everything = needles(people, on.parts.keys, on.vendor_ids())
        assert [everything.found_in(each) for each in on.heard if everything.found_in(each)] == []
        assert sum(len(twin.taken) for twin in on.twins.all()) > count
        said = sum(len(each.ids) for each in people)
        print(f"{count} women, {said} messages, {len(everything)} forms sought, {kind}")
    if kind == "sqlite":
        written = page(found["waiting"], found["answered"], found["forgotten"])
        if os.environ.get("COMADRE_WRITE_DOCS"):
            PAGE.write_text(written, encoding="utf-8")
        assert PAGE.read_text(encoding="utf-8") == written, "run it with COMADRE_WRITE_DOCS=1"


def test_the_search_finds_what_is_there_in_whatever_form(tmp_path: Path) -> None:
    woman = canaries(1)[0]
    sought = Needles({"name": [woman.name], "number": [woman.digits]})
    import base64
    import json
    from urllib.parse import quote

    forms = [
        woman.name.encode(), woman.name.upper().encode(), json.dumps(woman.name).encode(),
        quote(woman.name).encode(), woman.name.encode("utf-16-le"),
        woman.name.encode().hex().encode(),
        *(base64.b64encode(b"x" * n + woman.digits.encode() + b"!" * m)
          for n in range(3) for m in range(3)),
    ]  # fmt: skip
    for number, form in enumerate(forms):
        (tmp_path / f"{number}.bin").write_bytes(os.urandom(50) + form + os.urandom(50))

    found = {each.place for each in in_folder(tmp_path, sought)}

    assert found == {f"{number}.bin" for number in range(len(forms))}


def search(on: Stage, people: list[Canary]) -> set[Finding]:
    on.remembered()
    sought = needles(people, on.parts.keys, on.vendor_ids())
    return in_database(on.parts.engine, sought) | in_folder(on.folder, sought)


def wrong_places(found: set[Finding]) -> list[Finding]:
    """Findings where the catalogue allows none of their kind."""
    wrong = []
    for each in found:
        if each.place.startswith(("comadre.db", "slots.db", "redis/dump.rdb")):
            allowed = frozenset({"pseudonym"})
        else:
            table, _, column = each.place.partition(".")
            allowed = MAY_HOLD.get(catalogue().kind(table, column) or "", frozenset())
        if each.kind not in allowed:
            wrong.append(each)
    return sorted(wrong)


async def in_turns(waiting: list) -> None:  # type: ignore[type-arg]
    room = asyncio.Semaphore(MOST_AT_ONCE)

    async def one(each) -> None:  # type: ignore[no-untyped-def]
        async with room:
            await each

    await asyncio.gather(*map(one, waiting))


async def conversations(on: Stage, people: list[Canary], patience_s: float) -> None:
    for turn in range(2):
        await in_turns([on.says(p, PATHS[(p.number + 5 * turn) % len(PATHS)]) for p in people])
        await on.quiet(patience_s)
    await in_turns([on.says(p, "nothing") for p in people[:20]])  # what has no answer is kept
    await on.quiet(patience_s)
    last = [(p, LAST_WORDS[p.number % len(LAST_WORDS)]) for p in people]
    await in_turns([on.says(p, text=words) for p, words in last if words])
    await on.quiet(patience_s)


async def abuse(on: Stage, who: Canary) -> None:
    """Requests that are refused, or of a kind nobody knows, with all of her in them."""
    said = who.words("asylum")
    secret = {"x-telegram-bot-api-secret-token": "twin-secret"}
    for path in (
        "/webhooks/twilio",
        "/webhooks/telegram",
        "/webhooks/whatsapp",
        "/webhooks/twilio/status",
    ):
        await on.call("POST", path, content=said.encode())
        await on.call("POST", path, data={"Body": said, "From": who.address},
                      headers={"X-Twilio-Signature": "forged"})  # fmt: skip
    strange = [
        said.encode(), json_body(said), json_body([said]), json_body({"update_id": said}),
        json_body({"update_id": 1, "message": {"text": said}}),
        json_body({"update_id": 1, "message": {said: said, "message_id": said}}), b"{" * 5_000,
        said.encode() * 4_000,
    ]  # fmt: skip
    for body in strange:
        await on.call("POST", "/webhooks/telegram", content=body, headers=secret)
        await on.call("POST", "/simulator/message", content=body,
                      headers={"content-type": "application/json"})  # fmt: skip
    await on.call("GET", f"/{who.name}/{who.digits}", params={"q": said})
    await on.call("GET", "/simulator/replies", params={"session": who.name, "after": said})
    await on.call("GET", "/api/services", params={"search": said, "page": who.digits})
    await on.call("DELETE", "/webhooks/telegram", content=said.encode())


async def pages(on: Stage, people: list[Canary]) -> tuple[int, int]:
    """Every other woman at the chat page fetches what lies there; how much lay, and lies now."""
    before = laid(on)
    for who in [each for each in people if each.channel == "web"][::2]:
        query = {"session": who.address, "after": 0}
        await on.client.get(f"{on.url}/simulator/replies", params=query, timeout=20)
    return before, laid(on)


def laid(on: Stage) -> int:
    with on.parts.engine.connect() as connection:
        rows = text("SELECT count(*) FROM outbox WHERE state = 'laid' AND sealed IS NOT NULL")
        return int(connection.execute(rows).scalar_one())


async def inside_pages(on: Stage) -> None:
    for path in ("/metrics", "/readyz", "/healthz"):
        await on.call("GET", path)


async def forget(on: Stage, kind: str, slots_kept_s: int) -> None:
    """Our own clock has gone on; Rasa's memory, with its short time, needs it in truth."""
    await on.parts.worker.forget()
    if kind == "postgresql":
        with on.parts.engine.connect() as connection:
            waiting = connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar()
            assert waiting == 0
    end = time.monotonic() + slots_kept_s + 5
    while on.remembered():
        assert time.monotonic() < end, "Rasa's memory did not go"
        await asyncio.sleep(0.5)


def rows_of(on: Stage, table: str) -> int:
    """What lies there while everything is searched: redacted questions, figures, the network's."""
    with on.parts.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608  # ours


def the_network(on: Stage, people: list[Canary]) -> None:
    """Those of the portal sign in and read; somebody guesses with her name and words; an editor
    tries the assistant with a woman's whole message. What they read is kept for the search."""
    settings = on.parts.settings
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the browser's, which is not ours
    site = Site(on.parts.engine, Secrets(settings.secret_key), on.parts.world, on.clock,
                settings.public_url)  # fmt: skip
    shielded: Any = Shield(Starlette(routes=program.pages(on.parts)))  # type: ignore[arg-type]
    desk = Desk(on.parts.engine, site, on.clock, shielded)  # type: ignore[arg-type]
    editor = desk.editor("Eva", country="GT")
    everybody = [
        (editor, ("", "questions", "reports", "reminders")),
        (desk.worker("administrator", "Ada"), ("", "questions", "audit", "people", "settings")),
        (desk.worker("analyst", "Ana"), ("figures",)),
    ]
    for who, paths in everybody:
        for path in paths:
            who.open(f"/portal/{path}")
            assert who.status == 200, path
            on.heard.append(who.text.encode())
    for each in people[:3]:
        said = {"email": f"{each.name}@{each.digits}.example", "password": each.sentence}
        assert desk.browser().open("/portal/login").send("/login", **said).status == 401
    editor.open("/portal/try").send("/try#last", text=people[0].words("violence"))
    assert people[0].name in editor.text  # as she wrote it, on her own page alone
    editor.open(f"/portal/statements/{people[1].name}")
    assert editor.status == 404


def keys_of(on: Stage) -> list[bytes]:
    with on.parts.engine.connect() as connection:
        return list(connection.execute(text("SELECT wrapped_key FROM person")).scalars())


def the_servers_files(on: Stage, people: list[Canary], wrapped: list[bytes], began: float) -> None:
    """What PostgreSQL keeps beside the rows: no word, name, number or place in any file, nothing at
    all in its log; and once the night is over, no key in any file (docs/deploy.md)."""
    engine, sought = on.parts.engine, needles(people, on.parts.keys, on.vendor_ids(), wrapped)

    def found() -> dict[str, set[str]]:
        there = server_files.in_server(engine, sought, began)
        return {part: {each.kind for each in there if each.place.startswith(part)}
                for part in server_files.PARTS}  # fmt: skip

    before = found()
    assert wrapped
    assert "key" in before["pg_wal"], "the search sees nothing"
    assert before["pg_wal"] | before["base"] <= {"pseudonym", "key"}, "what docs/deploy.md says"
    server_files.as_in_deploy(engine)
    on.clock.ahead += (datetime.now(UTC).replace(hour=NIGHT) + timedelta(days=2)) - on.clock()
    on.parts.worker.also_forget(on.clock())
    after = found()
    assert after["base"] <= {"pseudonym"}, "of who said STOP"
    assert after["pg_wal"] == set()
    assert before["log"] | after["log"] == set()


def stopped(on: Stage) -> set[str]:
    with on.parts.engine.connect() as connection:
        return set(connection.execute(text("SELECT pseudonym FROM opt_out")).scalars())
