"""The whole system over HTTP."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from bot.conversation.wording import say
from connectors.registry import NAMES, handler
from tests.serve.system import APPLICATION, GREETING, RASA, READY_S, System, wait_for

pytestmark = pytest.mark.running
JSON = {"content-type": "application/json"}
SESSION = "a-session-for-bad-input"


@pytest.fixture
def client(running: System) -> Iterator[httpx.Client]:
    """Asks the running gateway."""
    with httpx.Client(base_url=running.url, timeout=60) as opened:
        yield opened


class Visitor:
    """Somebody with the chat page open."""

    def __init__(self, client: httpx.Client, style: str = "whatsapp") -> None:
        self.client, self.style = client, style
        self.session, self.after = secrets.token_hex(16), 0

    def post(self, **content: Any) -> httpx.Response:
        body = {"session": self.session, "style": self.style, **content}
        return self.client.post("/simulator/message", json=body)

    def ask(self, **content: Any) -> list[dict[str, Any]]:
        """All messages that come back; raises TimeoutError."""
        assert self.post(**content).status_code == 204
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            found.extend(self.news())
            return bool(found)

        wait_for("a reply", arrived)
        with suppress(httpx.ReadTimeout):  # quiet: the parts of one answer follow each other
            while True:
                found.extend(self.news(timeout_s=0.3))
        return found

    def news(self, timeout_s: float = 60) -> list[dict[str, Any]]:
        """What has come since the last call; waits a little for the first."""
        query = {"session": self.session, "after": str(self.after)}
        answer = self.client.get("/simulator/replies", params=query, timeout=timeout_s)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        self.after = messages[-1]["n"] if messages else self.after
        return messages


def test_it_is_ready_in_time_and_says_where(running: System) -> None:
    assert running.ready_after_s < READY_S
    assert running.output.count(GREETING) == 1
    assert f"chat simulator  {running.url}/" in running.output
    assert running.part(RASA)
    assert running.part(APPLICATION)


def test_healthz_and_readyz_tell_the_parts(client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"

    state = client.get("/readyz").json()

    assert state["ready"] is True
    assert set(state["parts"]) >= {"database", "rasa", "gateway", "worker", "actions"}
    assert state["channels"]["web"] == "on"
    assert {state["channels"][name] for name in NAMES if name != "web"} == {"off"}


def test_metrics_count_a_turn_and_hold_nothing_of_the_person(client: httpx.Client) -> None:
    visitor = Visitor(client)
    visitor.ask(text="hola, quiero preguntar algo")

    metrics = client.get("/metrics").text

    assert re.search(r'^comadre_received_total\{channel="web"\} [1-9]', metrics, re.M)
    assert "comadre_turn_seconds_count" in metrics
    assert "comadre_retention_sweep_timestamp_seconds" in metrics
    assert 'comadre_part_ready{part="worker"} 1.0' in metrics
    assert visitor.session not in metrics


def test_a_second_port_serves_health_and_metrics_and_nothing_else(running: System) -> None:
    inside = f"http://127.0.0.1:{running.metrics_port}"

    assert httpx.get(f"{inside}/readyz/intake").json()["ready"] is True
    assert "comadre_queue_depth" in httpx.get(f"{inside}/metrics").text
    assert httpx.get(f"{inside}/portal").status_code == 404


def test_an_unknown_address_is_answered_with_404_in_json(client: httpx.Client) -> None:
    for path in ("/nothing-here", "/static/../settings.py", "/static/nothing.js"):
        answer = client.get(path)

        assert answer.status_code == 404
        assert answer.json() == {"error": "there is nothing at this address"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "web"])
def test_the_webhook_of_a_channel_without_credentials_is_not_there(
    client: httpx.Client, name: str
) -> None:
    path = handler(name).path
    assert path is not None

    assert client.post(path, json={}).status_code == 404


def _said(**content: Any) -> bytes:
    return json.dumps({"session": SESSION, "style": "sms", **content}).encode()


BAD = {
    "empty body": (b"", 400),
    "not JSON": (b"hola", 400),
    "JSON array": (b"[]", 400),
    "JSON number": (b"1", 400),
    "unknown field": (_said(text="hola", admin=True), 400),
    "unknown look": (_said(text="hola", style="fax"), 400),
    "session that could be guessed": (_said(text="hola", session="1"), 400),
    "nothing said": (_said(), 400),
    "two things at once": (_said(text="hola", choose="/greet"), 400),
    "text that is a number": (_said(text=5), 400),
    "place off the earth": (_said(location=[91.0, 0.0]), 400),
    "place that is no number": (_said(location=[float("nan"), 0.0]), 400),
    "number of 5,000 digits": (b'{"session": ' + b"9" * 5_000 + b"}", 400),
    "deep nesting": (b"[" * 100_000, 400),
    "invalid UTF-8": (b'{"session": "' + SESSION.encode() + b'", "text": "\xff\xfe"}', 400),
    "bare control character": (_said(text="x").replace(b'"x"', b'"\x01"'), 400),
    "300 kB": (_said(text="a" * 300_000), 413),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_a_clear_answer(client: httpx.Client, name: str) -> None:
    body, status = BAD[name]

    answer = client.post("/simulator/message", content=body, headers=JSON)

    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize("query", ["", "session=short", f"session={SESSION}&after=minus"])
def test_asking_for_replies_wrongly_is_refused(client: httpx.Client, query: str) -> None:
    assert client.get(f"/simulator/replies?{query}").status_code == 400


def test_a_foreign_page_cannot_write_in_a_visitors_name(client: httpx.Client) -> None:
    foreign = {**JSON, "origin": "https://elsewhere.example"}

    assert client.post("/simulator/message", content=_said(text="x"), headers=foreign).is_error
    assert client.post("/simulator/message", data={"text": "x"}).is_error


STRANGE: dict[str, dict[str, Any]] = {
    "10,000 characters": {"text": "no me pagaron " * 714},
    "emoji only": {"text": "😭😭"},
    "control characters": {"text": "\x00\x01\x1b[31m\u202e"},
    "spaces only": {"text": " \n\t "},
    "no text": {"text": ""},
    "choice that we never offered": {"choose": "/drop_tables{}"},
    "choice that is nonsense": {"choose": "';--"},
    "voice note": {"media": "voice"},
    "place in the sea": {"location": [0.0, 0.0]},
}


@pytest.fixture(scope="module")
def known(running: System) -> Iterator[dict[str, Visitor]]:
    """A visitor by look who has been greeted already, so that a reply is all about her message."""
    with httpx.Client(base_url=running.url, timeout=60) as opened:
        visitors = {style: Visitor(opened, style) for style in ("whatsapp", "sms")}
        for visitor in visitors.values():
            visitor.ask(text="hola")
        yield visitors


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("style", ["whatsapp", "sms"])
def test_strange_input_gets_a_kind_reply(known: dict[str, Visitor], name: str, style: str) -> None:
    replies = known[style].ask(**STRANGE[name])

    text = " ".join(reply["text"] for reply in replies)
    assert any(letter.isalpha() for letter in text)
    assert say("busy", "es") not in text
    assert say("held", "es") not in text
    assert all(reply["segments"] <= 3 for reply in replies)


def test_half_a_character_is_survived(client: httpx.Client) -> None:
    """A lone surrogate: valid JSON, but no text that could be stored."""
    visitor = Visitor(client)
    body = _said(text="hola").replace(SESSION.encode(), visitor.session.encode())
    half = body.replace(b"hola", rb"hola \ud83d")

    assert client.post("/simulator/message", content=half, headers=JSON).status_code == 204
    wait_for("a reply", lambda: bool(visitor.news()))


def test_what_she_wrote_stands_in_no_file(client: httpx.Client, running: System) -> None:
    planted = ("5512349876", "Xochiltepecana")
    visitor = Visitor(client)
    visitor.ask(text=f"me llamo {planted[1]}, mi numero es {planted[0]} y mi esposo me pega")
    assert visitor.post(text=f"{planted[0]} {planted[1]}", id="y" * 65).status_code == 400

    for path in running.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for words in (*planted, visitor.session):
                assert words.encode() not in content, path
